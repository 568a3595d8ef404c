import { RobloxAPIError } from '../errors.ts';
import { readCallOptions, runCall, type CallLimits, type CallOptions, type MakeCall } from './call.ts';
import { checkID, checkIDs, checkObject, checkWholeNumber, type ID } from './check.ts';
import {
  readGroup,
  readJoinRequest,
  readMembership,
  readRole,
  type Group,
  type GroupJoinRequest,
  type GroupMembership,
  type GroupRole,
} from './group.ts';
import { listCalls, type List, type Listing, type ListOptions } from './pages.ts';

/** Whose memberships to list. */
export interface UserFilter {
  /** IDs of up to 50 users, in this app's domain; the signed-in user by default. */
  readonly userIds?: readonly ID[] | undefined;
}

/** Which members to list: all, those with one role, or one user. */
export interface MembershipFilter {
  /** A role's ID. */
  readonly role?: ID | undefined;
  /** A user's ID, in this app's domain. Not together with `role`. */
  readonly user?: ID | undefined;
}

/** Which join requests to list: all, or one user's. */
export interface JoinRequestFilter {
  /** A user's ID, in this app's domain. */
  readonly user?: ID | undefined;
}

/** The options of {@link Groups.rank}. */
export interface RankOptions extends CallOptions {
  /**
   * Give it when you only need to know whether the rank is this or higher. It saves a request for 1: every member has rank 1 or higher, so no
   * role is read, and the result for a member is 1. Other values change nothing.
   */
  readonly minRank?: number | undefined;
}

/** A member and a role. */
export interface RoleChange extends CallOptions {
  /** The member's ID, in this app's domain. */
  readonly userId: ID;
  /** The role's ID, not its rank. */
  readonly roleId: ID;
}

/** Calls about the user's groups, and about any group. */
export interface Groups {
  /**
   * Reads a group.
   * Scope: none. Quota: 30 requests a minute for each authorization.
   * @throws {RobloxAPIError} 404: no such group
   */
  get(groupId: ID, options?: CallOptions): Promise<Group>;
  /**
   * Lists the memberships of the signed-in user, or of up to 50 users: one for each group of each user.
   * Scope: none. Quota of memberships: 90 requests a minute for each authorization, of up to 100 memberships.
   * @throws {TypeError} more than 50 users: list them in parts
   */
  list(options?: UserFilter & ListOptions): List<GroupMembership>;
  /**
   * Lists the roles of a group.
   * Scope: none; `group:read` shows permissions too. Quota: 90 requests a minute for each authorization, of up to 20 roles.
   */
  roles(groupId: ID, options?: ListOptions): List<GroupRole>;
  /**
   * Lists the members of a group: all, those with one role, or one user.
   * Scope: none. Quota of memberships, as {@link Groups.list}.
   */
  memberships(groupId: ID, options?: MembershipFilter & ListOptions): List<GroupMembership>;
  /**
   * Reads the signed-in user's membership of a group, in one request.
   * Scope: none. Quota of memberships, as {@link Groups.list}.
   * @returns undefined when the user is not a member, or there is no such group
   */
  membership(groupId: ID, options?: CallOptions): Promise<GroupMembership | undefined>;
  /**
   * Reads the signed-in user's rank in a group: the highest rank of their roles.
   * Scope: none. One request of the memberships' quota; for a member one more of the quota for reading a role (not with `minRank: 1`). Both
   * are 90 requests a minute for each authorization. For many users, fewer requests are needed to read {@link Groups.roles} once and to
   * {@link Groups.list} 50 users at a time.
   * @returns 0 to 255; 0 when the user is not a member, or there is no such group
   */
  rank(groupId: ID, options?: RankOptions): Promise<number>;
  /**
   * Gives a member a role in addition to their others. Does nothing when they have it.
   * Scope: `group:write`; the signed-in user must be allowed to change ranks, below their own. Quota: 90 requests a minute for each
   * authorization. Tried again after a 429 only.
   * @returns the membership with its new roles
   * @throws {RobloxAPIError} 400 or 403: the user is not a member, or the role cannot be given (a guest's, the owner's)
   */
  assignRole(groupId: ID, change: RoleChange): Promise<GroupMembership>;
  /**
   * Takes one role from a member. Does nothing when they do not have it.
   * Scope, quota and errors as for {@link Groups.assignRole}.
   */
  unassignRole(groupId: ID, change: RoleChange): Promise<GroupMembership>;
  /**
   * Sets the role of a member with Roblox's "Update Group Membership". Roblox calls that deprecated: use {@link Groups.assignRole} and
   * {@link Groups.unassignRole} when members have several roles.
   * Scope, quota and errors as for {@link Groups.assignRole}.
   */
  setRole(groupId: ID, change: RoleChange): Promise<GroupMembership>;
  /**
   * Lists the requests to join a group: all, or one user's.
   * Scope: `group:read`; the signed-in user must be allowed to accept requests. Quota: 90 requests a minute for each authorization, of
   * up to 20 join requests.
   */
  joinRequests(groupId: ID, options?: JoinRequestFilter & ListOptions): List<GroupJoinRequest>;
  /**
   * Accepts a user's request to join.
   * Scope: `group:write`; the signed-in user must be allowed to accept requests. Quota: 90 requests a minute for each authorization.
   * Tried again after a 429 only.
   * @param userId the user who asked, by their ID in this app's domain
   * @throws {RobloxAPIError} 404: no such request (any more)
   */
  acceptJoinRequest(groupId: ID, userId: ID, options?: CallOptions): Promise<void>;
  /** Declines a user's request to join. Scope, quota and errors as for {@link Groups.acceptJoinRequest}. */
  declineJoinRequest(groupId: ID, userId: ID, options?: CallOptions): Promise<void>;
}

