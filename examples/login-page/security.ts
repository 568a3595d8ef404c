/** What keeps other sites out of these pages. */
import type { RequestHandler } from 'express';
import { isForeignForm } from '../shared/security.ts';
import { Refusal } from './refusal.ts';
import type { Apps } from './strategies.ts';

/** Refuses forms that another site has sent. */
export const sameSiteForms: RequestHandler = (req, _res, next) => {
  // `req.host`, since a proxy that is trusted may have changed the header.
  const isForeign = isForeignForm({ method: req.method, headers: { ...req.headers, host: req.host } });
  next(isForeign ? new Refusal(403, 'This was sent from another site, so nothing was done.') : undefined);
};

/** A page about a person is gone from the browser once they have signed out. */
export const noStore: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};

/** Nothing but our own style sheet is loaded, no scripts run, no other site frames the pages. */
export function securityHeaders({ roblox, google, github, discord }: Apps): RequestHandler {
  const local = [roblox.baseURL, google.authorizationURL, github.authorizationURL, discord.authorizationURL];
  const origins = new Set(local.filter((url) => url !== undefined).map((url) => new URL(url).origin));
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    // "Link" is a form, and its redirects go on from the provider to wherever it has people sign in.
    ["form-action 'self' https:", ...origins].join(' '),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return (_req, res, next) => {
    res.set({
      'Content-Security-Policy': policy,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'same-origin',
    });
    next();
  };
}
