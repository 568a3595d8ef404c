import { OptionError } from '../check-options.ts';
import type { EmulatorClock } from '../clock.ts';
import { createAsset, getAsset, getAssetOperation } from './assets.ts';
import { getUniverse, publishMessage, restartServers } from './experiences.ts';
import { acceptJoinRequest, assignRole, declineJoinRequest, unassignRole, updateMembership } from './group-members.ts';
import { getGroup, getGroupRole, listGroupJoinRequests, listGroupMemberships, listGroupRoles } from './groups.ts';
import { listInventoryItems } from './inventory.ts';
import { Operations } from './operations.ts';
import { CloudRefusal } from './request.ts';
import type { CloudRequest, Endpoint, Records } from './request.ts';
import { createNotification, generateThumbnail, getThumbnailOperation, getUser } from './users.ts';
import type { Faults } from '../faults.ts';
import { sendJson } from '../http.ts';
import type { Exchange } from '../http.ts';
import type { Identities } from '../identities.ts';
import type { EmulatorKnobs } from '../options.ts';
import { RateLimiter } from './rate-limits.ts';
import type { QuotaOptions } from './rate-limits.ts';
import type { Access, Storage } from '../oauth/storage.ts';
import type { World } from '../world.ts';

interface Route {
  readonly method: string;
  readonly template: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  /** Requests of one OAuth authorization in a period. */
  readonly limit: number;
  readonly periodSeconds: number;
  readonly endpoint: Endpoint;
}

function route(method: string, template: string, limit: number, endpoint: Endpoint, periodSeconds = 60): Route {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const pattern = new RegExp(`^${template.replace(/\{\w+\}/g, '([^/:]+)')}$`);
  return { method, template, pattern, names, limit, periodSeconds, endpoint };
}

const group = '/cloud/v2/groups/{group_id}';
const user = '/cloud/v2/users/{user_id}';
const universe = '/cloud/v2/universes/{universe_id}';

/** What changes the emulated world. Limits: x-roblox-rate-limits.perOauth2Authorization of Roblox's OpenAPI description. */
const routes = [
  route('GET', `${user}/inventory-items`, 20, listInventoryItems),
  route('GET', user, 10, getUser),
  route('GET', `${user}:generateThumbnail`, 10, generateThumbnail),
  route('GET', `${user}/operations/{operation_id}`, 10, getThumbnailOperation),
  route('POST', `${user}/notifications`, 4000, createNotification, 1),
  route('GET', `${group}/memberships`, 90, listGroupMemberships),
  route('PATCH', `${group}/memberships/{membership_id}`, 90, updateMembership),
  route('POST', `${group}/memberships/{membership_id}:assignRole`, 90, assignRole),
  route('POST', `${group}/memberships/{membership_id}:unassignRole`, 90, unassignRole),
  route('GET', group, 30, getGroup),
  route('GET', `${group}/roles`, 90, listGroupRoles),
  route('GET', `${group}/roles/{role_id}`, 90, getGroupRole),
  route('GET', `${group}/join-requests`, 90, listGroupJoinRequests),
  route('POST', `${group}/join-requests/{join_request_id}:accept`, 90, acceptJoinRequest),
  route('POST', `${group}/join-requests/{join_request_id}:decline`, 90, declineJoinRequest),
  route('GET', universe, 100, getUniverse),
  route('POST', `${universe}:publishMessage`, 5000, publishMessage),
  route('POST', `${universe}:restartServers`, 30, restartServers),
  route('POST', '/assets/v1/assets', 120, createAsset),
  route('GET', '/assets/v1/assets/{assetId}', 120, getAsset),
  route('GET', '/assets/v1/operations/{operationId}', 300, getAssetOperation),
];

interface CloudParts {
  readonly world: World;
  readonly identities: Identities;
  readonly storage: Storage;
  readonly knobs: EmulatorKnobs;
  readonly faults: Faults;
  readonly clock: EmulatorClock;
  readonly absolute: (url: string) => string;
}

/** Open Cloud, as far as the emulator has it. */
export class Cloud {
  readonly records: Records = { messages: [], notifications: [], restarts: [] };
  readonly #operations = new Operations();
  readonly #limiter: RateLimiter;
  readonly #parts: CloudParts;

