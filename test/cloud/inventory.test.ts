import { expect } from 'chai';
import { createInventory, readItem } from '../../lib/cloud/inventory.ts';
import { catchError } from '../support/thrown.ts';
import { answeredBy, asUser } from './support.ts';

describe('an inventory filter', () => {
  const cases: [Record<string, unknown>, string | undefined][] = [
    [{}, undefined],
    [{ badges: undefined }, undefined],
    [{ badges: true }, 'badges=true'],
    [{ assetTypes: '*' }, 'inventoryItemAssetTypes=*'],
    [{ assetTypes: ['HAT', 'GEAR'], badges: true, gamePasses: false }, 'inventoryItemAssetTypes=HAT,GEAR;badges=true'],
    [{ gamePasses: true, privateServers: true }, 'gamePasses=true;privateServers=true'],
    [{ assetTypes: ['HAT'], onlyCollectibles: true }, 'inventoryItemAssetTypes=HAT;onlyCollectibles=true'],
    [{ onlyCollectibles: true }, 'inventoryItemAssetTypes=*;onlyCollectibles=true'],
    [{ assetTypes: ['A_KIND_OF_TOMORROW'] }, 'inventoryItemAssetTypes=A_KIND_OF_TOMORROW'],
    [{ gamePassIds: ['777', 778] }, 'gamePassIds=777,778'],
    [{ assetIds: ['1'], badgeIds: ['2'], privateServerIds: ['3'] }, 'assetIds=1;badgeIds=2;privateServerIds=3'],
  ];
  for (const [fields, filter] of cases) {
    it(`${JSON.stringify(fields)} is ${filter ?? 'none'}`, async () => {
      const { call, calls } = answeredBy(() => ({}));
      await createInventory(call, asUser).list(fields).toArray();
      expect(calls.map(({ query }) => query?.['filter'])).to.deep.equal([filter]);
    });
  }

  const refused: [string, Record<string, unknown>, RegExp][] = [
    ['types and IDs', { badges: true, assetIds: ['1'] }, /badges and assetIds cannot be combined/],
    ['a type that is switched off, and IDs', { badges: false, assetIds: ['1'] }, /cannot be combined/],
    ['nothing but what is switched off', { badges: false }, /must select something/],
    ['an unknown field', { assetType: ['HAT'] }, /Unknown option 'assetType'. Did you mean 'assetTypes'/],
    ['no asset types', { assetTypes: [] }, /^assetTypes/],
    ['an asset type as a string', { assetTypes: 'HAT' }, /^assetTypes/],
    ['an asset type with a separator', { assetTypes: ['HAT;badges=true'] }, /^assetTypes/],
    ['a star in a list', { assetTypes: ['*'] }, /^assetTypes/],
    ['no IDs', { assetIds: [] }, /^assetIds must have at least one/],
    ['one ID without a list', { assetIds: '7' }, /^assetIds must be an array/],
    ['an ID that lost digits', { assetIds: ['7', 2 ** 53] }, /^assetIds\[1\].*loses digits/],
    ['asset types that are null', { assetTypes: null, badges: true }, /^assetTypes/],
    ['a switch in words', { badges: 'true' }, /^badges must be true or false/],
  ];
  for (const [name, fields, message] of refused) {
    it(`is refused with ${name}, before any request`, () => {
      const { call, calls } = answeredBy(() => ({}));
      expect(() => createInventory(call, asUser).list(fields)).to.throw(TypeError, message);
      expect(calls).to.deep.equal([]);
    });
  }
});

