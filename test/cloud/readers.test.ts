import { expect } from 'chai';
import fc from 'fast-check';
import { RobloxAPIError } from '../../lib/errors.ts';
import type { Call } from '../../lib/cloud/call.ts';
import { createGroups, readGroup, readMembership, readRole } from '../../lib/cloud/groups.ts';
import { readTime } from '../../lib/cloud/read.ts';
import { readUser } from '../../lib/cloud/user.ts';
import { answeredBy, asUser } from './support.ts';

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
  it('says whose it is, where, and in which roles', () => {
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

  it('has its one role in roleIds where Roblox sends no list', () => {
    expect(readMembership({ role: 'groups/7/roles/99' })).to.deep.include({
      groupId: '7',
      roleId: '99',
      roleIds: ['99'],
    });
  });
});

describe('a role', () => {
  it('hides nothing, and shows nothing that is not there', () => {
    const raw = { path: 'groups/7/roles/99', id: '99', displayName: 'Member', rank: 1, permissions: { fly: true } };
    expect(readRole(raw)).to.deep.equal({ ...raw, raw });
    expect(readRole({ ...raw, createTime: TIME, updateTime: TIME })).to.deep.include({
      createdAt: DATE,
      updatedAt: DATE,
    });
  });
});

describe('a user', () => {
  it("keeps Roblox's field names", () => {
    const raw = {
      path: 'users/1',
      id: '1',
      name: 'a',
      displayName: 'A',
      createTime: TIME,
      locale: 'en-US',
      premium: true,
    };
    const { createTime: _created, ...fields } = raw;
    expect(readUser(raw)).to.deep.equal({ ...fields, createdAt: DATE, raw });
  });
});

describe('a time', () => {
  it('is the same with 0, 3, 6 or 9 digits of a second', () => {
    for (const digits of ['', '.000', '.000000', '.000000000']) {
      expect(readTime(`2023-07-05T12:34:56${digits}Z`)).to.deep.equal(DATE);
    }
  });

  it('is cut to milliseconds, never rounded into the next day', () => {
    expect(readTime('2023-12-31T23:59:59.999999999Z')?.toISOString()).to.equal('2023-12-31T23:59:59.999Z');
  });

  it('is never an invalid date, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)), (text) => {
        expect(readTime(text)?.getTime()).to.not.be.NaN;
      }),
    );
  });
});

describe('rank', () => {
  const absent = new RobloxAPIError('The group does not exist.', { status: 404, method: 'GET', url: 'https://x/' });
  const membership = {
    path: 'groups/7/memberships/x',
    user: 'users/42',
    role: 'groups/7/roles/99',
    roles: ['groups/7/roles/99'],
  };

  it('is 0 for a stranger, after one request', async () => {
    const { call, calls } = answeredBy(() => ({ groupMemberships: [] }));
    expect(await createGroups(call, asUser).rank('7')).to.equal(0);
    expect(calls).to.have.length(1);
  });

  it('is 0, and no membership, where there is no such group', async () => {
    const { call } = answeredBy(() => {
      throw absent;
    });
    expect(await createGroups(call, asUser).rank('8')).to.equal(0);
    expect(await createGroups(call, asUser).membership('8')).to.equal(undefined);
  });

  it('is an error, and never 0, where Roblox does not tell', async () => {
    const down = new RobloxAPIError('down', { ...absent, status: 503 });
    const { call } = answeredBy(() => {
      throw down;
    });
    expect(
      await createGroups(call, asUser)
        .rank('7')
        .catch((error: unknown) => error),
    ).to.equal(down);
  });

  it('is looked up among the roles where the one role is gone', async () => {
    const { call } = answeredBy((made: Call) => {
      if (made.values?.['role_id'] !== undefined) throw absent;
      return made.path.endsWith('/roles')
        ? { groupRoles: [{ id: '99', rank: 70 }] }
        : { groupMemberships: [membership] };
    });
    expect(await createGroups(call, asUser).rank('7')).to.equal(70);
  });

  it("is the highest role's, after two", async () => {
    const { call, calls } = answeredBy((made: Call) =>
      made.values?.['role_id'] === '99' ? { id: '99', rank: 80 } : { groupMemberships: [membership] },
    );
    expect(await createGroups(call, asUser).rank(7)).to.equal(80);
    expect(calls).to.have.length(2);
  });

  it('is the highest among the roles where Roblox does not say which it is', async () => {
    const roles = {
      groupRoles: [
        { id: '1', rank: 20 },
        { id: '2', rank: 50 },
        { id: '3', rank: 255 },
      ],
    };
    const { call } = answeredBy(({ path }) =>
      path.endsWith('/roles')
        ? roles
        : { groupMemberships: [{ ...membership, role: undefined, roles: ['groups/7/roles/1', 'groups/7/roles/2'] }] },
    );
    expect(await createGroups(call, asUser).rank('7')).to.equal(50);
  });

  it("is never somebody else's, even where a server ignores the filter", async () => {
    const { call } = answeredBy(() => ({ groupMemberships: [{ ...membership, user: 'users/1' }] }));
    expect(await createGroups(call, asUser).rank('7')).to.equal(0);
    expect(await createGroups(call, asUser).membership('7')).to.equal(undefined);
  });
});
