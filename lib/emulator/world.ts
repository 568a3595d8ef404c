import { DEMO_CLIENT, DEMO_GROUPS, DEMO_PEOPLE, DEMO_PUBLIC_CLIENT } from './people.ts';
import type { EmulatedClient, EmulatedGroup, EmulatedGroupFacts, EmulatedRole, EmulatedUser } from './options.ts';
import type { EmulatorOptions } from './options.ts';

/** A group with all that its members' entries say about it put together. */
export interface Group {
  readonly facts: EmulatedGroupFacts;
  readonly roles: ReadonlyMap<string, EmulatedRole>;
  /** By user ID, in the order of `users`. */
  readonly members: ReadonlyMap<string, EmulatedGroup>;
}

/** Everybody and everything that exists at the emulator. */
export interface World {
  readonly users: ReadonlyMap<string, EmulatedUser>;
  readonly clients: ReadonlyMap<string, EmulatedClient>;
  readonly groups: ReadonlyMap<string, Group>;
}

export function createWorld(options: EmulatorOptions): World {
  const users = options.users ?? DEMO_PEOPLE;
  const facts = options.groups ?? (options.users === undefined ? DEMO_GROUPS : []);
  const clients = options.clients ?? [DEMO_CLIENT, DEMO_PUBLIC_CLIENT];
  return {
    users: new Map(users.map((user) => [user.id, user])),
    clients: new Map(clients.map((client) => [client.clientID, client])),
    groups: gatherGroups(users, facts),
  };
}

function gatherGroups(users: readonly EmulatedUser[], given: readonly EmulatedGroupFacts[]): Map<string, Group> {
  const facts = new Map<string, EmulatedGroupFacts>();
  const roles = new Map<string, Map<string, EmulatedRole>>();
  const members = new Map<string, Map<string, EmulatedGroup>>();
  function learn(group: EmulatedGroupFacts): void {
    facts.set(group.id, { ...group, ...facts.get(group.id) });
    const known = roles.get(group.id) ?? new Map<string, EmulatedRole>();
    for (const role of group.roles ?? []) known.set(role.id, role);
    roles.set(group.id, known);
    if (!members.has(group.id)) members.set(group.id, new Map());
  }
  for (const group of given) learn(group);
  for (const user of users) {
    for (const group of user.groups ?? []) {
      learn(group);
      members.get(group.id)?.set(user.id, group);
    }
  }
  const groups = new Map<string, Group>();
  for (const [id, about] of facts) {
    const inGroup = members.get(id) ?? new Map<string, EmulatedGroup>();
    groups.set(id, { facts: about, members: inGroup, roles: completeRoles(id, roles.get(id), inGroup) });
  }
  return groups;
}

function completeRoles(
  groupId: string,
  known: ReadonlyMap<string, EmulatedRole> | undefined,
  members: ReadonlyMap<string, EmulatedGroup>,
): Map<string, EmulatedRole> {
  const all = new Map(known);
  // Every group of Roblox has a guest role; one that was described in full is left as described.
  if (all.size === 0) all.set(`${groupId}00`, { id: `${groupId}00`, displayName: 'Guest', rank: 0 });
  for (const member of members.values()) {
    for (const id of member.roleIds) {
      if (!all.has(id)) all.set(id, { id, displayName: `Role ${id}`, rank: Math.min(all.size, 254) });
    }
  }
  return new Map([...all].sort(([, a], [, b]) => a.rank - b.rank));
}
