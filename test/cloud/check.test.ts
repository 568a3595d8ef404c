import { expect } from 'chai';
import fc from 'fast-check';
import { createExperiences } from '../../lib/cloud/experiences.ts';
import { createGroups } from '../../lib/cloud/groups.ts';
import { checkID } from '../../lib/cloud/check.ts';
import { createInventory } from '../../lib/cloud/inventory.ts';
import { answeredBy, anything, asUser, wire } from './support.ts';

describe('an ID', () => {
  for (const id of ['1', '7', '9223372036854775807', 1, Number.MAX_SAFE_INTEGER]) {
    it(`may be ${typeof id === 'string' ? `'${id}'` : id}`, () => {
      expect(checkID('groupId', id)).to.equal(String(id));
    });
  }

  const refused: unknown[] = [
    '',
    '0',
    '-1',
    '007',
    '1.5',
    ' 1',
    '1 ',
    '1\n',
    '１',
    '7/roles',
    '../7',
    "7' || 'a' == 'a",
    '7;badges=true',
    '7,8',
    '12345678901234567890',
    0,
    -1,
    1.5,
    NaN,
    Infinity,
    Number.MAX_SAFE_INTEGER + 1,
    7n,
    null,
    undefined,
    ['7'],
    { toString: () => '7' },
  ];
  for (const id of refused) {
    it(`is refused by name when it is ${typeof id === 'string' ? JSON.stringify(id) : String(id)} (${typeof id})`, () => {
      expect(() => checkID('groupId', id)).to.throw(TypeError, /^groupId must be a Roblox ID/);
    });
  }
});

describe('no string given as an ID or a filter value', () => {
  it('changes a path of groups, or the filter of memberships', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        const { call, requests } = wire(() => ({ text: '{"groupMemberships":[],"groupRoles":[]}' }));
        const groups = createGroups(call, asUser);
        const tries = [
          async () => groups.get(text),
          async () => groups.roles(text).toArray(),
          async () => groups.memberships(text).toArray(),
          async () => groups.memberships('7', { role: text }).toArray(),
          async () => groups.memberships('7', { user: text }).toArray(),
          async () => groups.membership(text),
          async () => groups.rank(text),
          async () => groups.list({ userIds: [text] }).toArray(),
          async () => groups.joinRequests('7', { user: text }).toArray(),
          async () => groups.joinRequests(text).toArray(),
          async () => groups.assignRole(text, { userId: '2', roleId: '9' }),
          async () => groups.unassignRole('7', { userId: text, roleId: '9' }),
          async () => groups.setRole('7', { userId: '2', roleId: text }),
          async () => groups.acceptJoinRequest('7', text),
          async () => groups.declineJoinRequest(text, '2'),
          async () => createExperiences(call).publish(text, 'topic', 'message'),
          async () => createExperiences(call).get(text),
          async () => createExperiences(call).restartServers(text),
          async () => createExperiences(call).restartServers('7', { placeIds: [text] }),
        ];
        for (const attempt of tries) {
          await attempt().catch((error: unknown) => expect(error).to.be.instanceOf(TypeError));
        }
        for (const { url } of requests) {
          const { pathname, searchParams, origin, hash } = new URL(url);
          expect(origin + hash).to.equal('https://apis.roblox.com');
          expect(pathname).to.match(
            /^\/cloud\/v2\/(groups\/([1-9]\d*|-)(\/(roles|memberships|join-requests)(\/[1-9]\d*(:\w+)?)?)?|universes\/[1-9]\d*(:\w+)?)$/,
          );
          expect(searchParams.get('filter') ?? '').to.match(
            /^$|^user == 'users\/\d+'$|^user in \['users\/\d+'\]$|^role == 'groups\/7\/roles\/\d+'$/,
          );
        }
        for (const { body } of requests) {
          if (body !== undefined)
            expect(body).to.match(/^\{("role":"groups\/\d+\/roles\/\d+"|"placeIds":\[\d+\]|"topic":.*)?\}$/);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('changes an inventory filter', async () => {
    const field = fc.constantFrom('assetTypes', 'assetIds', 'badgeIds', 'gamePassIds', 'privateServerIds');
    await fc.assert(
      fc.asyncProperty(field, fc.array(anything, { minLength: 1, maxLength: 4 }), async (name, values) => {
        const { call, calls } = answeredBy(() => ({}));
        try {
          await createInventory(call, asUser)
            .list({ [name]: values })
            .toArray();
        } catch (error) {
          expect(error).to.be.instanceOf(TypeError);
          return;
        }
        const wireName = name === 'assetTypes' ? 'inventoryItemAssetTypes' : name;
        expect(calls[0]?.query?.['filter']).to.equal(`${wireName}=${values.join(',')}`);
        for (const value of values) expect(value).to.match(name === 'assetTypes' ? /^\w+$/ : /^[1-9]\d*$/);
      }),
    );
  });

  it('changes the path of a listing, given as a user ID by a server', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        const { call, requests } = wire(() => ({ text: '{}' }));
        await createInventory(call, async () => text)
          .list()
          .toArray()
          .catch((error: unknown) => expect(error).to.be.instanceOf(TypeError));
        for (const { url } of requests) expect(new URL(url).pathname.split('/')).to.have.length(6);
      }),
    );
  });
});
