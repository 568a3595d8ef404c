import { CloudRefusal, refuseFilter, refuseScope } from './request.ts';
import type { CloudRequest, Operation } from './request.ts';
import type { EmulatedGroup, EmulatedRole } from '../options.ts';
import { cutPage } from './paging.ts';
import type { Access } from '../oauth/storage.ts';
import type { Group, World } from '../world.ts';

const longAgo = new Date('2020-01-01T00:00:00Z');

function findGroup({ world, params }: Pick<CloudRequest, 'world' | 'params'>): Group {
  const group = world.groups.get(params['group_id'] ?? '');
  if (group === undefined) throw new CloudRefusal('NOT_FOUND', 'The group does not exist.');
  return group;
}

/** GET /cloud/v2/groups/{group_id} */
export const getGroup: Operation = (request) => {
  const { facts, members } = findGroup(request);
  const created = (facts.createdAt ?? longAgo).toISOString();
  return {
    path: `groups/${facts.id}`,
    createTime: created,
    updateTime: created,
    id: facts.id,
    displayName: facts.displayName ?? `Group ${facts.id}`,
    description: facts.description ?? '',
    // An abandoned group has no owner field at all.
    ...(facts.ownerId === undefined ? {} : { owner: `users/${facts.ownerId}` }),
    memberCount: facts.memberCount ?? members.size,
    publicEntryAllowed: facts.publicEntryAllowed ?? false,
    locked: facts.locked ?? false,
    verified: facts.verified ?? false,
  };
};

function renderRole(group: Group, role: EmulatedRole, access: Access): Record<string, unknown> {
  const isOwner = group.facts.ownerId === access.userId;
  const holds = group.members.get(access.userId)?.roleIds.includes(role.id) ?? false;
  const seesPermissions = role.rank === 0 || (access.scopes.has('group:read') && (isOwner || holds));
  const created = (group.facts.createdAt ?? longAgo).toISOString();
  const holders = [...group.members.values()].filter(({ roleIds }) => roleIds.includes(role.id)).length;
  return {
    path: `groups/${group.facts.id}/roles/${role.id}`,
    id: role.id,
    displayName: role.displayName,
    rank: role.rank,
    ...(role.rank === 0 ? {} : { memberCount: role.memberCount ?? holders }),
    ...(isOwner ? { createTime: created, updateTime: created, description: role.description ?? '' } : {}),
    ...(seesPermissions ? { permissions: role.permissions ?? {} } : {}),
  };
}

/** GET /cloud/v2/groups/{group_id}/roles */
export const listGroupRoles: Operation = (request) => {
  const group = findGroup(request);
  const page = cutPage([...group.roles.values()], { ...request, largest: 20 }, request.knobs);
  return {
    groupRoles: page.items.map((role) => renderRole(group, role, request.access)),
    nextPageToken: page.nextPageToken,
  };
};

/** GET /cloud/v2/groups/{group_id}/roles/{role_id} */
export const getGroupRole: Operation = (request) => {
  const group = findGroup(request);
  const role = group.roles.get(request.params['role_id'] ?? '');
  if (role === undefined) throw new CloudRefusal('NOT_FOUND', 'The role does not exist.');
  return renderRole(group, role, request.access);
};

/** A member of a group, as the list sees it. */
interface Member {
  readonly group: Group;
  readonly userId: string;
  readonly about: EmulatedGroup;
}

function renderMembership({ group, userId, about }: Member): Record<string, unknown> {
  const { id } = group.facts;
  const joined = (about.joinedAt ?? longAgo).toISOString();
  const highest = about.roleIds.reduce((best, roleId) =>
    (group.roles.get(roleId)?.rank ?? 0) > (group.roles.get(best)?.rank ?? 0) ? roleId : best,
  );
  return {
    path: `groups/${id}/memberships/${userId}`,
    createTime: joined,
    updateTime: joined,
    user: `users/${userId}`,
    role: `groups/${id}/roles/${highest}`,
    roles: about.roleIds.map((roleId) => `groups/${id}/roles/${roleId}`),
  };
}

function listMembers(groups: Iterable<Group>): Member[] {
  return [...groups].flatMap((group) => [...group.members].map(([userId, about]) => ({ group, userId, about })));
}

