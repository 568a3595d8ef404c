import { findSimilar, refuse, refuseUnknownOptions } from '../errors.ts';
import type { StateStore } from '../login/login.ts';
import { SessionStore } from '../login/session-store.ts';
import {
  APP_OPTION_NAMES,
  readAppSettings,
  readCredentials,
  readNumber,
  type AppOptions,
} from '../oauth/app-options.ts';
import { PROMPTS } from '../oauth/endpoints.ts';
import { warnOfMisspeltScopes, type RobloxScope } from '../oauth/scopes.ts';
import { splitScopes } from '../oauth/tokens.ts';
import type { TokenVault } from '../vault/vault.ts';
import { readCallbackURL } from './callback-url.ts';

/** The options of a {@link RobloxStrategy}. */
export interface RobloxStrategyOptions extends AppOptions {
  /** The app's client ID, from the Creator Dashboard. A string: a Roblox ID may be too large for a JavaScript number. */
  readonly clientID: string;
  /**
   * The registered URL that Roblox sends the browser back to, 256 characters at most. Absolute, or relative to the request that starts the
   * login. Behind a proxy, a relative URL needs `proxy`.
   */
  readonly callbackURL: string;
  /** The scopes to ask the user for; `['openid', 'profile']` by default. Must include `openid`. */
  readonly scope?: string | readonly RobloxScope[] | undefined;
  /** Whether to use PKCE (Proof Key for Code Exchange, S256); true by default. `false` needs a `clientSecret`. @see RFC 7636 */
  readonly pkce?: boolean | undefined;
  /** Where logins in flight are kept; a `SessionStore` by default. */
  readonly store?: StateStore | undefined;
  /**
   * Stores all users' tokens. Each login is saved before `verify` is called, and stays saved when `verify` refuses the user. `verify` gets
   * the vault's `client`. When the vault cannot save, the login ends with an error.
   */
  readonly vault?: TokenVault | undefined;
  /** Whether to trust X-Forwarded-Proto and X-Forwarded-Host, for a relative `callbackURL`; false by default. */
  readonly proxy?: boolean | undefined;
  /** Whether the classic verify gets the request as its first argument; false by default. */
  readonly passReqToCallback?: boolean | undefined;
  /** Whether the classic verify gets the `RobloxClient` right before `done`; false by default. */
  readonly passClientToCallback?: boolean | undefined;
  /** Whether to read the profile from the verified ID token, which saves the userinfo request; false by default. */
  readonly skipUserProfile?: boolean | undefined;
  /** How many seconds this machine's clock may differ from Roblox's when the ID token is checked; 60 by default, 600 at most. */
  readonly clockTolerance?: number | undefined;
}

/** The options of `passport.authenticate('roblox', options)`, in addition to Passport's own. */
export interface RobloxAuthenticateOptions {
  /** The scopes for this login, instead of the strategy's `scope`. */
  readonly scope?: string | readonly RobloxScope[] | undefined;
  /** Which pages Roblox shows: `none`, `login`, `consent`, `select_account`, or several. `none` is not reliable. */
  readonly prompt?: string | readonly string[] | undefined;
  /** Any JSON value. After the login it is `info.state`, so `req.authInfo.state`. It never becomes the `state` parameter. */
  readonly state?: unknown;
  /** The callback URL for this login, instead of the strategy's. It must be registered too. */
  readonly callbackURL?: string | undefined;
}

/** Checked options with their defaults. */
export type StrategySettings = Readonly<ReturnType<typeof readStrategyOptions>>;

const OPTION_NAMES: Readonly<Record<keyof RobloxStrategyOptions | 'verify', true>> = {
  ...APP_OPTION_NAMES,
  callbackURL: true,
  scope: true,
  pkce: true,
  store: true,
  vault: true,
  proxy: true,
  passReqToCallback: true,
  passClientToCallback: true,
  skipUserProfile: true,
  clockTolerance: true,
  verify: true,
};

const USE_BASE_URL = "leave it out: every endpoint derives from 'baseURL'";
const USE_CALLBACK_URL = "use 'callbackURL'";
const OPTION_HINTS: Readonly<Record<string, string>> = {
  state:
    "leave it out: every login is protected. A value of your own goes to passport.authenticate('roblox', { state })",
  prompt: "give it to passport.authenticate('roblox', { prompt })",
  sessionKey: "give 'store': new SessionStore({ key })",
  customHeaders: "give a 'fetch' that adds the headers",
  scopeSeparator: 'leave it out: Roblox separates scopes by spaces',
  name: "give the name to passport.use('name', strategy)",
  authorizationURL: USE_BASE_URL,
  tokenURL: USE_BASE_URL,
  userInfoURL: USE_BASE_URL,
  userProfileURL: USE_BASE_URL,
  issuer: USE_BASE_URL,
  callback: USE_CALLBACK_URL,
  redirectURI: USE_CALLBACK_URL,
  redirectURL: USE_CALLBACK_URL,
  redirectURIs: USE_CALLBACK_URL,
  redirect_uri: USE_CALLBACK_URL,
};

/** Roblox's own tolerance is 180 seconds. Three times that is enough: a clock that is off by more must be set. */
const MAX_CLOCK_TOLERANCE_SECONDS = 600;

/**
 * Checks a strategy's options.
 * @throws {TypeError} names the option, what came and what would work
 */
