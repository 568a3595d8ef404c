/** Protects these pages from other sites. */
import type { RequestHandler } from 'express';
import { isForeignForm } from '../shared/security.ts';
import { Refusal } from './refusal.ts';
import type { Apps } from './strategies.ts';

/** Refuses forms that another site has sent. */
export const sameSiteForms: RequestHandler = (req, _res, next) => {
  // `req.host` instead of the header, which a trusted proxy may have changed.
  const isForeign = isForeignForm({ method: req.method, headers: { ...req.headers, host: req.host } });
  next(isForeign ? new Refusal(403, 'This was sent from another site, so nothing was done.') : undefined);
};

/** The browser keeps no page about a user after they have signed out. */
export const noStore: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};

/** Only our own style sheet is loaded, no scripts run, and no other site can frame the pages. */
export function securityHeaders({ roblox, google, github, discord }: Apps): RequestHandler {
  const local = [roblox.baseURL, google.authorizationURL, github.authorizationURL, discord.authorizationURL];
  const origins = new Set(local.filter((url) => url !== undefined).map((url) => new URL(url).origin));
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    // "Link" is a form. Browsers apply form-action to its redirects too, which may lead from the provider to its login page.
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
