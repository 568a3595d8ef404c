import { createHash, randomBytes } from 'node:crypto';

/** Yields so many unpredictable bytes. */
export type RandomBytes = (size: number) => Buffer;

/**
 * A value that nobody can guess, for `state` and `code_verifier`: 256 bits as 43 unreserved characters.
 * @see RFC 7636, section 4.1 https://www.rfc-editor.org/rfc/rfc7636#section-4.1
 */
export function oneTimeValue(random: RandomBytes = randomBytes): string {
  return random(32).toString('base64url');
}

/**
 * The S256 `code_challenge` of a `code_verifier`.
 * @see RFC 7636, section 4.2 https://www.rfc-editor.org/rfc/rfc7636#section-4.2
 */
export function codeChallenge(codeVerifier: string): string {
  return sha256(codeVerifier);
}

/**
 * The `nonce` that belongs to a login's secret. It is derived, so that every store which keeps a `code_verifier` keeps the nonce
 * too, and one-way, so that the nonce in the browser's URL does not give the verifier away.
 * @see https://openid.net/specs/openid-connect-core-1_0.html#NonceNotes
 */
export function nonceOf(codeVerifier: string): string {
  return sha256(`nonce:${codeVerifier}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
