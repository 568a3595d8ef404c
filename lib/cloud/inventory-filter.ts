import { refuse, refuseUnknownOptions } from '../errors.ts';
import { checkFlag, checkIDs, type ID } from './check.ts';
import type { Schemas } from './openapi.ts';

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

type Fields = { readonly [K in keyof (InventoryTypes & InventoryIDs)]?: unknown };

const TYPE_FIELDS = ['assetTypes', 'badges', 'gamePasses', 'privateServers', 'onlyCollectibles'] as const;
export const ID_FIELDS = ['assetIds', 'badgeIds', 'gamePassIds', 'privateServerIds'] as const;
export const FILTER_FIELDS = [...TYPE_FIELDS, ...ID_FIELDS] as const;

/**
 * Writes an inventory filter in Roblox's grammar, `field=value;field=v1,v2`.
 * @returns undefined for the whole inventory
 * @throws {TypeError} both types and IDs, an unknown field, or a wrong value
 * @see https://create.roblox.com/docs/cloud/reference/patterns#list-inventory-items
 */
export function writeInventoryFilter(fields: Fields): string | undefined {
  // Otherwise a misspelt field would silently list everything.
  refuseUnknownOptions(fields, Object.fromEntries(FILTER_FIELDS.map((name) => [name, true])));
  const typeField = TYPE_FIELDS.find((name) => fields[name] !== undefined);
  const idField = ID_FIELDS.find((name) => fields[name] !== undefined);
  if (typeField !== undefined && idField !== undefined) {
    throw new TypeError(`${typeField} and ${idField} cannot be combined: Roblox lists by type or by ID, never both`);
  }
  if (idField !== undefined) return writeIDs(fields);
  return typeField === undefined ? undefined : writeTypes(fields);
}

/** Lists the IDs of a filter as `type:id`, to compare them with the items found. */
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
  // Without types of assets, Roblox finds no collectibles.
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
