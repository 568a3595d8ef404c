import { readID, readString } from '../http/json.ts';
import type { MakeCall } from './call.ts';
import {
  writeInventoryFilter,
  listWantedItems,
  type AssetType,
  type InventoryFilter,
  type InventoryIDs,
} from './inventory-filter.ts';
import { listCalls } from './list-calls.ts';
import type { List, ListOptions } from './pages.ts';
import { compact, readRaw, readTime, type Raw } from './read.ts';

/** What every thing in an inventory has. */
export interface OwnedThing {
  /** The ID of what is owned: of the asset, badge, pass or private server. */
  readonly id: string;
  /** When it came into the inventory. Roblox does not tell for game passes. */
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
  /** For limiteds. */
  readonly collectible?: {
    /** UUIDs. */
    readonly itemId: string;
    readonly instanceId: string;
    /** Whether it can be sold and traded now. */
    readonly state: 'AVAILABLE' | 'HOLD' | (string & {});
    /** "Number n of the edition", where it is numbered. */
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

/** A thing in an inventory; `type` says which kind. */
export type InventoryItem = AssetItem | BadgeItem | GamePassItem | PrivateServerItem;

/** What the signed-in user owns. */
export interface Inventory {
  /**
   * Lists the user's inventory, all of it or what a filter selects.
   * Scope: `user.inventory-item:read`; none is needed while the inventory is visible to everyone (private servers and purchased
   * places always need it). Roblox allows 20 requests a minute for each user, of up to 100 items.
   * @param options type fields or ID fields, never both; `pageSize` up to 100; `signal`
   * @throws {TypeError} at once, for a filter that cannot be
   * @throws {RobloxAPIError} while walking: 403 the inventory is private and the scope was not granted
   * @see https://create.roblox.com/docs/cloud/reference/patterns#list-inventory-items
   */
  list(options?: InventoryFilter & ListOptions): List<InventoryItem>;
  /**
   * Whether the user has every one of the things named.
   * Scope and limits as for {@link Inventory.list}; mostly one request.
   * @throws {TypeError} no ID at all, so that a gate without conditions does not let everyone in
   */
  owns(things: InventoryIDs & { readonly signal?: AbortSignal | undefined }): Promise<boolean>;
}

const SCOPE = 'user.inventory-item:read';

/** Makes {@link Inventory}. */
export function createInventory(
  call: MakeCall,
  userId: (signal: AbortSignal | undefined) => Promise<string>,
): Inventory {
  const list = ({ pageSize, signal, ...fields }: InventoryFilter & ListOptions = {}) =>
    listCalls(call, {
      path: '/cloud/v2/users/{user_id}/inventory-items',
      values: async () => ({ user_id: await userId(signal) }),
      filter: writeInventoryFilter(fields),
      field: 'inventoryItems',
      maxPageSize: 100,
      options: { pageSize, signal },
      scope: SCOPE,
      read: readItem,
    });

  return {
    list,
    async owns({ signal, ...things }) {
      const missing = listWantedItems(things);
      if (missing.size === 0) {
        throw new TypeError('owns needs IDs: gamePassIds, badgeIds, assetIds or privateServerIds');
      }
      for await (const item of list({ ...things, signal })) {
        missing.delete(`${item.type}:${item.id}`);
        if (missing.size === 0) return true;
      }
      return false;
    },
  };
}

/** The four kinds that Roblox documents, each with its fields' names. */
const KINDS = ['asset', 'badge', 'gamePass', 'privateServer'].map(kindNamed);

function kindNamed(kind: string) {
  return { kind, detailsField: `${kind}Details`, idField: `${kind}Id` };
}

/** Reads one item as Open Cloud sends it: exactly one of its `*Details` is set. */
export function readItem(json: unknown): InventoryItem {
  const raw = readRaw(json);
  const { kind, detailsField, idField } =
    KINDS.find((known) => known.detailsField in raw) ??
    // A kind newer than this list keeps its name, so that nothing an inventory holds is hidden.
    kindNamed(
      Object.keys(raw)
        .find((name) => name.endsWith('Details'))
        ?.slice(0, -'Details'.length) ?? 'unknown',
    );
  const details = readRaw(raw[detailsField]);
  const collectible = readRaw(details['collectibleDetails']);
  const item = {
    type: kind,
    id: readID(details[idField]) ?? readString(raw['path'])?.split('/').at(-1) ?? '',
    ...(kind === 'asset' && {
      assetType: readString(details['inventoryItemAssetType']) ?? 'INVENTORY_ITEM_ASSET_TYPE_UNSPECIFIED',
      instanceId: readID(details['instanceId']) ?? '',
      collectible:
        'collectibleDetails' in details
          ? compact({
              itemId: readString(collectible['itemId']) ?? '',
              instanceId: readString(collectible['instanceId']) ?? '',
              state: readString(collectible['instanceState']) ?? 'COLLECTIBLE_ITEM_INSTANCE_STATE_UNSPECIFIED',
              serialNumber: numberOf(collectible['serialNumber']),
            })
          : undefined,
    }),
    addedAt: readTime(raw['addTime']),
    raw,
  };
  return compact(item) as InventoryItem; // of a kind that is listed there, or newer
}

/** A count; an int64 may come as a string, as protobuf's JSON has it. */
function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : undefined; // isSafeInteger has checked it
}
