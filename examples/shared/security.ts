/** Protects the pages from other sites. */
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { textPage } from './page.ts';

/** The page for a form that another site has sent. */
export function foreignFormPage(site: { readonly name: string }): string {
  return textPage(site, 'Not done', 'This was sent from another site, so nothing was done.');
}

/** {@link isForeignForm} and {@link pageHeaders} as middleware of Express. Put it before all routes that a form can change. */
export function guardPages(site: { readonly name: string }, baseURL?: string): RequestHandler {
  return (req, res, next) => {
    res.set(pageHeaders(baseURL));
    if (isForeignForm(req)) res.status(403).send(foreignFormPage(site));
    else next();
  };
}

/**
 * Whether another site has sent a form. It could sign visitors out, or link its own account to theirs.
 * SameSite=Lax is not enough: the browser does not send the visitor's cookie, but it does accept the response's Set-Cookie.
 */
export function isForeignForm({ method, headers }: Pick<IncomingMessage, 'headers'> & { method?: string }): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  const site = headers['sec-fetch-site'];
  // Older browsers send only Origin.
  return site === undefined ? headers.origin?.replace(/^https?:\/\//, '') !== headers.host : site !== 'same-origin';
}

/**
 * Headers of every response. Only our own style and pictures over https are loaded, no scripts run, and no other site can frame the pages.
 * The browser keeps no page about a user after they have signed out.
 * @param baseURL the emulator's address: pictures come from there too
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
