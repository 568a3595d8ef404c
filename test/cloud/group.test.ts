import { expect } from 'chai';
import fc from 'fast-check';
import { readGroup, readJoinRequest, readMembership, readRole } from '../../lib/cloud/group.ts';
import { readExperience } from '../../lib/cloud/experiences.ts';
import { readUser } from '../../lib/cloud/user.ts';

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

describe('a field of another type than Roblox describes', () => {
  const cases: [string, (json: unknown) => object, Record<string, unknown>, Record<string, unknown>][] = [
    [
      'in a group',
      readGroup,
      { memberCount: null, publicEntryAllowed: 'yes', locked: 0, verified: {}, owner: 7, description: 7 },
      { id: '', displayName: '', description: '' },
    ],
    [
      'in a role',
      readRole,
      { rank: '255', memberCount: '5', description: null, permissions: { fly: 'yes', ban: true, kick: null } },
      { id: '', displayName: '', rank: 0, permissions: { ban: true } },
    ],
    ['in a role, where it is no object', readRole, { permissions: [true] }, { id: '', displayName: '', rank: 0 }],
    [
      'in a user',
      readUser,
      { name: 7, about: null, premium: 1, idVerified: 'true', socialNetworkProfiles: { x: 'y', z: null }, locale: [] },
      { id: '', name: '', displayName: '', socialNetworkProfiles: { x: 'y' } },
    ],
    [
      'in an experience',
      readExperience,
      {
        displayName: null,
        privateServerPriceRobux: null,
        vrEnabled: 'no',
        visibility: 1,
        user: 'users/me',
        rootPlace: {},
      },
      { id: '', displayName: '', description: '' },
    ],
  ];
  for (const [name, read, sent, fields] of cases) {
    it(`is left out ${name}, and stays in raw`, () => {
      const { createdAt: _created, updatedAt: _updated, ...rest } = read(sent) as Record<string, unknown>;
      expect(rest).to.deep.equal({ ...fields, raw: sent });
    });
  }

  it('never has a field that was not sent or that has the wrong type, for any JSON', () => {
    const types: Record<string, string> = {
      memberCount: 'number',
      locked: 'boolean',
      verified: 'boolean',
      publicEntryAllowed: 'boolean',
      ownerId: 'string',
    };
    const sent = fc.record(
      Object.fromEntries(
        [...Object.keys(types), 'owner', 'toString', '__proto__'].map((name) => [name, fc.anything()]),
      ),
    );
    fc.assert(
      fc.property(sent, ({ ownerId: _none, ...raw }) => {
        const group: object = readGroup(raw);
        for (const [name, type] of Object.entries(types)) {
          if (Object.hasOwn(group, name)) expect(typeof Reflect.get(group, name)).to.equal(type);
        }
      }),
    );
  });
});
