import { createHash, randomBytes } from 'node:crypto';

/** The query of a callback. Only its shape is checked. */
export type CallbackParameters = (
  | { readonly kind: 'code'; readonly state: string; readonly code: string }
  | { readonly kind: 'error'; readonly state: string; readonly error: string; readonly description: string | undefined }
  /** Not a callback of Roblox: a parameter is missing, given twice or empty. `state` is there when it could be read. */
  | { readonly kind: 'malformed'; readonly state: string | undefined }
) & {
  /** The `iss` parameter of RFC 9207. Roblox does not send it. */
  readonly issuer?: string | undefined;
};

/**
 * Reads the query of a callback.
 * @returns undefined when the request is not a callback: it starts a login
 * @see RFC 6749, section 4.1.2 https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2
 */
export function readCallback(query: Readonly<Record<string, unknown>>): CallbackParameters | undefined {
  if (!has(query, 'code') && !has(query, 'error')) return undefined;
  const state = readParameter(query, 'state');
  const issuer = readParameter(query, 'iss');
  if (state === undefined || (has(query, 'iss') && issuer === undefined)) return { kind: 'malformed', state };
  if (has(query, 'error')) {
    const error = readParameter(query, 'error');
    if (error === undefined) return { kind: 'malformed', state };
    return { kind: 'error', state, issuer, error, description: readParameter(query, 'error_description') };
  }
  const code = readParameter(query, 'code');
  return code === undefined ? { kind: 'malformed', state } : { kind: 'code', state, issuer, code };
}

function has(query: Readonly<Record<string, unknown>>, name: string): boolean {
  // Some query parsers make objects without a prototype, so `query.hasOwnProperty` may be missing.
  return Object.hasOwn(query, name) && query[name] !== undefined;
}

function readParameter(query: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = has(query, name) ? query[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Builds the URL at Roblox that a login redirects to.
 * @param endpoint without a query
 * @param parameters undefined and null are left out
 * @see RFC 6749, section 4.1.1 https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1
 */
export function buildAuthorizationURL(endpoint: string, parameters: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null) query.set(name, String(value));
  }
  // %20 for a space: not every server reads a plus sign as a space. (A plus sign itself is %2B here.)
  return `${endpoint}?${query.toString().replaceAll('+', '%20')}`;
}

/** Returns `size` unpredictable bytes. */
export type RandomBytes = (size: number) => Buffer;

/**
 * Makes a value that nobody can guess, for `code_verifier`: 256 bits as 43 unreserved characters.
 * @see RFC 7636, section 4.1 https://www.rfc-editor.org/rfc/rfc7636#section-4.1
 */
export function createOneTimeValue(random: RandomBytes = randomBytes): string {
  return random(32).toString('base64url');
}

/**
 * Derives the S256 `code_challenge` of a `code_verifier`.
 * @see RFC 7636, section 4.2 https://www.rfc-editor.org/rfc/rfc7636#section-4.2
 */
export function deriveCodeChallenge(codeVerifier: string): string {
  return sha256(codeVerifier);
}

/**
 * Derives the `nonce` of a login from its `code_verifier`. So a store that keeps the verifier also keeps the nonce.
 * It is a hash: the nonce is in the browser's URL and must not reveal the verifier.
 * @see https://openid.net/specs/openid-connect-core-1_0.html#NonceNotes
 */
export function deriveNonce(codeVerifier: string): string {
  return sha256(`nonce:${codeVerifier}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
