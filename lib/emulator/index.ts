import type { IncomingMessage } from 'node:http';

import { createChanges, type Changes } from './changes.ts';
import { createClock, type EmulatorClock } from './clock.ts';
import { largestFile } from './cloud/assets.ts';
import { Cloud } from './cloud/cloud.ts';
import type { PublishedMessage, RequestedRestart, SentNotification } from './cloud/request.ts';
import { drawPicture } from './cloud/users.ts';
import { renderFrontPage } from './oauth/consent-page.ts';
import { handleAuthorization } from './oauth/consent.ts';
import { buildDiscovery, findScopeProblem, providerPaths } from './oauth/endpoints.ts';
import { handleControl, CONTROL_PATH } from './control.ts';
import { Faults } from './faults.ts';
import { isKnownHost, RequestLog, sendJson, sendPage, sendText, startListening, type Exchange } from './http.ts';
import { KeyRing } from './oauth/keys.ts';
import { checkArgument, checkOptions, listPeople } from './check-options.ts';
import { defaultKnobs } from './options.ts';
import type { EmulatedUser, EmulatorKnobs, EmulatorOptions, RequestRecord } from './options.ts';
import { createTokenServer, type TokenServer } from './oauth/provider.ts';
import { listChoices, readChoices } from './oauth/resources.ts';
import { Storage } from './oauth/storage.ts';
import { Identities } from './identities.ts';
import { World } from './world.ts';

export type { Changes } from './changes.ts';
export type { QuotaOptions } from './cloud/rate-limits.ts';
export type { EmulatorClock } from './clock.ts';
export type { PublishedMessage, RequestedRestart, SentNotification } from './cloud/request.ts';
export type { ArmedFault, FaultOptions, Faults, FaultTarget, OperationFault, Rewrite } from './faults.ts';
export type { IdTokenFault } from './oauth/id-token-faults.ts';
export type {
  EmulatedClient,
  EmulatedExperience,
  EmulatedGroup,
  EmulatedGroupFacts,
  EmulatedRole,
  EmulatedUser,
  EmulatorKnobs,
  EmulatorOptions,
  RequestRecord,
} from './options.ts';
export { DEMO_CLIENT, DEMO_GROUPS, DEMO_PEOPLE, DEMO_PUBLIC_CLIENT } from './people.ts';
export { createVisitor } from './visitor.ts';
export type { Decision, Visit, Visitor, VisitOptions, VisitorOptions } from './visitor.ts';

/** `/cloud/v2/…`, `/assets/v1/…`, `/v1/…`, but not the OAuth endpoints, which have the same form. */
const OPEN_CLOUD_PATH = /^\/(?!oauth\/)(?:[\w-]+\/)?v\d\//;

/** The options of {@link Emulator.issueTokens}. */
export interface IssueOptions {
  /** User ID. Default: the first user. */
  readonly user?: string;
  /** Client ID. Default: the first client. */
  readonly client?: string;
  /** Scopes, as an array or separated by spaces. Default: `openid profile`. */
  readonly scope?: readonly string[] | string;
}

/** A response of the token endpoint. */
export interface IssuedTokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly scope: string;
  readonly id_token?: string;
}

