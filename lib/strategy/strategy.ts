import { inspect } from 'node:util';
import OAuth2Strategy from 'passport-oauth2';
import { readGivenTokens, type KeptTokens, type OnTokens } from '../client/options.ts';
import { RobloxClient } from '../client/client.ts';
import { IDTokenError, TokenError } from '../errors.ts';
import { createNodeTransport } from '../http/node-transport.ts';
import { runOutsidePromise } from '../http/platform.ts';
import { createTransport } from '../http/transport.ts';
import { absoluteURL, readMethod, readQuery } from './request.ts';
import type { LoginMeta, StateStore } from '../login/login.ts';
import { SessionStore } from '../login/session-store.ts';
import { storeLogin, takeStoredLogin } from '../login/state-store.ts';
import { authorizationURL, readCallback, type CallbackParameters } from '../oauth/authorization.ts';
import { endpointsOf } from '../oauth/endpoints.ts';
import { createApp, type App } from '../oauth/app.ts';
import { checkSubject, prepareVerification, verifyIDToken } from '../oauth/id-token.ts';
import { getJSON, readObject, readString } from '../http/json.ts';
import { createKeyCache, type KeyCache } from '../oauth/keys.ts';
import { adaptOAuth2 } from './oauth2-adapter.ts';
import { codeChallenge, nonceOf, oneTimeValue } from '../oauth/one-time.ts';
import { readProfile, type Profile } from '../oauth/profile.ts';
import { readTokens, type Tokens } from '../oauth/tokens.ts';
import {
  readCallbackURL,
  readPrompt,
  readScope,
  readState,
  readStrategyOptions,
  type RobloxAuthenticateOptions,
  type RobloxStrategyOptions,
  type StrategySettings,
} from './options.ts';
import {
  captureVerbs,
  failure,
  internalError,
  redirect,
  refusal,
  refusedByApp,
  refusedByRoblox,
  success,
  tell,
  WRONG_METHOD,
  type Outcome,
} from './outcome.ts';
import {
  readVerify,
  type AskVerify,
  type Request,
  type Verify,
  type VerifyFunction,
  type VerifyFunctionWithClient,
  type VerifyFunctionWithRequest,
  type VerifyFunctionWithRequestAndClient,
} from './verify.ts';
import type { TokenVault } from '../vault/vault.ts';

/** Told to the user where a code was refused: it has expired, or it was used before. */
const CODE_REFUSED = {
  message: 'Roblox no longer accepts this sign-in: it took too long or was used before. Please sign in again.',
};
/** Told to the user whom a verify with one object refused. */
const REFUSED = { message: 'This Roblox account may not sign in here.' };
/** Told where the callback has no shape that Roblox gives it. */
const MALFORMED = { message: 'This is not an answer of Roblox to a sign-in. Please sign in again.' };

/** What a subclass's own extension points may return: passport-oauth2 declares none of them as async. */
type MaybePromise<T> = T | Promise<T>;

/** What a strategy holds for all requests; Passport makes an object of its own per request that inherits it. */
interface Rooms {
  readonly settings: StrategySettings;
  /** For the clients that come out of logins. */
  readonly app: App;
  /** The same app, by the way that logins take. */
  readonly loginApp: App;
  readonly store: StateStore;
  readonly vault: TokenVault | undefined;
  readonly keys: KeyCache;
  readonly askVerify: AskVerify;
}

/**
 * "Sign in with Roblox" for Passport.
 *
 * ```ts
 * passport.use(new RobloxStrategy({
 *   clientID, clientSecret, callbackURL: '/auth/roblox/callback',
 *   verify: async ({ profile }) => findOrCreateUser(profile),
 * }));
 * ```
 *
 * Outcomes: a user; *fail* with 403 and `{ message }` (cancelled, a callback that belongs to no login, a refused code); *error* with
 * {@link AuthorizationError} or {@link TokenError} (Roblox refused the app), {@link InternalOAuthError} (Roblox was not reached; see
 * `cause`) or {@link IDTokenError} (who signed in cannot be believed).
 * @see https://create.roblox.com/docs/cloud/auth/oauth2-overview
 * @see https://www.passportjs.org/packages/passport-oauth2/
 */
export class RobloxStrategy extends OAuth2Strategy {
  /** What Passport knows the strategy by. */
  override name = 'roblox';
  // Passport calls methods on objects that inherit from the strategy, where #private fields throw.
  declare private readonly _rooms: Rooms;

