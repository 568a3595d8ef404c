import type { IncomingMessage } from 'node:http';

/** How long a login may take, from its start to its callback. */
export const LOGIN_LIFETIME_MS = 15 * 60_000;
/** How many logins one browser may have in flight; the oldest leaves first. */
export const MAX_LOGINS = 5;

/** What a store is told about the app beside a login. */
export interface LoginMeta {
  readonly authorizationURL: string;
  readonly tokenURL: string;
  readonly clientID: string;
  /** The redirect URI of this login; the token request must name the same one. */
  readonly callbackURL: string;
}

/** What a store hands back of a login, beside what passport-oauth2's stores do. */
export interface StoredLogin {
  /** The redirect URI that the login was started with. */
  readonly callbackURL: string;
}

/**
 * Keeps logins in flight: passport-oauth2's store for PKCE.
 * `store` keeps a login and hands back its handle, which becomes `state`; `verify` takes the login of a handle *out*, so that it can be
 * used once, and hands back its verifier and the app's own state.
 * @see https://github.com/jaredhanson/passport-oauth2/blob/master/lib/state/pkcesession.js
 */
export interface StateStore {
  store(
    req: IncomingMessage,
    verifier: string,
    state: unknown,
    meta: LoginMeta,
    callback: (error: unknown, handle?: string) => void,
  ): void;
  /** `ok` is the verifier; or false, and `state` is then what to tell (`{ message }`). */
  verify(
    req: IncomingMessage,
    handle: string,
    meta: LoginMeta,
    callback: (error: unknown, ok?: string | boolean, state?: unknown, login?: StoredLogin) => void,
  ): void;
}

/** One login in flight. */
export interface Login extends StoredLogin {
  /** The `state` parameter. */
  readonly handle: string;
  readonly verifier: string;
  readonly clientID: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** What the app gave to `authenticate` as `state`. */
  readonly state?: unknown;
}

/** What to tell when a callback belongs to no login. It echoes nothing that the browser sent. */
export const UNKNOWN_LOGIN = {
  message: 'This sign-in was not started in this browser, has expired or was already used. Please sign in again.',
} as const;

/** Reads logins out of a session, where anything may stand. */
export function readLogins(value: unknown): readonly Login[] {
  return Array.isArray(value) ? value.filter(isLogin) : [];
}

function isLogin(value: unknown): value is Login {
  if (typeof value !== 'object' || value === null) return false;
  const login = value as Partial<Record<keyof Login, unknown>>; // any object can be read by name
  return (
    typeof login.handle === 'string' &&
    typeof login.verifier === 'string' &&
    typeof login.clientID === 'string' &&
    typeof login.callbackURL === 'string' &&
    typeof login.startedAt === 'number'
  );
}

/** The logins with a new one; expired ones are left out, and the oldest where there are too many. */
export function addLogin(logins: readonly Login[], login: Login): readonly Login[] {
  return [...logins.filter((other) => isAlive(other, login.startedAt)), login].slice(-MAX_LOGINS);
}

/** Takes one app's login out by its handle. Whatever is wrong with a handle, the other logins stay. */
export function takeLogin(
  logins: readonly Login[],
  handle: string,
  clientID: string,
  nowMs: number,
): { readonly login: Login | undefined; readonly rest: readonly Login[] } {
  const found = logins.find((login) => login.handle === handle && login.clientID === clientID);
  if (found === undefined) return { login: undefined, rest: logins };
  return { login: isAlive(found, nowMs) ? found : undefined, rest: logins.filter((login) => login !== found) };
}

/** Whether a login's time is not over; one from the future (a clock set back) has no time left either. */
export function isAlive(login: { readonly startedAt: number }, nowMs: number): boolean {
  const ageMs = nowMs - login.startedAt;
  return ageMs < LOGIN_LIFETIME_MS && ageMs > -LOGIN_LIFETIME_MS;
}
