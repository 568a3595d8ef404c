import { checkID } from '../cloud/check.ts';
import { refuse, refuseSecret, refuseUnknownOptions } from '../errors.ts';
import { APP_OPTION_NAMES, type AppOptions } from '../oauth/app-options.ts';
import { splitScopes, type Tokens } from '../oauth/tokens.ts';

/** Stores a user's new tokens; awaited before anything goes on with them. */
export type OnTokens = (tokens: Tokens) => unknown;

/**
 * The options of a {@link RobloxClient}. Only `accessToken` is needed for calls; `clientID` (with `clientSecret` where the app has one)
 * for refresh, revoke, introspect and resources.
 */
export interface RobloxClientOptions extends AppOptions {
  /** The user's access token. */
  readonly accessToken: string;
  /** With `clientID` it lets the client renew the access token by itself. */
  readonly refreshToken?: string | undefined;
  /** When the access token ends: a Date, milliseconds since the epoch, or an ISO string. Without it only a 401 tells. */
  readonly expiresAt?: Date | number | string | undefined;
  readonly idToken?: string | undefined;
  readonly tokenType?: string | undefined;
  /** The granted scopes. They make the error about a missing one clearer. */
  readonly scope?: string | readonly string[] | undefined;
  /** The user's ID in this app's domain; asked from userinfo when it is needed and missing. */
  readonly userId?: string | number | undefined;
  /** Stores renewed tokens; awaited before any call goes on. A refresh token works once: tokens that are not stored end with the process. */
  readonly onTokens?: OnTokens | undefined;
  /** How often a call is tried again at the most, within a minute; 2 by default, 0 for never. */
  readonly maxRetries?: number | undefined;
  /** How many requests are in flight at once at the most; further ones wait. 16 by default. */
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

/** A client's own options, each checked and with its default. */
export interface ClientSettings {
  readonly tokens: Tokens;
  readonly userId: string | undefined;
  readonly onTokens: OnTokens | undefined;
  readonly maxRetries: number;
  readonly maxConcurrency: number;
}

/**
 * Checks the options of a client, but for those of its app.
 * @throws {TypeError} names the option, what came and what would work
 */
export function readClientOptions(options: RobloxClientOptions): ClientSettings {
  if (typeof options !== 'object' || options === null) refuse('options', options, 'an object with an accessToken');
  refuseUnknownOptions(options, OPTION_NAMES, { tokens: 'spread them: new RobloxClient({ ...tokens, clientID })' });
  const { maxRetries = 2, maxConcurrency = 16 } = options;
  return {
    tokens: readGivenTokens(options),
    userId: readUserId(options.userId),
    onTokens: readOnTokens(options.onTokens),
    maxRetries: checkCount('maxRetries', maxRetries, 0),
    maxConcurrency: checkCount('maxConcurrency', maxConcurrency, 1),
  };
}

/** Reads a user's ID; null, as a database has it, is none. @throws {TypeError} no ID: it goes into paths and filters */
function readUserId(userId: unknown): string | undefined {
  return userId === undefined || userId === null ? undefined : checkID('userId', userId);
}

/** @throws {TypeError} no function */
function readOnTokens(onTokens: unknown): OnTokens | undefined {
  if (onTokens === undefined || typeof onTokens === 'function') return onTokens as OnTokens | undefined; // checked here
  refuse('onTokens', onTokens, 'a function');
}

/** Tokens as an app may have kept them: `expiresAt` may have become a string in JSON, and only `accessToken` must be there. */
export type KeptTokens = Pick<
  RobloxClientOptions,
  'accessToken' | 'refreshToken' | 'expiresAt' | 'idToken' | 'tokenType' | 'scope'
>;

/**
 * Reads tokens that an app has kept.
 * @throws {TypeError} naming what is wrong, never showing a token
 */
export function readGivenTokens(tokens: KeptTokens): Tokens {
  const { scope = [] } = tokens;
  const scopes: unknown = scope;
  if (typeof scopes !== 'string' && !(Array.isArray(scopes) && scopes.every((part) => typeof part === 'string'))) {
    refuse('scope', scopes, 'an array or a space-separated string of scope names');
  }
  const accessToken = readToken('accessToken', tokens.accessToken);
  if (accessToken === undefined) {
    const { access_token } = tokens as { readonly access_token?: unknown }; // as token endpoints answer
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

/** Reads a token; null, as a database has it, is none. */
function readToken(name: string, token: unknown): string | undefined {
  if (token === undefined || token === null) return undefined;
  // A token goes into a header as it is.
  if (typeof token === 'string' && /^[\u0021-\u007e]+$/.test(token)) return token;
  refuseSecret(name, token, 'a token as Roblox gave it, a string without white space');
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
    refuse('expiresAt', value, 'a Date, or milliseconds or an ISO string, as JSON keeps it');
  }
  return time;
}

function checkCount(name: string, value: unknown, min: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min) return value;
  refuse(name, value, `a whole number from ${min}`);
}
