import { expect } from 'chai';

import { DEMO_PEOPLE, startEmulator } from '../../../lib/emulator/index.ts';
import type { Emulator } from '../../../lib/emulator/index.ts';
import { createBench } from '../support.ts';
import type { Bench } from '../support.ts';
import { findProblemBy } from './schemas.ts';

function expectSchema(name: string, value: unknown): void {
  expect(findProblemBy(name, value), `${name}: ${JSON.stringify(value).slice(0, 500)}`).to.equal(undefined);
}

describe('Responses of the emulated Open Cloud match Roblox’s description', () => {
  let roblox: Emulator;
  let bench: Bench;
  before(async () => {
    roblox = await startEmulator();
    bench = createBench(roblox);
  });
  after(() => roblox.close());

  const scope = 'openid user.inventory-item:read group:read user.advanced:read user.social:read';

  for (const { id, username } of DEMO_PEOPLE) {
    it(`for @${username}`, async () => {
      const token = await bench.token({ user: id, scope });
      const ask = async (path: string) => {
        const { status, json } = await bench.get(`/cloud/v2/${path}`, token);
        expect(status, path).to.equal(200);
        return json;
      };
      let pageToken = '';
      do {
        const page = await ask(`users/${id}/inventory-items?maxPageSize=100&pageToken=${pageToken}`);
        expectSchema('ListInventoryItemsResponse', page);
        pageToken = String(page['nextPageToken'] ?? '');
      } while (pageToken !== '');
      expectSchema('User', await ask(`users/${id}`));
      const filter = encodeURIComponent(`user == 'users/${id}'`);
      expectSchema('ListGroupMembershipsResponse', await ask(`groups/-/memberships?filter=${filter}`));
      for (const group of ['7001', '7002', '7003']) {
        expectSchema('Group', await ask(`groups/${group}`));
        expectSchema('ListGroupMembershipsResponse', await ask(`groups/${group}/memberships`));
        expectSchema('ListGroupRolesResponse', await ask(`groups/${group}/roles`));
        expectSchema('GroupRole', await ask(`groups/${group}/roles/${group}01`));
      }
      const operation = await ask(`users/${id}:generateThumbnail`);
      expectSchema('Operation', operation);
      const { '@type': type, ...response } = (await ask(String(operation['path'])))['response'] as Record<
        string,
        unknown
      >;
      expect(type).to.be.a('string');
      expectSchema('GenerateUserThumbnailResponse', response);
      expectSchema('Operation', await ask(String(operation['path'])));
    });
  }

  it('for join requests', async () => {
    const token = await bench.token({ user: '4100000004', scope });
    const { json } = await bench.get('/cloud/v2/groups/7001/join-requests', token);
    expect(json['groupJoinRequests']).to.have.length(1);
    expectSchema('ListGroupJoinRequestsResponse', json);
  });

  it('the schemas do refuse what Roblox would not send', () => {
    for (const wrong of [{ id: 7 }, { createTime: 'yesterday' }, { rank: 1 }]) {
      expect(findProblemBy('Group', wrong)).to.be.a('string');
    }
  });
});
