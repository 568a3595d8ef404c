import { randomInt } from 'node:crypto';

import { CloudRefusal, pollOperation, startOperation, type CloudRequest, type Endpoint } from './request.ts';
import { parseForm, parseJSON, readObject, readText, refuseArgument, requireFound, requireScopes } from './request.ts';
import type { StoredAsset } from '../world.ts';

/** The largest file that Roblox accepts for most types. */
export const largestFile = 20 * 1024 * 1024;

// https://create.roblox.com/docs/cloud/guides/usage-assets#supported-asset-types-and-limits
const pictures = ['image/png', 'image/jpeg', 'image/bmp', 'image/tga'];
const contentTypes: Readonly<Record<string, readonly string[]>> = {
  Animation: ['model/x-rbxm'],
  Audio: ['audio/mpeg', 'audio/ogg', 'audio/wav', 'audio/flac'],
  Decal: pictures,
  Image: pictures,
  Mesh: ['model/x-file-mesh-data'],
  Model: ['model/fbx', 'model/gltf+json', 'model/gltf-binary', 'model/x-rbxm'],
  Video: ['video/mp4', 'video/mov'],
};

/** POST /assets/v1/assets: `request` and `fileContent` as multipart form data. The response is an operation. */
export const createAsset: Endpoint = async (request) => {
  requireScopes(request, 'asset:read', 'asset:write');
  const { asked, file } = await readForm(request);
  const assetType = readText(asked['assetType'], 'assetType', 100);
  const allowed = Object.hasOwn(contentTypes, assetType) ? contentTypes[assetType] : undefined;
  if (allowed === undefined) throw refuseArgument(`assetType must be one of ${Object.keys(contentTypes).join(', ')}.`);
  if (!allowed.includes(file.type)) {
    throw refuseArgument(`The content type of ${assetType} must be one of ${allowed.join(', ')}, but is ${file.type}.`);
  }
  const asset: StoredAsset = {
    id: String(randomInt(10 ** 11, 10 ** 12)),
    assetType,
    displayName: readText(asked['displayName'], 'displayName', 50),
    description: readText(asked['description'], 'description', 1000, 0),
    creator: readCreator(request, asked['creationContext']),
    contentType: file.type,
    size: file.size,
    createdAt: request.now,
  };
  return startOperation(request, {
    owner: request.access.grantId,
    parent: '',
    left: request.knobs.assetPolls,
    finish: () => {
      request.world.assets.set(asset.id, asset);
      return renderAsset(request, asset);
    },
  });
};

/** GET /assets/v1/operations/{operationId} */
export const getAssetOperation: Endpoint = (request) => {
  requireScopes(request, 'asset:read');
  return pollOperation(request, request.params['operationId'] ?? '', request.access.grantId);
};

/** GET /assets/v1/assets/{assetId} */
export const getAsset: Endpoint = (request) => {
  requireScopes(request, 'asset:read');
  const asset = requireFound(request.world.assets.get(request.params['assetId'] ?? ''), 'asset');
  requireCreator(request, asset.creator);
  return renderAsset(request, asset);
};

async function readForm({ contentType, body }: CloudRequest): Promise<{ asked: Record<string, unknown>; file: File }> {
  if (!/^multipart\/form-data\b/i.test(contentType))
    throw refuseArgument('The Content-Type header must be multipart/form-data.');
  const form = await parseForm(body, contentType);
  const [asked, file] = [form.get('request'), form.get('fileContent')];
  if (typeof asked !== 'string') throw refuseArgument('The form field "request" is missing, or is a file.');
  if (!(file instanceof File)) throw refuseArgument('The form field "fileContent" is missing, or is not a file.');
  if (file.size === 0) throw refuseArgument('The file is empty.');
  if (file.size > largestFile) throw refuseArgument('The file is larger than 20 MB.');
  return { asked: readObject(parseJSON(asked, 'request'), 'request'), file };
}

function readCreator(request: CloudRequest, context: unknown): StoredAsset['creator'] {
  const { creator } = readObject(context, 'creationContext');
  const { userId, groupId } = readObject(creator, 'creationContext.creator');
  const ids = [userId, groupId].filter((id) => id !== undefined).map(String);
  const [id = ''] = ids;
  if (ids.length !== 1 || !/^\d{1,20}$/.test(id)) {
    throw refuseArgument('creationContext.creator needs either userId or groupId, a numeric ID.');
  }
  const found = groupId === undefined ? { userId: request.ids.find(id) ?? '' } : { groupId: id };
  requireCreator(request, found);
  return found;
}

/** @throws {CloudRefusal} 403: not an account that the user chose on the consent page */
function requireCreator({ access }: CloudRequest, creator: StoredAsset['creator']): void {
  const { accounts } = access.resources;
  const isChosen =
    'groupId' in creator
      ? accounts.includes(`G${creator.groupId}`)
      : creator.userId === access.userId && accounts.includes('U');
  if (!isChosen) throw new CloudRefusal('PERMISSION_DENIED', 'The user did not grant access to this creator.');
}

// IDs are strings, as in Roblox's guide. In its OpenAPI description they are integers.
function renderAsset({ ids }: Pick<CloudRequest, 'ids'>, asset: StoredAsset): Record<string, unknown> {
  const creator = 'userId' in asset.creator ? { userId: ids.show(asset.creator.userId) } : asset.creator;
  return {
    path: `assets/${asset.id}`,
    revisionId: '1',
    revisionCreateTime: asset.createdAt.toISOString(),
    assetId: asset.id,
    displayName: asset.displayName,
    description: asset.description,
    assetType: asset.assetType,
    creationContext: { creator },
    moderationResult: { moderationState: 'MODERATION_STATE_APPROVED' },
    state: 'Active',
  };
}