  /** @throws {TypeError} an option that cannot work, by its name */
  constructor(options: RobloxStrategyOptions & { readonly verify: Verify });
  constructor(
    options: RobloxStrategyOptions & {
      readonly passReqToCallback?: false | undefined;
      readonly passClientToCallback?: false | undefined;
    },
    verify: VerifyFunction,
  );
  constructor(
    options: RobloxStrategyOptions & {
      readonly passReqToCallback: true;
      readonly passClientToCallback?: false | undefined;
    },
    verify: VerifyFunctionWithRequest,
  );
  constructor(
    options: RobloxStrategyOptions & {
      readonly passReqToCallback?: false | undefined;
      readonly passClientToCallback: true;
    },
    verify: VerifyFunctionWithClient,
  );
  constructor(
    options: RobloxStrategyOptions & { readonly passReqToCallback: true; readonly passClientToCallback: true },
    verify: VerifyFunctionWithRequestAndClient,
  );
  /** For options in a variable of their own type, which does not tell what `verify` gets: Passport's plain form. */
  constructor(options: RobloxStrategyOptions, verify: VerifyFunction);
  constructor(options: RobloxStrategyOptions & { readonly verify?: Verify }, verify?: (...values: never[]) => unknown) {
    const settings = readStrategyOptions(options);
    const { clientID, clientSecret, clientAuthentication } = settings;
    const askVerify = readVerify(options.verify, verify, settings);
    const endpoints = endpointsOf(options.baseURL);
    const transport = createTransport({ fetch: options.fetch, timeoutMs: settings.timeoutMs });
    const { timeoutMs } = settings;
    const credentials = { clientID, clientSecret, clientAuthentication };
    const app = createApp({ endpoints, credentials, transport, timeoutMs });
    const node = options.fetch === undefined ? createNodeTransport({ timeoutMs: settings.timeoutMs }) : undefined;
    const loginApp = node === undefined ? app : createApp({ ...app, transport: node.transport });
    super(
      {
        authorizationURL: endpoints.authorization,
        tokenURL: endpoints.token,
        clientID,
        clientSecret: clientSecret ?? '',
        callbackURL: settings.callbackURL,
        scope: [...settings.scope],
        state: true,
      },
      () => {}, // ours is asked by `_rooms.askVerify`
    );
    const { authorization: authorizationURL, token: tokenURL } = endpoints;
    this._oauth2 = adaptOAuth2(this._oauth2, { ...loginApp, clientID, clientSecret, authorizationURL, tokenURL });
    const rooms: Rooms = {
      settings,
      app,
      loginApp,
      store: options.store ?? new SessionStore(),
      vault: options.vault,
      keys: createKeyCache({
        url: endpoints.certs,
        transport: loginApp.transport,
        isConnected: node?.isConnected,
        now: () => Date.now(),
      }),
      askVerify,
    };
    options.vault?.join(app);
    Object.defineProperty(this, '_rooms', { value: rooms });
  }

  /**
   * Starts a login, or finishes it where the request is Roblox's callback. Called by Passport.
   *
   * passport-oauth2's own is replaced whole: it honours an `error` before its state, skips the state store for a string `state`, leaves a
   * request hanging when an async verify throws, and has no place for a nonce. Its other methods are called where it calls them.
   */
  override authenticate(req: Request, options: RobloxAuthenticateOptions = {}): void {
    const passport = captureVerbs(this);
    void this._answer(req, options)
      .catch(failure)
      // An error that the app's handler throws must not become a rejection of this promise.
      .then((outcome) => runOutsidePromise(tell, passport, outcome));
  }

  /** Starts or finishes a login, whichever the request is for. */
  private async _answer(req: Request, options: RobloxAuthenticateOptions): Promise<Outcome> {
    const callback = readCallback(readQuery(req));
    const method = readMethod(req);
    if (method === 'HEAD' || (callback !== undefined && method !== 'GET')) return WRONG_METHOD;
    return callback === undefined ? this._start(req, options) : this._finish(req, callback, options);
  }

