import { CloudRefusal, missingScope } from './cloud-error.ts';
import type { CloudRequest, Operation } from './request.ts';
import type { EmulatedUser } from '../options.ts';

const sizes = ['48', '50', '60', '75', '100', '110', '150', '180', '352', '420', '720'];
const formats = ['FORMAT_UNSPECIFIED', 'PNG', 'JPEG'];
const shapes = ['SHAPE_UNSPECIFIED', 'ROUND', 'SQUARE'];

function userOf({ world, params }: Pick<CloudRequest, 'world' | 'params'>): EmulatedUser {
  const user = world.users.get(params['user_id'] ?? '');
  if (user === undefined) throw new CloudRefusal('NOT_FOUND', 'The user does not exist.');
  return user;
}

/** GET /cloud/v2/users/{user_id} */
export const getUser: Operation = (request) => {
  const user = userOf(request);
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
  const user = userOf(request);
  const size = choose(request.query, 'size', sizes, '420');
  const format = choose(request.query, 'format', formats, 'PNG');
  const shape = choose(request.query, 'shape', shapes, 'ROUND');
  const picture = `${size}-${shape === 'SQUARE' ? 'square' : 'round'}-${format === 'JPEG' ? 'jpeg' : 'png'}`;
  return poll(request, user, request.startOperation(user.id, picture));
};

/** GET /cloud/v2/users/{user_id}/operations/{operation_id}: asks whether it is drawn. */
export const getThumbnailOperation: Operation = (request) => {
  return poll(request, userOf(request), request.params['operation_id'] ?? '');
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
  if (!request.access.scopes.has(messagingScope)) throw missingScope(messagingScope);
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