  constructor(parts: CloudParts) {
    this.#parts = parts;
    this.#limiter = new RateLimiter(parts.clock);
  }

  /** Forgets records, operations and used-up limits. */
  reset(): void {
    for (const list of Object.values(this.records) as unknown[][]) list.length = 0; // each of them is a list
    this.#operations.clear();
    this.#limiter.reset();
  }

  /** @throws {OptionError} no such operation */
  spendQuota({ path, method = 'GET', userId, clientID, left = 0 }: QuotaOptions): void {
    const found = findRoute(method, path.replace(/\{\w+\}/g, '0'));
    if (found === undefined) throw new OptionError(['path'], `${method} ${path} is no operation of the emulator`);
    const operation = `${method} ${found.route.template}`;
    this.#limiter.spend(left, found.route.periodSeconds, (asker) => {
      if (asker.operation !== operation) return false;
      return (userId ?? asker.userId) === asker.userId && (clientID ?? asker.clientId) === asker.clientId;
    });
  }

  async answer(exchange: Exchange): Promise<void> {
    const { req, res, method, path } = exchange;
    const { storage, knobs, faults } = this.#parts;
    const [, token = ''] = /^Bearer (\S+)$/i.exec(req.headers.authorization ?? '') ?? [];
    const access = storage.access(token);
    if (access === undefined || !this.#parts.world.users.has(access.userId)) {
      // The gateway's shape: it refuses before Open Cloud sees anything.
      const message = token === '' ? 'Authentication is required' : 'The access token is invalid, expired or revoked';
      const headers = { 'www-authenticate': token === '' ? 'Bearer' : 'Bearer error="invalid_token"' };
      return sendJson(res, 401, { errors: [{ code: 0, message }] }, headers);
    }
    const found = findRoute(method, path);
    if (found === undefined) {
      return sendRefusal(exchange, new CloudRefusal('NOT_FOUND', `No ${method} ${path}.`), {});
    }
    const { limit, periodSeconds, template, endpoint } = found.route;
    const asker = { ...access, operation: `${method} ${template}` };
    const allowance = this.#limiter.take(asker, { limit, periodSeconds, isEnforced: knobs.rateLimits });
    const { headers } = allowance;
    if (allowance.isExceeded) {
      const refusal = new CloudRefusal('RESOURCE_EXHAUSTED', 'Too many requests.');
      return sendRefusal(exchange, refusal, { ...headers, 'retry-after': String(allowance.secondsLeft) });
    }
    try {
      const answer = await endpoint(this.#createRequest(access, exchange, found.params));
      for (const list of Object.values(this.records) as unknown[][]) if (list.length > 1000) list.shift(); // as above
      if (answer !== undefined) return sendJson(res, 200, faults.applyRewrites(method, path, answer), headers);
      res.writeHead(200, { ...headers, 'content-length': 0 });
      res.end();
    } catch (error) {
      if (!(error instanceof CloudRefusal)) throw error;
      sendRefusal(exchange, error, headers);
    }
  }

  #createRequest(access: Access, { req, path, query, body }: Exchange, params: CloudRequest['params']): CloudRequest {
    const { world, identities, knobs, faults, clock, absolute } = this.#parts;
    return {
      ...{ world, knobs, faults, access, absolute, path, params, query, body, records: this.records },
      ids: identities.forApp(access.clientId),
      operations: this.#operations,
      now: new Date(clock.now()),
      contentType: req.headers['content-type'] ?? '',
    };
  }
}

function sendRefusal(
  { res, path }: Exchange,
  { status, code, message }: CloudRefusal,
  headers: Readonly<Record<string, string>>,
): void {
  // The assets API numbers its errors, as its description says; v2 names them.
  sendJson(res, status, path.startsWith('/assets/') ? { code: status, message } : { code, message }, headers);
}

function findRoute(method: string, path: string): { route: Route; params: Record<string, string> } | undefined {
  for (const candidate of routes) {
    const match = candidate.pattern.exec(path);
    if (match === null || candidate.method !== method) continue;
    const params: Record<string, string> = {};
    candidate.names.forEach((name, index) => {
      params[name] = decode(match[index + 1] ?? '');
    });
    return { route: candidate, params };
  }
  return undefined;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
