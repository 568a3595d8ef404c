import { RobloxClient } from '../client/client.ts';
import { IDTokenError, OAuthError, TokenError } from '../errors.ts';
import { readObject } from '../http/json.ts';
import type { LoginMeta } from '../login/login.ts';
import { storeLogin, takeStoredLogin } from '../login/state-store.ts';
import type { App } from '../oauth/app-options.ts';
import {
  buildAuthorizationURL,
  createOneTimeValue,
  deriveCodeChallenge,
  deriveNonce,
  type CallbackParameters,
} from '../oauth/authorization.ts';
import { checkSubject, prepareVerification, verifyIDToken } from '../oauth/id-token.ts';
import type { KeyCache } from '../oauth/keys.ts';
import { readProfile, type Profile } from '../oauth/profile.ts';
import type { Tokens } from '../oauth/tokens.ts';
import { readCallbackURL, resolveCallbackURL } from './callback-url.ts';
import { explainRefusal, explainSuspiciousStart, explainUnknownLogin, logExplanation } from './login-log.ts';
import { readScope, readState, type RobloxAuthenticateOptions, type StrategySettings } from './options.ts';
import {
  CODE_REFUSED,
  createInternalError,
  MALFORMED_CALLBACK,
  redirect,
  refusal,
  refusedByApp,
  refusedByRoblox,
  success,
  type Outcome,
} from './outcome.ts';
import { OAuth2Strategy, type Request } from './passport-oauth2.ts';
import type { AskVerify } from './verify.ts';

/** What all logins of a strategy share. */
export interface LoginContext {
  readonly settings: StrategySettings;
  /** The app with the transport of logins. */
  readonly loginApp: App;
  /** The app with the transport of the clients that logins make. */
  readonly clientApp: App;
  readonly keys: KeyCache;
  readonly askVerify: AskVerify;
}

/**
 * passport-oauth2's extension points: methods of the strategy. A subclass may override them. They may be async here, unlike in
 * passport-oauth2.
 */
export interface ExtensionPoints {
  authorizationParams(options: RobloxAuthenticateOptions): object | Promise<object>;
  tokenParams(options: RobloxAuthenticateOptions): object | Promise<object>;
  userProfile(accessToken: string, done: (error?: unknown, profile?: Profile) => void): unknown;
  /** Makes an error from the body and status of a refused token request. */
  parseErrorResponse(body: string, status: number): Error | null | Promise<Error | null>;
}

/** Stores a new login, and redirects to Roblox with the login's handle as `state`. */
export async function startLogin(
  { settings, keys }: LoginContext,
  extensions: ExtensionPoints,
  req: Request,
  options: RobloxAuthenticateOptions,
): Promise<Outcome> {
  const { pkce } = settings;
  const { clientID } = settings.credentials;
  const scope = options.scope === undefined ? settings.scope : readScope(options.scope);
  const redirectURI = readRedirectURI(settings, req, options);
  logExplanation(() => explainSuspiciousStart(req, redirectURI));
  const verifier = createOneTimeValue();
  const parameters = {
    ...(await extensions.authorizationParams(options)),
    client_id: clientID,
    redirect_uri: redirectURI,
    response_type: 'code',
    scope: scope.join(' '),
    nonce: deriveNonce(verifier),
    ...(pkce ? { code_challenge: deriveCodeChallenge(verifier), code_challenge_method: 'S256' } : {}),
  };
  const meta = createMeta(settings, redirectURI);
  const handle = await storeLogin(settings.store, req, verifier, readState(options.state), meta);
  // Prepare what the callback needs while the user reads the consent page.
  keys.prefetch();
  prepareVerification();
  return redirect(buildAuthorizationURL(settings.endpoints.authorization, { ...parameters, state: handle }));
}

/** Finishes a login: checks `state`, exchanges the code for tokens, finds out who the user is, and calls the app's verify. */
export async function finishLogin(
  context: LoginContext,
  extensions: ExtensionPoints,
  req: Request,
  callback: CallbackParameters,
  options: RobloxAuthenticateOptions,
): Promise<Outcome> {
  if (callback.state === undefined) return refusal(MALFORMED_CALLBACK);
  const { settings, loginApp, clientApp, askVerify } = context;
  const { store, vault, pkce } = settings;
  // Report an error of this URL only after `state` is verified: a forged request may have caused it.
  const redirectURI = await tryTo(() => readRedirectURI(settings, req, options));
  const meta = createMeta(settings, redirectURI.value ?? settings.callbackURL);
  // This checks `state`: only a login that this browser started is in the store. Nothing else in the callback is trusted before.
  const login = await takeStoredLogin(store, req, callback.state, meta);
  if (!login.found) {
    logExplanation(() => explainUnknownLogin(req, meta.callbackURL));
    return refusal(login.info);
  }
  const isFromIssuer = callback.issuer === undefined || callback.issuer === settings.endpoints.issuer;
  if (callback.kind === 'malformed' || !isFromIssuer) return refusal(MALFORMED_CALLBACK);
  if (callback.kind === 'error') {
    logExplanation(() => explainRefusal(callback.error, callback.description));
    return refusedByRoblox(callback.error, callback.description);
  }

  const redirect_uri = login.stored?.callbackURL ?? redirectURI.value;
  if (redirect_uri === undefined) throw redirectURI.error;
  const parameters = {
    ...(await extensions.tokenParams(options)),
    grant_type: 'authorization_code',
    code: callback.code,
    redirect_uri,
    ...(pkce ? { code_verifier: login.verifier } : {}),
  };
  const exchange = await loginApp.oauth
    .grant(writeForm(parameters))
    .catch((error: unknown) => explainFailedExchange(error, extensions));
  if ('kind' in exchange) return exchange;

  const { tokens } = exchange;
  const profile = await identifyUser(context, extensions, tokens, deriveNonce(login.verifier));
  const { accessToken, refreshToken } = tokens;
  const client =
    (await vault?.save(profile.id, tokens)) ?? new RobloxClient({ ...tokens, userId: profile.id }, { app: clientApp });
  const verdict = await askVerify({ accessToken, refreshToken, tokens, profile, client, req });
  if (!verdict.user) return refusedByApp(verdict.info, verdict.status);
  return success(verdict.user, verdict.info, login.state);
}

