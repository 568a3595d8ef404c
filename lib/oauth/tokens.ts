import { readObject, readString } from '../http/json.ts';

/** A user's tokens. Plain data: store it, and give it to `strategy.client(tokens)` later. */
export interface Tokens {
  /** Valid for 15 minutes. */
  readonly accessToken: string;
  /** Valid for 90 days and one use. Each renewal brings the next one: store it before you use the new access token. */
  readonly refreshToken: string | undefined;
  /** A JWT that names the user. */
  readonly idToken: string | undefined;
  /** `Bearer`. */
  readonly tokenType: string;
  /** The granted scopes, as in the response. (The claim in the access token differs.) */
  readonly scope: readonly string[];
  /** When the access token expires, by this machine's clock; undefined when the response did not say. */
  readonly expiresAt: Date | undefined;
}

/**
 * Reads a response of the token endpoint. An unusable `expires_in` is ignored.
 * @param json the parsed body
 * @param nowMs when the response came, in milliseconds since the epoch; `expires_in` counts from then
 * @returns undefined when there is no access token, or when it is not a Bearer token
 * @see RFC 6749, section 5.1 https://www.rfc-editor.org/rfc/rfc6749#section-5.1
 */
export function readTokens(json: unknown, nowMs: number): Tokens | undefined {
  const body = readObject(json);
  const accessToken = readToken(body?.['access_token']);
  const tokenType = body?.['token_type'] ?? 'Bearer';
  if (body === undefined || accessToken === undefined || !isBearer(tokenType)) return undefined;
  const lifetimeSeconds = readLifetimeSeconds(body['expires_in']);
  return {
    accessToken,
    refreshToken: readToken(body['refresh_token']),
    idToken: readToken(body['id_token']),
    tokenType,
    scope: splitScopes(readString(body['scope']) ?? ''),
    expiresAt: lifetimeSeconds === undefined ? undefined : new Date(nowMs + lifetimeSeconds * 1000),
  };
}

/** Lists the values that no error may show. */
export function listSecrets({ accessToken, refreshToken, idToken }: Tokens): string[] {
  return [accessToken, refreshToken, idToken].filter((token) => token !== undefined);
}

/** A token is sent in a header or a form, so it must be printable ASCII. RFC 6749, appendix A.12. */
function readToken(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value) ? value : undefined;
}

/** Upper and lower case are equal. RFC 6749, section 5.1. */
function isBearer(tokenType: unknown): tokenType is string {
  return typeof tokenType === 'string' && tokenType.toLowerCase() === 'bearer';
}

/** Reads a number of seconds, also as digits in a string; undefined above 30 years. */
function readLifetimeSeconds(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof seconds === 'number' && seconds >= 0 && seconds < 1e9 ? seconds : undefined;
}

/** Splits the space-separated string of RFC 6749, section 3.3. Accepts an array too. Removes duplicates. */
export function splitScopes(scope: string | readonly string[]): string[] {
  const text = typeof scope === 'string' ? scope : scope.join(' ');
  return [...new Set(text.split(' ').filter((name) => name !== ''))];
}
