import { expect } from 'chai';
import { readGroup, readJoinRequest, readMembership, readRole } from '../../lib/cloud/group.ts';

const TIME = '2023-07-05T12:34:56.000001Z';
const DATE = new Date('2023-07-05T12:34:56.000Z');

describe('a group', () => {
  it('keeps its own field names, with IDs as strings and times as dates', () => {
    const raw = {
      path: 'groups/7',
      createTime: TIME,
      updateTime: TIME,
      id: '7',
      displayName: 'Roblox',
      description: 'Fans',
      owner: 'users/21557',
      memberCount: 10,
      publicEntryAllowed: true,
      locked: false,
      verified: true,
      aFieldOfTomorrow: 'yes',
    };
    const { createTime: _created, updateTime: _updated, owner: _owner, ...fields } = raw;
    expect(readGroup(raw)).to.deep.equal({ ...fields, ownerId: '21557', createdAt: DATE, updatedAt: DATE, raw });
  });

  it('has no owner when it is abandoned', () => {
    expect(readGroup({ id: '7' })).to.not.have.property('ownerId');
  });
});

describe('a membership', () => {
  it('has the user, the group and the roles', () => {
    const raw = {
      path: 'groups/7/memberships/MTIz',
      createTime: TIME,
      updateTime: TIME,
      user: 'users/1',
      role: 'groups/7/roles/99',
      roles: ['groups/7/roles/98', 'groups/7/roles/99'],
    };
    expect(readMembership(raw)).to.deep.equal({
      groupId: '7',
      userId: '1',
      roleId: '99',
      roleIds: ['98', '99'],
      createdAt: DATE,
      updatedAt: DATE,
      raw,
    });
  });

  it('has its only role in roleIds when Roblox sends no list', () => {
    expect(readMembership({ role: 'groups/7/roles/99' })).to.deep.include({
      groupId: '7',
      roleId: '99',
      roleIds: ['99'],
    });
  });
});

describe('a role', () => {
  it('has the fields that Roblox sent, and no others', () => {
    const raw = { path: 'groups/7/roles/99', id: '99', displayName: 'Member', rank: 1, permissions: { fly: true } };
    expect(readRole(raw)).to.deep.equal({ ...raw, raw });
    expect(readRole({ ...raw, createTime: TIME, updateTime: TIME })).to.deep.include({
      createdAt: DATE,
      updatedAt: DATE,
    });
  });
});

describe('a join request', () => {
  it('has the user and the time', () => {
    const raw = { path: 'groups/7/join-requests/2', createTime: TIME, user: 'users/2' };
    expect(readJoinRequest(raw)).to.deep.equal({ userId: '2', createdAt: DATE, raw });
  });
});
