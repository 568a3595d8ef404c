import { expect } from 'chai';

import { startEmulator, type Emulator } from '../../lib/emulator/index.ts';
import { createBench, type Bench } from './support.ts';

const MANGO = '4100000001';
const NELL = '4100000002';
const ana = { id: '12', username: 'ana', displayName: 'Ana', createdAt: new Date(0) };

describe('While the emulator runs, a test can', () => {
  let roblox: Emulator;
  let bench: Bench;
  beforeEach(async () => {
    roblox = await startEmulator();
    bench = createBench(roblox);
  });
  afterEach(() => roblox.close());

  async function readRoles(userId: string): Promise<unknown> {
    const filter = encodeURIComponent(`user == 'users/${userId}'`);
    const { json } = await bench.get(`/cloud/v2/groups/7001/memberships?filter=${filter}`, await bench.token());
    return (json['groupMemberships'] as { roles: unknown }[])[0]?.roles;
  }
  const role = (id: string) => `groups/7001/roles/${id}`;

  it('replace all people and groups', () => {
    roblox.replacePeople({ users: [ana] });
    expect(roblox.users).to.deep.equal([ana]);
    expect(() => roblox.setRank({ groupId: '7001', userId: '12', rank: 1 })).to.throw('No group has the ID 7001');
  });

  it('change fields of a person, who keeps memberships unless groups are given', async () => {
    roblox.setRank({ groupId: '7001', userId: NELL, rank: 200 });
    roblox.changeUser({ id: NELL, displayName: 'Nell II' });
    expect(roblox.users.find(({ id }) => id === NELL)).to.include({ displayName: 'Nell II', username: 'quiet_nell' });
    expect(await readRoles(NELL)).to.deep.equal([role('700101'), role('700104')]);
    roblox.changeUser({ id: NELL, groups: [{ id: '7001', roleIds: ['700102'] }] });
    expect(await readRoles(NELL)).to.deep.equal([role('700101'), role('700102')]);
  });

  it('give exactly these roles, and end a membership', async () => {
    roblox.setRoles({ groupId: '7001', userId: MANGO, roleIds: ['700105'] });
    expect(await readRoles(MANGO)).to.deep.equal([role('700101'), role('700105')]);
    roblox.removeMember({ groupId: '7001', userId: MANGO });
    expect(await readRoles(MANGO)).to.equal(undefined);
  });

  it('add an item to the end of an inventory, and remove items by their ID, with methods that stand alone', () => {
    const { addItem, removeItem } = roblox;
    const item = { badgeDetails: { badgeId: '8' } };
    addItem({ userId: NELL, item });
    addItem({ userId: NELL, item: { gamePassDetails: { gamePassId: '5' } } });
    addItem({ userId: NELL, item: { privateServerDetails: { privateServerId: '5' } } });
    removeItem({ userId: NELL, itemId: '5' });
    expect(roblox.users.find(({ id }) => id === NELL)?.inventory).to.deep.equal([item]);
  });

  it('remove a person, whose tokens are refused from then on', async () => {
    const token = await bench.token({ user: NELL });
    roblox.removeUser({ id: NELL });
    expect((await bench.get('/oauth/v1/userinfo', token)).status).to.equal(401);
  });

  it('spend the quota of an operation of Open Cloud, but of no other path', async () => {
    await roblox.spendQuota({ path: '/cloud/v2/groups/{group_id}' });
    expect((await bench.get('/cloud/v2/groups/7001', await bench.token())).status).to.equal(429);
    const outcome = await roblox.spendQuota({ path: '/nowhere' }).catch((error: unknown) => error);
    expect(String(outcome)).to.include('path GET /nowhere is not an operation of the emulator');
  });

  const mistakes: [string, () => void, RegExp][] = [
    ['an unknown person', () => roblox.addItem({ userId: '1', item: {} }), /userId is not the ID of a person: 1/],
    ['an item of no kind', () => roblox.addItem({ userId: NELL, item: {} }), /inventory\[0\] needs assetDetails/],
    ['a rank of no role', () => roblox.setRank({ groupId: '7001', userId: NELL, rank: 3 }), /rank 3 is no rank/],
    ['a numeric ID', () => roblox.addGroup({ id: 8 as never }), /groups\[0\]\.id must be a string of digits/],
  ];
  for (const [name, change, message] of mistakes) {
    it(`not use ${name}: nothing changes`, () => {
      const before = roblox.users;
      expect(change).to.throw(TypeError, message);
      expect(roblox.users).to.deep.equal(before);
    });
  }
});
