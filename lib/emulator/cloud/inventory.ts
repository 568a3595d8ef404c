import { CloudRefusal, refuseFilter, refuseScope, type Endpoint } from './request.ts';
import { findUser } from './users.ts';
import type { EmulatedUser } from '../options.ts';
import { cutPage } from './paging.ts';

const readScope = 'user.inventory-item:read';

const kinds = [
  ['asset', 'assetDetails', 'assetId'],
  ['badge', 'badgeDetails', 'badgeId'],
  ['gamePass', 'gamePassDetails', 'gamePassId'],
  ['privateServer', 'privateServerDetails', 'privateServerId'],
] as const;

/** What an item in Open Cloud's form is about. */
interface ItemFacts {
  readonly kind: (typeof kinds)[number][0];
  readonly id: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Reads an item in Open Cloud's form. Returns undefined when it has no details of a known kind. */
export function readItem(item: object): ItemFacts | undefined {
  const fields: Record<string, unknown> = { ...item };
  for (const [kind, field, idField] of kinds) {
    const given = fields[field];
    if (typeof given !== 'object' || given === null) continue;
    const details: Record<string, unknown> = { ...given };
    return { kind, id: String(details[idField]), details };
  }
  return undefined;
}

interface InventoryEntry extends ItemFacts {
  /** Its index in the inventory. */
  readonly number: number;
  readonly item: object;
}

const prepared = new WeakMap<EmulatedUser, readonly InventoryEntry[]>();

function readInventory(user: EmulatedUser): readonly InventoryEntry[] {
  const known = prepared.get(user);
  if (known !== undefined) return known;
  const entries = (user.inventory ?? []).flatMap((item, number) => {
    const facts = readItem(item);
    return facts === undefined ? [] : [{ ...facts, number, item }];
  });
  prepared.set(user, entries);
  return entries;
}

/** GET /cloud/v2/users/{user_id}/inventory-items */
export const listInventoryItems: Endpoint = (request) => {
  const { access, ids } = request;
  const user = findUser(request);
  const mayReadAll = access.userId === user.id && access.scopes.has(readScope);
  if ((user.inventoryPrivate ?? true) && !mayReadAll) {
    // Another user's token cannot read a private inventory, with any scope.
    if (access.userId === user.id) throw refuseScope(readScope);
    throw new CloudRefusal('PERMISSION_DENIED', 'The inventory of this user is private.');
  }
  const filter = readInventoryFilter(request.query.get('filter') ?? '');
  if (filter.needsScope && !mayReadAll) throw refuseScope(readScope);
  const matching = readInventory(user).filter(
    (entry) =>
      filter.matches(entry) &&
      (mayReadAll || (entry.kind !== 'privateServer' && readAssetType(entry) !== 'PURCHASED_PLACE')),
  );
  const page = cutPage(matching, request, 100);
  const path = `users/${ids.show(user.id)}/inventory-items`;
  return {
    inventoryItems: page.items.map(({ item, number }) => ({ path: `${path}/${ids.show(user.id)}-${number}`, ...item })),
    nextPageToken: page.nextPageToken,
  };
};

/** The asset types of `inventoryItemAssetTypes`, from Roblox's OpenAPI description. */
const assetTypes: ReadonlySet<string> = new Set(
  `INVENTORY_ITEM_ASSET_TYPE_UNSPECIFIED CLASSIC_TSHIRT AUDIO HAT MODEL CLASSIC_SHIRT CLASSIC_PANTS DECAL CLASSIC_HEAD
  FACE GEAR ANIMATION TORSO RIGHT_ARM LEFT_ARM LEFT_LEG RIGHT_LEG PACKAGE PLUGIN MESH_PART HAIR_ACCESSORY FACE_ACCESSORY
  NECK_ACCESSORY SHOULDER_ACCESSORY FRONT_ACCESSORY BACK_ACCESSORY WAIST_ACCESSORY CLIMB_ANIMATION DEATH_ANIMATION
  FALL_ANIMATION IDLE_ANIMATION JUMP_ANIMATION RUN_ANIMATION SWIM_ANIMATION WALK_ANIMATION POSE_ANIMATION EMOTE_ANIMATION
  VIDEO TSHIRT_ACCESSORY SHIRT_ACCESSORY PANTS_ACCESSORY JACKET_ACCESSORY SWEATER_ACCESSORY SHORTS_ACCESSORY
  LEFT_SHOE_ACCESSORY RIGHT_SHOE_ACCESSORY DRESS_SKIRT_ACCESSORY EYEBROW_ACCESSORY EYELASH_ACCESSORY MOOD_ANIMATION
  DYNAMIC_HEAD CREATED_PLACE PURCHASED_PLACE`.split(/\s+/),
);

interface InventoryFilter {
  matches(entry: ItemFacts): boolean;
  /** Private servers and purchased places always need the scope. */
  readonly needsScope: boolean;
}

const booleanFields: ReadonlySet<string> = new Set(['badges', 'gamePasses', 'privateServers', 'onlyCollectibles']);
const idFields = { assetIds: 'asset', badgeIds: 'badge', gamePassIds: 'gamePass', privateServerIds: 'privateServer' };
type IdField = keyof typeof idFields;

/**
 * Reads a filter of the inventory: `field=value;field=value,value`.
 * @throws {CloudRefusal} 400: an unknown field, value or asset type, a field given twice, type and ID fields mixed
 * @see https://create.roblox.com/docs/cloud/reference/patterns#list-inventory-items
 */
export function readInventoryFilter(text: string): InventoryFilter {
  if (text === '') return { matches: () => true, needsScope: false };
  const booleans = new Map<string, boolean>();
  const ids = new Map<IdField, ReadonlySet<string>>();
  let types: ReadonlySet<string> | undefined;
  const seen = new Set<string>();
  for (const part of text.split(';')) {
    const [, field = '', value = ''] = /^([A-Za-z]+)=([^=]+)$/.exec(part) ?? [];
    if (field === '') throw refuseFilter(`"${part}" is not of the form field=value`);
    if (seen.has(field)) throw refuseFilter(`${field} is given twice`);
    seen.add(field);
    if (booleanFields.has(field)) booleans.set(field, readBoolean(field, value));
    else if (Object.hasOwn(idFields, field))
      ids.set(field as IdField, readIds(field, value)); // just checked
    else if (field === 'inventoryItemAssetTypes') types = readTypes(value);
    else throw refuseFilter(`unknown field ${field}`);
  }
  if (ids.size > 0 && ids.size < seen.size) throw refuseFilter('type fields and ID fields cannot be combined');
  if (ids.size > 0) {
    return {
      matches: (entry) => [...ids].some(([field, wanted]) => idFields[field] === entry.kind && wanted.has(entry.id)),
      needsScope: ids.has('privateServerIds'),
    };
  }
  return {
    matches(entry) {
      if (booleans.get('onlyCollectibles') === true && entry.details['collectibleDetails'] === undefined) return false;
      if (entry.kind === 'asset') return types !== undefined && (types.has('*') || types.has(readAssetType(entry)));
      return booleans.get(`${entry.kind}${entry.kind === 'gamePass' ? 'es' : 's'}`) === true;
    },
    needsScope: booleans.get('privateServers') === true || types?.has('PURCHASED_PLACE') === true,
  };
}

function readAssetType({ details }: ItemFacts): string {
  return String(details['inventoryItemAssetType']);
}

function readBoolean(field: string, value: string): boolean {
  if (value !== 'true' && value !== 'false') throw refuseFilter(`${field} must be true or false`);
  return value === 'true';
}

function readIds(field: string, value: string): ReadonlySet<string> {
  const ids = value.split(',');
  if (!ids.every((id) => /^\d{1,20}$/.test(id))) throw refuseFilter(`${field} must be numeric IDs`);
  return new Set(ids);
}

function readTypes(value: string): ReadonlySet<string> {
  const types = value.split(',');
  for (const type of types) {
    if (type !== '*' && !assetTypes.has(type)) throw refuseFilter(`unknown asset type ${type}`);
  }
  if (types.includes('*') && types.length > 1) throw refuseFilter('* cannot be combined with other types');
  return new Set(types);
}
