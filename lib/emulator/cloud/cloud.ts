import { randomUUID } from 'node:crypto';

import type { EmulatorClock } from '../clock.ts';
import { CloudRefusal } from './request.ts';
import { getGroup, getGroupRole, listGroupJoinRequests, listGroupMemberships, listGroupRoles } from './groups.ts';
import { listInventoryItems } from './inventory.ts';
import type { CloudRequest, Operation, PublishedMessage, ThumbnailOperation } from './request.ts';
import { generateThumbnail, getThumbnailOperation, getUser, publishMessage } from './users.ts';
import type { Faults } from '../faults.ts';
import { sendJson } from '../http.ts';
import type { Exchange } from '../http.ts';
import type { EmulatorKnobs } from '../options.ts';
import { RateLimiter } from './rate-limits.ts';
import type { Access, Storage } from '../oauth/storage.ts';
import type { World } from '../world.ts';

interface Route {
  readonly method: string;
  readonly template: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  /** Requests a minute for one OAuth authorization. */
  readonly limit: number;
  readonly operation: Operation;
}

function route(method: string, template: string, limit: number, operation: Operation): Route {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const pattern = new RegExp(`^${template.replace(/\{\w+\}/g, '([^/:]+)')}$`);
  return { method, template, pattern, names, limit, operation };
}

// Limits: x-roblox-rate-limits.perOauth2Authorization of Roblox's OpenAPI description.
const routes = [
  route('GET', '/cloud/v2/users/{user_id}/inventory-items', 20, listInventoryItems),
  route('GET', '/cloud/v2/users/{user_id}', 10, getUser),
  route('GET', '/cloud/v2/users/{user_id}:generateThumbnail', 10, generateThumbnail),
  route('GET', '/cloud/v2/users/{user_id}/operations/{operation_id}', 10, getThumbnailOperation),
  route('GET', '/cloud/v2/groups/{group_id}/memberships', 90, listGroupMemberships),
  route('GET', '/cloud/v2/groups/{group_id}', 30, getGroup),
  route('GET', '/cloud/v2/groups/{group_id}/roles', 90, listGroupRoles),
  route('GET', '/cloud/v2/groups/{group_id}/roles/{role_id}', 90, getGroupRole),
  route('GET', '/cloud/v2/groups/{group_id}/join-requests', 90, listGroupJoinRequests),
  route('POST', '/cloud/v2/universes/{universe_id}:publishMessage', 5000, publishMessage),
];

/** Open Cloud, as far as the emulator has it. */
export class Cloud {
  /** The newest thousand messages that were published. */
  readonly messages: PublishedMessage[] = [];
  readonly #operations = new Map<string, ThumbnailOperation>();
  readonly #limiter: RateLimiter;
  readonly #about: {
    world: World;
    storage: Storage;
    knobs: EmulatorKnobs;
    faults: Faults;
    absolute: (url: string) => string;
  };

  constructor(about: {
    world: World;
    storage: Storage;
    knobs: EmulatorKnobs;
    faults: Faults;
    clock: EmulatorClock;
    absolute: (url: string) => string;
  }) {
    this.#about = about;
    this.#limiter = new RateLimiter(about.clock);
  }

  /** Forgets messages, operations and used-up limits. */
  reset(): void {
    this.messages.length = 0;
    this.#operations.clear();
    this.#limiter.reset();
  }

  answer({ req, res, method, path, query, body }: Exchange): void {
    const { storage, knobs, faults } = this.#about;
    const [, token = ''] = /^Bearer (\S+)$/i.exec(req.headers.authorization ?? '') ?? [];
    const access = storage.access(token);
    if (access === undefined) {
      // The gateway's shape: it refuses before Open Cloud sees anything.
      const message = token === '' ? 'Authentication is required' : 'The access token is invalid, expired or revoked';
      const headers = { 'www-authenticate': token === '' ? 'Bearer' : 'Bearer error="invalid_token"' };
      return sendJson(res, 401, { errors: [{ code: 0, message }] }, headers);
    }
    const found = findRoute(method, path);
    if (found === undefined)
      return sendRefusal({ res, headers: {} }, new CloudRefusal('NOT_FOUND', `No ${method} ${path}.`));
    const key = `${access.grantId} ${found.route.template}`;
    const allowance = this.#limiter.take(key, found.route.limit, knobs.rateLimits);
    if (allowance.isExceeded) {
      const headers = { ...allowance.headers, 'retry-after': String(allowance.secondsLeft) };
      return sendRefusal({ res, headers }, new CloudRefusal('RESOURCE_EXHAUSTED', 'Too many requests.'));
    }
    const { headers } = allowance;
    try {
      const answer = found.route.operation(this.#request(access, { path, params: found.params, query, body }));
      if (answer !== undefined) return sendJson(res, 200, faults.applyRewrites(method, path, answer), headers);
      res.writeHead(200, { ...headers, 'content-length': 0 });
      res.end();
    } catch (error) {
      if (!(error instanceof CloudRefusal)) throw error;
      sendRefusal({ res, headers }, error);
    }
  }

  #request(access: Access, given: Pick<CloudRequest, 'path' | 'params' | 'query' | 'body'>): CloudRequest {
    const { world, knobs, absolute } = this.#about;
    return {
      ...{ world, knobs, access, absolute },
      ...given,
      deliver: (message) => {
        this.messages.push(message);
        if (this.messages.length > 1000) this.messages.shift();
      },
      startOperation: (userId, picture) => {
        const id = randomUUID();
        this.#operations.set(id, { userId, picture, polls: 0 });
        const [oldest] = this.#operations.keys();
        if (this.#operations.size > 1000 && oldest !== undefined) this.#operations.delete(oldest);
        return id;
      },
      pollOperation: (id) => {
        const operation = this.#operations.get(id);
        if (operation !== undefined) operation.polls += 1;
        return operation;
      },
    };
  }
}

function sendRefusal(
  { res, headers }: { res: Exchange['res']; headers: Readonly<Record<string, string>> },
  { status, code, message }: CloudRefusal,
): void {
  sendJson(res, status, { code, message }, headers);
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
