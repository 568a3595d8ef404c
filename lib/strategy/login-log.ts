import { debuglog } from 'node:util';
import { readObject } from '../http/json.ts';
import type { Request } from './passport-oauth2.ts';

const debug = debuglog('passport-roblox-oauth2');

/** Logs an explanation for the developer with NODE_DEBUG=passport-roblox-oauth2. The visitor never sees it. */
export function logExplanation(explain: () => string | undefined): void {
  const explanation = debug.enabled ? explain() : undefined;
  if (explanation !== undefined) debug('%s', explanation);
}

/** Explains why Roblox refused. As JSON: text of a URL must not begin a line of the log. */
export function explainRefusal(code: string, description: string | undefined): string {
  return `Roblox sent the visitor back with an error: ${JSON.stringify({ code, error_description: description })}`;
}

/** Explains why a callback may belong to no login. */
export function explainUnknownLogin(req: Request, callbackURL: string): string {
  const { headers, session } = req as { headers?: { cookie?: unknown; host?: unknown }; session?: unknown }; // any framework's
  if (typeof headers?.cookie !== 'string') {
    const host = typeof headers?.host === 'string' ? headers.host : 'this host';
    return (
      `A callback belongs to no login: the request has no cookie. Is the session cookie sameSite: 'strict', or secure: true although the page is http:? ` +
      `Did the login start on another host name than ${host}? (127.0.0.1 and localhost are different host names.)`
    );
  }
  if (session === undefined)
    return 'A callback belongs to no login: there is no session. The session middleware must come before the routes. With a CookieStore: the login has expired, or was used before';
  return (
    `A callback belongs to no login: the cookies hold no such login. Was it started more than 15 minutes ago, in another browser, or used before? ` +
    `Does the session survive (its store, its secret, 4,096 bytes for a cookie session)? Is ${callbackURL} on the host where the login started?`
  );
}

/** Explains what is probably wrong at the start of a login; undefined when nothing is. */
export function explainSuspiciousStart(req: Request, redirectURI: string): string | undefined {
  const { session, user, _userProperty: name = 'user' } = (readObject(req) ?? {}) as SignedInRequest;
  if (session?.passport?.user !== undefined && user === undefined && name === 'user') {
    return 'A login starts, but its session has a signed-in user and req.user is missing: app.use(passport.session()) is missing, or stands after this route';
  }
  if (/^http:\/\/(?!localhost[:/])/.test(redirectURI)) {
    return `A login starts, but the real Roblox refuses the redirect URL ${redirectURI}: it must be https:, or http: on localhost. Open the app under that name; behind a proxy set proxy: true`;
  }
  return undefined;
}

/** What passport.session() sets on a request. */
interface SignedInRequest {
  readonly session?: { readonly passport?: { readonly user?: unknown } };
  readonly user?: unknown;
  readonly _userProperty?: string;
}
