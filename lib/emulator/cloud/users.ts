import { CloudRefusal, refuseScope } from './request.ts';
import type { CloudRequest, Operation } from './request.ts';
import { escapeHtml } from '../http.ts';
import type { EmulatedUser } from '../options.ts';
import type { World } from '../world.ts';

const sizes = ['48', '50', '60', '75', '100', '110', '150', '180', '352', '420', '720'];
const formats = ['FORMAT_UNSPECIFIED', 'PNG', 'JPEG'];
const shapes = ['SHAPE_UNSPECIFIED', 'ROUND', 'SQUARE'];

function findUser({ world, params }: Pick<CloudRequest, 'world' | 'params'>): EmulatedUser {
  const user = world.users.get(params['user_id'] ?? '');
  if (user === undefined) throw new CloudRefusal('NOT_FOUND', 'The user does not exist.');
  return user;
}

/** GET /cloud/v2/users/{user_id} */
export const getUser: Operation = (request) => {
  const user = findUser(request);
  const { scopes } = request.access;
  const isOwn = request.access.userId === user.id;
  return {
    path: `users/${user.id}`,
    createTime: user.createdAt.toISOString(),
    id: user.id,
    name: user.username,
    displayName: user.displayName,
    about: user.about ?? '',
    locale: user.locale ?? 'en-US',
    premium: user.premium ?? false,
    ...(isOwn && scopes.has('user.advanced:read') ? { idVerified: user.idVerified ?? false } : {}),
    ...(isOwn && scopes.has('user.social:read') ? { socialNetworkProfiles: user.socialNetworkProfiles ?? {} } : {}),
  };
};

/** GET /cloud/v2/users/{user_id}:generateThumbnail: starts the drawing. */
export const generateThumbnail: Operation = (request) => {
  const user = findUser(request);
  const size = choose(request.query, 'size', sizes, '420');
  const format = choose(request.query, 'format', formats, 'PNG');
  const shape = choose(request.query, 'shape', shapes, 'ROUND');
  const picture = `${size}-${shape === 'SQUARE' ? 'square' : 'round'}-${format === 'JPEG' ? 'jpeg' : 'png'}`;
  return poll(request, user, request.startOperation(user.id, picture));
};

/** GET /cloud/v2/users/{user_id}/operations/{operation_id}: asks whether it is drawn. */
export const getThumbnailOperation: Operation = (request) => {
  return poll(request, findUser(request), request.params['operation_id'] ?? '');
};

function poll(request: CloudRequest, user: EmulatedUser, operationId: string): Record<string, unknown> {
  const operation = request.pollOperation(operationId);
  if (operation === undefined || operation.userId !== user.id) {
    throw new CloudRefusal('NOT_FOUND', 'The operation does not exist.');
  }
  const path = `users/${user.id}/operations/${operationId}`;
  if (operation.polls <= request.knobs.thumbnailPolls) return { path, done: false };
  const imageUri = request.absolute(`/thumbnails/${user.id}-${operation.picture}.svg`);
  const type = 'type.googleapis.com/roblox.open_cloud.cloud.v2.GenerateUserThumbnailResponse';
  return { path, done: true, response: { '@type': type, imageUri } };
}

function choose(query: URLSearchParams, name: string, allowed: readonly string[], fallback: string): string {
  const value = query.get(name) ?? fallback;
  if (!allowed.includes(value))
    throw new CloudRefusal('INVALID_ARGUMENT', `${name} must be one of ${allowed.join(', ')}.`);
  return value;
}

const messagingScope = 'universe-messaging-service:publish';

/** POST /cloud/v2/universes/{universe_id}:publishMessage */
export const publishMessage: Operation = (request) => {
  const universeId = request.params['universe_id'] ?? '';
  if (!request.access.scopes.has(messagingScope)) throw refuseScope(messagingScope);
  if (!request.access.resources.experienceIds.includes(universeId)) {
    throw new CloudRefusal('PERMISSION_DENIED', 'The user did not grant access to this universe.');
  }
  const { topic, message } = readMessage(request.body);
  request.deliver({ universeId, topic, message });
  return undefined;
};

function readMessage(body: Buffer): { topic: string; message: string } {
  let given: unknown;
  try {
    given = JSON.parse(body.toString());
  } catch {
    throw new CloudRefusal('INVALID_ARGUMENT', 'The body is not JSON.');
  }
  const { topic, message }: Record<string, unknown> = { ...(given as object) };
  if (typeof topic !== 'string' || topic === '' || topic.length > 80) {
    throw new CloudRefusal('INVALID_ARGUMENT', 'topic must be a string of 1 to 80 characters.');
  }
  if (typeof message !== 'string' || Buffer.byteLength(message) > 1024) {
    throw new CloudRefusal('INVALID_ARGUMENT', 'message must be a string of at most 1 kB.');
  }
  return { topic, message };
}

/**
 * Draws a headshot: an initial on a coloured ground, the same one for the same user.
 * @param path `/avatars/ID.svg` or `/thumbnails/ID-SIZE-SHAPE-FORMAT.svg`
 * @returns SVG, or undefined when there is no such picture
 */
export function drawPicture(world: World, path: string): string | undefined {
  const [, userId = '', size = '150', shape] =
    /^\/(?:avatars|thumbnails)\/(\d+)(?:-(\d+)-(\w+)-\w+)?\.svg$/.exec(path) ?? [];
  const user = world.users.get(userId);
  if (user === undefined) return undefined;
  const hue = Number((BigInt(userId) * 137n) % 360n);
  const initial = escapeHtml([...user.displayName][0] ?? '?');
  const ground = shape === 'square' ? '<rect width="100" height="100"' : '<circle cx="50" cy="50" r="50"';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="${size}" height="${size}">${ground} fill="hsl(${hue} 55% 45%)"/><text x="50" y="68" font-family="sans-serif" font-size="52" font-weight="600" fill="#fff" text-anchor="middle">${initial}</text></svg>`;
}
