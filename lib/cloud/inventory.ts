import { refuse } from '../errors.ts';
import { dropUndefined, readID, readObject, readString } from '../http/json.ts';
import { readCallOptions, runCall, type CallLimits, type CallOptions, type MakeCall } from './call.ts';
import { checkFlag, checkIDs, checkObject, type ID } from './check.ts';
import type { Schemas } from './openapi.ts';
import { listCalls, type List, type Listing, type ListOptions } from './pages.ts';
import { readRaw, readTime, type Raw } from './read.ts';

/** The types of assets in Roblox's description, such as `HAT`. Any other string is accepted too. */
export type AssetType = Exclude<
  Schemas['InventoryItem_AssetDetails']['inventoryItemAssetType'],
  'INVENTORY_ITEM_ASSET_TYPE_UNSPECIFIED' | undefined
>;

/** Lists items by their type. */
export interface InventoryTypes {
  /** Types of assets, or `'*'` for all types. */
  readonly assetTypes?: readonly AssetType[] | '*' | undefined;
  readonly badges?: boolean | undefined;
  readonly gamePasses?: boolean | undefined;
  /** Needs the scope `user.inventory-item:read`. */
  readonly privateServers?: boolean | undefined;
  /** Only limiteds among the assets: those of `assetTypes`, or of all types without it. */
  readonly onlyCollectibles?: boolean | undefined;
}

/** Lists items by their ID. */
export interface InventoryIDs {
  readonly assetIds?: readonly ID[] | undefined;
  readonly badgeIds?: readonly ID[] | undefined;
  readonly gamePassIds?: readonly ID[] | undefined;
  /** Needs the scope `user.inventory-item:read`. */
  readonly privateServerIds?: readonly ID[] | undefined;
}

/** Types or IDs: Roblox does not accept both. */
export type InventoryFilter =
  | (InventoryTypes & { readonly [K in keyof InventoryIDs]?: undefined })
  | (InventoryIDs & { readonly [K in keyof InventoryTypes]?: undefined });

/** The fields of every item in an inventory. */
export interface OwnedThing {
  /** The ID of the asset, badge, game pass or private server. */
  readonly id: string;
  /** When the user got it. Missing for game passes. */
  readonly addedAt?: Date;
  /** What Roblox sent. */
  readonly raw: Raw;
}

/** An asset in an inventory. */
export interface AssetItem extends OwnedThing {
  readonly type: 'asset';
  readonly assetType: AssetType;
  /** Tells several copies of one asset apart. */
  readonly instanceId: string;
  /** Only for limiteds. */
  readonly collectible?: {
    /** UUIDs. */
    readonly itemId: string;
    readonly instanceId: string;
    /** Whether it can be sold and traded now. */
    readonly state: 'AVAILABLE' | 'HOLD' | (string & {});
    /** The number of this copy, if the copies are numbered. */
    readonly serialNumber?: number;
  };
}

/** A badge in an inventory. */
export interface BadgeItem extends OwnedThing {
  readonly type: 'badge';
}

/** A game pass in an inventory. */
export interface GamePassItem extends OwnedThing {
  readonly type: 'gamePass';
}

/** A private server in an inventory. */
export interface PrivateServerItem extends OwnedThing {
  readonly type: 'privateServer';
}

/** An item in an inventory, by its `type`. */
export type InventoryItem = AssetItem | BadgeItem | GamePassItem | PrivateServerItem;

/** What the signed-in user owns. */
export interface Inventory {
  /**
   * Lists the user's inventory, or the items that a filter selects.
   * Scope: `user.inventory-item:read`, or none when the inventory is public (private servers and purchased places always need it).
   * Quota: 20 requests a minute for each authorization, of up to 100 items.
   * @param options type fields or ID fields, never both; `pageSize` up to 100
   * @throws {TypeError} a filter that cannot work; thrown at once, not in the loop
   * @throws {RobloxAPIError} in the loop: 403, the inventory is private and the scope was not granted
   * @see https://create.roblox.com/docs/cloud/reference/patterns#list-inventory-items
   */
  list(options?: InventoryFilter & ListOptions): List<InventoryItem>;
  /**
   * Tells whether the user owns all of these items.
   * Scope and quota as for {@link Inventory.list}. One request for up to 100 items.
   * @throws {TypeError} no ID at all: the result would be true for every user
   */
  owns(things: InventoryIDs & CallOptions): Promise<boolean>;
}

const SCOPE = 'user.inventory-item:read';

/** Makes {@link Inventory}. */
export function createInventory(call: MakeCall, askUserId: (limits: CallLimits) => Promise<string>): Inventory {
  function listItems(fields: InventoryFilter, how: Pick<Listing<InventoryItem>, 'options' | 'limits'>) {
    const filter = writeFilter(fields);
    return listCalls(call, {
      path: '/cloud/v2/users/{user_id}/inventory-items',
      target: async (limits) => ({ values: { user_id: await askUserId(limits) }, filter }),
      field: 'inventoryItems',
      maxPageSize: 100,
      ...how,
      scope: SCOPE,
      read: readItem,
    });
  }

  return {
    list(options = {}) {
      // Otherwise a misspelt field would silently list everything.
      readCallOptions(options, [...TYPE_FIELDS, ...ID_FIELDS, 'pageSize']);
      const { pageSize, signal, timeout, ...fields } = options;
      return listItems(fields, { options: { pageSize, signal, timeout } });
    },
    async owns(things) {
      checkObject('things', things, 'gamePassIds, badgeIds, assetIds or privateServerIds');
      readCallOptions(things, ID_FIELDS);
      const { signal, timeout, ...ids } = things;
      const missing = listWantedItems(ids);
      if (missing.size === 0) {
        throw new TypeError('owns needs IDs: gamePassIds, badgeIds, assetIds or privateServerIds');
      }
      return runCall({ signal, timeout }, async (limits) => {
        for await (const item of listItems(ids, { options: {}, limits })) {
          missing.delete(`${item.type}:${item.id}`);
          if (missing.size === 0) return true;
        }
        return false;
      });
    },
  };
}

