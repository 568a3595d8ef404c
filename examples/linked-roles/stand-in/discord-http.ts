/** How Discord refuses requests that are wrong or too many. */
import { createHash } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response } from 'express';

const SCOPES = new Set(['identify', 'email', 'guilds', 'connections', 'role_connections.write']);
/** The stand-in's limit. Discord documents no numbers: apps should read its headers. */
const LIMIT = { requests: 10, seconds: 10 };

/** Counts the requests for each person. */
export function createQuotas(now: () => number) {
  const windows = new Map<string, { until: number; used: number }>();
  return {
    /** @returns whether the request may continue; if not, it has been answered */
    take(key: string, res: Response): boolean {
      const window = windows.get(key);
      const current =
        window !== undefined && window.until > now() ? window : { until: now() + LIMIT.seconds * 1000, used: 0 };
      windows.set(key, current);
      const secondsLeft = (current.until - now()) / 1000;
      current.used += 1;
      res.set({
        'X-RateLimit-Limit': String(LIMIT.requests),
        'X-RateLimit-Remaining': String(Math.max(0, LIMIT.requests - current.used)),
        'X-RateLimit-Reset': String(current.until / 1000),
        'X-RateLimit-Reset-After': String(secondsLeft),
        'X-RateLimit-Bucket': createHash('sha256').update(key).digest('hex').slice(0, 16),
      });
      if (current.used <= LIMIT.requests) return true;
      refuseFor(res, secondsLeft, false);
      return false;
    },
  };
}

/** Refuses bodies that are not forms: the token endpoints do not accept JSON. */
export const readForm: RequestHandler[] = [
  express.urlencoded(),
  (req, res, next) => {
    if (req.is('application/x-www-form-urlencoded') && req.body !== undefined) next();
    else res.status(400).json({ error: 'invalid_request', error_description: 'The body must be a form.' });
  },
];

export function refuse(res: Response, status: number, code: number, message: string): void {
  res.status(status).json({ message, code });
}

/** Refuses a request because there were too many. */
export function refuseFor(res: Response, seconds: number, isGlobal: boolean): void {
  res.set({ 'Retry-After': String(Math.ceil(seconds)), 'X-RateLimit-Scope': isGlobal ? 'global' : 'user' });
  if (isGlobal) res.set('X-RateLimit-Global', 'true');
  res.status(429).json({ message: 'You are being rate limited.', retry_after: seconds, global: isGlobal });
}

/** Finds out what is wrong with an authorization request. */
export function findMistake(query: Request['query'], clientID: string): string | undefined {
  const { client_id, redirect_uri, response_type, scope, code_challenge, code_challenge_method } = query;
  const callback = typeof redirect_uri === 'string' && URL.canParse(redirect_uri) ? new URL(redirect_uri) : undefined;
  if (client_id !== clientID) return 'No app has this client_id.';
  if (callback === undefined || !['localhost', '127.0.0.1', '[::1]'].includes(callback.hostname)) {
    return 'redirect_uri must be on this machine.';
  }
  if (response_type !== 'code') return 'response_type must be code.';
  if (typeof scope !== 'string' || !scope.split(' ').every((one) => SCOPES.has(one))) return 'scope is not known.';
  if (code_challenge !== undefined && code_challenge_method !== 'S256') return 'code_challenge_method must be S256.';
  return undefined;
}
