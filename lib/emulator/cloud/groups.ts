import {
  CloudRefusal,
  refuseFilter,
  requireFound,
  requireScopes,
  type CloudRequest,
  type Endpoint,
} from './request.ts';
import type { EmulatedRole } from '../options.ts';
import { cutPage } from './paging.ts';
import { LONG_AGO, type Group, type Membership } from '../world.ts';

/** @throws {CloudRefusal} 404: no such group */
export function findGroup({ world, params }: Pick<CloudRequest, 'world' | 'params'>): Group {
  return requireFound(world.groups.get(params['group_id'] ?? ''), 'group');
}

/** GET /cloud/v2/groups/{group_id} */
export const getGroup: Endpoint = (request) => {
  const { facts, members, others } = findGroup(request);
  const created = (facts.createdAt ?? LONG_AGO).toISOString();
  return {
    path: `groups/${facts.id}`,
    createTime: created,
    updateTime: created,
    id: facts.id,
    displayName: facts.displayName ?? `Group ${facts.id}`,
    description: facts.description ?? '',
    // A group without an owner has no `owner` field.
    ...(facts.ownerId === undefined ? {} : { owner: `users/${request.ids.show(facts.ownerId)}` }),
    memberCount: members.size + others,
    publicEntryAllowed: facts.publicEntryAllowed ?? false,
    locked: facts.locked ?? false,
    verified: facts.verified ?? false,
  };
};

function renderRole(group: Group, role: EmulatedRole, { access }: CloudRequest): Record<string, unknown> {
  const isOwner = group.facts.ownerId === access.userId;
  const holds = group.members.get(access.userId)?.roleIds.includes(role.id) ?? false;
  const seesPermissions = role.rank === 0 || (access.scopes.has('group:read') && (isOwner || holds));
  const created = (group.facts.createdAt ?? LONG_AGO).toISOString();
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
export const listGroupRoles: Endpoint = (request) => {
  const group = findGroup(request);
  const page = cutPage([...group.roles.values()], request, 20);
  return {
    groupRoles: page.items.map((role) => renderRole(group, role, request)),
    nextPageToken: page.nextPageToken,
  };
};

/** GET /cloud/v2/groups/{group_id}/roles/{role_id} */
export const getGroupRole: Endpoint = (request) => {
  const group = findGroup(request);
  return renderRole(group, requireFound(group.roles.get(request.params['role_id'] ?? ''), 'role'), request);
};

/** Renders a membership in Open Cloud's form. */
export function renderMembership(
  { ids }: Pick<CloudRequest, 'ids'>,
  group: Group,
  userId: string,
  { roleIds, joinedAt, changedAt }: Membership,
): Record<string, unknown> {
  const path = `groups/${group.facts.id}`;
  const readRank = (roleId: string) => group.roles.get(roleId)?.rank ?? 0;
  const highest = roleIds.reduce((best, roleId) => (readRank(roleId) > readRank(best) ? roleId : best));
  return {
    path: `${path}/memberships/${ids.show(userId)}`,
    createTime: joinedAt.toISOString(),
    updateTime: changedAt.toISOString(),
    user: `users/${ids.show(userId)}`,
    role: `${path}/roles/${highest}`,
    roles: roleIds.map((roleId) => `${path}/roles/${roleId}`),
  };
}

/** GET /cloud/v2/groups/{group_id}/memberships. With `-` as the group: the memberships of users in all groups. */
export const listGroupMemberships: Endpoint = (request) => {
  const isEverywhere = request.params['group_id'] === '-';
  const filter = readMembershipFilter(request.query.get('filter') ?? '', isEverywhere);
  const groups = isEverywhere ? [...request.world.groups.values()] : [findGroup(request)];
  const users = filter?.field === 'user' ? filter.values.map((value) => findReferredUser(request, value)) : undefined;
  const matching = groups.flatMap((group) =>
    (users ?? [...group.members.keys()]).flatMap((userId) => {
      const about = group.members.get(userId);
      const paths = about?.roleIds.map((roleId) => `groups/${group.facts.id}/roles/${roleId}`);
      const isWanted = filter?.field !== 'role' || paths?.some((path) => filter.values.includes(path));
      return about !== undefined && isWanted ? [{ group, userId, about }] : [];
    }),
  );
  const page = cutPage(matching, request, 100);
  return {
    groupMemberships: page.items.map(({ group, userId, about }) => renderMembership(request, group, userId, about)),
    nextPageToken: page.nextPageToken,
  };
};

function findReferredUser({ ids }: CloudRequest, reference: string): string {
  return ids.find(reference.slice('users/'.length)) ?? '';
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
 * Reads the CEL filters that Roblox accepts. In one group: `user == 'users/1'` or `role == 'groups/7/roles/9'`.
 * In all groups: `user in ['users/1', …]` with up to 50 users, and also `user == 'users/1'`, which apps use with the real Roblox.
 * @see https://create.roblox.com/docs/cloud/reference/patterns#list-group-memberships
 */
export function readMembershipFilter(text: string, isEverywhere: boolean): MembershipFilter | undefined {
  if (text === '') {
    if (isEverywhere) throw refuseFilter('memberships across all groups must be filtered by user');
    return undefined;
  }
  const [, field, single, list] = filterGrammar.exec(text) ?? [];
  if (field !== 'user' && field !== 'role') throw refuseFilter("it must be like user == 'users/1'");
  if (isEverywhere && field === 'role') throw refuseFilter('memberships across all groups must be filtered by user');
  if (single === undefined && !isEverywhere) throw refuseFilter('"in" is for memberships across all groups');
  if (single === undefined && !listGrammar.test(list ?? '')) throw refuseFilter('the list is malformed');
  const values = [...(single ?? list ?? '').matchAll(/['"]([^'"]*)['"]/g)].map((match) => match[1] ?? '');
  if (!values.every((value) => references[field].test(value))) throw refuseFilter(`a ${field} is malformed`);
  if (values.length > 50) throw refuseFilter('more than 50 values');
  return { field, values: [...new Set(values)] };
}

/** GET /cloud/v2/groups/{group_id}/join-requests */
export const listGroupJoinRequests: Endpoint = (request) => {
  const group = findGroup(request);
  requireScopes(request, 'group:read');
  requirePermission(request, group, 'acceptRequests');
  const filter = readMembershipFilter(request.query.get('filter') ?? '', false);
  if (filter?.field === 'role') throw refuseFilter('only user == is supported');
  const wanted = filter?.values.map((value) => findReferredUser(request, value));
  const asking = [...group.joinRequests].filter(([userId]) => wanted?.includes(userId) ?? true);
  const page = cutPage(asking, request, 20);
  const groupJoinRequests = page.items.map(([userId, askedAt]) => ({
    path: `groups/${group.facts.id}/join-requests/${request.ids.show(userId)}`,
    createTime: askedAt.toISOString(),
    user: `users/${request.ids.show(userId)}`,
  }));
  return { groupJoinRequests, nextPageToken: page.nextPageToken };
};

/**
 * Requires that the user is the owner of the group, or has a role with this permission.
 * @throws {CloudRefusal} 403
 */
export function requirePermission({ access }: Pick<CloudRequest, 'access'>, group: Group, permission: string): void {
  if (group.facts.ownerId === access.userId) return;
  const roleIds = group.members.get(access.userId)?.roleIds ?? [];
  if (roleIds.some((id) => group.roles.get(id)?.permissions?.[permission] === true)) return;
  throw new CloudRefusal('PERMISSION_DENIED', `The ${permission} permission is required.`);
}