const FLAGS = ['onlyCollectibles', 'badges', 'gamePasses', 'privateServers'] as const;
const TYPE_FIELDS = ['assetTypes', ...FLAGS] as const;
const ID_FIELDS = ['assetIds', 'badgeIds', 'gamePassIds', 'privateServerIds'] as const;

type FilterFields = { readonly [K in keyof (InventoryTypes & InventoryIDs)]?: unknown };

/**
 * Writes an inventory filter in Roblox's grammar, `field=value;field=v1,v2`.
 * @returns undefined for the whole inventory
 * @throws {TypeError} both types and IDs, or a wrong value
 * @see https://create.roblox.com/docs/cloud/reference/patterns#list-inventory-items
 */
function writeFilter(fields: FilterFields): string | undefined {
  const typeField = TYPE_FIELDS.find((name) => fields[name] !== undefined);
  const idField = ID_FIELDS.find((name) => fields[name] !== undefined);
  if (typeField !== undefined && idField !== undefined) {
    throw new TypeError(`${typeField} and ${idField} cannot be combined: Roblox lists by type or by ID, never both`);
  }
  if (typeField !== undefined) return writeTypes(fields);
  const parts = readIDs(fields).map(([name, ids]) => `${name}=${ids.join(',')}`);
  return parts.length === 0 ? undefined : parts.join(';');
}

function readIDs(fields: FilterFields) {
  const names = ID_FIELDS.filter((name) => fields[name] !== undefined);
  return names.map((name) => [name, checkIDs(name, fields[name])] as const);
}

/** Lists the IDs of a filter as `type:id`, to compare them with the items found. */
export function listWantedItems(fields: FilterFields): Set<string> {
  return new Set(readIDs(fields).flatMap(([name, ids]) => ids.map((id) => `${name.slice(0, -'Ids'.length)}:${id}`)));
}

function writeTypes(fields: FilterFields): string {
  const flags = FLAGS.filter((name) => checkFlag(name, fields[name]));
  // Without types of assets, Roblox finds no collectibles.
  const { assetTypes = flags.includes('onlyCollectibles') ? '*' : undefined } = fields;
  const kinds = assetTypes === undefined ? [] : [`inventoryItemAssetTypes=${checkAssetTypes(assetTypes)}`];
  const filter = [...kinds, ...flags.map((name) => `${name}=true`)].join(';');
  if (filter === '') {
    throw new TypeError('an inventory filter must select something; leave it out for the whole inventory');
  }
  return filter;
}

function checkAssetTypes(value: unknown): string {
  if (value === '*') return value;
  const types: unknown[] = Array.isArray(value) ? value : [];
  if (types.length === 0 || !types.every((type) => typeof type === 'string' && /^\w{1,100}$/.test(type))) {
    refuse('assetTypes', value, "'*' or an array of names such as 'HAT'");
  }
  return types.join(',');
}

/** The four kinds that Roblox documents, with the names of their fields. */
const KINDS = ['asset', 'badge', 'gamePass', 'privateServer'].map(describeKind);

function describeKind(kind: string) {
  return { kind, detailsField: `${kind}Details`, idField: `${kind}Id` };
}

/** Reads an item of Open Cloud. Exactly one of its `*Details` is set. */
export function readItem(json: unknown): InventoryItem {
  const raw = readRaw(json);
  const { kind, detailsField, idField } =
    KINDS.find((known) => readObject(raw[known.detailsField]) !== undefined) ??
    // Keep an item of a kind that is new at Roblox, with Roblox's name for the kind.
    describeKind(
      Object.keys(raw)
        .find((name) => name.endsWith('Details'))
        ?.slice(0, -'Details'.length) ?? 'unknown',
    );
  const details = readRaw(raw[detailsField]);
  const item = {
    type: kind,
    id: readID(details[idField]) ?? '',
    ...(kind === 'asset' && {
      assetType: readString(details['inventoryItemAssetType']) ?? 'INVENTORY_ITEM_ASSET_TYPE_UNSPECIFIED',
      instanceId: readID(details['instanceId']) ?? '',
      collectible: readCollectible(details['collectibleDetails']),
    }),
    addedAt: readTime(raw['addTime']),
    raw,
  };
  return dropUndefined(item) as InventoryItem; // of a known kind, or of a new one
}

function readCollectible(json: unknown): AssetItem['collectible'] {
  const collectible = readObject(json);
  if (collectible === undefined) return undefined;
  return dropUndefined({
    itemId: readString(collectible['itemId']) ?? '',
    instanceId: readString(collectible['instanceId']) ?? '',
    state: readString(collectible['instanceState']) ?? 'COLLECTIBLE_ITEM_INSTANCE_STATE_UNSPECIFIED',
    serialNumber: readInt64(collectible['serialNumber']),
  });
}

/** Reads an int64, which protobuf's JSON may write as a string. */
function readInt64(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : undefined; // just checked
}
