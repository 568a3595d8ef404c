import { expect } from 'chai';
import { RobloxClient } from '../../lib/client/client.ts';
import { catchError } from '../support/thrown.ts';
import { serve, type Served } from './support.ts';

/** Values that are not an ID. `undefined` stands for a missing argument. */
const NO_IDS: readonly unknown[] = [undefined, null, '', 'x', '7/roles', 0, -1, 1.5, NaN, 2 ** 60, 7n, {}, ['7'], true];
/** Values that are not options. */
const NO_OPTIONS: readonly unknown[] = [
  null,
  'x',
  7,
  true,
  [],
  AbortSignal.timeout(60_000),
  { unknown: 1 },
  { signal: 1 },
  { timeout: -1 },
];
/** Values that are not a plain object, where one is required. */
const NO_OBJECTS: readonly unknown[] = [undefined, null, 'x', 7, [], new Map()];

const CHANGE = { userId: '2', roleId: '99' };
const FILE = { assetType: 'Decal', displayName: 'a', description: 'b', file: new Blob(['x'], { type: 'image/png' }) };
const NOTE = { source: { universe: 'universes/7' }, payload: { messageId: 'm' } };

/** Every public method: valid arguments, and wrong values for each of them. */
const METHODS: readonly (readonly [name: string, right: readonly unknown[], wrong: readonly (readonly unknown[])[]])[] =
  [
    ['inventory.list', [{}], [[...NO_OPTIONS, { pageSize: 0 }, { badges: 1 }]]],
    ['inventory.owns', [{ badgeIds: ['1'] }], [[...NO_OBJECTS, ...NO_OPTIONS, {}, { badgeIds: null }]]],
    ['groups.get', ['7', {}], [NO_IDS, NO_OPTIONS]],
    ['groups.list', [{}], [[...NO_OPTIONS, { userIds: null }, { pageSize: 101 }]]],
    ['groups.roles', ['7', {}], [NO_IDS, [...NO_OPTIONS, { pageSize: 21 }]]],
    ['groups.memberships', ['7', {}], [NO_IDS, [...NO_OPTIONS, { role: null }, { user: 'x' }]]],
    ['groups.membership', ['7', {}], [NO_IDS, NO_OPTIONS]],
    ['groups.rank', ['7', {}], [NO_IDS, [...NO_OPTIONS, { minRank: 0 }, { minRank: null }]]],
    ['groups.assignRole', ['7', CHANGE], [NO_IDS, [...NO_OBJECTS, ...NO_OPTIONS, { userId: '2' }]]],
    ['groups.unassignRole', ['7', CHANGE], [NO_IDS, [...NO_OBJECTS, ...NO_OPTIONS, { roleId: '2' }]]],
    ['groups.setRole', ['7', CHANGE], [NO_IDS, [...NO_OBJECTS, ...NO_OPTIONS, {}]]],
    ['groups.joinRequests', ['7', {}], [NO_IDS, [...NO_OPTIONS, { user: null }, { pageSize: 21 }]]],
    ['groups.acceptJoinRequest', ['7', '2', {}], [NO_IDS, NO_IDS, NO_OPTIONS]],
    ['groups.declineJoinRequest', ['7', '2', {}], [NO_IDS, NO_IDS, NO_OPTIONS]],
    ['experiences.get', ['7', {}], [NO_IDS, NO_OPTIONS]],
    ['experiences.restartServers', ['7', {}], [NO_IDS, [...NO_OPTIONS, { placeIds: '7' }]]],
    [
      'experiences.publish',
      ['7', 't', 'm', {}],
      [NO_IDS, [undefined, null, '', 7], [undefined, null, '', {}], NO_OPTIONS],
    ],
    [
      'assets.create',
      [{ ...FILE, creator: { userId: '1' } }],
      [[...NO_OBJECTS, ...NO_OPTIONS, {}, { ...FILE, file: 7 }]],
    ],
    ['user.get', [{}], [NO_OPTIONS]],
    ['user.thumbnail', [{}], [[...NO_OPTIONS, { size: null }, { shape: 7 }]]],
    ['user.notify', [NOTE], [[...NO_OBJECTS, ...NO_OPTIONS, { source: null, payload: null }]]],
    ['userInfo', [{}], [NO_OPTIONS]],
    ['resources', [{}], [NO_OPTIONS]],
    ['introspect', [{}], [NO_OPTIONS]],
    ['refresh', [{}], [NO_OPTIONS]],
    ['revoke', [{}], [NO_OPTIONS]],
    [
      'request',
      ['GET', '/x', {}],
      [
        [undefined, null, '', 'TRACE', 7],
        [undefined, null, '', 'x', '//x', 7],
        [...NO_OPTIONS, { headers: { a: '\n' } }, { query: 'a=b' }, { path: null }, { body: {} }],
      ],
    ],
  ];

/** Calls a method by its name, such as `groups.get`, with values of any type, because the tests give wrong ones. */
function callMethod(client: RobloxClient, name: string, values: readonly unknown[]): unknown {
  const [room, method] = name.includes('.') ? name.split('.') : [undefined, name];
  const owner: object = room === undefined ? client : Reflect.get(client, room);
  return Reflect.apply(Reflect.get(owner, method), owner, values);
}

describe('every method of a client', () => {
  let server: Served;
  before(async () => {
    server = await serve((_, res) => res.end('{}'));
  });
  after(() => server.close());

  const makeClient = () =>
    new RobloxClient({ accessToken: 'a', refreshToken: 'r', clientID: '1', userId: '42', baseURL: server.url });

  it('is in this table', () => {
    const client = makeClient();
    const own = Object.getOwnPropertyNames(RobloxClient.prototype).filter(
      (name) => !['constructor', 'tokens', 'toJSON'].includes(name),
    );
    const rooms = (['inventory', 'groups', 'user', 'experiences', 'assets'] as const).flatMap((room) =>
      Object.keys(client[room]).map((name) => `${room}.${name}`),
    );
    expect(METHODS.map(([name]) => name)).to.have.members([...own, ...rooms]);
  });

  for (const [name, right, wrong] of METHODS) {
    it(`refuses wrong arguments with a TypeError, and asks nothing: ${name}`, async () => {
      for (const [place, values] of wrong.entries()) {
        for (const value of values) {
          const given = right.map((rightValue, index) => (index === place ? value : rightValue));
          const error = await catchError((async () => callMethod(makeClient(), name, given))());
          expect(error, `${place}: ${String(value)}`).to.be.instanceOf(TypeError);
          // Our own message, not one of the JavaScript engine.
          expect(error.message, `${place}: ${String(value)}`).to.not.match(
            /Cannot (read|destructure|convert)|is not (a function|iterable)|undefined \(reading/,
          );
        }
      }
      expect(server.requests).to.deep.equal([]);
    });
  }

  it('refuses wrong options of toArray', async () => {
    const list = makeClient().groups.list();
    for (const options of [null, 7, { limit: -1 }, { limit: '5' }, { limit: null }, { max: 5 }]) {
      expect(await catchError(list.toArray(options as never))).to.be.instanceOf(TypeError);
    }
    expect(server.requests).to.deep.equal([]);
  });
});
