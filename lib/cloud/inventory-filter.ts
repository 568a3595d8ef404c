import { checkIDs, type ID } from './ids.ts';
import { describeValue } from '../errors.ts';
import type { Schemas } from './openapi.ts';

/** Kinds of assets that Roblox lists today, such as `HAT`; any other string is accepted. */
export type AssetType = Exclude<
  Schemas['InventoryItem_AssetDetails']['inventoryItemAssetType'],
  'INVENTORY_ITEM_ASSET_TYPE_UNSPECIFIED' | undefined
>;

/** Which kinds of things are listed. */
export interface InventoryTypes {
  /** Kinds of assets, or `'*'` for every kind. */
  readonly assetTypes?: readonly AssetType[] | '*' | undefined;
  readonly badges?: boolean | undefined;
  readonly gamePasses?: boolean | undefined;
  /** Needs the scope `user.inventory-item:read`. */
  readonly privateServers?: boolean | undefined;
  /** Of the assets only Roblox's own limiteds. Every kind of asset is asked for when `assetTypes` is not given. */
  readonly onlyCollectibles?: boolean | undefined;
}

/** Which things are listed, one by one. */
export interface InventoryIDs {
  readonly assetIds?: readonly ID[] | undefined;
  readonly badgeIds?: readonly ID[] | undefined;
  readonly gamePassIds?: readonly ID[] | undefined;
  /** Needs the scope `user.inventory-item:read`. */
  readonly privateServerIds?: readonly ID[] | undefined;
}

/** Types or IDs: Roblox takes no mixture. */
export type InventoryFilter =
  | (InventoryTypes & { readonly [K in keyof InventoryIDs]?: undefined })
  | (InventoryIDs & { readonly [K in keyof InventoryTypes]?: undefined });

const TYPE_FIELDS = ['assetTypes', 'badges', 'gamePasses', 'privateServers', 'onlyCollectibles'] as const;
const ID_FIELDS = ['assetIds', 'badgeIds', 'gamePassIds', 'privateServerIds'] as const;

/**
 * Writes an inventory filter in Roblox's grammar, `field=value;field=v1,v2`.
 * @returns undefined for the whole inventory
 * @throws {TypeError} types and IDs at once, an unknown field, a value that is none of its field's
 * @see https://create.roblox.com/docs/cloud/reference/patterns#list-inventory-items
 */
export function writeInventoryFilter(fields: Readonly<Record<string, unknown>>): string | undefined {
  const given = Object.keys(fields).filter((name) => fields[name] !== undefined);
  for (const name of given) {
    // A field with a typo would silently list everything.
    if (!isOneOf(TYPE_FIELDS, name) && !isOneOf(ID_FIELDS, name)) {
      throw new TypeError(
        `${name} is no field of an inventory filter; there are ${[...TYPE_FIELDS, ...ID_FIELDS].join(', ')}`,
      );
    }
  }
  const typeField = TYPE_FIELDS.find((name) => given.includes(name));
  const idField = ID_FIELDS.find((name) => given.includes(name));
  if (typeField !== undefined && idField !== undefined) {
    throw new TypeError(`${typeField} and ${idField} cannot be combined: Roblox lists by type or by ID, never both`);
  }
  if (idField !== undefined) return writeIDs(fields);
  return typeField === undefined ? undefined : writeTypes(fields);
}

/** The IDs of a filter as `type:id`, to tick off what was found. */
export function listWantedItems(fields: Readonly<Record<string, unknown>>): Set<string> {
  const wanted = ID_FIELDS.flatMap((name) =>
    fields[name] === undefined ? [] : checkIDs(name, fields[name]).map((id) => `${name.slice(0, -'Ids'.length)}:${id}`),
  );
  return new Set(wanted);
}

function writeIDs(fields: Readonly<Record<string, unknown>>): string {
  return ID_FIELDS.flatMap((name) =>
    fields[name] === undefined ? [] : `${name}=${checkIDs(name, fields[name]).join(',')}`,
  ).join(';');
}

function writeTypes(fields: Readonly<Record<string, unknown>>): string {
  const [badges, gamePasses, privateServers, onlyCollectibles] = (
    ['badges', 'gamePasses', 'privateServers', 'onlyCollectibles'] as const
  ).map((name) => (readFlag(name, fields[name]) ? `${name}=true` : undefined));
  // Without kinds of assets Roblox finds no collectibles at all.
  const assetTypes = fields['assetTypes'] ?? (onlyCollectibles === undefined ? undefined : '*');
  const kinds = assetTypes === undefined ? undefined : `inventoryItemAssetTypes=${readAssetTypes(assetTypes)}`;
  const filter = [kinds, onlyCollectibles, badges, gamePasses, privateServers]
    .filter((part) => part !== undefined)
    .join(';');
  if (filter === '') {
    throw new TypeError('an inventory filter must select something; leave it out for the whole inventory');
  }
  return filter;
}

function readFlag(name: string, value: unknown): boolean {
  if (value !== undefined && typeof value !== 'boolean') {
    throw new TypeError(`${name} must be true or false, but is ${describeValue(value)}`);
  }
  return value === true;
}

function readAssetTypes(value: unknown): string {
  if (value === '*') return value;
  const types: unknown[] = Array.isArray(value) ? value : [];
  if (types.length === 0 || !types.every((type) => typeof type === 'string' && /^[A-Za-z0-9_]{1,100}$/.test(type))) {
    throw new TypeError(`assetTypes must be '*' or an array of names such as 'HAT', but is ${describeValue(value)}`);
  }
  return types.join(',');
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name);
}
