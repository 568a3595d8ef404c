import { expect } from 'chai';

import { withEmulator } from '../support.ts';
import type { Bench } from '../support.ts';

const OWNER = '4100000004';
const MANGO = '4100000001';
const NELL = '4100000002';
const scope = 'openid group:read group:write';
const membership = `/cloud/v2/groups/7001/memberships/${MANGO}`;
const role = (id: string) => ({ role: `groups/7001/roles/${id}` });

async function readRoles(bench: Bench, userId = MANGO): Promise<unknown> {
  const filter = encodeURIComponent(`user == 'users/${userId}'`);
  const { json } = await bench.get(`/cloud/v2/groups/7001/memberships?filter=${filter}`, await bench.token());
  const [row] = json['groupMemberships'] as Record<string, unknown>[];
  return (row?.['roles'] as string[] | undefined)?.map((path) => path.slice(path.lastIndexOf('/') + 1));
}

describe('Members of an emulated group', () => {
  const use = (test: (bench: Bench, token: string) => Promise<void>) => () =>
    withEmulator({}, async (bench) => test(bench, await bench.token({ user: OWNER, scope })));

  it(
    'get a role beside those that they have, and lose it again',
    use(async (bench, token) => {
      const assigned = await bench.postJson(`${membership}:assignRole`, role('700104'), token);
      expect(assigned.status).to.equal(200);
      expect(assigned.json).to.include({ user: `users/${MANGO}`, role: 'groups/7001/roles/700104' });
      expect(await readRoles(bench)).to.deep.equal(['700101', '700102', '700103', '700104']);
      const unassigned = await bench.postJson(`${membership}:unassignRole`, role('700104'), token);
      expect(unassigned.json).to.include({ role: 'groups/7001/roles/700103' });
      expect(await readRoles(bench)).to.deep.equal(['700101', '700102', '700103']);
    }),
  );

  it(
    'keep their time of change when nothing changes',
    use(async (bench, token) => {
      for (const [verb, id] of [
        ['assignRole', '700102'],
        ['unassignRole', '700104'],
      ] as const) {
        const { status, json } = await bench.postJson(`${membership}:${verb}`, role(id), token);
        expect(status).to.equal(200);
        expect(json['updateTime']).to.equal('2022-06-01T10:00:00.000Z');
      }
      const { json } = await bench.postJson(`${membership}:assignRole`, role('700104'), token);
      expect(Date.parse(String(json['updateTime']))).to.be.closeTo(Date.now(), 5000);
      expect(json['createTime']).to.equal('2022-06-01T10:00:00.000Z');
    }),
  );

  it(
    'have one role beside the base role after an update',
    use(async (bench, token) => {
      const { status, json } = await bench.postJson(membership, role('700102'), token, 'PATCH');
      expect({ status, role: json['role'] }).to.deep.equal({ status: 200, role: 'groups/7001/roles/700102' });
      expect(await readRoles(bench)).to.deep.equal(['700101', '700102']);
    }),
  );

  const refused: [string, { path?: string; body?: unknown; user?: string; scope?: string }, number][] = [
    ['without the scope', { scope: 'openid group:read' }, 403],
    ['by a member without the permission', { user: MANGO, path: `/cloud/v2/groups/7001/memberships/${OWNER}` }, 403],
    ['by a stranger to the group', { user: NELL }, 403],
    ['on oneself', { path: `/cloud/v2/groups/7001/memberships/${OWNER}` }, 403],
    ['in a group that does not exist', { path: `/cloud/v2/groups/1/memberships/${MANGO}` }, 404],
    ['for somebody who is no member', { path: `/cloud/v2/groups/7001/memberships/${NELL}` }, 404],
    ['for nobody', { path: '/cloud/v2/groups/7001/memberships/1' }, 404],
    ['with the guest role', { body: role('700100') }, 400],
    ['with the base role', { body: role('700101') }, 400],
    ['with the owner role', { body: role('700105') }, 400],
    ['with a role of another group', { body: { role: 'groups/7002/roles/700202' } }, 400],
    ['with a role that does not exist', { body: role('9') }, 404],
    ['with an ID where a path belongs', { body: { role: '700102' } }, 400],
    ['without a role', { body: {} }, 400],
  ];
  for (const [name, about, status] of refused) {
    it(`change no role ${name}`, async () => {
      await withEmulator({}, async (bench) => {
        const token = await bench.token({ user: about.user ?? OWNER, scope: about.scope ?? scope });
        const body = about.body ?? role('700102');
        const before = await readRoles(bench);
        for (const [suffix, method] of [
          [':assignRole', 'POST'],
          [':unassignRole', 'POST'],
          ['', 'PATCH'],
        ] as const) {
          const response = await bench.postJson(`${about.path ?? membership}${suffix}`, body, token, method);
          expect(response.status, suffix).to.equal(status);
          expect(response.json['message'], suffix).to.be.a('string');
        }
        expect(await readRoles(bench)).to.deep.equal(before);
      });
    });
  }

  it('can change only lower ranks, and need the changeRank permission', async () => {
    const person = (id: string, roleIds: string[]) => ({
      ...{ id, username: `u${id}`, displayName: `U${id}`, createdAt: new Date(0), picture: null },
      groups: [{ id: '9', roleIds }],
    });
    const roles = [
      { id: '91', displayName: 'Helper', rank: 10 },
      { id: '92', displayName: 'Manager', rank: 100, permissions: { changeRank: true } },
      { id: '93', displayName: 'Chief', rank: 200 },
    ];
    const users = [person('1', ['92']), person('2', ['91']), person('3', ['92']), person('4', ['93'])];
    await withEmulator({ users, groups: [{ id: '9', roles }] }, async (bench) => {
      const token = await bench.token({ scope });
      const assign = async (userId: string, id: string) => {
        const path = `/cloud/v2/groups/9/memberships/${userId}:assignRole`;
        return (await bench.postJson(path, { role: `groups/9/roles/${id}` }, token)).status;
      };
      expect(await assign('2', '91')).to.equal(200);
      expect(await assign('2', '92')).to.equal(403);
      expect(await assign('2', '93')).to.equal(403);
      expect(await assign('3', '91')).to.equal(403);
      expect(await assign('4', '91')).to.equal(403);
    });
  });

  describe('who asked to join', () => {
    const path = `/cloud/v2/groups/7001/join-requests/${NELL}`;

    it(
      'are members with the base role once they are accepted, and count',
      use(async (bench, token) => {
        const { status, text } = await bench.postJson(`${path}:accept`, {}, token);
        expect({ status, text }).to.deep.equal({ status: 200, text: '' });
        expect(await readRoles(bench, NELL)).to.deep.equal(['700101']);
        expect((await bench.get('/cloud/v2/groups/7001', token)).json['memberCount']).to.equal(5121);
        const list = await bench.get('/cloud/v2/groups/7001/join-requests', token);
        expect(list.json['groupJoinRequests']).to.deep.equal([]);
        expect((await bench.postJson(`${path}:accept`, {}, token)).status).to.equal(404);
      }),
    );

    it(
      'are gone once they are declined',
      use(async (bench, token) => {
        expect((await bench.postJson(`${path}:decline`, {}, token)).status).to.equal(200);
        expect(await readRoles(bench, NELL)).to.equal(undefined);
        expect((await bench.postJson(`${path}:decline`, {}, token)).status).to.equal(404);
      }),
    );

    it('are not accepted without scope, permission, body or request', async () => {
      await withEmulator({}, async (bench) => {
        const accept = async (about: { user: string; scope: string }, at = path, body: unknown = {}) =>
          (await bench.postJson(`${at}:accept`, body, await bench.token(about))).status;
        expect(await accept({ user: OWNER, scope: 'openid group:read' })).to.equal(403);
        expect(await accept({ user: MANGO, scope })).to.equal(403);
        expect(await accept({ user: OWNER, scope }, path, 7)).to.equal(400);
        expect(await accept({ user: OWNER, scope }, path.replace(NELL, MANGO))).to.equal(404);
        expect(await accept({ user: OWNER, scope })).to.equal(200);
      });
    });
  });
});
