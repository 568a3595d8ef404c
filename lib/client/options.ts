import { checkID, checkWholeNumber } from '../cloud/check.ts';
import { refuse, refuseSecret, refuseUnknownOptions } from '../errors.ts';
import { APP_OPTION_NAMES, type AppOptions } from '../oauth/app-options.ts';
import { splitScopes, type Tokens } from '../oauth/tokens.ts';

/** Stores a user's new tokens. Awaited before any call uses them. */
export type OnTokens = (tokens: Tokens) => unknown;

/**
 * The options of a {@link RobloxClient}. Calls need `accessToken` only. refresh, revoke, introspect and resources need `clientID` too, and
 * `clientSecret` if the app has one.
 */
export interface RobloxClientOptions extends AppOptions {
  /** The user's access token. */
  readonly accessToken: string;
  /** With `clientID`, the client renews the access token by itself. */
  readonly refreshToken?: string | undefined;
  /** When the access token expires: a Date, milliseconds since the epoch, or an ISO string. Without it the client renews after a 401. */
  readonly expiresAt?: Date | number | string | undefined;
  readonly idToken?: string | undefined;
  readonly tokenType?: string | undefined;
  /** The granted scopes. The error about a missing scope is clearer with them. */
  readonly scope?: string | readonly string[] | undefined;
  /** The user's ID in this app's domain. Without it, the client asks userinfo when a call needs it. */
  readonly userId?: string | number | undefined;
  /** Stores renewed tokens. A refresh token works once, so tokens that are not stored are lost when the process ends. */
  readonly onTokens?: OnTokens | undefined;
  /** The most retries of a call; 2 by default, 0 for none. All waits of a call together take a minute at most. */
  readonly maxRetries?: number | undefined;
  /** The most requests in flight at once; further ones wait. 16 by default. */
  readonly maxConcurrency?: number | undefined;
}

const OPTION_NAMES: Readonly<Record<keyof RobloxClientOptions, true>> = {
  ...APP_OPTION_NAMES,
  accessToken: true,
  refreshToken: true,
  expiresAt: true,
  idToken: true,
  tokenType: true,
  scope: true,
  userId: true,
  onTokens: true,
  maxRetries: true,
  maxConcurrency: true,
};

/**
 * Checks the options of a client, except those of its app, and gives them their defaults.
 * @throws {TypeError} names the option, what came and what would work
 */
export function readClientOptions(options: RobloxClientOptions) {
  if (typeof options !== 'object' || options === null) refuse('options', options, 'an object with an accessToken');
  refuseUnknownOptions(options, OPTION_NAMES, { tokens: 'spread them: new RobloxClient({ ...tokens, clientID })' });
  const { onTokens, maxRetries, maxConcurrency } = options;
  if (onTokens !== undefined && typeof onTokens !== 'function') refuse('onTokens', onTokens, 'a function');
  return {
    tokens: readGivenTokens(options),
    // A database may give null for none.
    userId: options.userId == null ? undefined : checkID('userId', options.userId),
    onTokens,
    maxRetries: checkWholeNumber('maxRetries', maxRetries, 0) ?? 2,
    maxConcurrency: checkWholeNumber('maxConcurrency', maxConcurrency, 1) ?? 16,
  };
}

/** Stored tokens. Only `accessToken` is required. `expiresAt` may be a string, as JSON makes it. */
export type KeptTokens = Pick<
  RobloxClientOptions,
  'accessToken' | 'refreshToken' | 'expiresAt' | 'idToken' | 'tokenType' | 'scope'
>;

/**
 * Reads stored tokens.
 * @throws {TypeError} names what is wrong, and never shows a token
 */
export function readGivenTokens(tokens: KeptTokens): Tokens {
  if (typeof tokens !== 'object' || tokens === null) {
    throw new TypeError('tokens must be an object with an accessToken, as verify got it');
  }
  const { scope = [] } = tokens;
  const scopes: unknown = scope;
  if (typeof scopes !== 'string' && !(Array.isArray(scopes) && scopes.every((part) => typeof part === 'string'))) {
    refuse('scope', scopes, 'an array or a space-separated string of scope names');
  }
  const accessToken = readToken('accessToken', tokens.accessToken);
  if (accessToken === undefined) {
    const { access_token } = tokens as { readonly access_token?: unknown }; // the name in responses of token endpoints
    throw new TypeError(
      access_token === undefined
        ? "accessToken is missing: the user's access token is needed for calls"
        : 'accessToken is missing: write { accessToken: tokens.access_token, refreshToken: tokens.refresh_token }',
    );
  }
  return {
    accessToken,
    refreshToken: readToken('refreshToken', tokens.refreshToken),
    idToken: readToken('idToken', tokens.idToken),
    tokenType: readTokenType(tokens.tokenType),
    scope: splitScopes(scope),
    expiresAt: readTime(tokens.expiresAt),
  };
}

/** Reads a token. A database may give null for none. */
function readToken(name: string, token: unknown): string | undefined {
  if (token === undefined || token === null) return undefined;
  // Printable ASCII: a token is sent in a header.
  if (typeof token === 'string' && /^[\u0021-\u007e]+$/.test(token)) return token;
  refuseSecret(name, token, 'a token from Roblox, a string without white space');
}

function readTokenType(tokenType: unknown): string {
  if (tokenType === undefined || tokenType === null) return 'Bearer';
  if (typeof tokenType === 'string' && /^bearer$/i.test(tokenType)) return tokenType;
  refuse('tokenType', tokenType, "'Bearer': Roblox has no other type of token");
}

function readTime(value: unknown): Date | undefined {
  if (value === undefined || value === null) return undefined;
  const time =
    value instanceof Date || typeof value === 'number' || typeof value === 'string' ? new Date(value) : undefined;
  if (time === undefined || Number.isNaN(time.getTime())) {
    refuse('expiresAt', value, 'a Date, milliseconds since the epoch or an ISO string');
  }
  return time;
}
