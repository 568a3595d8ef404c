import { expect } from 'chai';

import { DEMO_PEOPLE, startEmulator } from '../../../lib/emulator/index.ts';
import type { Emulator } from '../../../lib/emulator/index.ts';
import { createBench } from '../support.ts';
import type { Bench } from '../support.ts';
import { findProblemBy } from './schemas.ts';

function expectSchema(name: string, value: unknown): void {
  expect(findProblemBy(name, value), `${name}: ${JSON.stringify(value).slice(0, 500)}`).to.equal(undefined);
}

describe('The emulated Open Cloud', () => {
  let roblox: Emulator;
  let bench: Bench;
  before(async () => {
    roblox = await startEmulator();
    bench = createBench(roblox);
  });
  after(() => roblox.close());

  const scope = 'openid user.inventory-item:read group:read user.advanced:read user.social:read';

  for (const { id, username } of DEMO_PEOPLE) {
    it(`sends what Roblox’s description allows, for @${username}`, async () => {
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

  it('sends join requests as Roblox’s description has them', async () => {
    const token = await bench.token({ user: '4100000004', scope });
    const { json } = await bench.get('/cloud/v2/groups/7001/join-requests', token);
    expect(json['groupJoinRequests']).to.have.length(1);
    expectSchema('ListGroupJoinRequestsResponse', json);
  });

  it('is checked by schemas that refuse what Roblox would not send', () => {
    for (const wrong of [{ id: 7 }, { createTime: 'yesterday' }, { rank: 1 }]) {
      expect(findProblemBy('Group', wrong)).to.be.a('string');
    }
  });

  it('refuses a call without a valid token in the form of the gateway', async () => {
    for (const bearer of [undefined, 'made-up']) {
      const { status, json, headers } = await bench.get('/cloud/v2/groups/7001', bearer);
      expect(status).to.equal(401);
      expect(json['errors']).to.be.an('array').with.length(1);
      expect(headers.get('www-authenticate')).to.match(/^Bearer/);
    }
  });

  it('does not find an unknown path, in the form of Open Cloud', async () => {
    for (const path of [
      '/cloud/v2/planets/1',
      '/cloud/v2/groups/7001/',
      '/cloud/v2/groups/../groups/7001',
      '/cloud/v1',
    ]) {
      const { status, json } = await bench.get(path.replace('..', '%2e%2e%2f'), await bench.token());
      expect({ status, code: json['code'] }).to.deep.equal({ status: 404, code: 'NOT_FOUND' });
      expect(json['message']).to.be.a('string');
    }
  });
});
