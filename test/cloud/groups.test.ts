import { expect } from 'chai';
import type { Call } from '../../lib/cloud/call.ts';
import { createGroups } from '../../lib/cloud/groups.ts';
import { RobloxAPIError } from '../../lib/errors.ts';
import { catchError } from '../support/thrown.ts';
import { answeredBy, asUser } from './support.ts';

describe('memberships', () => {
  it('are requested with the filter that Roblox documents, the same on every page', async () => {
    const { call, calls } = answeredBy((made: Call) => ({ nextPageToken: made.query?.['pageToken'] ? '' : 'more' }));
    await createGroups(call, asUser).list().toArray();
    await createGroups(call, asUser).memberships('7', { role: '99' }).toArray();
    await createGroups(call, asUser).memberships('7', { user: 3, pageSize: 5 }).toArray();
    expect(calls.map((made) => [made.values, made.query])).to.deep.equal([
      [{ group_id: '-' }, { maxPageSize: 100, pageToken: undefined, filter: "user in ['users/42']" }],
      [{ group_id: '-' }, { maxPageSize: 100, pageToken: 'more', filter: "user in ['users/42']" }],
      [{ group_id: '7' }, { maxPageSize: 100, pageToken: undefined, filter: "role == 'groups/7/roles/99'" }],
      [{ group_id: '7' }, { maxPageSize: 100, pageToken: 'more', filter: "role == 'groups/7/roles/99'" }],
      [{ group_id: '7' }, { maxPageSize: 5, pageToken: undefined, filter: "user == 'users/3'" }],
      [{ group_id: '7' }, { maxPageSize: 5, pageToken: 'more', filter: "user == 'users/3'" }],
    ]);
  });

  it('of up to 50 users are requested in one call', async () => {
    const { call, calls } = answeredBy(() => ({}));
    await createGroups(call, asUser)
      .list({ userIds: ['1', 2, '2'], pageSize: 7 })
      .toArray();
    expect(calls.map((made) => [made.values, made.query])).to.deep.equal([
      [{ group_id: '-' }, { maxPageSize: 7, pageToken: undefined, filter: "user in ['users/1', 'users/2']" }],
    ]);
    const ids = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
    await createGroups(call, asUser)
      .list({ userIds: ids(50) })
      .toArray();
    for (const userIds of [ids(51), [], ['x'], '7', null]) {
      expect(() => createGroups(call, asUser).list({ userIds: userIds as never })).to.throw(TypeError, /^userIds/);
    }
    expect(calls).to.have.length(2);
  });

  it('refuse a role and a user at once', () => {
    const { call } = answeredBy(() => ({}));
    expect(() => createGroups(call, asUser).memberships('7', { role: '1', user: '2' })).to.throw(
      TypeError,
      /role and user/,
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

  it('is 0 for a user who is not a member, after one request', async () => {
    const { call, calls } = answeredBy(() => ({ groupMemberships: [] }));
    expect(await createGroups(call, asUser).rank('7')).to.equal(0);
    expect(calls).to.have.length(1);
  });

  it('is 1 for a member after one request, with minRank: 1', async () => {
    const { call, calls } = answeredBy(() => ({ groupMemberships: [membership] }));
    expect(await createGroups(call, asUser).rank('7', { minRank: 1 })).to.equal(1);
    expect(calls).to.have.length(1);
  });

  it('is 0, and the membership undefined, when there is no such group', async () => {
    const { call } = answeredBy(() => {
      throw absent;
    });
    expect(await createGroups(call, asUser).rank('8')).to.equal(0);
    expect(await createGroups(call, asUser).membership('8')).to.equal(undefined);
  });

  it('is an error, never 0, when Roblox does not answer', async () => {
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

  it('is read from the list of roles when the member’s role is not found', async () => {
    const { call } = answeredBy((made: Call) => {
      if (made.values?.['role_id'] !== undefined) throw absent;
      return made.path.endsWith('/roles')
        ? { groupRoles: [{ id: '99', rank: 70 }] }
        : { groupMemberships: [membership] };
    });
    expect(await createGroups(call, asUser).rank('7')).to.equal(70);
  });

  it('is the rank of the highest role, after two requests', async () => {
    const { call, calls } = answeredBy((made: Call) =>
      made.values?.['role_id'] === '99' ? { id: '99', rank: 80 } : { groupMemberships: [membership] },
    );
    expect(await createGroups(call, asUser).rank(7)).to.equal(80);
    expect(calls).to.have.length(2);
  });

  it('is the highest of the member’s roles when Roblox does not say which that is', async () => {
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

  it('is never the rank of another user, also when a server ignores the filter', async () => {
    const { call } = answeredBy(() => ({ groupMemberships: [{ ...membership, user: 'users/1' }] }));
    expect(await createGroups(call, asUser).rank('7')).to.equal(0);
    expect(await createGroups(call, asUser).membership('7')).to.equal(undefined);
  });
});

describe('a change of roles', () => {
  const raw = {
    path: 'groups/7/memberships/2',
    user: 'users/2',
    role: 'groups/7/roles/99',
    roles: ['groups/7/roles/1', 'groups/7/roles/99'],
  };
  const MEMBERSHIP = '/cloud/v2/groups/{group_id}/memberships/{membership_id}';
  const verbs = [
    ['assignRole', 'POST', `${MEMBERSHIP}:assignRole`],
    ['unassignRole', 'POST', `${MEMBERSHIP}:unassignRole`],
    ['setRole', 'PATCH', MEMBERSHIP],
  ] as const;
  for (const [verb, method, path] of verbs) {
    it(`by ${verb} sends member and role, and returns the membership with all its roles`, async () => {
      const { call, calls } = answeredBy(() => raw);
      const membership = await createGroups(call, asUser)[verb](7, { userId: 2, roleId: '99' });
      expect(membership).to.deep.include({ groupId: '7', userId: '2', roleId: '99', roleIds: ['1', '99'] });
      expect(calls).to.have.length(1);
      const values = { group_id: '7', membership_id: '2' };
      const body = { role: 'groups/7/roles/99' };
      expect(calls[0]).to.deep.include({ method, path, values, body, scope: 'group:write' });
    });

    for (const [name, args] of [
      ['no group', [undefined, { userId: '2', roleId: '99' }]],
      ['no change', ['7']],
      ['a change that is null', ['7', null]],
      ['no member', ['7', { roleId: '99' }]],
      ['no role', ['7', { userId: '2' }]],
      ['a role that leaves its place', ['7', { userId: '2', roleId: '99/../1' }]],
      ['an unknown option', ['7', { userId: '2', roleId: '99', rank: 5 }]],
    ] as const) {
      it(`by ${verb} is refused with ${name}, before any request`, async () => {
        const { call, calls } = answeredBy(() => raw);
        const change = createGroups(call, asUser)[verb] as (...values: readonly unknown[]) => Promise<unknown>;
        expect(await catchError(change(...args))).to.be.instanceOf(TypeError);
        expect(calls).to.deep.equal([]);
      });
    }
  }
});

describe('join requests', () => {
  it('are listed 20 at a time, all or of one user', async () => {
    const raw = { path: 'groups/7/join-requests/2', user: 'users/2', createTime: '2023-07-05T12:34:56Z' };
    const { call, calls } = answeredBy(() => ({ groupJoinRequests: [raw] }));
    const groups = createGroups(call, asUser);
    const createdAt = new Date('2023-07-05T12:34:56Z');
    expect(await groups.joinRequests('7').toArray()).to.deep.equal([{ userId: '2', createdAt, raw }]);
    await groups.joinRequests('7', { user: 2 }).toArray();
    expect(calls.map(({ values, query }) => [values, query])).to.deep.equal([
      [{ group_id: '7' }, { maxPageSize: 20, pageToken: undefined, filter: undefined }],
      [{ group_id: '7' }, { maxPageSize: 20, pageToken: undefined, filter: "user == 'users/2'" }],
    ]);
    expect(() => groups.joinRequests('7', { pageSize: 21 })).to.throw(TypeError, /^pageSize/);
  });

  for (const verb of ['accept', 'decline'] as const) {
    it(`can be ${verb === 'accept' ? 'accepted' : 'declined'}`, async () => {
      const { call, calls } = answeredBy(() => undefined);
      expect(await createGroups(call, asUser)[`${verb}JoinRequest`]('7', 2)).to.equal(undefined);
      expect(calls[0]).to.deep.include({
        method: 'POST',
        path: `/cloud/v2/groups/{group_id}/join-requests/{join_request_id}:${verb}`,
        values: { group_id: '7', join_request_id: '2' },
        body: {},
        scope: 'group:write',
      });
    });
  }
});