/** GET /cloud/v2/groups/{group_id}/memberships, and with `-` as the group: the memberships of users in all groups. */
export const listGroupMemberships: Operation = (request) => {
  const everywhere = request.params['group_id'] === '-';
  const filter = readMembershipFilter(request.query.get('filter') ?? '');
  if (everywhere && filter?.field !== 'user') {
    throw new CloudRefusal('INVALID_ARGUMENT', 'Memberships across all groups must be filtered by user.');
  }
  let members = listMembers(everywhere ? request.world.groups.values() : [findGroup(request)]);
  if (filter?.field === 'user') members = members.filter(({ userId }) => filter.values.includes(`users/${userId}`));
  if (filter?.field === 'role') members = members.filter((member) => hasRole(member, filter.values));
  const page = cutPage(members, { ...request, largest: 100 }, request.knobs);
  return { groupMemberships: page.items.map(renderMembership), nextPageToken: page.nextPageToken };
};

function hasRole({ group, about }: Member, roles: readonly string[]): boolean {
  return about.roleIds.some((roleId) => roles.includes(`groups/${group.facts.id}/roles/${roleId}`));
}

interface MembershipFilter {
  readonly field: 'user' | 'role';
  readonly values: readonly string[];
}

const quoted = `(?:'[^'"\\\\]*'|"[^'"\\\\]*")`;
const filterGrammar = new RegExp(`^\\s*(user|role)\\s*(?:==\\s*(${quoted})|in\\s*\\[([^\\]]*)\\])\\s*$`);
const listGrammar = new RegExp(`^\\s*${quoted}\\s*(?:,\\s*${quoted}\\s*)*$`);
const references = { user: /^users\/\d+$/, role: /^groups\/\d+\/roles\/\d+$/ };

/**
 * Reads the two CEL forms that Roblox takes: `user == 'users/1'` and `user in ['users/1', …]` (up to 50), the same with `role`.
 * @see https://create.roblox.com/docs/cloud/reference/patterns#list-group-memberships
 */
export function readMembershipFilter(text: string): MembershipFilter | undefined {
  if (text === '') return undefined;
  const [, field, single, list] = filterGrammar.exec(text) ?? [];
  if (field !== 'user' && field !== 'role') throw refuseFilter("it must be like user == 'users/1'");
  if (single === undefined && !listGrammar.test(list ?? '')) throw refuseFilter('the list is malformed');
  const values = [...(single ?? list ?? '').matchAll(/['"]([^'"]*)['"]/g)].map((match) => match[1] ?? '');
  if (!values.every((value) => references[field].test(value))) throw refuseFilter(`a ${field} is malformed`);
  if (values.length > 50) throw refuseFilter('more than 50 values');
  return { field, values };
}

/** GET /cloud/v2/groups/{group_id}/join-requests */
export const listGroupJoinRequests: Operation = (request) => {
  const { facts } = findGroup(request);
  if (!request.access.scopes.has('group:read')) throw refuseScope('group:read');
  if (!isTrusted(request.world, request.access, facts.id)) {
    throw new CloudRefusal('PERMISSION_DENIED', 'The acceptRequests permission is required.');
  }
  const filter = readMembershipFilter(request.query.get('filter') ?? '');
  if (filter !== undefined && (filter.field !== 'user' || filter.values.length > 1)) {
    throw refuseFilter('only user == is supported');
  }
  const asking = (facts.joinRequests ?? []).filter((id) => filter?.values.includes(`users/${id}`) ?? true);
  const page = cutPage(asking, { ...request, largest: 20 }, request.knobs);
  const groupJoinRequests = page.items.map((id) => ({
    path: `groups/${facts.id}/join-requests/${id}`,
    createTime: longAgo.toISOString(),
    user: `users/${id}`,
  }));
  return { groupJoinRequests, nextPageToken: page.nextPageToken };
};

function isTrusted(world: World, access: Access, groupId: string): boolean {
  const group = world.groups.get(groupId);
  if (group?.facts.ownerId === access.userId) return true;
  const roleIds = group?.members.get(access.userId)?.roleIds ?? [];
  return roleIds.some((id) => group?.roles.get(id)?.permissions?.['acceptRequests'] === true);
}