/**
 * Explains why the code was not exchanged.
 * @returns the refusal of a login whose code has expired or was already used
 * @throws passport-oauth2's error, for every other reason
 */
async function explainFailedExchange(cause: unknown, extensions: ExtensionPoints): Promise<Outcome> {
  if (!(cause instanceof OAuthError)) throw createInternalError('Failed to obtain access token', cause);
  const error = await createTokenError(cause, extensions);
  const { name, code } = readObject(error) ?? {};
  // By name: a subclass may use another copy of passport-oauth2.
  if (name !== 'TokenError' || code !== 'invalid_grant') throw error;
  return refusal({ ...CODE_REFUSED, error: code, error_description: cause.error_description });
}

/** Writes parameters as text, like passport-oauth2: `tokenParams` of a subclass may return numbers. */
function writeForm(parameters: Readonly<Record<string, unknown>>): Record<string, string> {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

/** Makes passport-oauth2's error for a refused token request, or lets a subclass make one. */
async function createTokenError(refused: OAuthError, extensions: ExtensionPoints): Promise<Error> {
  const { error, error_description, status } = refused;
  if (extensions.parseErrorResponse !== OAuth2Strategy.prototype.parseErrorResponse) {
    const body = JSON.stringify({ error, error_description });
    // Ignore what it throws, like passport-oauth2.
    const parsed = await tryTo(() => extensions.parseErrorResponse(body, status));
    return parsed.value ?? createInternalError('Failed to obtain access token', refused);
  }
  const tokenError = new TokenError(error_description ?? `Roblox refused the token request: ${error}`, error);
  return Object.defineProperty(tokenError, 'cause', { value: refused, configurable: true, writable: true });
}

/** Finds out whose tokens these are. Asks userinfo while it checks the ID token, and uses the response only after that check. */
async function identifyUser(
  { settings, keys }: LoginContext,
  extensions: ExtensionPoints,
  tokens: Tokens,
  nonce: string,
): Promise<Profile> {
  if (tokens.idToken === undefined) {
    throw new IDTokenError('missing_id_token', "Roblox's response has no ID token, though openid was asked for");
  }
  const asked = settings.skipUserProfile ? undefined : callUserProfile(extensions, tokens.accessToken);
  asked?.catch(() => {}); // awaited below, unless the ID token fails first
  const expected = {
    issuer: settings.endpoints.issuer,
    clientID: settings.credentials.clientID,
    nonce,
    clockToleranceSeconds: settings.clockToleranceSeconds,
  };
  const claims = await verifyIDToken(tokens.idToken, keys, expected, () => Date.now()).catch((error: unknown) => {
    throw error instanceof IDTokenError ? error : createInternalError("Failed to obtain Roblox's keys", error);
  });
  const profile = (await asked) ?? readProfile(claims);
  checkSubject(claims, profile.id);
  return profile;
}

/** Calls {@link ExtensionPoints.userProfile}. */
function callUserProfile(extensions: ExtensionPoints, accessToken: string): Promise<Profile> {
  return new Promise((resolve, reject) => {
    const done = (error?: unknown, profile?: Profile) => {
      if (profile && !error) resolve(profile);
      else
        reject(
          error || createInternalError('Failed to fetch user profile', new TypeError('userProfile gave no profile')),
        );
    };
    Promise.resolve(extensions.userProfile(accessToken, done)).catch(reject);
  });
}

/** Reads the absolute callback URL of this login. @throws {TypeError} the request does not tell its host, or the URL is too long */
function readRedirectURI(settings: StrategySettings, req: Request, options: RobloxAuthenticateOptions): string {
  const given = options.callbackURL === undefined ? settings.callbackURL : readCallbackURL(options.callbackURL);
  const resolved = resolveCallbackURL(given, req, settings.proxy);
  return resolved === given ? given : readCallbackURL(resolved);
}

function createMeta({ endpoints, credentials }: StrategySettings, callbackURL: string): LoginMeta {
  const { authorization: authorizationURL, token: tokenURL } = endpoints;
  return { authorizationURL, tokenURL, clientID: credentials.clientID, callbackURL };
}

async function tryTo<T>(work: () => T | Promise<T>): Promise<{ readonly value?: T; readonly error?: unknown }> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}
