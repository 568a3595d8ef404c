import { refuse } from '../errors.ts';
import type { Sleep } from '../http/abort.ts';
import { dropUndefined, readID, readString } from '../http/json.ts';
import { readCallOptions, runCall, type CallLimits, type CallOptions, type MakeCall } from './call.ts';
import { checkID, checkObject, checkText, type ID } from './check.ts';
import { runOperation } from './operation.ts';
import { readFields, readOwner, readPathID, readRaw, readText, readTime, type Raw } from './read.ts';
import { readUpload, type UploadFile } from './upload.ts';

/** A user or a group, who creates an asset: an entry of `client.resources()`'s `accounts`, or Roblox's own form. */
export type AssetCreator =
  | { readonly type: 'User' | 'Group'; readonly id: ID }
  | { readonly userId: ID; readonly groupId?: undefined }
  | { readonly groupId: ID; readonly userId?: undefined };

/** An asset to create. */
export interface NewAsset extends CallOptions {
  /** Roblox's names; any other string is accepted, with a `contentType`. */
  readonly assetType: 'Animation' | 'Audio' | 'Decal' | 'Image' | 'Mesh' | 'Model' | 'Video' | (string & {});
  readonly displayName: string;
  /** Up to 1,000 characters, may be empty. */
  readonly description: string;
  /**
   * Up to 20 MB, Roblox's limit for one request: bytes, a Blob (`await fs.openAsBlob(path)`), or a stream (`fs.createReadStream(path)`),
   * which is read into memory.
   */
  readonly file: UploadFile;
  /**
   * The type of the file, such as `image/png`. By default that of the Blob, or what follows from the name of the file, or the only one
   * that `assetType` takes.
   */
  readonly contentType?: string | undefined;
  /** Who gets the asset. By default what the user chose on the consent page: their own account, else the only group. */
  readonly creator?: AssetCreator | undefined;
  /** What the upload may cost in Robux. Roblox refuses it when it costs more. */
  readonly expectedPrice?: number | undefined;
  /** Who may use the asset, for the types that allow a choice. */
  readonly assetPrivacy?: 'default' | 'restricted' | 'openUse' | (string & {}) | undefined;
  /** Milliseconds for this call: the upload, and Roblox's work on it. 120000 by default. */
  readonly timeout?: number | undefined;
}

/** An asset. Fields that are new at Roblox are here too, under their own names. */
export interface Asset {
  readonly id: string;
  /** As Roblox answers it, such as `ASSET_TYPE_DECAL`. */
  readonly assetType: string;
  readonly displayName: string;
  readonly description: string;
  /** A user's ID is the one in this app's domain. */
  readonly creator?: { readonly type: 'User' | 'Group'; readonly id: string };
  /** The version, digits in a string. */
  readonly revisionId?: string;
  /** When this version was made. */
  readonly revisionCreatedAt?: Date;
  /** Where Roblox's moderation stands, such as `MODERATION_STATE_REVIEWING`. */
  readonly moderationState?: string;
  /** What Roblox sent. */
  readonly raw: Raw;
}

/** What the user's accounts create. */
export interface Assets {
  /**
   * Uploads a file as a new asset, waits until Roblox has made it, and gives the asset.
   * Scope: `asset:read` and `asset:write`. Quota: 120 uploads a minute for each authorization; Roblox limits besides how many audio and
   * video files a user uploads. Tried again after a 429 only: an upload whose answer was lost may have succeeded.
   * @throws {TypeError} a file that is empty, too large or of a type that `assetType` does not take; a `creator` that is not given and
   * that does not follow from what the user chose
   * @throws {RobloxAPIError} Roblox refused the upload, or could not make the asset of it
   * @throws {ConnectionError} `timeout`: Roblox may still make the asset. When the error's `url` ends in `operations/…`, ask for that:
   * `client.request('GET', '/assets/v1/operations/{operationId}', { path: { operationId } })`
   * @see https://create.roblox.com/docs/cloud/guides/usage-assets
   */
  create(asset: NewAsset): Promise<Asset>;
}

/** Milliseconds for an upload and Roblox's work on it. */
const CREATE_TIMEOUT_MS = 120_000;

/** Roblox's limit for `description`. */
const MAX_DESCRIPTION_LENGTH = 1000;

/** Roblox documents no limit for `displayName`: this one is only against a mistake. */
const MAX_NAME_LENGTH = 1000;

