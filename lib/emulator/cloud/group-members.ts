import { CloudRefusal, readJSONBody, readText, refuseArgument, requireFound, requireScopes } from './request.ts';
import type { CloudRequest, Endpoint } from './request.ts';
import { findGroup, renderMembership, requirePermission } from './groups.ts';
import type { EmulatedRole } from '../options.ts';
import { findBaseRole, readRank, type Group, type Membership } from '../world.ts';

/** POST /cloud/v2/groups/{group_id}/memberships/{membership_id}:assignRole. Changes nothing when the member has the role. */
export const assignRole: Endpoint = (request) =>
  changeRoles(request, (member, role) => [...new Set([...member.roleIds, role.id])]);

/** POST /cloud/v2/groups/{group_id}/memberships/{membership_id}:unassignRole. Changes nothing when the member does not have the role. */
export const unassignRole: Endpoint = (request) =>
  changeRoles(request, (member, role) => member.roleIds.filter((id) => id !== role.id));

/**
 * PATCH /cloud/v2/groups/{group_id}/memberships/{membership_id}. The given role replaces all others. Roblox does not document what
 * happens to them.
 */
export const updateMembership: Endpoint = (request) => changeRoles(request, (_member, role) => [role.id]);

function changeRoles(
  request: CloudRequest,
  change: (member: Membership, role: EmulatedRole) => readonly string[],
): Record<string, unknown> {
  const group = findGroup(request);
  requireScopes(request, 'group:write');
  requirePermission(request, group, 'changeRank');
  const userId = request.ids.find(request.params['membership_id'] ?? '') ?? '';
  const member = requireFound(group.members.get(userId), 'membership');
  const role = readRole(group, readJSONBody(request)['role']);
  if (userId === request.access.userId) {
    throw new CloudRefusal('PERMISSION_DENIED', 'You cannot change your own roles.');
  }
  const rank = readRank(group, request.access.userId);
  if (role.rank >= rank || readRank(group, userId) >= rank) {
    throw new CloudRefusal('PERMISSION_DENIED', 'You can manage lower ranked members and roles only.');
  }
  const roleIds = change(member, role);
  const isSame = roleIds.length === member.roleIds.length && roleIds.every((id) => member.roleIds.includes(id));
  if (!isSame) request.world.setRoles(group.facts.id, userId, roleIds, request.now);
  return renderMembership(request, group, userId, group.members.get(userId) ?? member);
}

/** @throws {CloudRefusal} 400: not a role of this group, or one that cannot be assigned; 404: no such role */
function readRole(group: Group, value: unknown): EmulatedRole {
  const reference = readText(value, 'role', 200);
  const [, groupId, roleId = ''] = /^groups\/(\d+)\/roles\/(\d+)$/.exec(reference) ?? [];
  if (groupId !== group.facts.id) {
    throw refuseArgument(`role must be like groups/${group.facts.id}/roles/1.`);
  }
  const role = requireFound(group.roles.get(roleId), 'role');
  const isFixed = role.rank === 0 || role.rank === 255 || role.id === findBaseRole(group).id;
  if (isFixed) throw refuseArgument(`The ${role.displayName} role cannot be assigned.`);
  return role;
}

/** POST /cloud/v2/groups/{group_id}/join-requests/{join_request_id}:accept. The person becomes a member. */
export const acceptJoinRequest: Endpoint = (request) => {
  const { group, userId } = findJoinRequest(request);
  request.world.setRoles(group.facts.id, userId, [], request.now);
  return undefined;
};

/** POST /cloud/v2/groups/{group_id}/join-requests/{join_request_id}:decline */
export const declineJoinRequest: Endpoint = (request) => {
  const { group, userId } = findJoinRequest(request);
  group.joinRequests.delete(userId);
  return undefined;
};

function findJoinRequest(request: CloudRequest): { group: Group; userId: string } {
  const group = findGroup(request);
  requireScopes(request, 'group:write');
  requirePermission(request, group, 'acceptRequests');
  readJSONBody(request);
  const userId = request.ids.find(request.params['join_request_id'] ?? '') ?? '';
  requireFound(group.joinRequests.get(userId), 'join request');
  return { group, userId };
}
