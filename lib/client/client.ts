import { inspect } from 'node:util';
import type { ClientApp } from '../oauth/app-options.ts';
import { DEFAULT_LIMITS, readClientOptions } from './options.ts';
import type { ClientLimits, OnTokens, RobloxClientOptions } from './options.ts';
import { createCaller, type MakeCall } from '../cloud/call.ts';
import { createExperiences, type Experiences } from '../cloud/experiences.ts';
import { createGroups, type CallOptions, type Groups } from '../cloud/groups.ts';
import { describeValue } from '../errors.ts';
import { createInventory, type Inventory } from '../cloud/inventory.ts';
import type { KnownPath, RequestAnswer, RequestArguments, RequestOptions } from '../cloud/request.ts';
import { createUserCalls, type UserCalls } from '../cloud/user.ts';
import { OAuthError } from '../errors.ts';
import { isID } from '../http/json.ts';
import { sleep as platformSleep, waitFor, type Sleep } from '../http/abort.ts';
import { DEFAULT_PATIENCE } from '../http/retry.ts';
import { patientTransport } from '../http/send.ts';
import { limitInFlight } from '../http/slots.ts';
import { connectionError } from '../http/transport.ts';
import { createOAuthClient, type OAuthClient } from '../oauth/oauth-client.ts';
import type { Introspection, Resources } from '../oauth/token-messages.ts';
import { createRenewal, createTokenKeeper, type Renewal, type TokenKeeper } from './token-keeper.ts';
import type { Tokens } from '../oauth/tokens.ts';
import { readUserInfo, type UserInfo } from '../oauth/userinfo.ts';

/**
 * Roblox's APIs as one user who signed in: their inventory, groups, profile and experiences, and any other call of Open Cloud.
 *
 * It renews its tokens by itself when it holds a refresh token: before they run out, and once on a 401; `onTokens` has stored the new
 * ones before any call goes on. A 429 is tried again, and so is a 502, 503, 504 or a broken connection where the call only reads.
 *
 * Every call may throw a {@link RobloxAPIError} (Roblox refused: see `status`), an {@link OAuthError} (`invalid_grant`: the
 * authorization has ended, ask the user to sign in again), a {@link ConnectionError} (no usable answer: try again later) or a
 * `TypeError` (the call is wrong). None shows a token.
 * @see https://create.roblox.com/docs/cloud/reference
 */
export class RobloxClient {
  /** What the user owns. */
  readonly inventory: Inventory;
  /** The user's groups, and groups in general. */
  readonly groups: Groups;
  /** The user, beyond the profile. */
  readonly user: UserCalls;
  /** The experiences that the user chose on the consent page. */
  readonly experiences: Experiences;

  readonly #keeper: TokenKeeper;
  readonly #app: ClientApp;
  readonly #call: MakeCall;
  /** Repeats a 429; for messages without a refresh token. */
  readonly #patientOAuth: OAuthClient | undefined;
  #userId: string | undefined;
  #userIdFlight: Promise<string> | undefined;

  /** @throws {TypeError} an option that cannot work, by its name */
  constructor(options: RobloxClientOptions);
  /** @internal */
  constructor(options: undefined, parts: ClientParts);
  constructor(options: RobloxClientOptions | undefined, parts: ClientParts = createParts(readClientOptions(options!))) {
    const { app, keeper, limits, clock } = parts;
    const { now, sleep } = clock;
    const credentials = 'credentials' in app ? app.credentials : undefined;
    const secrets = () => [...keeper.secrets(), ...(credentials?.clientSecret ? [credentials.clientSecret] : [])];
    const transport = patientTransport({
      transport: limitInFlight(app.transport, limits.maxConcurrency),
      patience: { ...DEFAULT_PATIENCE, maxRetries: limits.maxRetries },
      ...clock,
    });
    const call = createCaller({
      baseURL: app.endpoints.baseURL,
      transport,
      credential: { lease: (signal) => keeper.lease(signal), granted: () => keeper.tokens.scope, secrets },
      now,
    });
    const userId = (signal: AbortSignal | undefined) => this.#askUserId(signal);
    this.#app = app;
    this.#keeper = keeper;
    this.#call = call;
    this.#userId = parts.userId;
    this.#patientOAuth = credentials && createOAuthClient({ endpoints: app.endpoints, credentials, transport, now });
    this.inventory = createInventory(call, userId);
    this.groups = createGroups(call, userId);
    this.user = createUserCalls(call, userId, { now, sleep });
    this.experiences = createExperiences(call);
  }

