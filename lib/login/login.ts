import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The longest time from the start of a login to its callback. */
export const LOGIN_LIFETIME_MS = 15 * 60_000;
/** The most logins in flight in one browser. A new one replaces the oldest. */
export const MAX_LOGINS = 5;
/**
 * The size limit of all logins in one session together, as JSON. A session in a cookie has 4,096 bytes, including name and attributes.
 * Base64 turns these 2,048 bytes into 2,731. The rest is for the app's own session data.
 */
export const MAX_SESSION_BYTES = 2048;

/** What a store is told about the app and the login. */
export interface LoginMeta {
  readonly authorizationURL: string;
  readonly tokenURL: string;
  readonly clientID: string;
  /** The redirect URI of this login. The token request must have the same one. */
  readonly callbackURL: string;
}

/** What our stores return in addition to what passport-oauth2's stores return. */
export interface StoredLogin {
  /** The redirect URI that the login was started with. */
  readonly callbackURL: string;
}

/**
 * Keeps logins in flight. The interface is that of passport-oauth2's stores for PKCE.
 * `store` keeps a login and returns its handle, which becomes the `state` parameter. `verify` removes the login with this handle, so that
 * it can be used only once, and returns its verifier and the app's own state.
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
  /** `ok` is the verifier. When there is no such login, `ok` is `false` and `state` is `{ message }`. */
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

/** The message for a callback that belongs to no login. It contains nothing that the browser sent. */
export const UNKNOWN_LOGIN = {
  message: 'This sign-in was not started in this browser, has expired or was already used. Please sign in again.',
} as const;

/** Makes the handle of a login, the `state` parameter: 192 random bits. */
export function createHandle(): string {
  return randomBytes(24).toString('base64url');
}

/** Calls the callback of {@link StateStore.verify} with the login that was taken, if there was one. */
export function handOver(login: Login | undefined, callback: Parameters<StateStore['verify']>[3]): void {
  if (login === undefined) callback(null, false, UNKNOWN_LOGIN);
  else callback(null, login.verifier, login.state, login);
}

/** Reads the logins in a session. Leaves out values that are not logins. */
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

/**
 * Adds a login. Removes expired logins, and the oldest ones while there are too many or they are too large together.
 * @throws {TypeError} the login alone is too large
 */
export function addLogin(logins: readonly Login[], login: Login): readonly Login[] {
  const bytes = countBytes([login]);
  if (bytes > MAX_SESSION_BYTES) {
    throw new TypeError(
      `state is too large: with it this login takes ${bytes} bytes of the session, of ${MAX_SESSION_BYTES} at most. Give ` +
        'authenticate a smaller state, such as the ID of something kept elsewhere',
    );
  }
  const kept = [...logins.filter((other) => isAlive(other, login.startedAt)), login].slice(-MAX_LOGINS);
  while (kept.length > 1 && countBytes(kept) > MAX_SESSION_BYTES) kept.shift();
  return kept;
}

function countBytes(logins: readonly Login[]): number {
  return Buffer.byteLength(JSON.stringify(logins));
}

/** Finds and removes the login of this app with this handle. All other logins stay. */
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

/**
 * Whether a login may still be finished: it started less than 15 minutes ago.
 * A start less than 15 minutes in the future counts too, because another machine's clock may be ahead.
 */
export function isAlive(login: { readonly startedAt: number }, nowMs: number): boolean {
  return Math.abs(nowMs - login.startedAt) < LOGIN_LIFETIME_MS;
}
