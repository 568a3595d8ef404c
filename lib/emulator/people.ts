import type { EmulatedClient, EmulatedGroupFacts, EmulatedUser } from './options.ts';

/** The default app. It accepts any redirect URI on this machine. */
export const DEMO_CLIENT = {
  clientID: '840974200211308101',
  clientSecret: 'RBX-demo-secret-for-the-emulator-only',
  redirectURIs: 'loopback',
  name: 'Demo app',
} as const satisfies EmulatedClient;

/** The default public app: it has no secret, so it must use PKCE. */
export const DEMO_PUBLIC_CLIENT = {
  clientID: '840974200211308102',
  redirectURIs: 'loopback',
  name: 'Demo app (public)',
} as const satisfies EmulatedClient;

type Item = Readonly<Record<string, unknown>>;

const START = Date.UTC(2021, 2, 14, 9, 26, 53);
const HOUR = 60 * 60 * 1000;

// Roblox writes times with 0, 3, 6 or 9 fraction digits.
const fractions = ['', '.500', '.589', '.589793', '.589793238'];
function makeTime(index: number): string {
  const whole = new Date(START + index * 31 * HOUR).toISOString().slice(0, 19);
  return `${whole}${fractions[index % fractions.length]}Z`;
}

function makeAsset(index: number, assetType: string, collectible = false): Item {
  const hex = (20_000_000 + index * 7919).toString(16).padStart(12, '0');
  return {
    assetDetails: {
      assetId: String(12_928_981_934 + index * 17),
      inventoryItemAssetType: assetType,
      instanceId: String(173_413_781_720 + index),
      ...(collectible
        ? {
            collectibleDetails: {
              itemId: `521cca19-75bb-4e05-a0af-${hex}`,
              instanceId: `a8a27d38-ee51-4cf4-8b0a-${hex}`,
              instanceState: index % 3 === 0 ? 'HOLD' : 'AVAILABLE',
              ...(index % 2 === 0 ? { serialNumber: index + 1 } : {}),
            },
          }
        : {}),
    },
    addTime: makeTime(index),
  };
}

function makeBadge(index: number): Item {
  return { badgeDetails: { badgeId: String(2_124_000_000 + index) }, addTime: makeTime(index) };
}

// Game passes have no addTime at Roblox.
function makeGamePass(id: string): Item {
  return { gamePassDetails: { gamePassId: id } };
}

function makePrivateServer(index: number): Item {
  return { privateServerDetails: { privateServerId: String(175_156 + index) }, addTime: makeTime(index) };
}

const wardrobe = ['HAT', 'CLASSIC_TSHIRT', 'HAIR_ACCESSORY', 'EMOTE_ANIMATION', 'CLASSIC_PANTS', 'JACKET_ACCESSORY'];

function makeCollection(size: number): Item[] {
  return Array.from({ length: size }, (_, index) => {
    if (index % 8 === 5) return makeBadge(index);
    if (index % 8 === 6) return makeGamePass(String(83_167_572 + index));
    if (index % 40 === 7) return makePrivateServer(index);
    if (index % 40 === 15) return makeAsset(index, 'PURCHASED_PLACE');
    return makeAsset(index, wardrobe[index % wardrobe.length] ?? 'HAT', index % 10 === 0);
  });
}

const roles = (groupId: string, names: Readonly<Record<string, number>>) => [
  { id: `${groupId}00`, displayName: 'Guest', rank: 0, permissions: { viewWallPosts: true, viewForums: true } },
  ...Object.entries(names).map(([displayName, rank], index) => ({
    id: `${groupId}0${index + 1}`,
    displayName,
    rank,
    memberCount: Math.max(1, 4096 >> (index * 3)),
    permissions: { viewWallPosts: true, viewForums: true, acceptRequests: rank >= 200, changeRank: rank >= 200 },
  })),
];

