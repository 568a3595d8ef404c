import { readObject, readString } from '../http/json.ts';

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
 * Reads the answer of the token endpoint. What is not usable of `expires_in` is left out.
 * @param json the parsed body
 * @param nowMs when the answer came, milliseconds since the epoch: `expires_in` counts from there
 * @returns undefined when there is no access token, or when it is not for use as a Bearer token
 * @see RFC 6749, section 5.1 https://www.rfc-editor.org/rfc/rfc6749#section-5.1
 */
export function readTokens(json: unknown, nowMs: number): Tokens | undefined {
  const answer = readObject(json);
  const accessToken = readToken(answer?.['access_token']);
  const tokenType = answer?.['token_type'] ?? 'Bearer';
  if (answer === undefined || accessToken === undefined || !isBearer(tokenType)) return undefined;
  const expiresIn = readSeconds(answer['expires_in']);
  return {
    accessToken,
    refreshToken: readToken(answer['refresh_token']),
    idToken: readToken(answer['id_token']),
    tokenType,
    scope: splitScopes(readString(answer['scope']) ?? ''),
    expiresAt: expiresIn === undefined ? undefined : new Date(nowMs + expiresIn * 1000),
  };
}

/** A token goes into a header or a form as it is. RFC 6749, appendix A.12. */
function readToken(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value) ? value : undefined;
}

/** In any case. RFC 6749, section 5.1. */
function isBearer(tokenType: unknown): tokenType is string {
  return typeof tokenType === 'string' && tokenType.toLowerCase() === 'bearer';
}

/** A number of seconds, as a number or as digits; a lifetime of more than 30 years is none. */
function readSeconds(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof seconds === 'number' && seconds >= 0 && seconds < 1e9 ? seconds : undefined;
}

/** Takes a scope apart, be it an array or the space-separated string of RFC 6749, section 3.3. */
export function splitScopes(scope: string | readonly string[]): string[] {
  const parts = typeof scope === 'string' ? [scope] : scope;
  return [...new Set(parts.flatMap((part) => part.split(' ')).filter((part) => part !== ''))];
}