/** A running emulator. */
export interface Emulator extends Changes {
  /** The public address, without a slash at the end. Use it as `baseURL`. */
  readonly url: string;
  /** The first registered app. Spread it: `new RobloxStrategy({ ...roblox.credentials, callbackURL, verify })`. */
  readonly credentials: { readonly clientID: string; readonly clientSecret?: string; readonly baseURL: string };
  /** The address that it listens on. The same as `url`, unless the option `url` was given. */
  readonly address: string;
  /** Faults to arm. */
  readonly faults: Faults;
  /** Settings that may be changed at any time. */
  readonly knobs: EmulatorKnobs;
  readonly clock: EmulatorClock;
  /** The people who can sign in now. */
  readonly users: readonly EmulatedUser[];
  /** The newest requests, oldest first. They contain secrets and tokens: it is a test double. */
  readonly requests: readonly RequestRecord[];
  /** The newest thousand messages that were published to experiences. */
  readonly messages: readonly PublishedMessage[];
  /** The newest thousand notifications that were sent to people. */
  readonly notifications: readonly SentNotification[];
  /** The newest thousand restarts of experiences. */
  readonly restarts: readonly RequestedRestart[];
  /** The number of TCP connections since the start or the last {@link Emulator.reset}. */
  readonly connections: number;
  /** Counts the requests of a path, or of all paths that match a RegExp. */
  count(path: string | RegExp): number;
  /** Clears faults, requests, counters, messages and used-up limits. Keeps tokens, keys, clock and knobs. */
  reset(): void;
  /** Signs with a new key from now on. `/oauth/v1/certs` also has the old keys, unless `dropOld` is true. */
  rotateKeys(options?: { readonly dropOld?: boolean }): Promise<void>;
  /** Issues tokens without a login. They grant everything that can be chosen on the consent page. */
  issueTokens(options?: IssueOptions): Promise<IssuedTokens>;
  /** Refuses all current access tokens from now on, as if they had expired. Refresh tokens still work. */
  expireAccessTokens(): void;
  /** Ends all authorizations of a user, as the user can do in Roblox's settings. Their tokens are refused. */
  revokeAuthorizations(userId: string): void;
  /** Stops at once, and closes all connections. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts an emulator of Roblox on this machine: OAuth with a consent page, and Open Cloud.
 * Install `oidc-provider` too: the emulator needs it.
 *
 * ```ts
 * const roblox = await startEmulator({ port: 0 });
 * passport.use(new RobloxStrategy({ ...roblox.credentials, callbackURL: '/auth/roblox/callback', verify }));
 * await roblox.close();
 * ```
 * @throws {TypeError} an option that cannot work, by name
 * @throws {Error} `oidc-provider` is not installed, or the port is taken (`code: 'EADDRINUSE'`)
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  checkOptions(options);
  const world = new World(options);
  const knobs = readKnobs(options);
  const clock = createClock(options.now);
  const faults = new Faults();
  const keys = new KeyRing();
  const log = new RequestLog(options);
  const storage = new Storage({
    clock,
    authorizationsKept: options.authorizationsKept ?? 100,
    revokesOnReuse: () => knobs.revokeOnReuse,
  });
  const listener = await startListening(options, readBodyLimit);
  const url = options.url?.replace(/\/$/, '') ?? listener.address;
  const hosts = new Set([...(options.hosts ?? []), options.host ?? '127.0.0.1', new URL(url).hostname]);

  const absolute = (address: string) => (address.startsWith('/') ? url + address : address);
  const identities = new Identities(world.users, options.subjectType);
  const parts = { world, identities, storage, knobs, faults, clock, absolute };
  let tokens: TokenServer;
  try {
    tokens = await createTokenServer({ ...parts, issuer: `${url}/oauth/`, keys });
  } catch (error) {
    await listener.close();
    throw error;
  }
  const cloud = new Cloud(parts);

  listener.handle(async (exchange) => {
    const { method, path, res } = exchange;
    if (!isKnownHost(exchange.req.headers.host, hosts)) {
      const message = 'This host name is unknown to the emulator. Add it to the option "hosts", or use it in "url".';
      return sendJson(res, 421, { errors: [{ code: 0, message }] });
    }
    if (options.control === true && path.startsWith(CONTROL_PATH)) return handleControl(exchange, emulator);
    log.add(exchange);
    if (knobs.cors && handlePreflight(exchange)) return;
    const fault = faults.next('wire', method, path);
    if (fault !== undefined && (await fault(res, listener.wait)) !== 'late') return;
    if (res.destroyed) return;
    if (exchange.isTooLarge) {
      const errors = [{ code: 0, message: `The body is larger than ${readBodyLimit(exchange.req)} bytes.` }];
      return sendJson(res, 413, { errors }, { connection: 'close' });
    }
    if (providerPaths.has(path)) return tokens.handle(exchange);
    if (path === '/oauth/v1/authorize') return handleAuthorization(exchange, { world, tokens, absolute });
    if (OPEN_CLOUD_PATH.test(path)) return cloud.handle(exchange);
    handlePublic(exchange, { url, world, keys, faults });
  });

  const [{ clientID, clientSecret } = { clientID: '' }] = world.clients.values();
  const emulator: Emulator = {
    ...createChanges({ world, cloud, clock }),
    url,
    credentials: { clientID, ...(clientSecret === undefined ? {} : { clientSecret }), baseURL: url },
    address: listener.address,
    faults,
    knobs,
    clock,
    get users() {
      return [...world.users.values()];
    },
    requests: log.requests,
    ...cloud.records,
    get connections() {
      return listener.connections;
    },
    count: (path) => log.count(path),
    reset() {
      log.reset();
      faults.clear();
      cloud.reset();
      listener.resetConnections();
    },
    rotateKeys: async ({ dropOld = false } = {}) => keys.rotate(dropOld),
    issueTokens: async (about = {}) => issueTokens(world, tokens, about),
    expireAccessTokens: () => storage.expireAccessTokens(),
    revokeAuthorizations: (userId) => storage.endUserAuthorizations(userId),
    close: () => listener.close(),
    [Symbol.asyncDispose]: () => listener.close(),
  };
  return emulator;
}

// Uploads may be larger than other bodies.
function readBodyLimit({ url = '/' }: IncomingMessage): number {
  const megabyte = 1024 * 1024;
  return /^\/assets\//.test(url) ? largestFile + megabyte : megabyte;
}

function readKnobs(options: EmulatorOptions): EmulatorKnobs {
  const knobs: EmulatorKnobs = { ...defaultKnobs };
  const given = Object.entries(options).filter(([name, value]) => name in defaultKnobs && value !== undefined);
  return Object.assign(knobs, Object.fromEntries(given));
}

// Lets web pages of any origin read the response.
function handlePreflight({ req, res, method }: Exchange): boolean {
  if (req.headers.origin === undefined) return false;
  res.setHeader('access-control-allow-origin', '*');
  res.setHeader('access-control-expose-headers', '*');
  if (method !== 'OPTIONS') return false;
  const headers = { 'access-control-allow-methods': '*', 'access-control-allow-headers': 'authorization, *' };
  res.writeHead(204, headers);
  res.end();
  return true;
}

function handlePublic(
  { method, path, res }: Exchange,
  about: { url: string; world: World; keys: KeyRing; faults: Faults },
): void {
  const sendDocument = (document: unknown) => sendJson(res, 200, about.faults.applyRewrites(method, path, document));
  if (path === '/oauth/.well-known/openid-configuration') return sendDocument(buildDiscovery(about.url));
  if (path === '/oauth/v1/certs') return sendDocument(about.keys.certs);
  if (path === '/health') return sendJson(res, 200, { status: 'ok' });
  if (path === '/') return sendPage(res, 200, renderFrontPage(about.url, about.world.clients.values()));
  const picture = drawPicture(about.world, path);
  if (picture !== undefined) return sendText(res, 200, 'image/svg+xml', picture, { 'cache-control': 'max-age=3600' });
  sendJson(res, 404, { code: 'NOT_FOUND', message: `No ${method} ${path}.` });
}

async function issueTokens(world: World, tokens: TokenServer, about: IssueOptions): Promise<IssuedTokens> {
  checkArgument('issueTokens', about, ['user', 'client', 'scope']);
  const user = about.user === undefined ? [...world.users.values()][0] : world.users.get(about.user);
  if (user === undefined) {
    throw new TypeError(`issueTokens: no user '${about.user}'; there are ${listPeople(world.users.values())}`);
  }
  const client = about.client === undefined ? [...world.clients.values()][0] : world.clients.get(about.client);
  if (client === undefined) throw new TypeError(`issueTokens: no app has the client ID ${about.client}`);
  const { scope = ['openid', 'profile'] } = about;
  const scopes = typeof scope === 'string' ? scope.split(' ') : scope;
  const problem = findScopeProblem(scopes, world.extraScopes);
  if (problem !== undefined) throw new TypeError(`issueTokens: ${problem}`);
  const choices = listChoices(world, user, new Set(scopes));
  const resources = readChoices(choices, new Set(choices.map(({ value }) => value)));
  const issued = await tokens.issueTokens({ user, client, scopes, resources });
  return issued as unknown as IssuedTokens; // provider.ts makes these fields
}