/** The groups of the {@link DEMO_PEOPLE}. */
export const DEMO_GROUPS: readonly EmulatedGroupFacts[] = [
  {
    id: '7001',
    displayName: 'Sky Island Builders',
    description: 'We build islands. Some of them float.',
    ownerId: '4100000004',
    memberCount: 5120,
    publicEntryAllowed: true,
    verified: true,
    createdAt: new Date('2018-04-01T12:00:00.000Z'),
    joinRequests: ['4100000002'],
    roles: roles('7001', { Member: 1, Builder: 50, 'Event Host': 80, Moderator: 200, Owner: 255 }),
  },
  {
    id: '7002',
    displayName: 'Lantern Street Cafe',
    description: 'Hot cocoa, cold soda, warm people.',
    ownerId: '4100000001',
    memberCount: 312,
    createdAt: new Date('2020-11-20T17:45:10.123Z'),
    roles: roles('7002', { Member: 1, Barista: 10, Manager: 120, Founder: 255 }),
  },
  {
    id: '7003',
    displayName: 'The Lost Lighthouse',
    description: '',
    memberCount: 3,
    locked: true,
    createdAt: new Date('2012-02-29T00:00:00.000Z'),
    roles: roles('7003', { Keeper: 5, Member: 1 }),
  },
];

/** The default people. */
export const DEMO_PEOPLE: readonly EmulatedUser[] = [
  {
    id: '4100000001',
    username: 'MangoPilot',
    displayName: 'Mango',
    createdAt: new Date('2019-03-20T06:08:15.000Z'),
    picture: '/avatars/4100000001.svg',
    about: 'Flies anything with wings.',
    locale: 'en-US',
    premium: true,
    inventory: [
      makeAsset(0, 'HAT', true),
      makeAsset(1, 'CLASSIC_TSHIRT'),
      makeBadge(2),
      makeGamePass('777'),
      makePrivateServer(4),
      makeAsset(5, 'EMOTE_ANIMATION'),
    ],
    groups: [
      { id: '7001', roleIds: ['700102', '700103'], joinedAt: new Date('2022-06-01T10:00:00.000Z') },
      { id: '7002', roleIds: ['700204'], joinedAt: new Date('2020-11-20T17:45:10.123Z') },
    ],
    experiences: [
      { id: '3828411582', name: 'Paper Plane Derby' },
      { id: '3828411583', name: 'Lantern Street at Night', ownerGroupId: '7002' },
    ],
  },
  {
    id: '4100000002',
    username: 'quiet_nell',
    displayName: 'Nell',
    createdAt: new Date('2024-12-31T23:59:59.000Z'),
    picture: null,
    inventory: [],
    groups: [],
  },
  {
    id: '4100000003',
    username: 'CasperCollects',
    displayName: 'Casper the Collector',
    createdAt: new Date('2011-07-08T15:30:00.000Z'),
    picture: '/avatars/4100000003.svg',
    inventory: makeCollection(240),
    groups: [{ id: '7003', roleIds: ['700301'], joinedAt: new Date('2012-03-01T00:00:00.000Z') }],
  },
  {
    id: '4100000004',
    username: 'Ysolde',
    displayName: 'Ysölde',
    createdAt: new Date('2015-01-15T12:00:00.000Z'),
    picture: '/avatars/4100000004.svg',
    inventoryPrivate: false,
    idVerified: true,
    inventory: makeCollection(12),
    groups: [
      { id: '7001', roleIds: ['700105', '700104', '700103'], joinedAt: new Date('2018-04-01T12:00:00.000Z') },
      { id: '7002', roleIds: ['700202'], joinedAt: new Date('2021-08-09T08:00:00.000Z') },
      { id: '7003', roleIds: ['700301'], joinedAt: new Date('2019-05-05T05:05:05.000Z') },
    ],
    experiences: [{ id: '3828411590', name: 'Sky Islands', ownerGroupId: '7001' }],
  },
];
