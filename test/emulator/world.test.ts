import { expect } from 'chai';

import { findBaseRole, readRank, World } from '../../lib/emulator/world.ts';
import { withEmulator } from './support.ts';

type Row = Record<string, unknown>;

describe('The people and groups of the emulator', () => {
  it('groups that only a member mentions get roles, ranks, a guest role and the base role', async () => {
    const person = (id: string, roleIds: string[]) => ({
      ...{ id, username: `u${id}`, displayName: `U${id}`, createdAt: new Date(0), picture: null },
      groups: [{ id: '9', displayName: 'Nine', roleIds }],
    });
    await withEmulator({ users: [person('1', ['91']), person('2', ['92', '91'])] }, async (own) => {
      const bearer = await own.token();
      const { json } = await own.get('/cloud/v2/groups/9/roles', bearer);
      expect(
        (json['groupRoles'] as Row[]).map((role) => [role['id'], role['rank'], role['memberCount']]),
      ).to.deep.equal([
        ['900', 0, undefined],
        ['901', 1, 2],
        ['91', 2, 2],
        ['92', 3, 1],
      ]);
      const members = await own.get('/cloud/v2/groups/9/memberships', bearer);
      expect((members.json['groupMemberships'] as Row[]).map((row) => row['role'])).to.deep.equal([
        'groups/9/roles/91',
        'groups/9/roles/92',
      ]);
    });
  });

  const group = { id: '7', roles: [{ id: '71', displayName: 'Friend', rank: 20 }] };
  const ana = { id: '1', username: 'ana', displayName: 'Ana', createdAt: new Date(0) };

  it('have the facts that were given first, and missing ones from later', () => {
    const world = new World({ users: [], groups: [{ ...group, displayName: 'Seven' }] });
    world.addGroup({ id: '7', displayName: 'Other', description: 'We are seven.' });
    expect(world.findGroup('7').facts).to.include({ displayName: 'Seven', description: 'We are seven.' });
  });

  it('give every member the base role, and a rank, which is 0 for others', () => {
    const world = new World({ users: [ana], groups: [group] });
    const seven = world.findGroup('7');
    expect(readRank(seven, '1')).to.equal(0);
    world.setRoles('7', '1', ['71'], new Date(5));
    world.setRoles('7', '1', ['71'], new Date(9));
    const expected = { roleIds: [findBaseRole(seven).id, '71'], joinedAt: new Date(5), changedAt: new Date(9) };
    expect(seven.members.get('1')).to.deep.equal(expected);
    expect(readRank(seven, '1')).to.equal(20);
    expect(world.listGroups('1')).to.deep.equal([seven]);
    expect(() => world.setRoles('7', '1', ['72'], new Date(9))).to.throw(TypeError, 'Group 7 has no role 72');
    world.removeUser('1');
    expect(readRank(seven, '1')).to.equal(0);
  });

  it('count the members of memberCount who are not in the emulator', () => {
    const groups = [{ id: '7', roleIds: ['71'] }];
    const world = new World({ users: [{ ...ana, groups }], groups: [{ ...group, memberCount: 10 }] });
    expect(world.findGroup('7').others).to.equal(9);
  });

  it('have experiences, which are found by their ID', () => {
    const about = { id: '5', name: 'Kites' };
    const world = new World({ users: [{ ...ana, experiences: [about] }] });
    expect(world.findExperience('5')).to.deep.equal({ about, userId: '1' });
    expect(world.findExperience('6')).to.equal(undefined);
  });
});
