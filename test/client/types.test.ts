import { expect } from 'chai';
import type { RobloxClient } from '../../lib/client/client.ts';
import type { AssetType } from '../../lib/cloud/inventory.ts';
import type { Operations, Schemas } from '../../lib/cloud/openapi.ts';

/** Fails to compile when the two types differ. */
function same<A, B>(_same: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false): void {}

/** Never called: the compiler checks it. */
export async function theTypesOfRequest(client: RobloxClient): Promise<void> {
  const group = await client.request('GET', '/cloud/v2/groups/{group_id}', { path: { group_id: '7' } });
  same<typeof group, Schemas['Group']>(true);
  group.displayName satisfies string | undefined;

  const items = await client.request('GET', '/cloud/v2/users/{user_id}/inventory-items', {
    path: { user_id: 1 },
    query: { maxPageSize: 100, filter: 'badges=true' },
    signal: AbortSignal.timeout(1000),
  });
  items.inventoryItems?.[0]?.assetDetails?.inventoryItemAssetType satisfies string | undefined;

  const nothing = await client.request('POST', '/cloud/v2/universes/{universe_id}:publishMessage', {
    path: { universe_id: '1' },
    body: { topic: 't', message: 'm' },
  });
  same<typeof nothing, undefined>(true);

  const other = await client.request('GET', '/cloud/v2/something/new', { query: { a: [1, 'b'] }, body: undefined });
  same<typeof other, unknown>(true);
  const method: string = 'GET';
  // On another host, to which no token is sent. So it is not among the operations, and accepts any query.
  await client.request('GET', '/v1/users/avatar-3d', { query: { userIdx: 1 } });
  same<Awaited<ReturnType<typeof client.request<'GET', '/v1/users/avatar-3d'>>>, unknown>(true);
  same<Awaited<ReturnType<typeof client.request<string, '/cloud/v2/groups/{group_id}'>>>, unknown>(true);
  await client.request(method, `/cloud/v2/groups/${7}`);

  // @ts-expect-error -- the template has a place to fill
  await client.request('GET', '/cloud/v2/groups/{group_id}');
  // @ts-expect-error -- the template has no such place
  await client.request('GET', '/cloud/v2/groups/{group_id}', { path: { groupId: '7' } });
  // @ts-expect-error -- no such query parameter
  await client.request('GET', '/cloud/v2/groups/{group_id}/roles', { path: { group_id: '7' }, query: { pageSize: 1 } });
  // @ts-expect-error -- a GET has no body
  await client.request('GET', '/cloud/v2/groups/{group_id}', { path: { group_id: '7' }, body: {} });
  const universe = { universe_id: '1' };
  // @ts-expect-error -- the message is missing
  await client.request('POST', '/cloud/v2/universes/{universe_id}:publishMessage', { path: universe, body: {} });
}

/** Roblox's list of asset types, for an editor's suggestions, and any other. */
same<Extract<AssetType, 'HAT' | 'PURCHASED_PLACE'>, 'HAT' | 'PURCHASED_PLACE'>(true);
same<Extract<AssetType, 'INVENTORY_ITEM_ASSET_TYPE_UNSPECIFIED'>, never>(true);
'A_NEW_ONE' satisfies AssetType;
same<Extract<keyof Operations['GET'], `/v1/${string}-3d`>, never>(true);

/** Never called either. */
export async function theTypesOfLists(client: RobloxClient): Promise<void> {
  for await (const item of client.inventory.list({ assetTypes: ['HAT', 'A_NEW_ONE'], badges: true, pageSize: 10 })) {
    if (item.type === 'asset') item.collectible?.serialNumber satisfies number | undefined;
    // @ts-expect-error -- only an asset has it
    if (item.type === 'badge') item.assetType satisfies string;
    item.addedAt satisfies Date | undefined;
  }
  client.inventory.list({ gamePassIds: ['1', 2], signal: AbortSignal.timeout(1) });
  // @ts-expect-error -- by type or by ID, never both
  client.inventory.list({ badges: true, gamePassIds: ['1'] });
  // @ts-expect-error -- owns takes IDs only
  await client.inventory.owns({ badges: true });
  const [membership] = await client.groups.list().toArray({ limit: 1 });
  membership?.createdAt.getTime() satisfies number | undefined;
  for await (const page of client.groups.roles('7').pages()) page.nextPageToken satisfies string | undefined;
  client.groups.list({ userIds: ['1', 2], pageSize: 5 });
  for await (const request of client.groups.joinRequests('7', { user: 2 })) request.createdAt satisfies Date;
  // @ts-expect-error -- a rank is not a role
  await client.groups.assignRole('7', { userId: '2', rank: 5 });
  const file = new Blob([]);
  const { creator } = await client.assets.create({
    assetType: 'Decal',
    displayName: 'a',
    description: '',
    file,
    timeout: 1,
  });
  creator?.type satisfies 'User' | 'Group' | undefined;
  const [account] = (await client.resources()).accounts;
  await client.assets.create({ assetType: 'New', displayName: 'a', description: '', file, creator: account });
  // @ts-expect-error -- a path is not a file
  await client.assets.create({ assetType: 'Decal', displayName: 'a', description: '', file: './decal.png' });
  await client.user.notify({ source: { universe: 'universes/7' }, payload: { messageId: 'm', type: 'MOMENT' } });
  await client.experiences.restartServers('7', { closeAllVersions: true, signal: AbortSignal.timeout(1) });
  (await client.experiences.get('7')).owner?.id satisfies string | undefined;
  client.tokens.scope satisfies readonly string[];
  client.tokens.expiresAt satisfies Date | undefined;
}

describe('the types of a client', () => {
  it('are checked by the compiler, and this file is part of what it compiles', () => {
    expect([theTypesOfRequest, theTypesOfLists]).to.have.length(2);
  });
});