  /** The tokens in use now. Plain data: what `onTokens` got last. */
  get tokens(): Tokens {
    return this.#keeper.tokens;
  }

  /**
   * Asks who the user is, as OpenID Connect says it: names change, so do pictures.
   * Scope: `openid`; `profile` for more than `sub`.
   * @see https://create.roblox.com/docs/cloud/auth/oauth2-reference#get-v1userinfo
   */
  async userInfo({ signal }: CallOptions = {}): Promise<UserInfo> {
    const path = '/oauth/v1/userinfo';
    const info = readUserInfo(await this.#call({ method: 'GET', path, signal, scope: 'openid' }));
    if (info === undefined || !isID(info.sub)) {
      throw connectionError('invalid_body', { method: 'GET', url: this.#app.endpoints.userinfo, secrets: [] });
    }
    this.#userId ??= info.sub;
    return info;
  }

  /**
   * Asks which experiences and accounts the user chose on the consent page. They may have chosen none.
   * Scope: none. Needs `clientID`.
   * @throws {OAuthError} refused
   * @see https://create.roblox.com/docs/cloud/auth/oauth2-reference#post-v1tokenresources
   */
  async resources({ signal }: CallOptions = {}): Promise<Resources> {
    const oauth = needsApp(this.#patientOAuth, 'resources');
    const lease = await this.#keeper.lease(signal);
    try {
      return await waitFor(oauth.resources(lease.accessToken), signal);
    } catch (error) {
      if (!(error instanceof OAuthError && error.status === 401 && error.error !== 'invalid_client')) throw error;
      const another = await lease.instead(signal);
      if (another === undefined) throw error;
      return waitFor(oauth.resources(another), signal);
    }
  }

  /**
   * Asks what Roblox knows of the access token. Not a check for revocation: a revoked one stays active until it runs out.
   * Needs `clientID`.
   * @throws {OAuthError} refused
   * @see RFC 7662 https://www.rfc-editor.org/rfc/rfc7662
   */
  async introspect({ signal }: CallOptions = {}): Promise<Introspection> {
    const oauth = needsApp(this.#patientOAuth, 'introspect');
    const { accessToken } = await this.#keeper.lease(signal);
    return waitFor(oauth.introspect(accessToken), signal);
  }

  /**
   * Renews the tokens now, or joins the renewal under way; `onTokens` has stored them when it resolves.
   * @throws {OAuthError} `invalid_grant`: the refresh token was used, has expired or was withdrawn; ask the user to sign in again
   * @throws {TypeError} the client has no refresh token
   */
  async refresh({ signal }: CallOptions = {}): Promise<Tokens> {
    return this.#keeper.renew(signal);
  }

  /**
   * Ends the authorization at Roblox: the tokens stop working, and this client refuses further calls with an {@link OAuthError}.
   * Needs `clientID`. Never repeated by itself; when it fails nothing has changed here.
   * @see RFC 7009 https://www.rfc-editor.org/rfc/rfc7009
   */
  async revoke({ signal }: CallOptions = {}): Promise<void> {
    if (!('oauth' in this.#app)) throw missingApp('revoke');
    return waitFor(this.#keeper.revoke(), signal);
  }

  /**
   * Makes any other call of Roblox's APIs. For the operations that Roblox describes (those with a path template such as
   * `/cloud/v2/groups/{group_id}`) TypeScript knows the values, the body and the answer; any other path works too, and answers
   * something unknown.
   * @param path under `baseURL`, beginning with one slash; a template's places are filled, escaped, from `options.path`
   * @param options `path`, `query`, `body` (sent as JSON; a FormData as a form), `headers`, `signal`
   * @returns the parsed JSON, undefined for an empty body
   * @throws {TypeError} a path that leads elsewhere: the user's token goes to `baseURL` only
   */
  async request<Method extends string, Path extends string>(
    method: Method,
    path: Path | KnownPath<Method>,
    ...[options]: RequestArguments<Method, Path>
  ): Promise<RequestAnswer<Method, Path>> {
    if (options !== undefined && (typeof options !== 'object' || options === null)) {
      throw new TypeError(`options must be an object, but is ${describeValue(options)}`);
    }
    // Whatever the operation, its options are a part of these.
    const { path: values, query, body, headers, signal }: RequestOptions = options ?? {};
    const answer = await this.#call({ method, path, values, query, body, headers, signal });
    return answer as RequestAnswer<Method, Path>; // what Roblox's description promises of it
  }

  async #askUserId(signal: AbortSignal | undefined): Promise<string> {
    if (this.#userId !== undefined) return this.#userId;
    this.#userIdFlight ??= this.userInfo()
      .then(({ sub }) => sub)
      .finally(() => (this.#userIdFlight = undefined));
    return waitFor(this.#userIdFlight, signal);
  }

  /** What may be shown of a client: whose it is and what it may do, never a token. */
  toJSON(): { userId: string | undefined; scope: readonly string[]; expiresAt: Date | undefined } {
    const { scope, expiresAt } = this.#keeper.tokens;
    return { userId: this.#userId, scope, expiresAt };
  }

  /** @internal */
  [inspect.custom](): string {
    return `RobloxClient ${inspect(this.toJSON())}`;
  }
}

/**
 * What a client is made of.
 * @internal
 */
export interface ClientParts {
  readonly app: ClientApp;
  readonly keeper: TokenKeeper;
  readonly userId: string | undefined;
  readonly limits: ClientLimits;
  readonly clock: { readonly now: () => number; readonly sleep: Sleep; readonly random: () => number };
}

/**
 * Makes a client that shares an app, and with it a transport, with others.
 * @internal
 */
export function clientOf(app: ClientApp, options: Omit<PartsOptions, 'app'>): RobloxClient {
  return new RobloxClient(undefined, createParts({ app, ...options }));
}

interface PartsOptions {
  readonly app: ClientApp;
  readonly tokens: Tokens;
  readonly userId?: string | undefined;
  readonly onTokens?: OnTokens | undefined;
  /** In place of asking Roblox: a vault's, which stores by itself. */
  readonly renewal?: Renewal | undefined;
  readonly limits?: ClientLimits;
  readonly clock?: Partial<ClientParts['clock']>;
}

function createParts({
  app,
  tokens,
  userId,
  onTokens,
  limits = DEFAULT_LIMITS,
  ...options
}: PartsOptions): ClientParts {
  const clock = { now: () => Date.now(), random: () => Math.random(), sleep: platformSleep, ...options.clock };
  const own = 'oauth' in app ? createRenewal({ oauth: app.oauth, store: onTokens, ...clock }) : undefined;
  const keeper = createTokenKeeper({ tokens, renewal: options.renewal ?? own, now: clock.now });
  return { app, keeper, userId, limits, clock };
}

function needsApp(oauth: OAuthClient | undefined, method: string): OAuthClient {
  if (oauth === undefined) throw missingApp(method);
  return oauth;
}

function missingApp(method: string): TypeError {
  return new TypeError(`client.${method}() needs a clientID (and the app's clientSecret)`);
}
