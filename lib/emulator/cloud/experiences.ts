import { CloudRefusal, readJSONBody, readText, refuseArgument, requireFound, requireScopes } from './request.ts';
import type { CloudRequest, Endpoint } from './request.ts';
import { LONG_AGO } from '../world.ts';

/** GET /cloud/v2/universes/{universe_id}. Needs no scope, and no choice on the consent page. */
export const getUniverse: Endpoint = ({ world, ids, params }) => {
  const universeId = params['universe_id'] ?? '';
  const { about, userId } = requireFound(world.findExperience(universeId), 'universe');
  const created = (about.createdAt ?? LONG_AGO).toISOString();
  return {
    path: `universes/${universeId}`,
    createTime: created,
    updateTime: created,
    displayName: about.name ?? `Experience ${universeId}`,
    description: about.description ?? '',
    ...(about.ownerGroupId === undefined
      ? { user: `users/${ids.show(userId)}` }
      : { group: `groups/${about.ownerGroupId}` }),
    visibility: 'PUBLIC',
    voiceChatEnabled: false,
    ageRating: 'AGE_RATING_ALL',
    desktopEnabled: true,
    mobileEnabled: true,
    tabletEnabled: true,
    consoleEnabled: false,
    vrEnabled: false,
    rootPlace: `universes/${universeId}/places/${universeId}`,
  };
};

/** POST /cloud/v2/universes/{universe_id}:restartServers */
export const restartServers: Endpoint = (request) => {
  const universeId = findChosenUniverse(request, 'universe:write');
  const body = readJSONBody(request);
  const { placeIds = [], bleedOffDurationMinutes = 1 } = body;
  if (!Array.isArray(placeIds) || !placeIds.every((id) => /^\d{1,19}$/.test(String(id)))) {
    throw refuseArgument('placeIds must be an array of place IDs.');
  }
  for (const name of ['closeAllVersions', 'bleedOffServers']) {
    if (!['boolean', 'undefined'].includes(typeof body[name])) throw refuseArgument(`${name} must be true or false.`);
  }
  const minutes = Number.isInteger(bleedOffDurationMinutes) ? Number(bleedOffDurationMinutes) : 0;
  if (minutes < 1 || minutes > 60) throw refuseArgument('bleedOffDurationMinutes must be a whole number from 1 to 60.');
  request.records.restarts.push({ universeId, request: body });
  return {};
};

/** POST /cloud/v2/universes/{universe_id}:publishMessage */
export const publishMessage: Endpoint = (request) => {
  const universeId = findChosenUniverse(request, 'universe-messaging-service:publish');
  const body = readJSONBody(request);
  const topic = readText(body['topic'], 'topic', 80);
  // Roblox's limit is "1,024 characters (1 KB)". We count like JavaScript.
  const message = readText(body['message'], 'message', 1024, 0);
  request.records.messages.push({ universeId, topic, message });
  return undefined;
};

/** @throws {CloudRefusal} 403: the scope is missing, or the user did not choose this experience on the consent page */
function findChosenUniverse(request: CloudRequest, scope: string): string {
  const universeId = request.params['universe_id'] ?? '';
  requireScopes(request, scope);
  if (request.access.resources.experienceIds.includes(universeId)) return universeId;
  throw new CloudRefusal('PERMISSION_DENIED', 'The user did not grant access to this universe.');
}