  /** Keeps a login in the store, and leaves for Roblox with its handle as `state`. */
  private async _start(req: Request, options: RobloxAuthenticateOptions): Promise<Outcome> {
    const { settings, app, store, keys } = this._rooms;
    const scope = options.scope === undefined ? settings.scope : readScope(options.scope);
    const meta = this._meta(this._redirectURI(req, options));
    const verifier = oneTimeValue();
    const parameters = {
      ...(await (this.authorizationParams(options) as MaybePromise<object>)),
      client_id: settings.clientID,
      redirect_uri: meta.callbackURL,
      response_type: 'code',
      scope: scope.join(' '),
      nonce: nonceOf(verifier),
      ...(settings.pkce ? { code_challenge: codeChallenge(verifier), code_challenge_method: 'S256' } : {}),
    };
    const state = await storeLogin(store, req, verifier, readState(options.state), meta);
    // While the user reads the consent page, what the callback needs is made ready.
    keys.prefetch();
    prepareVerification();
    return redirect(authorizationURL(app.endpoints.authorization, { ...parameters, state }));
  }

  /** Takes the login out of the store before anything in the callback is believed, and makes a user of its code. */
  private async _finish(req: Request, query: CallbackParameters, options: RobloxAuthenticateOptions): Promise<Outcome> {
    if (query.state === undefined) return refusal(MALFORMED);
    const { settings, store, askVerify } = this._rooms;
    // A stranger's callback must not be told by its Host header, so what is wrong with that is said later, if at all.
    const redirectURI = attempt(() => this._redirectURI(req, options));
    const meta = this._meta(redirectURI.value ?? settings.callbackURL);
    const login = await takeStoredLogin(store, req, query.state, meta);
    if (!login.found) return refusal(login.info);
    if (query.kind === 'malformed') return refusal(MALFORMED);
    if (query.kind === 'error') return refusedByRoblox(query.error, query.description);

    const redirect_uri = login.stored?.callbackURL ?? redirectURI.value;
    if (redirect_uri === undefined) throw redirectURI.error;
    const tokens = await this._exchange(query.code, {
      ...(await (this.tokenParams(options) as MaybePromise<object>)),
      grant_type: 'authorization_code',
      redirect_uri,
      ...(settings.pkce ? { code_verifier: login.verifier } : {}),
    }).catch((error: unknown) => {
      if (error instanceof TokenError && error.code === 'invalid_grant') return undefined;
      throw error;
    });
    if (tokens === undefined) return refusal(CODE_REFUSED);

    const profile = await this._identify(tokens, nonceOf(login.verifier));
    const { accessToken, refreshToken } = tokens;
    const { app, vault } = this._rooms;
    const client =
      (await vault?.save(profile.id, tokens)) ?? new RobloxClient({ ...tokens, userId: profile.id }, { app });
    const { user, info, status } = await askVerify({ accessToken, refreshToken, tokens, profile, client, req });
    if (!user) return refusedByApp(info ?? REFUSED, status);
    return success(user, info, login.state);
  }

  /** The code, for tokens. */
  private async _exchange(code: string, parameters: Readonly<Record<string, unknown>>): Promise<Tokens> {
    const answer = await new Promise<unknown>((resolve, reject) => {
      this._oauth2.getOAuthAccessToken(code, { ...parameters }, (error, accessToken, refreshToken, results) => {
        if (error) reject(this._oauthError('Failed to obtain access token', error));
        else resolve({ ...readObject(results), access_token: accessToken, refresh_token: refreshToken });
      });
    });
    const tokens = readTokens(answer, Date.now());
    if (tokens === undefined)
      throw internalError('Failed to obtain access token', new TypeError('There is none in the answer'));
    return tokens;
  }

  /** Who the tokens are for. userinfo is asked while the ID token is checked; nothing of it counts before that check. */
  private async _identify(tokens: Tokens, nonce: string): Promise<Profile> {
    const { settings, app, keys } = this._rooms;
    if (tokens.idToken === undefined) {
      throw new IDTokenError('missing_id_token', "Roblox's answer has no ID token, though openid was asked for");
    }
    const asked = settings.skipUserProfile ? undefined : this._askProfile(tokens.accessToken);
    asked?.catch(() => {}); // heard below, unless the ID token fails first
    const expected = {
      issuer: app.endpoints.issuer,
      clientID: settings.clientID,
      nonce,
      clockToleranceSeconds: settings.clockToleranceSeconds,
    };
    const claims = await verifyIDToken(tokens.idToken, keys, expected, () => Date.now()).catch((error: unknown) => {
      throw error instanceof IDTokenError ? error : internalError("Failed to obtain Roblox's keys", error);
    });
    const profile = (await asked) ?? readProfile(claims);
    checkSubject(claims, profile.id);
    return profile;
  }

