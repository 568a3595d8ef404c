import { refuse } from '../errors.ts';
import type { Sleep } from '../http/abort.ts';
import { dropUndefined, readID, readString } from '../http/json.ts';
import { readCallOptions, runCall, runOperation, type CallLimits, type CallOptions, type MakeCall } from './call.ts';
import { checkID, checkObject, checkText, checkWholeNumber, type ID } from './check.ts';
import { readFields, readOwner, readPathID, readRaw, readText, readTime, type Raw } from './read.ts';
import { readUpload, type UploadFile } from './upload.ts';

/** The user or group that creates an asset: an entry of `client.resources()`'s `accounts`, or Roblox's form. */
export type AssetCreator =
  | { readonly type: 'User' | 'Group'; readonly id: ID }
  | { readonly userId: ID; readonly groupId?: undefined }
  | { readonly groupId: ID; readonly userId?: undefined };

/** An asset to create. */
export interface NewAsset extends CallOptions {
  /** A type of asset. Any other string is accepted too, with a `contentType`. */
  readonly assetType: 'Animation' | 'Audio' | 'Decal' | 'Image' | 'Mesh' | 'Model' | 'Video' | (string & {});
  readonly displayName: string;
  /** Up to 1,000 characters. May be empty. */
  readonly description: string;
  /**
   * Bytes, a Blob (`await fs.openAsBlob(path)`) or a stream (`fs.createReadStream(path)`), which is read into memory. Up to 20 MB, Roblox's
   * limit for one request.
   */
  readonly file: UploadFile;
  /**
   * The content type of the file, such as `image/png`. By default the Blob's type, or else the type for the file's extension, or else the
   * only type that `assetType` accepts.
   */
  readonly contentType?: string | undefined;
  /** Who gets the asset. By default the account that the user chose on the consent page: their own, or else the only group. */
  readonly creator?: AssetCreator | undefined;
  /** The expected price of the upload in Robux. Roblox refuses the upload when it costs more. */
  readonly expectedPrice?: number | undefined;
  /** Who may use the asset, for the types that allow a choice. */
  readonly assetPrivacy?: 'default' | 'restricted' | 'openUse' | (string & {}) | undefined;
  /** Milliseconds for this call: the upload, and the time that Roblox needs to make the asset. 120000 by default. */
  readonly timeout?: number | undefined;
}

/** An asset. Fields that Roblox adds later are kept, under Roblox's names. */
export interface Asset {
  readonly id: string;
  /** Roblox's name in responses, such as `ASSET_TYPE_DECAL`. */
  readonly assetType: string;
  readonly displayName: string;
  readonly description: string;
  /** A user's ID is the one in this app's domain. */
  readonly creator?: { readonly type: 'User' | 'Group'; readonly id: string };
  /** The version: digits in a string. */
  readonly revisionId?: string;
  /** When this version was made. */
  readonly revisionCreatedAt?: Date;
  /** The state of Roblox's moderation, such as `MODERATION_STATE_REVIEWING`. */
  readonly moderationState?: string;
  /** What Roblox sent. */
  readonly raw: Raw;
}

/** Calls that create assets. */
export interface Assets {
  /**
   * Uploads a file as a new asset, waits until Roblox has made the asset, and returns it.
   * Scope: `asset:read` and `asset:write`. Quota: 120 uploads a minute for each authorization. Roblox also limits how many audio and video
   * files a user uploads. Tried again after a 429 only: when the response is lost, the upload may have succeeded.
   * @throws {TypeError} the file is empty, too large or of a type that `assetType` does not accept; or `creator` is missing and the user's
   * choice on the consent page does not tell it
   * @throws {RobloxAPIError} Roblox refused the upload, or could not make the asset
   * @throws {ConnectionError} `timeout`: Roblox may still make the asset. When the error's `url` ends in `operations/…`, poll it:
   * `client.request('GET', '/assets/v1/operations/{operationId}', { path: { operationId } })`
   * @see https://create.roblox.com/docs/cloud/guides/usage-assets
   */
  create(asset: NewAsset): Promise<Asset>;
}

/** The default `timeout` of {@link Assets.create}. */
const CREATE_TIMEOUT_MS = 120_000;

/** Roblox's limit for `description`. */
const MAX_DESCRIPTION_LENGTH = 1000;

/** Our limit for `displayName`, to find mistakes. Roblox documents none. */
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
      checkWholeNumber('expectedPrice', expectedPrice, 0);
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
        const poll = { method: 'GET', path: '/assets/v1/operations/{operation_id}', scope: 'asset:read' };
        const response = await runOperation(call, { begin, poll, limits, sleep });
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

/** Writes the creator with the ID as a string, as in Roblox's examples. */
function writeCreator(creator: unknown): Raw {
  const { type, id, userId, groupId } = readRaw(creator);
  if (userId !== undefined && groupId === undefined) return { userId: checkID('creator.userId', userId) };
  if (groupId !== undefined && userId === undefined) return { groupId: checkID('creator.groupId', groupId) };
  if (type === 'User') return { userId: checkID('creator.id', id) };
  if (type === 'Group') return { groupId: checkID('creator.id', id) };
  refuse('creator', creator, "an object such as { type: 'User', id: '7' }, { userId: '7' } or { groupId: '7' }");
}

/** Reads an asset of the assets API. */
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
