import { CloudRefusal, missingScope } from './cloud-error.ts';
import type { Operation } from './request.ts';
import { readInventoryFilter } from './inventory-filter.ts';
import type { InventoryEntry } from './inventory-filter.ts';
import type { EmulatedUser } from '../options.ts';
import { cutPage } from './paging.ts';

const readScope = 'user.inventory-item:read';

const kinds = [
  ['asset', 'assetDetails', 'assetId'],
  ['badge', 'badgeDetails', 'badgeId'],
  ['gamePass', 'gamePassDetails', 'gamePassId'],
  ['privateServer', 'privateServerDetails', 'privateServerId'],
] as const;

const prepared = new WeakMap<EmulatedUser, readonly InventoryEntry[]>();

function inventoryOf(user: EmulatedUser): readonly InventoryEntry[] {
  const entries = prepared.get(user) ?? (user.inventory ?? []).map((item, index) => prepare(user, item, index));
  prepared.set(user, entries);
  return entries;
}

function prepare(user: EmulatedUser, given: object, index: number): InventoryEntry {
  const item: Record<string, unknown> = { path: `users/${user.id}/inventory-items/${user.id}-${index}`, ...given };
  for (const [kind, field, idField] of kinds) {
    const details = item[field];
    if (typeof details !== 'object' || details === null) continue;
    const known: Record<string, unknown> = { ...details };
    return {
      kind,
      id: String(known[idField]),
      assetType: typeof known['inventoryItemAssetType'] === 'string' ? known['inventoryItemAssetType'] : undefined,
      isCollectible: known['collectibleDetails'] !== undefined,
      item,
    };
  }
  throw new TypeError(`users: item ${index} of user ${user.id}'s inventory has none of assetDetails, badgeDetails, …`);
}

/** GET /cloud/v2/users/{user_id}/inventory-items */
export const listInventoryItems: Operation = ({ world, params, access, ...request }) => {
  const user = world.users.get(params['user_id'] ?? '');
  if (user === undefined) throw new CloudRefusal('NOT_FOUND', 'The user does not exist.');
  const mayReadAll = access.userId === user.id && access.scopes.has(readScope);
  if ((user.inventoryPrivate ?? true) && !mayReadAll) {
    // Another user's token does not open a private inventory, whatever its scopes.
    if (access.userId === user.id) throw missingScope(readScope);
    throw new CloudRefusal('PERMISSION_DENIED', 'The inventory of this user is private.');
  }
  const filter = readInventoryFilter(request.query.get('filter') ?? '');
  if (filter.needsScope && !mayReadAll) throw missingScope(readScope);
  const matching = inventoryOf(user).filter(
    (entry) =>
      filter.matches(entry) &&
      (mayReadAll || (entry.kind !== 'privateServer' && entry.assetType !== 'PURCHASED_PLACE')),
  );
  const page = cutPage(matching, { ...request, largest: 100 }, request.knobs);
  return { inventoryItems: page.items.map(({ item }) => item), nextPageToken: page.nextPageToken };
};
