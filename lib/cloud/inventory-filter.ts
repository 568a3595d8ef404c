import { checkFlag, checkIDs, type ID } from './check.ts';
import { refuse, refuseUnknownOptions } from '../errors.ts';
import type { Schemas } from './openapi.ts';

/** Kinds of assets that Roblox lists today, such as `HAT`; any other string is accepted. */
export type AssetType = Exclude<
  Schemas['InventoryItem_AssetDetails']['inventoryItemAssetType'],
  'INVENTORY_ITEM_ASSET_TYPE_UNSPECIFIED' | undefined
>;

/** Which kinds of items are listed. */
export interface InventoryTypes {
  /** Kinds of assets, or `'*'` for every kind. */
  readonly assetTypes?: readonly AssetType[] | '*' | undefined;
  readonly badges?: boolean | undefined;
  readonly gamePasses?: boolean | undefined;
  /** Needs the scope `user.inventory-item:read`. */
  readonly privateServers?: boolean | undefined;
  /** Of the assets only Roblox's own limiteds. Of every kind when `assetTypes` is not given. */
  readonly onlyCollectibles?: boolean | undefined;
}

/** Which items are listed, one by one. */
export interface InventoryIDs {
  readonly assetIds?: readonly ID[] | undefined;
  readonly badgeIds?: readonly ID[] | undefined;
  readonly gamePassIds?: readonly ID[] | undefined;
  /** Needs the scope `user.inventory-item:read`. */
  readonly privateServerIds?: readonly ID[] | undefined;
}

/** Types or IDs: Roblox does not take both. */
export type InventoryFilter =
  | (InventoryTypes & { readonly [K in keyof InventoryIDs]?: undefined })
  | (InventoryIDs & { readonly [K in keyof InventoryTypes]?: undefined });

/** What a caller gave as a filter, before it is checked. */
type Fields = { readonly [K in keyof (InventoryTypes & InventoryIDs)]?: unknown };

const TYPE_FIELDS = ['assetTypes', 'badges', 'gamePasses', 'privateServers', 'onlyCollectibles'] as const;
export const ID_FIELDS = ['assetIds', 'badgeIds', 'gamePassIds', 'privateServerIds'] as const;
export const FILTER_FIELDS = [...TYPE_FIELDS, ...ID_FIELDS] as const;

/**
 * Writes an inventory filter in Roblox's grammar, `field=value;field=v1,v2`.
 * @returns undefined for the whole inventory
 * @throws {TypeError} types and IDs at once, an unknown field, a value that does not suit its field
 * @see https://create.roblox.com/docs/cloud/reference/patterns#list-inventory-items
 */
export function writeInventoryFilter(fields: Fields): string | undefined {
  // A misspelled field would silently list everything.
  refuseUnknownOptions(fields, Object.fromEntries(FILTER_FIELDS.map((name) => [name, true])));
  const typeField = TYPE_FIELDS.find((name) => fields[name] !== undefined);
  const idField = ID_FIELDS.find((name) => fields[name] !== undefined);
  if (typeField !== undefined && idField !== undefined) {
    throw new TypeError(`${typeField} and ${idField} cannot be combined: Roblox lists by type or by ID, never both`);
  }
  if (idField !== undefined) return writeIDs(fields);
  return typeField === undefined ? undefined : writeTypes(fields);
}

/** Lists the IDs of a filter as `type:id`, for comparison with the items that were found. */
export function listWantedItems(fields: Fields): Set<string> {
  const wanted = ID_FIELDS.flatMap((name) =>
    fields[name] === undefined ? [] : checkIDs(name, fields[name]).map((id) => `${name.slice(0, -'Ids'.length)}:${id}`),
  );
  return new Set(wanted);
}

function writeIDs(fields: Fields): string {
  return ID_FIELDS.flatMap((name) =>
    fields[name] === undefined ? [] : `${name}=${checkIDs(name, fields[name]).join(',')}`,
  ).join(';');
}

function writeTypes(fields: Fields): string {
  const [badges, gamePasses, privateServers, onlyCollectibles] = (
    ['badges', 'gamePasses', 'privateServers', 'onlyCollectibles'] as const
  ).map((name) => (checkFlag(name, fields[name]) === true ? `${name}=true` : undefined));
  // Without kinds of assets Roblox finds no collectibles at all.
  const { assetTypes = onlyCollectibles === undefined ? undefined : '*' } = fields;
  const kinds = assetTypes === undefined ? undefined : `inventoryItemAssetTypes=${checkAssetTypes(assetTypes)}`;
  const filter = [kinds, onlyCollectibles, badges, gamePasses, privateServers]
    .filter((part) => part !== undefined)
    .join(';');
  if (filter === '') {
    throw new TypeError('an inventory filter must select something; leave it out for the whole inventory');
  }
  return filter;
}

function checkAssetTypes(value: unknown): string {
  if (value === '*') return value;
  const types: unknown[] = Array.isArray(value) ? value : [];
  if (types.length === 0 || !types.every((type) => typeof type === 'string' && /^[A-Za-z0-9_]{1,100}$/.test(type))) {
    refuse('assetTypes', value, "'*' or an array of names such as 'HAT'");
  }
  return types.join(',');
}
