import { inspect } from 'node:util';
import { RobloxClient } from '../client/client.ts';
import { readGivenTokens, type KeptTokens, type OnTokens } from '../client/options.ts';
import { ConnectionError, refuseUnknownOptions } from '../errors.ts';
import { createNodeTransport } from '../http/node-transport.ts';
import { runOutsidePromise } from '../http/platform.ts';
import { createTransport } from '../http/transport.ts';
import { createApp } from '../oauth/app-options.ts';
import { readCallback } from '../oauth/authorization.ts';
import { createKeyCache } from '../oauth/keys.ts';
import { askProfile, type Profile } from '../oauth/profile.ts';
import { finishLogin, startLogin, type LoginContext } from './login-flow.ts';
import { adaptOAuth2, addCustomHeaders } from './oauth2-adapter.ts';
import { OAuth2Strategy, type Request } from './passport-oauth2.ts';
import {
  readPrompt,
  readStrategyOptions,
  refuseMisspeltOptions,
  type RobloxAuthenticateOptions,
  type RobloxStrategyOptions,
} from './options.ts';
import {
  captureVerbs,
  failure,
  createInternalError,
  tellPassport,
  WRONG_METHOD,
  type CapturedVerbs,
  type Outcome,
} from './outcome.ts';
import { readQuery } from './request.ts';
import {
  readVerify,
  type Verify,
  type VerifyFunction,
  type VerifyFunctionWithClient,
  type VerifyFunctionWithRequest,
  type VerifyFunctionWithRequestAndClient,
} from './verify.ts';

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
 * A login ends in one of three ways:
 * - a user;
 * - Passport's *fail* with `{ message }`: 403 when the user cancelled, the callback is malformed or belongs to no login, or Roblox refused
 *   the code; 405 for a wrong method; when `verify` refused, its own info and status;
 * - Passport's *error*: {@link AuthorizationError} or {@link TokenError} (Roblox refused the app), {@link InternalOAuthError} (Roblox was
 *   not reached; see `cause`) or {@link IDTokenError} (the ID token cannot be trusted).
 *
 * A subclass may override passport-oauth2's extension points, and may make them async: `authorizationParams`, `tokenParams`,
 * `userProfile` and `parseErrorResponse(body, status)`. The `body` of the latter is JSON, `{ error, error_description }` without secrets.
 * A login does not call the methods of `_oauth2`, but it uses the agent of `_oauth2.setAgent()` and the headers of
 * `_oauth2._customHeaders`.
 * @see https://create.roblox.com/docs/cloud/auth/oauth2-overview
 * @see https://www.passportjs.org/packages/passport-oauth2/
 */
export class RobloxStrategy extends OAuth2Strategy {
  /** Passport's name for the strategy. */
  override name = 'roblox';
  // Passport calls methods on objects that inherit from the strategy, where #private fields throw.
  declare private readonly _context: LoginContext;

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
  /** For options in a variable of type `RobloxStrategyOptions`: `verify` then has Passport's plain form. */
  constructor(options: RobloxStrategyOptions, verify: VerifyFunction);
  constructor(options: RobloxStrategyOptions & { readonly verify?: Verify }, verify?: (...values: never[]) => unknown) {
    const settings = readStrategyOptions(options);
    const askVerify = readVerify(options.verify, verify, settings);
    const { endpoints, credentials, http, callbackURL, scope, vault } = settings;
    const { authorization: authorizationURL, token: tokenURL } = endpoints;
    const { clientID, clientSecret = '' } = credentials;
    super(
      { authorizationURL, tokenURL, clientID, clientSecret, callbackURL, scope: [...scope], state: true },
      () => {}, // login-flow.ts calls the app's verify
    );
    const { transport, isConnected } = createNodeTransport(http);
    const oauth2 = adaptOAuth2(this._oauth2, settings, transport);
    const parts = { endpoints, credentials, timeoutMs: http.timeoutMs };
    const loginApp = createApp({ ...parts, transport: addCustomHeaders(transport, oauth2) });
    const clientApp = createApp({ ...parts, transport: createTransport(http) });
    const keys = createKeyCache({ url: endpoints.certs, transport: loginApp.transport, isConnected });
    const context: LoginContext = { settings, loginApp, clientApp, keys, askVerify };
    this._oauth2 = oauth2;
    vault?.join(clientApp);
    Object.defineProperty(this, '_context', { value: context });
  }