/** Roblox's limit for `user in [...]`. @see https://create.roblox.com/docs/cloud/reference/patterns#list-group-memberships */
const MAX_USERS = 50;

const GROUP = '/cloud/v2/groups/{group_id}';
const MEMBERSHIPS = `${GROUP}/memberships`;
const ROLES = `${GROUP}/roles`;
const JOIN_REQUESTS = `${GROUP}/join-requests`;

/** Makes {@link Groups}. */
export function createGroups(call: MakeCall, askUserId: (limits: CallLimits) => Promise<string>): Groups {
  const listMemberships = (
    groupId: string,
    writeFilter: (limits: CallLimits) => Promise<string | undefined>,
    how: Pick<Listing<GroupMembership>, 'options' | 'limits'>,
  ): List<GroupMembership> =>
    listCalls(call, {
      path: MEMBERSHIPS,
      target: async (limits) => ({ values: { group_id: groupId }, filter: await writeFilter(limits) }),
      field: 'groupMemberships',
      maxPageSize: 100,
      ...how,
      read: readMembership,
    });

  const listRoles = (groupId: string, how: Pick<Listing<GroupRole>, 'options' | 'limits'>): List<GroupRole> =>
    listCalls(call, {
      path: ROLES,
      target: async () => ({ values: { group_id: groupId } }),
      field: 'groupRoles',
      maxPageSize: 20,
      ...how,
      scope: 'group:read',
      read: readRole,
    });

  async function readOwnMembership(groupId: string, limits: CallLimits): Promise<GroupMembership | undefined> {
    const user = await askUserId(limits);
    try {
      const how = { options: {}, limits };
      for await (const member of listMemberships(groupId, async () => `user == 'users/${user}'`, how)) {
        // Gates rely on it: check that it is about this user and this group.
        if (member.userId === user && member.groupId === groupId) return member;
      }
    } catch (error) {
      // No such group (any more): not a member.
      ignoreNotFound(error);
    }
    return undefined;
  }

  async function readRank(member: GroupMembership, limits: CallLimits): Promise<number> {
    const { groupId, roleId, roleIds } = member;
    if (roleId !== '') {
      const values = { group_id: groupId, role_id: roleId };
      const path = `${ROLES}/{role_id}`;
      const asked = call({ method: 'GET', path, values, limits, scope: 'group:read', response: 'object' });
      const role = await asked.then(readRole, ignoreNotFound);
      if (role !== undefined) return role.rank;
    }
    let rank = 0;
    for await (const role of listRoles(groupId, { options: {}, limits })) {
      if (roleIds.includes(role.id)) rank = Math.max(rank, role.rank);
    }
    return rank;
  }

  async function changeRole(groupId: ID, change: RoleChange, method: string, verb: string): Promise<GroupMembership> {
    checkObject('change', change, 'userId and roleId');
    const group = checkID('groupId', groupId);
    const { userId, roleId, ...options } = change;
    const values = { group_id: group, membership_id: checkID('userId', userId) };
    const body = { role: `groups/${group}/roles/${checkID('roleId', roleId)}` };
    const path = `${MEMBERSHIPS}/{membership_id}${verb}`;
    return runCall(options, async (limits) =>
      readMembership(await call({ method, path, values, body, limits, scope: 'group:write', response: 'object' })),
    );
  }

  async function decideJoinRequest(groupId: ID, userId: ID, verb: string, options?: CallOptions): Promise<void> {
    const values = { group_id: checkID('groupId', groupId), join_request_id: checkID('userId', userId) };
    const path = `${JOIN_REQUESTS}/{join_request_id}:${verb}`;
    await runCall(options, (limits) => call({ method: 'POST', path, values, body: {}, limits, scope: 'group:write' }));
  }

  return {
    async get(groupId, options) {
      const values = { group_id: checkID('groupId', groupId) };
      return runCall(options, async (limits) =>
        readGroup(await call({ method: 'GET', path: GROUP, values, limits, response: 'object' })),
      );
    },
    list(options = {}) {
      readCallOptions(options, ['userIds', 'pageSize']);
      const { userIds, ...listOptions } = options;
      const users = userIds === undefined ? undefined : [...new Set(checkIDs('userIds', userIds))];
      if (users !== undefined && users.length > MAX_USERS) {
        throw new TypeError(`userIds must have at most ${MAX_USERS} IDs, but has ${users.length}: list them in parts`);
      }
      const writeFilter = async (limits: CallLimits) => {
        const paths = (users ?? [await askUserId(limits)]).map((user) => `'users/${user}'`);
        // For all groups ("-"), Roblox documents only the operator `in`.
        return `user in [${paths.join(', ')}]`;
      };
      return listMemberships('-', writeFilter, { options: listOptions });
    },
    roles(groupId, options = {}) {
      return listRoles(checkID('groupId', groupId), { options });
    },
    memberships(groupId, options = {}) {
      const group = checkID('groupId', groupId);
      readCallOptions(options, ['role', 'user', 'pageSize']);
      const { role, user, ...listOptions } = options;
      if (role !== undefined && user !== undefined) {
        throw new TypeError('role and user cannot be combined: Roblox filters by one of them');
      }
      const filter =
        role !== undefined
          ? `role == 'groups/${group}/roles/${checkID('role', role)}'`
          : user !== undefined
            ? `user == 'users/${checkID('user', user)}'`
            : undefined;
      return listMemberships(group, async () => filter, { options: listOptions });
    },
    async membership(groupId, options) {
      const group = checkID('groupId', groupId);
      return runCall(options, (limits) => readOwnMembership(group, limits));
    },
    async rank(groupId, options = {}) {
      const group = checkID('groupId', groupId);
      readCallOptions(options, ['minRank']);
      const { minRank, ...others } = options;
      checkWholeNumber('minRank', minRank, 1, 255);
      return runCall(others, async (limits) => {
        const member = await readOwnMembership(group, limits);
        if (member === undefined) return 0;
        return minRank === 1 ? 1 : readRank(member, limits);
      });
    },
    assignRole: (groupId, change) => changeRole(groupId, change, 'POST', ':assignRole'),
    unassignRole: (groupId, change) => changeRole(groupId, change, 'POST', ':unassignRole'),
    setRole: (groupId, change) => changeRole(groupId, change, 'PATCH', ''),
    joinRequests(groupId, options = {}) {
      const values = { group_id: checkID('groupId', groupId) };
      readCallOptions(options, ['user', 'pageSize']);
      const { user, ...listOptions } = options;
      const filter = user === undefined ? undefined : `user == 'users/${checkID('user', user)}'`;
      return listCalls(call, {
        path: JOIN_REQUESTS,
        target: async () => ({ values, filter }),
        field: 'groupJoinRequests',
        maxPageSize: 20,
        options: listOptions,
        scope: 'group:read',
        read: readJoinRequest,
      });
    },
    acceptJoinRequest: (groupId, userId, options) => decideJoinRequest(groupId, userId, 'accept', options),
    declineJoinRequest: (groupId, userId, options) => decideJoinRequest(groupId, userId, 'decline', options),
  };
}

function ignoreNotFound(error: unknown): undefined {
  if (error instanceof RobloxAPIError && error.status === 404) return undefined;
  throw error;
}
