import { inspect } from 'node:util';
import { createAssets, type Assets } from '../cloud/assets.ts';
import {
  createCaller,
  readCallOptions,
  runCall,
  type CallLimits,
  type CallOptions,
  type MakeCall,
} from '../cloud/call.ts';
import { createExperiences, type Experiences } from '../cloud/experiences.ts';
import { createGroups, type Groups } from '../cloud/groups.ts';
import { createInventory, type Inventory } from '../cloud/inventory.ts';
import type { KnownPath, RequestAnswer, RequestArguments, RequestOptions } from '../cloud/request.ts';
import { createUserCalls, type UserCalls } from '../cloud/user.ts';
import { OAuthError } from '../errors.ts';
import { createSingleFlight, sleep as platformSleep, waitFor, type Sleep } from '../http/abort.ts';
import { isID } from '../http/json.ts';
import { createPatientTransport } from '../http/retry.ts';
import { limitInFlight } from '../http/slots.ts';
import { createConnectionError } from '../http/transport.ts';
import { readApp, type ClientApp } from '../oauth/app-options.ts';
import { USERINFO_PATH } from '../oauth/endpoints.ts';
import { createOAuthClient, type OAuthClient } from '../oauth/oauth-client.ts';
import type { Introspection, Resources, Tokens } from '../oauth/tokens.ts';
import { readUserInfo, type UserInfo } from '../oauth/profile.ts';
import { readClientOptions, type RobloxClientOptions } from './options.ts';
import { createRenewal, createTokenKeeper, type Renewal, type TokenKeeper } from './token-keeper.ts';

/**
 * What a strategy or a vault gives the clients that it makes.
 * @internal
 */
export interface ClientParts {
  /** A shared app, in place of one made from the options. */
  readonly app?: ClientApp;
  /** The renewal of a vault, in place of a direct one. */
  readonly renewal?: Renewal;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly sleep?: Sleep;
  readonly random?: () => number;
}

/**
 * Roblox's APIs as one user who signed in: their inventory, groups, profile and experiences, and any other call of Open Cloud.
 *
 * With a refresh token and a `clientID`, a client renews its tokens automatically: shortly before they expire, and once after a 401. No call
 * uses new tokens before `onTokens` has stored them. Calls are tried again after a 429. GET, PUT and DELETE are also tried again after a 502, 503, 504, a
 * time-out or a broken connection.
 *
 * Every call takes `signal` and `timeout`. It may throw the signal's reason, what `onTokens` threw, a vault's {@link TokenVaultError}, or one
 * of these. None of ours shows a token:
 * - {@link RobloxAPIError}: Roblox refused; see `status`.
 * - {@link OAuthError}: `invalid_grant` means that the authorization has ended. Ask the user to sign in again.
 * - {@link ConnectionError}: no usable response. Try again later.
 * - `TypeError`: the call is wrong. Nothing was sent.
 * @see https://create.roblox.com/docs/cloud/reference
 */
export class RobloxClient {
  /** The user's inventory. */
  readonly inventory: Inventory;
  /** The user's groups, and groups in general. */
  readonly groups: Groups;
  /** More about the user than the profile. */
  readonly user: UserCalls;
  /** The experiences that the user chose on the consent page. */
  readonly experiences: Experiences;
  /** Assets of the accounts that the user chose on the consent page. */
  readonly assets: Assets;

  readonly #keeper: TokenKeeper;
  readonly #app: ClientApp;
  readonly #call: MakeCall;
  /** Retries after a 429, so it is not for requests with a refresh token. */
  readonly #patientOAuth: OAuthClient | undefined;
  #userId: string | undefined;
  readonly #userIdFlight = createSingleFlight<string>();

