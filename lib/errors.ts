import { inspect } from 'node:util';
import OAuth2Strategy from 'passport-oauth2';

/** Roblox refused the authorization request. A class of passport-oauth2. */
export interface AuthorizationError extends Error {
  /** The error code of RFC 6749, such as `invalid_scope`. */
  code: string;
  uri?: string | undefined;
  /** The HTTP status for the response to the browser. */
  status: number;
}
/** Roblox refused the token request. A class of passport-oauth2. */
export interface TokenError extends AuthorizationError {}
/** Roblox was not reached, or its response was of no use; see `cause`. A class of passport-oauth2. */
export interface InternalOAuthError extends Error {
  /** The same as `cause`, under passport-oauth2's name. */
  oauthError: unknown;
}

type OAuthErrorClass<E> = new (message: string | undefined, code: string, uri?: string, status?: number) => E;
// passport-oauth2's own classes, so that `instanceof` agrees with every other OAuth strategy in the app. Declared here, so that users
// need no types of passport-oauth2.
export const { AuthorizationError, TokenError, InternalOAuthError } = OAuth2Strategy as unknown as {
  readonly AuthorizationError: OAuthErrorClass<AuthorizationError>;
  readonly TokenError: OAuthErrorClass<TokenError>;
  readonly InternalOAuthError: new (message: string, error: unknown) => InternalOAuthError;
};

/** Why a request to Roblox brought no usable response. */
export type ConnectionErrorCode =
  /** Roblox did not answer in time; see the `timeout` option. */
  | 'timeout'
  /** The connection could not be made, or broke. */
  | 'network'
  /** Roblox answered with a redirect. It is not followed, because the request carries a credential. Check `baseURL`. */
  | 'redirect'
  /** The body is larger than we read (1 MiB in a login, 10 MiB in a call). */
  | 'body_too_large'
  /** The body is not the expected JSON. The usual cause is a proxy in between. */
  | 'invalid_body'
  /** The server failed (5xx), with a body that gives no reason. */
  | 'server_error'
  /** The server refused (4xx); the message has its reason, if any. Usual causes: a gateway, too many requests, a wrong `baseURL`. */
  | 'unexpected_status';

/**
 * Roblox was not reached, or its response could not be read. This says nothing about the user's authorization.
 * Try again later. If the error stays, look at `code` and `cause`.
 */
export class ConnectionError extends Error {
  static {
    this.prototype.name = 'ConnectionError';
  }
  /** What went wrong. */
  readonly code: ConnectionErrorCode;
  /** The request's method and its URL without query. */
  readonly method: string;
  readonly url: string;
  /** The HTTP status; undefined without a response. */
  readonly status: number | undefined;

  /** @internal */
  constructor(
    message: string,
    about: { code: ConnectionErrorCode; method: string; url: string; status?: number; cause?: unknown },
  ) {
    super(message, 'cause' in about ? { cause: about.cause } : undefined);
    this.code = about.code;
    this.method = about.method;
    this.url = about.url;
    this.status = about.status;
  }
}

/** Which check an ID token failed. */
export type IDTokenErrorCode =
  /** `openid` was granted, but the response has no ID token. */
  | 'missing_id_token'
  /** Not a JWT at all. */
  | 'malformed'
  /** Signed with another algorithm than ES256, or not signed. */
  | 'invalid_algorithm'
  /** No key of `/oauth/v1/certs` has the token's `kid`. */
  | 'unknown_key'
  /** The signature does not match its key. */
  | 'invalid_signature'
  /** `iss` is not `${baseURL}/oauth/`. */
  | 'invalid_issuer'
  /** `aud` (or `azp`) is another app. */
  | 'invalid_audience'
  /** `exp` is in the past. */
  | 'expired'
  /** `iat` is in the future: check this machine's clock. */
  | 'issued_in_future'
  /** `nbf` is in the future: check this machine's clock. */
  | 'not_yet_valid'
  /** `nonce` is not the one of this login: the token was issued for another login. */
  | 'invalid_nonce'
  /** A required claim is missing; `claim` names it. */
  | 'missing_claim'
  /** A claim has the wrong type; `claim` names it. */
  | 'invalid_claim'
  /** userinfo names another user than the ID token. */
  | 'subject_mismatch';

