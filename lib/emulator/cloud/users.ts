import { randomUUID } from 'node:crypto';

import { CloudRefusal, pollOperation, startOperation, type CloudRequest, type Endpoint } from './request.ts';
import { readJSONBody, readObject, readText, refuseArgument, requireFound, requireScopes } from './request.ts';
import { escapeHtml } from '../http.ts';
import type { EmulatedUser } from '../options.ts';
import type { World } from '../world.ts';

const sizes = ['48', '50', '60', '75', '100', '110', '150', '180', '352', '420', '720'];
const formats = ['FORMAT_UNSPECIFIED', 'PNG', 'JPEG'];
const shapes = ['SHAPE_UNSPECIFIED', 'ROUND', 'SQUARE'];

/**
 * Finds the person in the path.
 * @throws {CloudRefusal} 404: no such person
 */
export function findUser({ world, ids, params }: CloudRequest): EmulatedUser {
  return requireFound(world.users.get(ids.find(params['user_id'] ?? '') ?? ''), 'user');
}

/** GET /cloud/v2/users/{user_id} */
export const getUser: Endpoint = (request) => {
  const user = findUser(request);
  const id = request.ids.show(user.id);
  const { scopes } = request.access;
  const isOwn = request.access.userId === user.id;
  return {
    path: `users/${id}`,
    createTime: user.createdAt.toISOString(),
    id,
    name: user.username,
    displayName: user.displayName,
    about: user.about ?? '',
    locale: user.locale ?? 'en-US',
    premium: user.premium ?? false,
    ...(isOwn && scopes.has('user.advanced:read') ? { idVerified: user.idVerified ?? false } : {}),
    ...(isOwn && scopes.has('user.social:read') ? { socialNetworkProfiles: user.socialNetworkProfiles ?? {} } : {}),
  };
};

/** GET /cloud/v2/users/{user_id}:generateThumbnail. Starts the operation. */
export const generateThumbnail: Endpoint = (request) => {
  const user = findUser(request);
  const size = readChoice(request.query, 'size', sizes, '420');
  const format = readChoice(request.query, 'format', formats, 'PNG');
  const shape = readChoice(request.query, 'shape', shapes, 'ROUND');
  const picture = `${size}-${shape === 'SQUARE' ? 'square' : 'round'}-${format === 'JPEG' ? 'jpeg' : 'png'}`;
  const imageUri = request.absolute(`/thumbnails/${user.id}-${picture}.svg`);
  const type = 'type.googleapis.com/roblox.open_cloud.cloud.v2.GenerateUserThumbnailResponse';
  return startOperation(request, {
    owner: user.id,
    parent: `users/${request.ids.show(user.id)}/`,
    left: request.knobs.thumbnailPolls,
    finish: () => ({ '@type': type, imageUri }),
  });
};

/** GET /cloud/v2/users/{user_id}/operations/{operation_id}. Polls the operation. */
export const getThumbnailOperation: Endpoint = (request) => {
  return pollOperation(request, request.params['operation_id'] ?? '', findUser(request).id);
};

function readChoice(query: URLSearchParams, name: string, allowed: readonly string[], fallback: string): string {
  const value = query.get(name) ?? fallback;
  if (allowed.includes(value)) return value;
  throw refuseArgument(`${name} must be one of ${allowed.join(', ')}.`);
}

/**
 * POST /cloud/v2/users/{user_id}/notifications. Only for the person who authorized the app: Roblox does not document whether an app may
 * notify others.
 */
export const createNotification: Endpoint = (request) => {
  const { id: userId } = findUser(request);
  requireScopes(request, 'user.user-notification:write');
  if (userId !== request.access.userId) {
    throw new CloudRefusal('PERMISSION_DENIED', 'The user did not authorize this app.');
  }
  const body = readJSONBody(request);
  const source = readObject(body['source'], 'source');
  const payload = readObject(body['payload'], 'payload');
  const universe = readText(source['universe'], 'source.universe', 100);
  if (request.world.findExperience(/^universes\/(\d+)$/.exec(universe)?.[1] ?? '') === undefined) {
    throw refuseArgument('source.universe must be like universes/1 and exist.');
  }
  checkPayload(payload);
  const id = randomUUID();
  request.records.notifications.push({ userId, id, source, payload });
  // The response has no other fields.
  return { path: `users/${request.ids.show(userId)}/notifications/${id}`, id };
};

function checkPayload(payload: Readonly<Record<string, unknown>>): void {
  if (payload['type'] !== 'MOMENT') throw refuseArgument('payload.type must be MOMENT.');
  readText(payload['messageId'], 'payload.messageId', 100);
  for (const [name, value] of Object.entries(readObject(payload['parameters'] ?? {}, 'payload.parameters'))) {
    const { stringValue, int64Value } = readObject(value, `payload.parameters.${name}`);
    const isText = typeof stringValue === 'string' && int64Value === undefined;
    const isNumber = /^-?\d+$/.test(String(int64Value)) && stringValue === undefined;
    if (!isText && !isNumber)
      throw refuseArgument(`payload.parameters.${name} needs stringValue or int64Value, not both.`);
  }
  const { launchData } = readObject(payload['joinExperience'] ?? {}, 'payload.joinExperience');
  if (launchData === undefined) return;
  if (typeof launchData !== 'string' || Buffer.byteLength(launchData) > 200) {
    throw refuseArgument('payload.joinExperience.launchData must be a string of at most 200 bytes.');
  }
}

/**
 * Draws a headshot: a white initial on a dark background. The colour depends on the user's ID.
 * @param path `/avatars/ID.svg` or `/thumbnails/ID-SIZE-SHAPE-FORMAT.svg`
 * @returns SVG, or undefined when there is no such picture
 */
export function drawPicture(world: World, path: string): string | undefined {
  const [, userId = '', size = '150', shape] =
    /^\/(?:avatars|thumbnails)\/(\d+)(?:-(\d+)-(\w+)-\w+)?\.svg$/.exec(path) ?? [];
  const user = world.users.get(userId);
  if (user === undefined) return undefined;
  const hue = Number((BigInt(userId) * 137n + 160n) % 360n);
  const initial = escapeHtml([...user.displayName][0] ?? '?');
  const ground = shape === 'square' ? '<rect width="100" height="100"' : '<circle cx="50" cy="50" r="50"';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="${size}" height="${size}">${ground} fill="hsl(${hue} 55% 30%)"/><text x="50" y="68" font-family="sans-serif" font-size="52" font-weight="600" fill="#fff" text-anchor="middle">${initial}</text></svg>`;
}
