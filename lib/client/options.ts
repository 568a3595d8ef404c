import { readApp, type ClientApp } from '../oauth/app-options.ts';
import type { Fetch } from '../http/transport.ts';
import { checkID } from '../cloud/ids.ts';
import { describeValue } from '../errors.ts';
import type { ClientAuthentication } from '../oauth/token-messages.ts';
import { scopesOf, type Tokens } from '../oauth/tokens.ts';

/** Stores a user's new tokens; awaited before anything goes on with them. */
export type OnTokens = (tokens: Tokens) => unknown;

/** What a {@link RobloxClient} can be told. Only `accessToken` is needed for calls. */
export interface RobloxClientOptions {
  /** The user's access token. */
  readonly accessToken: string;
  /** Lets the client renew the access token by itself, with `clientID` (and `clientSecret` where the app has one); without it it is only kept. */
  readonly refreshToken?: string | undefined;
  /** When the access token ends: a Date, a number of milliseconds since the epoch, or an ISO string. Without it a 401 is what tells. */
  readonly expiresAt?: Date | number | string | undefined;
  readonly idToken?: string | undefined;
  readonly tokenType?: string | undefined;
  /** The granted scopes; they make messages about a missing one better. */
  readonly scope?: string | readonly string[] | undefined;
  /** The user's ID; asked from userinfo when it is needed and missing. */
  readonly userId?: string | number | undefined;
  /** The app's client ID: for refresh, revoke, introspect and resources. */
  readonly clientID?: string | undefined;
  readonly clientSecret?: string | undefined;
  /** `client_secret_post` by default with a secret, `none` without. */
  readonly clientAuthentication?: ClientAuthentication | undefined;
  /** Where Roblox is; `https://apis.roblox.com` by default. */
  readonly baseURL?: string | undefined;
  /** Any `fetch`-shaped function; node-fetch by default. */
  readonly fetch?: Fetch | undefined;
  /** Milliseconds for one HTTP request; 10000 by default. */
  readonly timeout?: number | undefined;
  /** Stores renewed tokens; awaited before any call goes on. A refresh token works once: what is not stored is lost with the process. */
  readonly onTokens?: OnTokens | undefined;
  /** How often a call is tried again at the most, within a minute; 2 by default, 0 for never. */
  readonly maxRetries?: number | undefined;
  /** How many requests are in flight at once at the most; further ones wait. 16 by default. */
  readonly maxConcurrency?: number | undefined;
}

/** How much at once and how often, for a client. */
export interface ClientLimits {
  readonly maxRetries: number;
  readonly maxConcurrency: number;
}

/** What a client uses when nobody said. */
export const DEFAULT_LIMITS: ClientLimits = { maxRetries: 2, maxConcurrency: 16 };

/** A client's options, each checked and with its default. */
export interface ClientSettings {
  readonly app: ClientApp;
  readonly tokens: Tokens;
  readonly userId: string | undefined;
  readonly onTokens: OnTokens | undefined;
  readonly limits: ClientLimits;
}

/**
 * Checks the options of a client.
 * @throws {TypeError} naming the option, what came and what would do
 */
export function readClientOptions(options: RobloxClientOptions): ClientSettings {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`options must be an object with an accessToken, but is ${describeValue(options)}`);
  }
  const tokens = readGivenTokens(options);
  return {
    app: readApp(options),
    tokens,
    userId: readUserId(options.userId),
    onTokens: readOnTokens(options.onTokens),
    limits: {
      maxRetries: readCount('maxRetries', options.maxRetries, 0, DEFAULT_LIMITS.maxRetries),
      maxConcurrency: readCount('maxConcurrency', options.maxConcurrency, 1, DEFAULT_LIMITS.maxConcurrency),
    },
  };
}

/** A user's ID; null, as a database has it, is none. @throws {TypeError} no ID: it goes into paths and filters */
export function readUserId(userId: unknown): string | undefined {
  return userId === undefined || userId === null ? undefined : checkID('userId', userId); // it checks what it gets
}

/** @throws {TypeError} no function */
export function readOnTokens(onTokens: unknown): OnTokens | undefined {
  if (onTokens === undefined || typeof onTokens === 'function') return onTokens as OnTokens | undefined; // checked here
  throw new TypeError(`onTokens must be a function, but is ${describeValue(onTokens)}`);
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
    throw new TypeError(
      `scope must be an array or a space-separated string of scope names, but is ${describeValue(scopes)}`,
    );
  }
  const accessToken = readToken('accessToken', tokens.accessToken);
  if (accessToken === undefined)
    throw new TypeError("accessToken is missing: the user's access token is needed for calls");
  return {
    accessToken,
    refreshToken: readToken('refreshToken', tokens.refreshToken),
    idToken: readToken('idToken', tokens.idToken),
    tokenType: tokens.tokenType ?? 'Bearer',
    scope: scopesOf(scope),
    expiresAt: readTime(tokens.expiresAt),
  };
}

/** A token; null, as a database has it, is none. */
function readToken(name: string, token: unknown): string | undefined {
  if (token === undefined || token === null) return undefined;
  // A token goes into a header as it is. What came is not shown.
  if (typeof token !== 'string' || !/^[\u0021-\u007e]+$/.test(token)) {
    throw new TypeError(
      `${name} must be a token as Roblox gave it, a string without white space, but is ${typeof token === 'string' ? 'another' : describeValue(token)}`,
    );
  }
  return token;
}

function readTime(value: unknown): Date | undefined {
  if (value === undefined || value === null) return undefined;
  const time =
    value instanceof Date || typeof value === 'number' || typeof value === 'string' ? new Date(value) : undefined;
  if (time === undefined || Number.isNaN(time.getTime())) {
    throw new TypeError(`expiresAt must be a Date (or what JSON makes of one), but is ${describeValue(value)}`);
  }
  return time;
}

function readCount(name: string, value: unknown, min: number, byDefault: number): number {
  if (value === undefined) return byDefault;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min) return value;
  throw new TypeError(`${name} must be a whole number from ${min}, but is ${describeValue(value)}`);
}