/**
 * The ID token, or the userinfo that belongs to it, cannot be trusted. `verify` was not called.
 * It is Passport's *error*, not its *fail*: a redirect to the login page would hide an attack or a misconfiguration.
 * @see https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
 */
export class IDTokenError extends Error {
  static {
    this.prototype.name = 'IDTokenError';
  }
  /** The check that failed. */
  readonly code: IDTokenErrorCode;
  /** The claim that failed; undefined when the check is not about a claim. */
  readonly claim: string | undefined;

  /** @internal */
  constructor(code: IDTokenErrorCode, message: string, about: { claim?: string; cause?: unknown } = {}) {
    super(message, about.cause === undefined ? undefined : { cause: about.cause });
    this.code = code;
    this.claim = about.claim;
  }
}

/**
 * An OAuth endpoint (token, revocation, introspection or resources) refused the request.
 * `invalid_grant`: the refresh token was used, has expired or was revoked. Ask the user to sign in again.
 * `invalid_client`: check `clientID` and `clientSecret`.
 * @see RFC 6749, section 5.2 https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
export class OAuthError extends Error {
  static {
    this.prototype.name = 'OAuthError';
  }
  /** The error code of RFC 6749, e.g. `invalid_grant`. */
  readonly error: string;
  /** Roblox's explanation, if it gave one. */
  readonly error_description: string | undefined;
  /** The HTTP status. */
  readonly status: number;
  /** Seconds to wait before the next try, if the response said so. */
  readonly retryAfter: number | undefined;

  /** @internal */
  constructor(
    about: Pick<OAuthError, 'error' | 'status' | 'cause'> &
      Partial<Pick<OAuthError, 'error_description' | 'retryAfter'>>,
  ) {
    super(
      about.error_description === undefined ? about.error : `${about.error}: ${about.error_description}`,
      about.cause === undefined ? undefined : { cause: about.cause },
    );
    this.error = about.error;
    this.error_description = about.error_description;
    this.status = about.status;
    this.retryAfter = about.retryAfter;
  }
}

/**
 * Open Cloud (or userinfo) responded with an error.
 * 401: the authorization has ended; ask the user to sign in again. 403: a scope or a permission is missing; `message` says which,
 * if Roblox tells. 404: not found. 429: wait `retryAfter` seconds. 5xx: try again later.
 * @see https://create.roblox.com/docs/cloud/reference/errors
 */
export class RobloxAPIError extends Error {
  static {
    this.prototype.name = 'RobloxAPIError';
  }
  /** The HTTP status. */
  readonly status: number;
  /** Roblox's own code, e.g. `PERMISSION_DENIED` or `0`; undefined where the body had none. */
  readonly code: string | number | undefined;
  /** The rest of Roblox's error body, unchecked. */
  readonly details: unknown;
  /** Seconds to wait before the next try, if the response said so. */
  readonly retryAfter: number | undefined;
  /** The request's method and its URL without query. */
  readonly method: string;
  readonly url: string;

  /** @internal */
  constructor(
    message: string,
    about: Pick<RobloxAPIError, 'status' | 'method' | 'url'> &
      Partial<Pick<RobloxAPIError, 'code' | 'details' | 'retryAfter'>>,
  ) {
    super(message);
    this.status = about.status;
    this.code = about.code;
    this.details = about.details;
    this.retryAfter = about.retryAfter;
    this.method = about.method;
    this.url = about.url;
  }
}

/**
 * The user is not allowed. Your `verify` or a gate such as `requireGroupRank` throws it, with a message for the user.
 * A login then ends with Passport's *fail*, 403 and `{ message }`. Elsewhere its `status` lets frameworks respond with 403.
 */
export class RefusedError extends Error {
  static {
    this.prototype.name = 'RefusedError';
  }
  /** The HTTP status to respond with. */
  readonly status: number = 403;
}

