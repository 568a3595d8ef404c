import { expect } from 'chai';

import { readMembershipFilter } from '../../../lib/emulator/cloud/groups.ts';
import { startEmulator } from '../../../lib/emulator/index.ts';
import type { Emulator } from '../../../lib/emulator/index.ts';
import { createBench } from '../support.ts';
import type { Bench } from '../support.ts';

type Row = Record<string, unknown>;

describe('Emulated groups', () => {
  let roblox: Emulator;
  let bench: Bench;
  let token: string;
  before(async () => {
    roblox = await startEmulator();
    bench = createBench(roblox);
    token = await bench.token({ scope: 'openid' });
  });
  after(() => roblox.close());

  async function memberships(group: string, filter?: string): Promise<Row[]> {
    const query = new URLSearchParams({ maxPageSize: '100', ...(filter === undefined ? {} : { filter }) });
    const { status, json } = await bench.get(`/cloud/v2/groups/${group}/memberships?${query}`, token);
    expect(status, JSON.stringify(json)).to.equal(200);
    return json['groupMemberships'] as Row[];
  }

  it('a user’s groups are listed by user, with == and with in', async () => {
    const expected = [
      {
        path: 'groups/7001/memberships/4100000001',
        createTime: '2022-06-01T10:00:00.000Z',
        updateTime: '2022-06-01T10:00:00.000Z',
        user: 'users/4100000001',
        role: 'groups/7001/roles/700103',
        roles: ['groups/7001/roles/700101', 'groups/7001/roles/700102', 'groups/7001/roles/700103'],
      },
      {
        path: 'groups/7002/memberships/4100000001',
        createTime: '2020-11-20T17:45:10.123Z',
        updateTime: '2020-11-20T17:45:10.123Z',
        user: 'users/4100000001',
        role: 'groups/7002/roles/700204',
        roles: ['groups/7002/roles/700201', 'groups/7002/roles/700204'],
      },
    ];
    expect(await memberships('-', "user == 'users/4100000001'")).to.deep.equal(expected);
    expect(await memberships('-', "user in ['users/4100000001']")).to.deep.equal(expected);
    expect(await memberships('-', "user in ['users/4100000001', 'users/4100000004']")).to.have.length(5);
    expect(await memberships('-', "user == 'users/4100000002'")).to.deep.equal([]);
  });

  it('a group’s members are listed, all of them, by user or by role', async () => {
    const users = (rows: Row[]) => rows.map((row) => row['user']);
    expect(users(await memberships('7001'))).to.deep.equal(['users/4100000001', 'users/4100000004']);
    expect(users(await memberships('7001', "user == 'users/4100000004'"))).to.deep.equal(['users/4100000004']);
    expect(users(await memberships('7001', "role == 'groups/7001/roles/700102'"))).to.deep.equal(['users/4100000001']);
    expect(users(await memberships('7001', "role == 'groups/7001/roles/700103'"))).to.have.length(2);
    expect(await memberships('7001', "role == 'groups/7002/roles/700103'")).to.deep.equal([]);
  });

  const many = (count: number) => `user in [${Array.from({ length: count }, (_, id) => `'users/${id}'`).join(', ')}]`;
  for (const [group, filter] of [
    ['-', ''],
    ['-', "role == 'groups/7001/roles/700102'"],
    ['-', many(51)],
    ['7001', 'user'],
    ['7001', 'user == users/1'],
    ['7001', "user == 'users/1"],
    ['7001', "user == 'users/1' || true"],
    ['7001', "user != 'users/1'"],
    ['7001', "user == 'groups/1'"],
    ['7001', "user in ['users/1']"],
    ['7001', "role in ['groups/7001/roles/700102']"],
    ['-', 'user in []'],
    ['-', "user in ['users/1',]"],
    ['7001', "rank == '255'"],
    ['7001', 'badges=true'],
  ] as const) {
    it(`refuses the filter ${JSON.stringify(filter.slice(0, 40))} on groups/${group}`, async () => {
      const query = new URLSearchParams({ filter });
      const { status, json } = await bench.get(`/cloud/v2/groups/${group}/memberships?${query}`, token);
      expect({ status, code: json['code'] }).to.deep.equal({ status: 400, code: 'INVALID_ARGUMENT' });
    });
  }

  it('takes fifty users, white space and both kinds of quotes', () => {
    expect(readMembershipFilter(many(50), true)?.values).to.have.length(50);
    expect(readMembershipFilter(' user  in [ "users/1" ,\'users/2\' ] ', true)).to.deep.equal({
      field: 'user',
      values: ['users/1', 'users/2'],
    });
  });

  it('a group can be read without a scope; without an owner it has no such field', async () => {
    const { json } = await bench.get('/cloud/v2/groups/7001', token);
    expect(json).to.include({ path: 'groups/7001', id: '7001', displayName: 'Sky Island Builders', memberCount: 5120 });
    expect(json).to.include({ owner: 'users/4100000004', verified: true, locked: false });
    const abandoned = await bench.get('/cloud/v2/groups/7003', token);
    expect(abandoned.json).to.include({ locked: true }).and.not.have.property('owner');
    expect((await bench.get('/cloud/v2/groups/1', token)).status).to.equal(404);
    expect((await bench.get('/cloud/v2/groups/-', token)).status).to.equal(404);
  });

  it('roles come by rank, the guest first and without a member count', async () => {
    const { json } = await bench.get('/cloud/v2/groups/7001/roles?maxPageSize=20', token);
    const roles = json['groupRoles'] as Row[];
    expect(roles.map((role) => role['rank'])).to.deep.equal([0, 1, 50, 80, 200, 255]);
    expect(roles[0]).not.to.have.property('memberCount');
    expect(roles[1]).to.have.property('memberCount');
  });

  it('permissions, descriptions and times of roles are visible by Roblox’s rules', async () => {
    const fields = async (about: { user: string; scope: string }) => {
      const bearer = await bench.token(about);
      const { json } = await bench.get('/cloud/v2/groups/7001/roles?maxPageSize=20', bearer);
      return (json['groupRoles'] as Row[]).map((role) => ['permissions', 'createTime'].filter((key) => key in role));
    };
    const none: string[] = [];
    const seen = ['permissions'];
    const all = ['permissions', 'createTime'];
    expect(await fields({ user: '4100000001', scope: 'openid' })).to.deep.equal([seen, none, none, none, none, none]);
    expect(await fields({ user: '4100000001', scope: 'openid group:read' })).to.deep.equal([
      ...[seen, seen, seen, seen, none, none],
    ]);
    expect(await fields({ user: '4100000004', scope: 'openid group:read' })).to.deep.equal(Array(6).fill(all));
  });

  it('one role is found by its ID', async () => {
    const { json } = await bench.get('/cloud/v2/groups/7002/roles/700204', token);
    expect(json).to.include({ path: 'groups/7002/roles/700204', id: '700204', displayName: 'Founder', rank: 255 });
    expect((await bench.get('/cloud/v2/groups/7001/roles/700204', token)).status).to.equal(404);
  });

  it('join requests are for those who may accept them', async () => {
    const owner = await bench.token({ user: '4100000004', scope: 'openid group:read' });
    const { json } = await bench.get('/cloud/v2/groups/7001/join-requests', owner);
    expect((json['groupJoinRequests'] as Row[]).map((row) => row['user'])).to.deep.equal(['users/4100000002']);
    const member = await bench.token({ scope: 'openid group:read' });
    expect((await bench.get('/cloud/v2/groups/7001/join-requests', member)).status).to.equal(403);
    const narrow = await bench.token({ user: '4100000004', scope: 'openid' });
    expect((await bench.get('/cloud/v2/groups/7001/join-requests', narrow)).status).to.equal(403);
  });
});
