/** What keeps other sites out of the pages. */
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { textPage } from './page.ts';

/** For a visitor whose browser was made to send a form. */
export function foreignFormPage(site: { readonly name: string }): string {
  return textPage(site, 'Not done', 'This was sent from another site, so nothing was done.');
}

/** Both of the below, as middleware of Express: put it before everything that a form could change. */
export function guardPages(site: { readonly name: string }, baseURL?: string): RequestHandler {
  return (req, res, next) => {
    res.set(pageHeaders(baseURL));
    if (isForeignForm(req)) res.status(403).send(foreignFormPage(site));
    else next();
  };
}

/**
 * Whether another site has sent a form: it could sign visitors out, or have its own account linked to theirs.
 * SameSite=Lax is not enough: the visitor's cookie does not come along, but the answer's Set-Cookie counts.
 */
export function isForeignForm({ method, headers }: Pick<IncomingMessage, 'headers'> & { method?: string }): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  const site = headers['sec-fetch-site'];
  // Older browsers name their page's origin alone.
  return site === undefined ? headers.origin?.replace(/^https?:\/\//, '') !== headers.host : site !== 'same-origin';
}

/**
 * Headers for every answer: nothing but our own style and pictures from Roblox is loaded, no scripts run, no other site frames the pages,
 * and a page about a person is gone from the browser once they have signed out.
 * @param baseURL where pictures come from beside Roblox: the emulator
 */
export function pageHeaders(baseURL = ''): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    `img-src 'self' https: ${baseURL}`.trim(),
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  };
}
