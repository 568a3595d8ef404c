import { OptionError } from '../check-options.ts';
import { createAsset, getAsset, getAssetOperation } from './assets.ts';
import { getUniverse, publishMessage, restartServers } from './experiences.ts';
import { acceptJoinRequest, assignRole, declineJoinRequest, unassignRole, updateMembership } from './group-members.ts';
import { getGroup, getGroupRole, listGroupJoinRequests, listGroupMemberships, listGroupRoles } from './groups.ts';
import { listInventoryItems } from './inventory.ts';
import { CloudRefusal, createPathReader, requireScopes } from './request.ts';
import type { CloudRequest, Endpoint, Records, StoredOperation } from './request.ts';
import { createNotification, generateThumbnail, getThumbnailOperation, getUser } from './users.ts';
import { sendJson, type Exchange } from '../http.ts';
import { RateLimiter, type QuotaOptions } from './rate-limits.ts';
import type { Access } from '../oauth/storage.ts';
import type { EmulatorParts } from '../world.ts';

/** @param limit requests of one OAuth authorization in a period */
function createRoute(method: string, template: string, limit: number, respond: Endpoint, periodSeconds = 60) {
  const readParams = createPathReader(template);
  return (wanted: string, path: string): Operation | undefined => {
    const params = wanted === method ? readParams(path) : undefined;
    if (params === undefined) return undefined;
    // Errors of the assets API have numbers as codes, those of v2 names.
    const describeRefusal = ({ status, code, message }: CloudRefusal) =>
      path.startsWith('/assets/') ? { code: status, message } : { code, message };
    return { name: `${method} ${template}`, params, limit, periodSeconds, status: 200, respond, describeRefusal };
  };
}

const group = '/cloud/v2/groups/{group_id}';
const user = '/cloud/v2/users/{user_id}';
const universe = '/cloud/v2/universes/{universe_id}';

/** The operations with own code. The limits are x-roblox-rate-limits.perOauth2Authorization of Roblox's OpenAPI description. */
const routes = [
  createRoute('GET', `${user}/inventory-items`, 20, listInventoryItems),
  createRoute('GET', user, 10, getUser),
  createRoute('GET', `${user}:generateThumbnail`, 10, generateThumbnail),
  createRoute('GET', `${user}/operations/{operation_id}`, 10, getThumbnailOperation),
  createRoute('POST', `${user}/notifications`, 4000, createNotification, 1),
  createRoute('GET', `${group}/memberships`, 90, listGroupMemberships),
  createRoute('PATCH', `${group}/memberships/{membership_id}`, 90, updateMembership),
  createRoute('POST', `${group}/memberships/{membership_id}:assignRole`, 90, assignRole),
  createRoute('POST', `${group}/memberships/{membership_id}:unassignRole`, 90, unassignRole),
  createRoute('GET', group, 30, getGroup),
  createRoute('GET', `${group}/roles`, 90, listGroupRoles),
  createRoute('GET', `${group}/roles/{role_id}`, 90, getGroupRole),
  createRoute('GET', `${group}/join-requests`, 90, listGroupJoinRequests),
  createRoute('POST', `${group}/join-requests/{join_request_id}:accept`, 90, acceptJoinRequest),
  createRoute('POST', `${group}/join-requests/{join_request_id}:decline`, 90, declineJoinRequest),
  createRoute('GET', universe, 100, getUniverse),
  createRoute('POST', `${universe}:publishMessage`, 5000, publishMessage),
  createRoute('POST', `${universe}:restartServers`, 30, restartServers),
  createRoute('POST', '/assets/v1/assets', 120, createAsset),
  createRoute('GET', '/assets/v1/assets/{assetId}', 120, getAsset),
  createRoute('GET', '/assets/v1/operations/{operationId}', 300, getAssetOperation),
];

/** The Open Cloud of the emulator. */
export class Cloud {
  readonly records: Records = { messages: [], notifications: [], restarts: [] };
  readonly #operations = new Map<string, StoredOperation>();
  readonly #limiter: RateLimiter;
  readonly #parts: EmulatorParts;

  constructor(parts: EmulatorParts) {
    this.#parts = parts;
    this.#limiter = new RateLimiter(parts.clock);
  }

  /** Clears records, operations and used-up limits. */
  reset(): void {
    for (const list of Object.values(this.records) as unknown[][]) list.length = 0; // Records has only lists
    this.#operations.clear();
    this.#limiter.reset();
  }