describe('an inventory item', () => {
  const cases: [string, object, object][] = [
    [
      'an asset',
      {
        assetDetails: { assetId: '9', inventoryItemAssetType: 'HAT', instanceId: '70' },
        addTime: '2023-07-05T12:34:56Z',
      },
      { type: 'asset', id: '9', assetType: 'HAT', instanceId: '70', addedAt: new Date('2023-07-05T12:34:56Z') },
    ],
    [
      'a numbered limited',
      {
        assetDetails: {
          assetId: '9',
          inventoryItemAssetType: 'HAT',
          instanceId: '70',
          collectibleDetails: { itemId: '521c', instanceId: 'a8a2', instanceState: 'HOLD', serialNumber: 160 },
        },
      },
      {
        type: 'asset',
        id: '9',
        assetType: 'HAT',
        instanceId: '70',
        collectible: { itemId: '521c', instanceId: 'a8a2', state: 'HOLD', serialNumber: 160 },
      },
    ],
    [
      'an asset of a kind that is new, and a limited in a state that is new',
      {
        assetDetails: {
          assetId: '9',
          inventoryItemAssetType: 'HOVERBOARD',
          instanceId: '70',
          collectibleDetails: { itemId: '521c', instanceId: 'a8a2', instanceState: 'LENT' },
        },
      },
      {
        type: 'asset',
        id: '9',
        assetType: 'HOVERBOARD',
        instanceId: '70',
        collectible: { itemId: '521c', instanceId: 'a8a2', state: 'LENT' },
      },
    ],
    [
      'a badge, with a time to the nanosecond',
      { badgeDetails: { badgeId: '8' }, addTime: '2023-07-05T12:34:56.123456789Z' },
      { type: 'badge', id: '8', addedAt: new Date('2023-07-05T12:34:56.123Z') },
    ],
    ['a game pass', { gamePassDetails: { gamePassId: '777' } }, { type: 'gamePass', id: '777' }],
    [
      'a private server, with a time to the microsecond and a zone',
      { privateServerDetails: { privateServerId: '175156' }, addTime: '2023-07-05T12:34:56.123456+02:00' },
      { type: 'privateServer', id: '175156', addedAt: new Date('2023-07-05T10:34:56.123Z') },
    ],
    ['a kind of thing that is new', { spellDetails: { spellId: '5' } }, { type: 'spell', id: '5' }],
    [
      'a thing with an impossible time',
      { badgeDetails: { badgeId: '8' }, addTime: 'yesterday' },
      { type: 'badge', id: '8' },
    ],
  ];
  for (const [name, raw, item] of cases) {
    it(`is read when it is ${name}`, () => {
      expect(readItem(raw)).to.deep.equal({ ...item, raw });
    });
  }

  it('has the kind whose details are not null', () => {
    const raw = { assetDetails: null, badgeDetails: null, gamePassDetails: { gamePassId: '777' }, addTime: null };
    expect(readItem(raw)).to.deep.equal({ type: 'gamePass', id: '777', raw });
  });

  it('leaves out a field that has another type than Roblox describes', () => {
    const assetDetails = { assetId: 'x', inventoryItemAssetType: 7, instanceId: {}, collectibleDetails: null };
    const raw = { assetDetails, addTime: 5, path: 'users/1/inventory-items/QVNTRVQ' };
    const assetType = 'INVENTORY_ITEM_ASSET_TYPE_UNSPECIFIED';
    expect(readItem(raw)).to.deep.equal({ type: 'asset', id: '', assetType, instanceId: '', raw });
    const collectibleDetails = { itemId: 7, instanceId: null, instanceState: [], serialNumber: '' };
    const limited = readItem({ assetDetails: { assetId: '9', collectibleDetails } });
    const state = 'COLLECTIBLE_ITEM_INSTANCE_STATE_UNSPECIFIED';
    expect(limited).to.deep.include({ collectible: { itemId: '', instanceId: '', state } });
  });

  it('never makes a list fail, for any JSON', () => {
    for (const raw of [null, 'x', 7, [], {}, { assetDetails: null }]) expect(readItem(raw)).to.have.property('raw');
  });
});

describe('owns', () => {
  const pass = (id: string) => ({ gamePassDetails: { gamePassId: id } });

  it('is true when the user has every item, and fetches no more pages then', async () => {
    const { call, calls } = answeredBy(() => ({ inventoryItems: [pass('1'), pass('2')], nextPageToken: 'more' }));
    expect(await createInventory(call, asUser).owns({ gamePassIds: ['1', 2, '1'] })).to.equal(true);
    expect(calls).to.have.length(1);
    expect(calls[0]?.query).to.include({ filter: 'gamePassIds=1,2,1' });
  });

  it('is false when one is missing, after the last page', async () => {
    const pages = [{ inventoryItems: [pass('1')], nextPageToken: 'more' }, { inventoryItems: [pass('1')] }];
    const { call, calls } = answeredBy(() => pages[calls.length - 1]);
    expect(await createInventory(call, asUser).owns({ gamePassIds: ['1', '2'] })).to.equal(false);
    expect(calls).to.have.length(2);
  });

  it('does not mistake a badge for a game pass with the same ID', async () => {
    const { call } = answeredBy(() => ({ inventoryItems: [{ badgeDetails: { badgeId: '1' } }] }));
    expect(await createInventory(call, asUser).owns({ gamePassIds: ['1'] })).to.equal(false);
  });

  for (const things of [
    {},
    { gamePassIds: [] },
    { gamePassIds: undefined },
    { badges: true },
    { badges: true, gamePassIds: ['1'] },
  ]) {
    it(`is a TypeError, never true, for ${JSON.stringify(things)}`, async () => {
      const { call, calls } = answeredBy(() => ({ inventoryItems: [pass('1')] }));
      expect(await catchError(createInventory(call, asUser).owns(things))).to.be.instanceOf(TypeError);
      expect(calls).to.deep.equal([]);
    });
  }
});
