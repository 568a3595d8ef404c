import { readString, readObject } from '../http/json.ts';

/** A user's tokens, as the token endpoint gave them. Plain data: what you store, and hand to `strategy.client(tokens)` later. */
export interface Tokens {
  /** Good for 15 minutes. */
  readonly accessToken: string;
  /** Good for 90 days and for one use. Store the next one before you use it. */
  readonly refreshToken: string | undefined;
  /** The JWT that says who signed in. */
  readonly idToken: string | undefined;
  /** `Bearer`. */
  readonly tokenType: string;
  /** The granted scopes, from the answer (not from the access token, whose own claim differs). */
  readonly scope: readonly string[];
  /** When the access token ends, by this machine's clock; undefined where nobody said. */
  readonly expiresAt: Date | undefined;
}

/**
 * Reads the answer of the token endpoint.
 * @param json the parsed body
 * @param nowMs when the answer came, milliseconds since the epoch: `expires_in` counts from there
 * @returns undefined when it is no such answer
 * @see RFC 6749, section 5.1 https://www.rfc-editor.org/rfc/rfc6749#section-5.1
 */
export function readTokens(json: unknown, nowMs: number): Tokens | undefined {
  const answer = readObject(json);
  const accessToken = readString(answer?.['access_token']);
  if (answer === undefined || accessToken === undefined) return undefined;
  const expiresIn = Number(answer['expires_in']);
  return {
    accessToken,
    refreshToken: readString(answer['refresh_token']),
    idToken: readString(answer['id_token']),
    tokenType: readString(answer['token_type']) ?? 'Bearer',
    scope: scopesOf(readString(answer['scope']) ?? ''),
    expiresAt: answer['expires_in'] != null && expiresIn >= 0 ? new Date(nowMs + expiresIn * 1000) : undefined,
  };
}

/** Takes a scope apart, be it an array or the space-separated string of RFC 6749, section 3.3. */
export function scopesOf(scope: string | readonly string[]): string[] {
  const parts = typeof scope === 'string' ? [scope] : scope;
  return [...new Set(parts.flatMap((part) => part.split(' ')).filter((part) => part !== ''))];
}