  /**
   * Starts a login, or finishes it when the request is Roblox's callback. Passport calls it.
   *
   * It replaces passport-oauth2's method, which reads `error` before it checks `state`, skips the state store when `state` is a string,
   * hangs when an async verify throws, and has no nonce.
   */
  override authenticate(req: Request, options: RobloxAuthenticateOptions = {}): void {
    void this._authenticate(captureVerbs(this), req, options);
  }

  private async _authenticate(verbs: CapturedVerbs, req: Request, options: RobloxAuthenticateOptions): Promise<void> {
    let outcome: Outcome;
    try {
      outcome = await this._handle(req, options);
    } catch (error) {
      outcome = failure(error);
    }
    // An error that the app's handler throws must not reject this promise.
    runOutsidePromise(tellPassport, verbs, outcome);
  }

  /** Starts or finishes a login. */
  private _handle(req: Request, options: RobloxAuthenticateOptions): Outcome | Promise<Outcome> {
    refuseMisspeltOptions(options);
    const callback = readCallback(readQuery(req));
    const method = (req.method ?? 'GET').toUpperCase(); // a framework's request may have none
    if (method === 'HEAD' || (callback !== undefined && method !== 'GET')) return WRONG_METHOD;
    return callback === undefined
      ? startLogin(this._context, this, req, options)
      : finishLogin(this._context, this, req, callback, options);
  }

  /**
   * Asks userinfo which user an access token belongs to. passport-oauth2's extension point: a subclass may add to the profile.
   * @param done gets the {@link Profile}, an {@link InternalOAuthError} with a `cause`, or an {@link IDTokenError}: userinfo names no user
   * @see https://create.roblox.com/docs/cloud/auth/oauth2-reference#get-v1userinfo
   */
  override userProfile(accessToken: string, done: (error?: unknown, profile?: Profile) => void): void {
    askProfile(this._context.loginApp, accessToken)
      .then((profile) => done(null, profile))
      // Catches what `done` throws too: otherwise the request would hang.
      .catch((error: unknown) =>
        done(error instanceof ConnectionError ? createInternalError('Failed to fetch user profile', error) : error),
      );
  }

  /** Gives more parameters for the authorization request, from `authenticate`'s options. passport-oauth2's extension point. */
  override authorizationParams(options: RobloxAuthenticateOptions): object {
    const prompt = readPrompt(options.prompt);
    return prompt === undefined ? {} : { prompt };
  }

  /**
   * Makes a client for a user whose tokens you stored.
   * @param tokens the `tokens` that `verify` got, also after JSON; add the `userId` to save a request
   * @param options.onTokens stores renewed tokens; awaited before any call uses them
   * @throws {TypeError} `accessToken` is missing, a token has the wrong type, or an option does not exist
   */
  client(
    tokens: KeptTokens & { readonly userId?: string | number | undefined },
    options: { readonly onTokens?: OnTokens | undefined } = {},
  ): RobloxClient {
    refuseUnknownOptions(options ?? {}, { onTokens: true });
    const given = { ...readGivenTokens(tokens), userId: tokens.userId, onTokens: options?.onTokens };
    return new RobloxClient(given, { app: this._context.clientApp });
  }

  /** Shows the app without its secret. */
  [inspect.custom](): string {
    return `RobloxStrategy { name: ${inspect(this.name)}, clientID: ${inspect(this._context.settings.credentials.clientID)} }`;
  }
}