/** Why a vault could not do its work. */
export type TokenVaultErrorCode =
  /** The stored value cannot be read: its secret is not among `secrets`, it was changed, or the vault did not write it. */
  | 'unreadable'
  /** Another process held the user's lock for longer than we wait. Try again. */
  | 'lock_timeout'
  /** The lock ended while we held it: this process was paused for long, or the server was restarted. Nothing was stored. */
  | 'lock_lost'
  /** Redis or Postgres does not answer. Start it; the app connects again by itself. `cause` is the client's own error, if it gave one. */
  | 'timeout'
  /** The server accepts no writes: it is a replica or standby, or has become one. Check the address. */
  | 'read_only'
  /** The database user lacks a permission; the message says what to grant. */
  | 'forbidden'
  /** Fewer replicas have the value than you asked for. The primary has it, and the vault stores it again in the background. */
  | 'not_replicated'
  /** Your storage or lock threw a value that is not an Error; it is the `cause`. */
  | 'storage_failed'
  /** `vault.close()` was called: this process renews no more tokens. */
  | 'closed';

/**
 * The vault's storage or lock failed. This says nothing about the user's authorization.
 * `unreadable`: add the missing secret to `secrets`, or ask the user to sign in again. Every other code: try again.
 * Errors that your own storage throws are not wrapped.
 */
export class TokenVaultError extends Error {
  static {
    this.prototype.name = 'TokenVaultError';
  }
  /** What went wrong. */
  readonly code: TokenVaultErrorCode;

  /** @internal */
  constructor(code: TokenVaultErrorCode, message: string, about: { readonly cause?: unknown } = {}) {
    super(message, 'cause' in about ? { cause: about.cause } : undefined);
    this.code = code;
  }
}

/** Describes a value for the message of a TypeError. Does not show long strings and those that look like a Roblox secret or token. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') {
    return value.length > 40 || SECRET.test(value) ? `a string of ${value.length} characters` : inspect(value);
  }
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Promise) return 'a Promise (is an await missing?)';
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** How Roblox's secrets and JSON Web Tokens begin, and credentials in a URL. */
const SECRET = /^\s*(?:RBX|eyJ)|:[^/]*@/i;

/**
 * Refuses an option or argument: `NAME must be EXPECTED, but is …`.
 * Not for a secret or a token, whose value must never be shown: see {@link refuseSecret}.
 * @param expected what would work, for example `a number of seconds`
 */
export function refuse(name: string, value: unknown, expected: string): never {
  throw new TypeError(`${name} must be ${expected}, but is ${describeValue(value)}`);
}

/** Like {@link refuse}, but never shows a string. */
export function refuseSecret(name: string, value: unknown, expected: string): never {
  const shown = typeof value === 'string' ? 'another string' : describeValue(value);
  throw new TypeError(`${name} must be ${expected}, but is ${shown}`);
}

/**
 * Refuses an option that does not exist, and names the right one. An option that is `undefined` counts as not given.
 * @param known an object with the name of every option; typed as `Record<keyof Options, …>`, so that the compiler finds a missing one
 * @param hints what to do instead, by the option names of other strategies: `{ customHeaders: 'use fetch' }`
 * @throws {TypeError} `Unknown option 'callbackUrl'. Did you mean 'callbackURL'?`
 */
export function refuseUnknownOptions(
  options: object,
  known: Readonly<Record<string, unknown>>,
  hints: Readonly<Record<string, string>> = {},
): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(known, name)) continue;
    const meant = findSimilar(name, Object.keys(known));
    const hint = Object.hasOwn(hints, name)
      ? `Instead, ${hints[name]}`
      : meant === undefined
        ? `The options are: ${Object.keys(known).join(', ')}`
        : `Did you mean '${meant}'?`;
    throw new TypeError(`Unknown option ${describeValue(name)}. ${hint}`);
  }
}

/** Finds the name that differs least from `name`: in case, in `_` and `-`, or in up to two letters (one in a short name). */
export function findSimilar(name: string, names: readonly string[]): string | undefined {
  const plain = (text: string) => text.replace(/[-_\s]/g, '').toLowerCase();
  const wanted = plain(name);
  const ranked = names
    .map((candidate) => ({ candidate, distance: countEdits(wanted, plain(candidate)) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= (wanted.length > 5 ? 2 : 1) ? best.candidate : undefined;
}

/** Counts the letters to add, remove or replace (the Levenshtein distance). */
function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from.slice(0, 100)].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = row[j - 1]! + (letter === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}