export function readStrategyOptions(options: RobloxStrategyOptions) {
  if (typeof options !== 'object' || options === null) {
    refuse('options', options, 'an object with clientID and callbackURL');
  }
  refuseUnknownOptions(options, OPTION_NAMES, OPTION_HINTS);
  const credentials = readCredentials(options);
  const { endpoints, http } = readAppSettings(options);
  const { scope = ['openid', 'profile'] } = options;
  const pkce = readBoolean('pkce', options.pkce, true);
  if (!pkce && credentials.clientSecret === undefined) {
    throw new TypeError('pkce: false needs a clientSecret: a public client has no other proof that a code is its own');
  }
  return {
    endpoints,
    credentials,
    http,
    store: options.store === undefined ? new SessionStore() : readStore(options.store),
    vault: options.vault === undefined ? undefined : readVault(options.vault),
    callbackURL: readCallbackURL(options.callbackURL),
    scope: readScope(scope),
    pkce,
    proxy: readBoolean('proxy', options.proxy, false),
    passReqToCallback: readBoolean('passReqToCallback', options.passReqToCallback, false),
    passClientToCallback: readBoolean('passClientToCallback', options.passClientToCallback, false),
    skipUserProfile: readBoolean('skipUserProfile', options.skipUserProfile, false),
    clockToleranceSeconds: readClockTolerance(options.clockTolerance),
  };
}

const AUTHENTICATE_OPTION_NAMES: Readonly<Record<keyof RobloxAuthenticateOptions, true>> = {
  scope: true,
  prompt: true,
  state: true,
  callbackURL: true,
};

/** Options that were checked before. Passport gives the same object with every request of a route. */
const checkedOptions = new WeakSet<object>();

/**
 * Refuses misspelt options of `passport.authenticate`. Ignores all others: they may be Passport's, or another strategy's.
 * @throws {TypeError} names the right option
 */
export function refuseMisspeltOptions(options: object): void {
  const given = Object.entries(options);
  // Nothing to remember of an empty object: it may be a new one each time, and a WeakSet of many makes garbage collection slow.
  if (given.length === 0 || checkedOptions.has(options)) return;
  const names = Object.keys(AUTHENTICATE_OPTION_NAMES);
  const misspelt = given.filter(([name]) => findSimilar(name, names) !== undefined);
  refuseUnknownOptions(Object.fromEntries(misspelt), AUTHENTICATE_OPTION_NAMES);
  checkedOptions.add(options);
}

/** RFC 6749, section 3.3, but without the comma: Roblox refuses it with `invalid_scope`. */
const SCOPE_NAME = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/;

/** @throws {TypeError} not a scope, or one without `openid` */
export function readScope(scope: unknown): readonly string[] {
  const isList = Array.isArray(scope) && scope.every((part) => typeof part === 'string');
  if (typeof scope !== 'string' && !isList) {
    refuse('scope', scope, 'an array or a space-separated string of scope names');
  }
  const scopes = splitScopes(scope);
  const wrong = scopes.find((name) => !SCOPE_NAME.test(name));
  if (wrong !== undefined) {
    refuse('scope', wrong, "names with a space between them, such as 'openid profile', or an array of names");
  }
  if (!scopes.includes('openid')) {
    throw new TypeError("scope must include 'openid': without it Roblox does not say who signed in");
  }
  warnOfMisspeltScopes(scopes);
  return scopes;
}

/** @throws {TypeError} not one of Roblox's values, or `none` with others */
export function readPrompt(prompt: unknown): string | undefined {
  if (prompt === undefined) return undefined;
  const parts = (Array.isArray(prompt) ? prompt : [prompt]).flatMap((part: unknown) =>
    typeof part === 'string' ? part.split(' ').filter(Boolean) : [part],
  );
  const isKnown = parts.every((part) => PROMPTS.some((known) => known === part));
  if (!isKnown || parts.length === 0 || (parts.includes('none') && parts.length > 1)) {
    refuse('prompt', prompt, `'none' alone, or one or several of 'login', 'consent', 'select_account'`);
  }
  return parts.join(' ');
}

/**
 * Copies the app's `state` as JSON, as a session would store it.
 * @throws {TypeError} not a JSON value
 */
export function readState(state: unknown): unknown {
  if (state === undefined) return undefined;
  let json: string | undefined;
  try {
    json = JSON.stringify(state);
  } catch (cause) {
    throw new TypeError('state must be a JSON value, but cannot be serialised', { cause });
  }
  if (json === undefined) refuse('state', state, 'a JSON value');
  return JSON.parse(json);
}

/** By shape: another copy of the package may have made the vault. @throws {TypeError} not a vault */
function readVault(vault: TokenVault): TokenVault {
  const methods = ['client', 'save', 'revoke', 'join'] as const;
  if (!hasMethods(vault, methods))
    refuse('vault', vault, 'a TokenVault, as in new TokenVault({ ...redisVault({ client }) })');
  return vault;
}

/** @throws {TypeError} not a store */
function readStore(store: StateStore): StateStore {
  if (!hasMethods(store, ['store', 'verify'])) {
    refuse(
      'store',
      store,
      'an object with store(req, verifier, state, meta, callback) and verify(req, state, meta, callback)',
    );
  }
  // A shorter `store` is passport-oauth2's form without PKCE. It would lose the verifier, and so the nonce.
  if (store.store.length > 0 && store.store.length < 5) {
    throw new TypeError(
      `store.store takes ${store.store.length} parameters; it must take (req, verifier, state, meta, callback), ` +
        "passport-oauth2's form for PKCE",
    );
  }
  return store;
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function'); // any object can be read by name
}

function readClockTolerance(value: unknown): number {
  const seconds = readNumber('clockTolerance', value, 60, 'seconds');
  if (seconds > MAX_CLOCK_TOLERANCE_SECONDS) {
    refuse('clockTolerance', value, `a number of seconds from 0 to ${MAX_CLOCK_TOLERANCE_SECONDS}`);
  }
  return seconds;
}

function readBoolean(name: string, value: unknown, otherwise: boolean): boolean {
  if (value === undefined) return otherwise;
  if (typeof value !== 'boolean') refuse(name, value, 'true or false');
  return value;
}
