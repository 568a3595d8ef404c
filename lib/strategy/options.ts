import {
  readClientAuthentication,
  readClientID,
  readClientSecret,
  readNumber,
  readTimeout,
  refuse,
} from '../oauth/app-options.ts';
import type { Fetch } from '../http/transport.ts';
import type { StateStore } from '../login/login.ts';
import { MAX_REDIRECT_URL_LENGTH, PROMPTS } from '../oauth/endpoints.ts';
import type { RobloxScope } from '../oauth/scopes.ts';
import type { ClientAuthentication } from '../oauth/token-messages.ts';
import { scopesOf } from '../oauth/tokens.ts';
import { TokenVault } from '../vault/vault.ts';

/** What a {@link RobloxStrategy} can be told. */
export interface RobloxStrategyOptions {
  /** The app's client ID, from the Creator Dashboard. A string: it need not fit a JavaScript number. */
  readonly clientID: string;
  /**
   * The app's secret. Without it the client is public: PKCE cannot be turned off, and no secret is sent.
   */
  readonly clientSecret?: string | undefined;
  /**
   * Where Roblox sends the browser back to, as registered (256 characters at most). Absolute, or relative to the request that starts the
   * login; behind a proxy a relative one needs `proxy`.
   */
  readonly callbackURL: string;
  /** What to ask the user for; `['openid', 'profile']` by default. `openid` must be among it. */
  readonly scope?: string | readonly RobloxScope[] | undefined;
  /** Proof Key for Code Exchange by S256; true by default. `false` turns it off, for clients with a secret only. @see RFC 7636 */
  readonly pkce?: boolean | undefined;
  /**
   * How the client says who it is: `client_secret_post` (default with a secret), `client_secret_basic`, or `none`, which follows from a
   * missing secret.
   */
  readonly clientAuthentication?: ClientAuthentication | undefined;
  /**
   * Where Roblox is; `https://apis.roblox.com` by default. The OAuth endpoints, the issuer and Open Cloud derive from it. Plain `http:` for
   * a loopback host only, which is where the emulator lives.
   */
  readonly baseURL?: string | undefined;
  /** Where logins in flight are kept; the session by default. */
  readonly store?: StateStore | undefined;
  /**
   * Keeps every user's tokens: each login is saved before `verify` is called (and stays saved where `verify` refuses the user), and the
   * `client` of `verify` is the vault's. A login that cannot be saved is an error.
   */
  readonly vault?: TokenVault | undefined;
  /** Whether X-Forwarded-Proto and X-Forwarded-Host tell a relative `callbackURL` its host; false by default. */
  readonly proxy?: boolean | undefined;
  /** The classic verify gets the request as its first argument; false by default. */
  readonly passReqToCallback?: boolean | undefined;
  /** The classic verify gets the `RobloxClient` right before `done`; false by default. */
  readonly passClientToCallback?: boolean | undefined;
  /** No userinfo request: the profile comes from the verified ID token, one round trip less; false by default. */
  readonly skipUserProfile?: boolean | undefined;
  /** How far this machine's clock and Roblox's may differ, in seconds, for the ID token's times; 60 by default. */
  readonly clockTolerance?: number | undefined;
  /** How long one HTTP request may take, in milliseconds; 10000 by default. */
  readonly timeout?: number | undefined;
  /**
   * Any `fetch`-shaped function, for proxies, tracing and tests. By default the client uses node-fetch, and a login goes over
   * `node:http`, which is what `passport-oauth2` uses too.
   */
  readonly fetch?: Fetch | undefined;
}

/** What `passport.authenticate('roblox', options)` can be told beside Passport's own options. */
export interface RobloxAuthenticateOptions {
  /** What to ask for in this login, instead of the strategy's `scope`. */
  readonly scope?: string | readonly RobloxScope[] | undefined;
  /** Which pages Roblox shows: `none`, `login`, `consent`, `select_account`, or several. `none` can't be relied on. */
  readonly prompt?: string | readonly string[] | undefined;
  /** Any JSON value; it is back after the login as `info.state`, so `req.authInfo.state`. It never becomes the `state` parameter. */
  readonly state?: unknown;
  /** Another callback URL than the strategy's, for this login. It must be registered too. */
  readonly callbackURL?: string | undefined;
}

/** Options with every default in its place. */
export interface StrategySettings {
  readonly clientID: string;
  readonly clientSecret: string | undefined;
  readonly clientAuthentication: ClientAuthentication;
  readonly callbackURL: string;
  readonly scope: readonly string[];
  readonly pkce: boolean;
  readonly proxy: boolean;
  readonly passReqToCallback: boolean;
  readonly passClientToCallback: boolean;
  readonly skipUserProfile: boolean;
  readonly clockToleranceSeconds: number;
  readonly timeoutMs: number;
}