  /** @throws {OptionError} no such operation */
  async spendQuota({ path, method = 'GET', userId, clientID, left = 0 }: QuotaOptions): Promise<void> {
    const found = await findOperation(method, path.replace(/\{\w+\}/g, '0'));
    if (found === undefined) throw new OptionError(['path'], `${method} ${path} is not an operation of the emulator`);
    this.#limiter.spend(left, found.periodSeconds, (asker) => {
      if (asker.operation !== found.name) return false;
      return (userId ?? asker.userId) === asker.userId && (clientID ?? asker.clientId) === asker.clientId;
    });
  }

  async handle(exchange: Exchange): Promise<void> {
    const { req, res, method, path } = exchange;
    const { storage, knobs, faults } = this.#parts;
    const [, token = ''] = /^Bearer (\S+)$/i.exec(req.headers.authorization ?? '') ?? [];
    const access = storage.findAccess(token);
    if (access === undefined || !this.#parts.world.users.has(access.userId)) {
      // The form of the gateway's errors: it refuses the request before Open Cloud gets it.
      const message = token === '' ? 'Authentication is required' : 'The access token is invalid, expired or revoked';
      const headers = { 'www-authenticate': token === '' ? 'Bearer' : 'Bearer error="invalid_token"' };
      return sendJson(res, 401, { errors: [{ code: 0, message }] }, headers);
    }
    const operation = await findOperation(method, path);
    if (operation === undefined) return sendJson(res, 404, { code: 'NOT_FOUND', message: `No ${method} ${path}.` });
    const asker = { ...access, operation: operation.name };
    const allowance = this.#limiter.take(asker, { ...operation, isEnforced: knobs.rateLimits });
    const headers = { ...allowance.headers, ...operation.headers };
    const refuse = (refusal: CloudRefusal, more: Readonly<Record<string, string>> = {}) =>
      sendJson(res, refusal.status, operation.describeRefusal(refusal), { ...headers, ...more });
    if (allowance.isExceeded) {
      const retryAfter = { 'retry-after': String(allowance.secondsLeft) };
      return refuse(new CloudRefusal('RESOURCE_EXHAUSTED', 'Too many requests.'), retryAfter);
    }
    try {
      const body = await operation.respond(this.#createRequest(access, exchange, operation.params), exchange);
      for (const list of Object.values(this.records) as unknown[][]) if (list.length > 1000) list.shift(); // as above
      if (body !== undefined) {
        return sendJson(res, operation.status, faults.applyRewrites(method, path, body), headers);
      }
      // A 204 has no content-length.
      res.writeHead(operation.status, operation.status === 204 ? headers : { ...headers, 'content-length': 0 });
      res.end();
    } catch (error) {
      if (!(error instanceof CloudRefusal)) throw error;
      // Some of Roblox's error bodies have no message.
      refuse(error, operation.headers && { 'x-roblox-emulator-reason': encodeURI(error.message) });
    }
  }

  #createRequest(access: Access, { req, path, query, body }: Exchange, params: CloudRequest['params']): CloudRequest {
    const { identities, clock } = this.#parts;
    return {
      ...this.#parts,
      access,
      path,
      params,
      query,
      body,
      records: this.records,
      ids: identities.forApp(access.clientId),
      operations: this.#operations,
      now: new Date(clock.now()),
      contentType: req.headers['content-type'] ?? '',
    };
  }
}

interface Operation {
  /** Method and path template. */
  readonly name: string;
  readonly params: Readonly<Record<string, string>>;
  readonly limit: number;
  readonly periodSeconds: number;
  readonly status: number;
  /** The headers of every response. */
  readonly headers?: Readonly<Record<string, string>>;
  respond(request: CloudRequest, exchange: Exchange): unknown;
  describeRefusal(refusal: CloudRefusal): unknown;
}

async function findOperation(method: string, path: string): Promise<Operation | undefined> {
  for (const find of routes) {
    const operation = find(method, path);
    if (operation !== undefined) return operation;
  }
  return findGenerated(method, path);
}

/** Finds an operation whose response comes from Roblox's description alone. Loads the description when it is first needed. */
async function findGenerated(method: string, path: string): Promise<Operation | undefined> {
  const { createResponse, describeRefusal, findDescribed } = await import('./described.ts');
  const found = findDescribed(method, path);
  if (found === undefined) return undefined;
  const { operation, params } = found;
  return {
    name: `${method} ${operation.path}`,
    params,
    limit: operation.limit[0],
    periodSeconds: operation.limit[1],
    status: operation.status,
    headers: { 'x-roblox-emulator': 'generated' },
    respond(request, exchange) {
      requireScopes(request, ...operation.scopes);
      return createResponse(found, exchange);
    },
    describeRefusal: (refusal) => describeRefusal(found, refusal),
  };
}
