import { expect } from 'chai';
import fc from 'fast-check';

import { CloudRefusal } from '../../../lib/emulator/cloud/request.ts';
import { startEmulator } from '../../../lib/emulator/index.ts';
import type { Emulator } from '../../../lib/emulator/index.ts';
import { readInventoryFilter } from '../../../lib/emulator/cloud/inventory.ts';
import { createBench } from '../support.ts';
import type { Bench } from '../support.ts';

const collector = '4100000003';
const scope = 'openid user.inventory-item:read';
type Item = Record<string, Record<string, unknown> | undefined>;

describe('The emulated inventory', () => {
  let roblox: Emulator;
  let bench: Bench;
  let token: string;
  before(async () => {
    roblox = await startEmulator();
    bench = createBench(roblox);
    token = await bench.token({ user: collector, scope });
  });
  after(() => roblox.close());

  async function list(filter?: string, user = collector, bearer = token): Promise<Item[]> {
    const query = new URLSearchParams({ maxPageSize: '100', ...(filter === undefined ? {} : { filter }) });
    const items: Item[] = [];
    for (;;) {
      const { status, json } = await bench.get(`/cloud/v2/users/${user}/inventory-items?${query}`, bearer);
      expect(status, JSON.stringify(json)).to.equal(200);
      items.push(...(json['inventoryItems'] as Item[]));
      if (json['nextPageToken'] === undefined) return items;
      query.set('pageToken', String(json['nextPageToken']));
    }
  }
  const typesOf = (items: Item[]) =>
    [...new Set(items.map((item) => Object.keys(item).find((key) => key.endsWith('Details'))))].sort();

  it('is complete without a filter, and with an empty one', async () => {
    expect(await list()).to.have.length(240);
    expect(await list('')).to.have.length(240);
    expect(typesOf(await list())).to.deep.equal([
      'assetDetails',
      'badgeDetails',
      'gamePassDetails',
      'privateServerDetails',
    ]);
  });

  it('is filtered by type', async () => {
    expect(typesOf(await list('badges=true'))).to.deep.equal(['badgeDetails']);
    expect(typesOf(await list('gamePasses=true;privateServers=true'))).to.deep.equal([
      'gamePassDetails',
      'privateServerDetails',
    ]);
    const hats = await list('inventoryItemAssetTypes=HAT,CLASSIC_PANTS;badges=false');
    expect(new Set(hats.map((item) => item['assetDetails']?.['inventoryItemAssetType']))).to.deep.equal(
      new Set(['HAT', 'CLASSIC_PANTS']),
    );
    expect(typesOf(await list('inventoryItemAssetTypes=*'))).to.deep.equal(['assetDetails']);
    expect(await list('badges=false')).to.have.length(0);
  });

  it('has collectibles with onlyCollectibles, but only together with asset types', async () => {
    const collectibles = await list('onlyCollectibles=true;inventoryItemAssetTypes=*');
    expect(collectibles).not.to.have.length(0);
    for (const item of collectibles) expect(item['assetDetails']).to.have.property('collectibleDetails');
    expect(await list('onlyCollectibles=true')).to.have.length(0);
  });

  it('is filtered by ID, over all kinds at once', async () => {
    const [badge] = await list('badges=true');
    const [pass] = await list('gamePasses=true');
    const badgeId = String(badge?.['badgeDetails']?.['badgeId']);
    const passId = String(pass?.['gamePassDetails']?.['gamePassId']);
    expect(await list(`badgeIds=${badgeId},1;gamePassIds=${passId}`)).to.deep.equal([badge, pass]);
    expect(await list(`assetIds=${badgeId}`)).to.have.length(0);
  });

  it('gives every item a path and exactly one kind of details', async () => {
    for (const item of await list()) {
      expect(item['path']).to.match(/^users\/4100000003\/inventory-items\/[\w-]+$/);
      expect(Object.keys(item).filter((key) => key.endsWith('Details'))).to.have.length(1);
      // Game passes have no addTime at Roblox.
      expect('addTime' in item).to.equal(!('gamePassDetails' in item));
    }
  });

  for (const filter of [
    'badges=true;assetIds=1',
    'badges=true;badgeIds=1',
    'onlyCollectibles=true;assetIds=1',
    'colour=red',
    'badges',
    'badges=',
    'badges=yes',
    'badges=true;badges=true',
    'badges=true;',
    ';',
    'badges = true',
    'inventoryItemAssetTypes=SWORD',
    'inventoryItemAssetTypes=hat',
    'inventoryItemAssetTypes=*,HAT',
    'inventoryItemAssetTypes=HAT,',
    'assetIds=12a',
    'assetIds=1,,2',
    "user == 'users/1'",
  ]) {
    it(`refuses the filter "${filter}"`, async () => {
      const query = new URLSearchParams({ filter });
      const { status, json } = await bench.get(`/cloud/v2/users/${collector}/inventory-items?${query}`, token);
      expect({ status, code: json['code'] }).to.deep.equal({ status: 400, code: 'INVALID_ARGUMENT' });
      expect(json['message']).to.match(/^The provided filter is invalid/);
    });
  }

  it('any text as a filter is either understood or refused', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          readInventoryFilter(text);
        } catch (error) {
          expect(error).to.be.instanceOf(CloudRefusal);
        }
      }),
    );
  });

  it('cannot be read with other tokens when it is private', async () => {
    const cases: [string, number, RegExp][] = [
      [await bench.token({ user: collector, scope: 'openid' }), 403, /user\.inventory-item:read/],
      [await bench.token({ user: '4100000001', scope }), 403, /private/],
    ];
    for (const [bearer, expected, message] of cases) {
      const { status, json } = await bench.get(`/cloud/v2/users/${collector}/inventory-items`, bearer);
      expect({ status, code: json['code'] }).to.deep.equal({ status: expected, code: 'PERMISSION_DENIED' });
      expect(json['message']).to.match(message);
    }
  });

  it('can be read with any token when it is public, except private servers and purchased places', async () => {
    const stranger = await bench.token({ scope: 'openid' });
    const own = await bench.token({ user: '4100000004', scope });
    expect(typesOf(await list('', '4100000004', stranger))).not.to.include('privateServerDetails');
    expect(typesOf(await list('', '4100000004', own))).to.include('privateServerDetails');
    for (const filter of ['privateServers=true', 'privateServerIds=1', 'inventoryItemAssetTypes=PURCHASED_PLACE']) {
      const query = new URLSearchParams({ filter });
      const { status } = await bench.get(`/cloud/v2/users/4100000004/inventory-items?${query}`, stranger);
      expect(status, filter).to.equal(403);
    }
  });

  it('of an unknown user is not found', async () => {
    const { status, json } = await bench.get('/cloud/v2/users/1/inventory-items', token);
    expect({ status, code: json['code'] }).to.deep.equal({ status: 404, code: 'NOT_FOUND' });
  });
});
