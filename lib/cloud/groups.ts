import { readID, readString } from '../http/json.ts';
import { RobloxAPIError } from '../errors.ts';
import type { MakeCall } from './call.ts';
import { readPathID, checkID, type ID } from './ids.ts';
import { listCalls } from './list-calls.ts';
import type { List, ListOptions } from './pages.ts';
import { compact, readRaw, readRequiredTime, readTime, type Raw } from './read.ts';

/** A Roblox group. Fields that Roblox adds are here too, under their own names. */
export interface Group {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  /** Missing when the group is abandoned. */
  readonly ownerId?: string;
  readonly memberCount?: number;
  /** Whether anyone can join without being asked in. */
  readonly publicEntryAllowed?: boolean;
  /** Whether Roblox has closed it. */
  readonly locked?: boolean;
  readonly verified?: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** What Roblox sent. */
  readonly raw: Raw;
}

/** Who belongs to a group, and as what. */
export interface GroupMembership {
  readonly groupId: string;
  readonly userId: string;
  /** The highest of the member's roles. */
  readonly roleId: string;
  /** All of them. */
  readonly roleIds: readonly string[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** What Roblox sent. */
  readonly raw: Raw;
}

/** A role in a group. Fields that Roblox adds are here too, under their own names. */
export interface GroupRole {
  readonly id: string;
  readonly displayName: string;
  /** 0 (a guest) to 255 (the owner). Not the ID. */
  readonly rank: number;
  /** Missing for guests. */
  readonly memberCount?: number;
  /** Visible to the owner only. */
  readonly description?: string;
  /** Visible for one's own role, and to the owner for all, with the scope `group:read`. New ones appear over time. */
  readonly permissions?: Readonly<Record<string, boolean>>;
  /** Visible to the owner only. */
  readonly createdAt?: Date;
  /** Visible to the owner only. */
  readonly updatedAt?: Date;
  /** What Roblox sent. */
  readonly raw: Raw;
}

/** What ends a call. */
export interface CallOptions {
  /** Ends the call at once, waits included. */
  readonly signal?: AbortSignal | undefined;
}

/** Which members are listed: all, those of one role, or one. */
export interface MembershipFilter {
  /** A role's ID. */
  readonly role?: ID | undefined;
  /** A user's ID; not together with `role`. */
  readonly user?: ID | undefined;
}

/** The user's groups, and groups in general. */
export interface Groups {
  /**
   * Reads a group.
   * Scope: none. Roblox allows 30 requests a minute for each user.
   * @throws {RobloxAPIError} 404: there is no such group
   */
  get(groupId: ID, options?: CallOptions): Promise<Group>;
  /**
   * Lists the memberships of the signed-in user, one for each group.
   * Scope: none. Roblox allows 90 requests a minute for each user, of up to 100 memberships.
   */
  list(options?: ListOptions): List<GroupMembership>;
  /**
   * Lists the roles of a group.
   * Scope: none; `group:read` shows permissions too. Roblox allows 90 requests a minute for each user, of up to 20 roles.
   */
  roles(groupId: ID, options?: ListOptions): List<GroupRole>;
  /**
   * Lists the members of a group, all or those of one role.
   * Scope: none. Roblox allows 90 requests a minute for each user, of up to 100 memberships.
   */
  memberships(groupId: ID, options?: MembershipFilter & ListOptions): List<GroupMembership>;
  /**
   * Reads the signed-in user's membership of a group, in one request.
   * Scope: none. Roblox allows 90 requests a minute for each user.
   * @returns undefined when the user is no member, or there is no such group
   */
  membership(groupId: ID, options?: CallOptions): Promise<GroupMembership | undefined>;
  /**
   * The signed-in user's rank in a group, the highest that a role of theirs has. One request for a stranger, two for a member.
   * Scope: none. Roblox allows 90 requests a minute for each user.
   * @returns 0 to 255; 0 when the user is no member, or there is no such group
   */
  rank(groupId: ID, options?: CallOptions): Promise<number>;
}

const ROLE_SCOPE = 'group:read';

/** Makes {@link Groups}. */
export function createGroups(call: MakeCall, userId: (signal: AbortSignal | undefined) => Promise<string>): Groups {
  const listMemberships = (
    groupId: string,
    filter: string | undefined | (() => Promise<string>),
    options: ListOptions,
  ): List<GroupMembership> =>
    listCalls(call, {
      path: '/cloud/v2/groups/{group_id}/memberships',
      values: async () => ({ group_id: groupId }),
      filter,
      field: 'groupMemberships',
      maxPageSize: 100,
      options,
      read: readMembership,
    });

  const listRoles = (groupId: string, options: ListOptions): List<GroupRole> =>
    listCalls(call, {
      path: '/cloud/v2/groups/{group_id}/roles',
      values: async () => ({ group_id: groupId }),
      filter: undefined,
      field: 'groupRoles',
      maxPageSize: 20,
      options,
      scope: ROLE_SCOPE,
      read: readRole,
    });

  async function membership(groupId: string, signal: AbortSignal | undefined): Promise<GroupMembership | undefined> {
    const user = await userId(signal);
    try {
      for await (const member of listMemberships(groupId, `user == 'users/${user}'`, { signal })) {
        // A gate stands on this answer, so it must be about this user.
        if (member.userId === user && member.groupId === groupId) return member;
      }
    } catch (error) {
      // A group that does not exist (any more) has no members.
      absentOnly(error);
    }
    return undefined;
  }

  async function roleOf(
    groupId: string,
    roleId: string,
    signal: AbortSignal | undefined,
  ): Promise<GroupRole | undefined> {
    const path = '/cloud/v2/groups/{group_id}/roles/{role_id}';
    const values = { group_id: groupId, role_id: roleId };
    return call({ method: 'GET', path, values, signal, scope: ROLE_SCOPE }).then(readRole, absentOnly);
  }

  return {
    async get(groupId, { signal } = {}) {
      const values = { group_id: checkID('groupId', groupId) };
      return readGroup(await call({ method: 'GET', path: '/cloud/v2/groups/{group_id}', values, signal }));
    },
    list(options = {}) {
      // With "-" for the group, `in` is the only operator that Roblox documents.
      return listMemberships('-', async () => `user in ['users/${await userId(options.signal)}']`, options);
    },
    roles(groupId, options = {}) {
      return listRoles(checkID('groupId', groupId), options);
    },
    memberships(groupId, { role, user, ...options } = {}) {
      const group = checkID('groupId', groupId);
      if (role !== undefined && user !== undefined) {
        throw new TypeError('role and user cannot be combined: Roblox filters by one of them');
      }
      const filter =
        role !== undefined
          ? `role == 'groups/${group}/roles/${checkID('role', role)}'`
          : user !== undefined
            ? `user == 'users/${checkID('user', user)}'`
            : undefined;
      return listMemberships(group, filter, options);
    },
    async membership(groupId, { signal } = {}) {
      return membership(checkID('groupId', groupId), signal);
    },
    async rank(groupId, { signal } = {}) {
      const group = checkID('groupId', groupId);
      const member = await membership(group, signal);
      if (member === undefined) return 0;
      const highest = member.roleId === '' ? undefined : await roleOf(group, member.roleId, signal);
      if (highest !== undefined) return highest.rank;
      let rank = 0;
      for await (const role of listRoles(group, { signal })) {
        if (member.roleIds.includes(role.id)) rank = Math.max(rank, role.rank);
      }
      return rank;
    },
  };
}

/** Takes the error that says that something is not there; throws any other. */
function absentOnly(error: unknown): undefined {
  if (error instanceof RobloxAPIError && error.status === 404) return undefined;
  throw error;
}

/** Reads a group as Open Cloud sends it. */
export function readGroup(json: unknown): Group {
  const raw = readRaw(json);
  const { createTime, updateTime, owner, ...fields } = raw;
  return compact({
    ...fields,
    id: readID(raw['id']) ?? readPathID(raw['path'], 'groups') ?? '',
    displayName: readString(raw['displayName']) ?? '',
    description: readString(raw['description']) ?? '',
    ownerId: readPathID(owner, 'users'),
    createdAt: readRequiredTime(createTime),
    updatedAt: readRequiredTime(updateTime),
    raw,
  });
}

/** Reads a membership as Open Cloud sends it: `role` is the highest, `roles` are all. */
export function readMembership(json: unknown): GroupMembership {
  const raw = readRaw(json);
  const roles = Array.isArray(raw['roles']) ? raw['roles'] : [];
  const roleIds = roles.flatMap((role) => readPathID(role, 'roles') ?? []);
  const highest = readPathID(raw['role'], 'roles');
  return {
    groupId:
      readPathID(raw['path'], 'groups') ?? readPathID(raw['role'], 'groups') ?? readPathID(roles[0], 'groups') ?? '',
    userId: readPathID(raw['user'], 'users') ?? '',
    roleId: highest ?? (roleIds.length === 1 ? roleIds[0] : undefined) ?? '',
    roleIds: highest === undefined || roleIds.includes(highest) ? roleIds : [highest, ...roleIds],
    createdAt: readRequiredTime(raw['createTime']),
    updatedAt: readRequiredTime(raw['updateTime']),
    raw,
  };
}

/** Reads a role as Open Cloud sends it. */
export function readRole(json: unknown): GroupRole {
  const raw = readRaw(json);
  const { createTime, updateTime, ...fields } = raw;
  return compact({
    ...fields,
    id: readID(raw['id']) ?? readPathID(raw['path'], 'roles') ?? '',
    displayName: readString(raw['displayName']) ?? '',
    rank: typeof raw['rank'] === 'number' ? raw['rank'] : 0,
    createdAt: readTime(createTime),
    updatedAt: readTime(updateTime),
    raw,
  });
}