  /** @throws {TypeError} an option that is unknown or cannot work, by its name */
  constructor(options: RobloxClientOptions);
  /** @internal */
  constructor(options: RobloxClientOptions, parts: ClientParts);
  constructor(options: RobloxClientOptions, parts: ClientParts = {}) {
    const { tokens, userId, onTokens, maxRetries, maxConcurrency } = readClientOptions(options);
    const {
      app = readApp(options),
      now = () => Date.now(),
      sleep = platformSleep,
      random = () => Math.random(),
    } = parts;
    const credentials = 'credentials' in app ? app.credentials : undefined;
    const own = 'oauth' in app ? createRenewal({ oauth: app.oauth, store: onTokens, now, random }) : undefined;
    const keeper = createTokenKeeper({ tokens, renewal: parts.renewal ?? own, now });
    const transport = createPatientTransport({
      transport: limitInFlight(app.transport, maxConcurrency),
      maxRetries,
      now,
      sleep,
      random,
    });
    const secrets = () => [...keeper.secrets(), ...(credentials?.clientSecret ? [credentials.clientSecret] : [])];
    const call = createCaller({
      baseURL: app.endpoints.baseURL,
      transport,
      credential: { lease: (signal) => keeper.lease(signal), granted: () => keeper.tokens().scope, secrets },
      now,
    });
    const askUserId = (limits: CallLimits) => this.#askUserId(limits);
    this.#app = app;
    this.#keeper = keeper;
    this.#call = call;
    this.#userId = userId;
    this.#patientOAuth = credentials && createOAuthClient({ endpoints: app.endpoints, credentials, transport, now });
    this.inventory = createInventory(call, askUserId);
    this.groups = createGroups(call, askUserId);
    this.user = createUserCalls(call, askUserId, sleep);
    this.experiences = createExperiences(call);
    this.assets = createAssets(call, async (limits) => (await this.#askResources(limits)).accounts, sleep);
  }

  /** The current tokens, as plain data: the given ones, or those of the last renewal that was stored. */
  get tokens(): Tokens {
    return this.#keeper.tokens();
  }

  /**
   * Gets the user's claims of OpenID Connect. Names and pictures may change. `sub`, the user's ID in this app's domain, never does.
   * Scope: `openid`; `profile` for more than `sub`.
   * @see https://create.roblox.com/docs/cloud/auth/oauth2-reference#get-v1userinfo
   */
  async userInfo(options?: CallOptions): Promise<UserInfo> {
    return runCall(options, (limits) => this.#askUserInfo(limits));
  }

  /**
   * Gets the experiences and accounts that the user chose on the consent page. There may be none.
   * Scope: none. Needs `clientID`.
   * @throws {OAuthError} refused
   * @see https://create.roblox.com/docs/cloud/auth/oauth2-reference#post-v1tokenresources
   */
  async resources(options?: CallOptions): Promise<Resources> {
    return runCall(options, (limits) => this.#askResources(limits));
  }

  /**
   * Asks what Roblox knows about the access token. Not a check for revocation: a revoked token stays active until it expires.
   * Needs `clientID`.
   * @throws {OAuthError} refused
   * @see RFC 7662 https://www.rfc-editor.org/rfc/rfc7662
   */
  async introspect(options?: CallOptions): Promise<Introspection> {
    return runCall(options, async (limits) => {
      const oauth = requireApp(this.#patientOAuth, 'introspect');
      limits.begin({ method: 'POST', url: this.#app.endpoints.introspection, secrets: [] });
      const { accessToken } = await this.#keeper.lease(limits.signal);
      return oauth.introspect(accessToken, limits);
    });
  }

  /**
   * Renews the tokens now, or joins the renewal in flight. `onTokens` has stored them when it resolves.
   * `signal` and `timeout` end the wait, but not the request: a refresh token works once, so the new tokens must be stored.
   * @throws {OAuthError} `invalid_grant`: the refresh token was used, has expired or was revoked; ask the user to sign in again
   * @throws {TypeError} the client has no refresh token, or no `clientID`
   */
  async refresh(options?: CallOptions): Promise<Tokens> {
    return runCall(options, (limits) => {
      limits.begin({ method: 'POST', url: this.#app.endpoints.token, secrets: [] });
      return this.#keeper.renew(limits.signal);
    });
  }

  /**
   * Ends the authorization at Roblox: the tokens stop working, and this client refuses further calls with an {@link OAuthError}.
   * Needs `clientID`. Not retried. When it fails, the client has not changed. When `signal` or `timeout` ends it, the request may have
   * reached Roblox all the same.
   * @see RFC 7009 https://www.rfc-editor.org/rfc/rfc7009
   */
  async revoke(options?: CallOptions): Promise<void> {
    return runCall(options, async (limits) => {
      requireApp('oauth' in this.#app ? this.#app.oauth : undefined, 'revoke');
      limits.begin({ method: 'POST', url: this.#app.endpoints.revocation, secrets: [] });
      return waitFor(this.#keeper.revoke(limits), limits.signal);
    });
  }

  /**
   * Makes any other call of Roblox's APIs. TypeScript knows the values, the body and the response of the operations that Roblox describes
   * (their paths are templates, such as `/cloud/v2/groups/{group_id}`). Any other path works too, and returns `unknown`. Operations on
   * another host than `baseURL` (3D thumbnails) do not work.
   * @param path under `baseURL`, with one slash at the start; `options.path` has the values of a template, which are escaped
   * @param options `path`, `query`, `body` (sent as JSON; a FormData as a form), `headers`, `signal`, `timeout`
   * @returns the parsed JSON; undefined for an empty body
   * @throws {TypeError} a path that leads elsewhere, a header that cannot be sent, or a body that is not JSON; nothing was sent
   */
  async request<Method extends string, Path extends string>(
    method: Method,
    path: Path | KnownPath<Method>,
    ...[options]: RequestArguments<Method, Path>
  ): Promise<RequestAnswer<Method, Path>> {
    // RequestOptions has the options of every operation.
    const given: RequestOptions = options ?? {};
    readCallOptions(options, ['path', 'query', 'body', 'headers']);
    const { path: values, query, body, headers, ...others } = given;
    const response = await runCall(others, (limits) =>
      this.#call({ method, path, values, query, body, headers, limits }),
    );
    return response as RequestAnswer<Method, Path>; // as Roblox describes it
  }

  async #askUserInfo(limits: CallLimits): Promise<UserInfo> {
    const call = { method: 'GET', path: USERINFO_PATH, limits, scope: 'openid' };
    const info = readUserInfo(await this.#call(call));
    if (info === undefined || !isID(info.sub)) {
      throw createConnectionError('invalid_body', { method: 'GET', url: this.#app.endpoints.userinfo, secrets: [] });
    }
    this.#userId ??= info.sub;
    return info;
  }

  async #askResources(limits: CallLimits): Promise<Resources> {
    const oauth = requireApp(this.#patientOAuth, 'resources');
    limits.begin({ method: 'POST', url: this.#app.endpoints.resources, secrets: [] });
    const lease = await this.#keeper.lease(limits.signal);
    try {
      return await oauth.resources(lease.accessToken, limits);
    } catch (error) {
      if (!(error instanceof OAuthError && error.status === 401 && error.error !== 'invalid_client')) throw error;
      const another = await lease.replace(limits.signal);
      if (another === undefined) throw error;
      return oauth.resources(another, limits);
    }
  }

  /** Gets the user's ID with one request for all calls that need it. The signal of a call ends only that call's wait. */
  async #askUserId(limits: CallLimits): Promise<string> {
    if (this.#userId !== undefined) return this.#userId;
    limits.begin({ method: 'GET', url: this.#app.endpoints.userinfo, secrets: [] });
    return waitFor(
      this.#userIdFlight.run(async () => (await this.userInfo()).sub),
      limits.signal,
    );
  }

  /** What may be logged of a client: never a token. */
  toJSON(): { userId: string | undefined; scope: readonly string[]; expiresAt: Date | undefined } {
    const { scope, expiresAt } = this.#keeper.tokens();
    return { userId: this.#userId, scope, expiresAt };
  }

  /** @internal */
  [inspect.custom](): string {
    return `RobloxClient ${inspect(this.toJSON())}`;
  }
}

/** @throws {TypeError} the client has no `clientID` */
function requireApp<T>(part: T | undefined, method: string): T {
  if (part === undefined) throw new TypeError(`client.${method}() needs a clientID (and the app's clientSecret)`);
  return part;
}