/**
 * Checks a strategy's options once.
 * @throws {TypeError} naming the option, what came and what would do
 */
export function readStrategyOptions(options: RobloxStrategyOptions): StrategySettings {
  if (typeof options !== 'object' || options === null)
    refuse('options', options, 'an object with clientID and callbackURL');
  const clientID = readClientID(options.clientID);
  const clientSecret = readClientSecret(options.clientSecret);
  const pkce = readBoolean('pkce', options.pkce, true);
  if (!pkce && clientSecret === undefined) {
    throw new TypeError('pkce: false needs a clientSecret: a public client has no other proof that a code is its own');
  }
  if (options.store !== undefined) checkStore(options.store);
  if (options.vault !== undefined && !(options.vault instanceof TokenVault)) {
    refuse('vault', options.vault, 'a TokenVault');
  }
  if (options.fetch !== undefined && typeof options.fetch !== 'function') refuse('fetch', options.fetch, 'a function');
  return {
    clientID,
    clientSecret,
    clientAuthentication: readClientAuthentication(options.clientAuthentication, clientSecret),
    callbackURL: readCallbackURL(options.callbackURL),
    scope: readScope(options.scope ?? ['openid', 'profile']),
    pkce,
    proxy: readBoolean('proxy', options.proxy, false),
    passReqToCallback: readBoolean('passReqToCallback', options.passReqToCallback, false),
    passClientToCallback: readBoolean('passClientToCallback', options.passClientToCallback, false),
    skipUserProfile: readBoolean('skipUserProfile', options.skipUserProfile, false),
    clockToleranceSeconds: readNumber('clockTolerance', options.clockTolerance, 60, 'seconds'),
    timeoutMs: readTimeout(options.timeout),
  };
}

/** @throws {TypeError} missing, too long, with a fragment, or a host without its protocol */
export function readCallbackURL(callbackURL: unknown): string {
  if (typeof callbackURL !== 'string' || callbackURL.trim() === '') {
    refuse('callbackURL', callbackURL, "the redirect URL that is registered for the app, e.g. '/auth/roblox/callback'");
  }
  if (callbackURL.length > MAX_REDIRECT_URL_LENGTH) {
    throw new TypeError(
      `callbackURL has ${callbackURL.length} characters; Roblox registers ${MAX_REDIRECT_URL_LENGTH} at the most`,
    );
  }
  if (callbackURL.includes('#')) throw new TypeError('callbackURL must have no fragment (#…): RFC 6749, section 3.1.2');
  if (/^[^/?]*:(?!\/)/.test(callbackURL)) {
    refuse('callbackURL', callbackURL, "absolute with its protocol ('https://…') or a path ('/auth/roblox/callback')");
  }
  return callbackURL;
}

/** @throws {TypeError} not a scope, or one without `openid` */
export function readScope(scope: unknown): readonly string[] {
  const isList = Array.isArray(scope) && scope.every((part) => typeof part === 'string');
  if (typeof scope !== 'string' && !isList)
    refuse('scope', scope, 'an array or a space-separated string of scope names');
  const scopes = scopesOf(scope);
  if (!scopes.includes('openid')) {
    throw new TypeError("scope must include 'openid': without it Roblox does not say who signed in");
  }
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
 * Copies the app's `state`, as it must survive a session.
 * @throws {TypeError} no JSON value
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

/** @throws {TypeError} no such store */
function checkStore(store: StateStore): void {
  if (
    typeof store !== 'object' ||
    store === null ||
    typeof store.store !== 'function' ||
    typeof store.verify !== 'function'
  ) {
    refuse(
      'store',
      store,
      'an object with store(req, verifier, state, meta, callback) and verify(req, state, meta, callback)',
    );
  }
  // A shorter `store` is passport-oauth2's form without PKCE, which would lose the verifier and with it the nonce.
  if (store.store.length > 0 && store.store.length < 5) {
    throw new TypeError(
      `store.store takes ${store.store.length} parameters; it must take (req, verifier, state, meta, callback), ` +
        "passport-oauth2's form for PKCE",
    );
  }
}

function readBoolean(name: string, value: unknown, otherwise: boolean): boolean {
  if (value === undefined) return otherwise;
  if (typeof value !== 'boolean') refuse(name, value, 'true or false');
  return value;
}