  /** {@link userProfile} as a promise. */
  private _askProfile(accessToken: string): Promise<Profile> {
    return new Promise((resolve, reject) => {
      const done = (error?: unknown, profile?: Profile) => {
        if (profile && !error) resolve(profile);
        else
          reject(error || internalError('Failed to fetch user profile', new TypeError('userProfile gave no profile')));
      };
      // A subclass may make it async.
      Promise.resolve(this.userProfile(accessToken, done)).catch(reject);
    });
  }

  /**
   * Asks userinfo who an access token is for. passport-oauth2's extension point; a subclass may add to the profile.
   * @param done gets the {@link Profile}, an {@link InternalOAuthError} with its `cause`, or an {@link IDTokenError} when no user is named
   * @see https://create.roblox.com/docs/cloud/auth/oauth2-reference#get-v1userinfo
   */
  override userProfile(accessToken: string, done: (error?: unknown, profile?: Profile) => void): void {
    askUserInfo(this._rooms.loginApp, accessToken).then(
      (profile) => done(null, profile),
      (error: unknown) =>
        done(error instanceof IDTokenError ? error : internalError('Failed to fetch user profile', error)),
    );
  }

  /** Parameters of the authorization request that depend on `authenticate`'s options. passport-oauth2's extension point. */
  override authorizationParams(options: RobloxAuthenticateOptions): object {
    const prompt = readPrompt(options.prompt);
    return prompt === undefined ? {} : { prompt };
  }

  /**
   * A client for a user whose tokens you kept.
   * @param tokens what `verify` got as `tokens`, perhaps by way of JSON; a `userId` beside them saves a request
   * @param options.onTokens stores renewed tokens; awaited before anything else uses them
   * @throws {TypeError} tokens without an `accessToken`, or of the wrong shape
   */
  client(
    tokens: KeptTokens & { readonly userId?: string | number | undefined },
    options: { readonly onTokens?: OnTokens | undefined } = {},
  ): RobloxClient {
    if (typeof tokens !== 'object' || tokens === null) {
      throw new TypeError('tokens must be an object with an accessToken, as verify got it');
    }
    const { userId } = tokens;
    return new RobloxClient(
      { ...readGivenTokens(tokens), userId, onTokens: options?.onTokens },
      { app: this._rooms.app },
    );
  }

  /** Where Roblox sends this login back to, absolute. @throws {TypeError} it cannot be had from the request, or is too long */
  private _redirectURI(req: Request, options: RobloxAuthenticateOptions): string {
    const { settings } = this._rooms;
    const given = options.callbackURL === undefined ? settings.callbackURL : readCallbackURL(options.callbackURL);
    return readCallbackURL(absoluteURL(given, req, settings.proxy));
  }

  private _meta(callbackURL: string): LoginMeta {
    const { settings, app } = this._rooms;
    const { authorization: authorizationURL, token: tokenURL } = app.endpoints;
    return { authorizationURL, tokenURL, clientID: settings.clientID, callbackURL };
  }

  /** What passport-oauth2 does with an error of `_oauth2`, with the cause kept. */
  private _oauthError(message: string, error: unknown): Error {
    const { statusCode, data } = readObject(error) ?? {};
    if (typeof statusCode !== 'number' || typeof data !== 'string') return internalError(message, error);
    const { value: told } = attempt(() => this.parseErrorResponse(data, statusCode));
    if (!told) return internalError(message, error);
    // A description is optional, and an error without any message helps nobody.
    if (told instanceof TokenError && !told.message) told.message = `Roblox refused the token request: ${told.code}`;
    return told;
  }

  /** Shows the app and never its secret. */
  [inspect.custom](): string {
    return `RobloxStrategy { name: ${inspect(this.name)}, clientID: ${inspect(this._rooms.settings.clientID)} }`;
  }
}

/** A value, or what was thrown in its place. */
function attempt<T>(work: () => T): { readonly value?: T; readonly error?: unknown } {
  try {
    return { value: work() };
  } catch (error) {
    return { error };
  }
}

/** Who an access token is for, by userinfo. */
async function askUserInfo(app: App, accessToken: string): Promise<Profile> {
  const { json, text } = await getJSON(app.transport, app.endpoints.userinfo, accessToken);
  const sub = readString(json['sub']);
  if (sub === undefined) throw new IDTokenError('subject_mismatch', 'userinfo names no user', { claim: 'sub' });
  return readProfile({ ...json, sub }, text);
}