/** Makes {@link Assets}. */
export function createAssets(
  call: MakeCall,
  askAccounts: (limits: CallLimits) => Promise<readonly { readonly type: 'User' | 'Group'; readonly id: string }[]>,
  sleep: Sleep,
): Assets {
  async function askCreator(limits: CallLimits): Promise<Raw> {
    const accounts = await askAccounts(limits);
    const own = accounts.find(({ type }) => type === 'User');
    const account = own ?? (accounts.length === 1 ? accounts[0] : undefined);
    if (account !== undefined) return writeCreator(account);
    throw new TypeError(
      accounts.length === 0
        ? 'creator is missing, and the user chose no account on the consent page. Ask for asset:write and let the user sign in again'
        : "creator is missing, and the user chose several groups. Give one of client.resources()'s accounts",
    );
  }

  return {
    async create(asset) {
      checkObject('asset', asset, 'assetType, displayName, description and file');
      readCallOptions(asset, ASSET_FIELDS);
      const { assetType, displayName, description, file, contentType, creator, expectedPrice, assetPrivacy } = asset;
      if (typeof assetType !== 'string' || !/^\w{1,100}$/.test(assetType)) {
        refuse('assetType', assetType, "one of Roblox's names, such as 'Decal' or 'Model'");
      }
      if (expectedPrice !== undefined && !(Number.isSafeInteger(expectedPrice) && expectedPrice >= 0)) {
        refuse('expectedPrice', expectedPrice, 'a whole number of Robux');
      }
      const facts = {
        assetType,
        displayName: checkText('displayName', displayName, MAX_NAME_LENGTH),
        description: checkText('description', description, MAX_DESCRIPTION_LENGTH, 0),
      };
      const privacy = assetPrivacy === undefined ? undefined : checkText('assetPrivacy', assetPrivacy, 100);
      const given = creator === undefined ? undefined : writeCreator(creator);
      const { signal, timeout = CREATE_TIMEOUT_MS } = asset;
      return runCall({ signal, timeout }, async (limits) => {
        const upload = await readUpload({ file, assetType, contentType, signal: limits.signal });
        const creationContext = { creator: given ?? (await askCreator(limits)), expectedPrice, assetPrivacy: privacy };
        const body = new FormData();
        body.set('request', JSON.stringify({ ...facts, creationContext }));
        body.set('fileContent', upload.content, upload.name);
        const begin = { method: 'POST', path: '/assets/v1/assets', body, scope: 'asset:write' };
        const look = { method: 'GET', path: '/assets/v1/operations/{operation_id}', scope: 'asset:read' };
        const response = await runOperation(call, { begin, look, limits, sleep });
        return readAsset(response);
      });
    },
  };
}

const ASSET_FIELDS: readonly (keyof NewAsset)[] = [
  'assetType',
  'displayName',
  'description',
  'file',
  'contentType',
  'creator',
  'expectedPrice',
  'assetPrivacy',
];

/** Writes the creator as Roblox's examples do: the ID in a string. */
function writeCreator(creator: unknown): Raw {
  const { type, id, userId, groupId } = readRaw(creator);
  if (userId !== undefined && groupId === undefined) return { userId: checkID('creator.userId', userId) };
  if (groupId !== undefined && userId === undefined) return { groupId: checkID('creator.groupId', groupId) };
  if (type === 'User') return { userId: checkID('creator.id', id) };
  if (type === 'Group') return { groupId: checkID('creator.id', id) };
  refuse('creator', creator, "an object such as { type: 'User', id: '7' }, { userId: '7' } or { groupId: '7' }");
}

/** Reads an asset as the assets API sends it. */
export function readAsset(json: unknown): Asset {
  const raw = readRaw(json);
  const { assetId, creationContext, revisionCreateTime, moderationResult, '@type': _type, ...sent } = raw;
  const fields = readFields(sent, {
    assetType: readText,
    displayName: readText,
    description: readText,
    revisionId: readText,
  });
  const { userId, groupId } = readRaw(readRaw(creationContext)['creator']);
  return dropUndefined({
    ...fields,
    id: readID(assetId) ?? readPathID(raw['path'], 'assets') ?? '',
    assetType: fields.assetType ?? '',
    displayName: fields.displayName ?? '',
    description: fields.description ?? '',
    creator: readOwner(readID(userId), readID(groupId)),
    revisionCreatedAt: readTime(revisionCreateTime),
    moderationState: readString(readRaw(moderationResult)['moderationState']),
    raw,
  });
}
