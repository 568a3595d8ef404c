import { DEMO_CLIENT, DEMO_GROUPS, DEMO_PEOPLE, DEMO_PUBLIC_CLIENT } from './people.ts';
import type { EmulatedClient, EmulatedExperience, EmulatedGroupFacts, EmulatedRole, EmulatedUser } from './options.ts';
import type { EmulatorKnobs, EmulatorOptions } from './options.ts';
import type { EmulatorClock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { Identities } from './identities.ts';
import type { Storage } from './oauth/storage.ts';

/** The membership of a person in a group. Immutable. */
export interface Membership {
  /** All roles, including the base role. */
  readonly roleIds: readonly string[];
  readonly joinedAt: Date;
  readonly changedAt: Date;
}

/** A group, from all that the options `users` and `groups` say about it. */
export interface Group {
  facts: EmulatedGroupFacts;
  /** By rank, the lowest first. */
  roles: Map<string, EmulatedRole>;
  /** By user ID, in the order of joining. */
  readonly members: Map<string, Membership>;
  /** When each person asked to join, by user ID. */
  readonly joinRequests: Map<string, Date>;
  /** How many members of `memberCount` are not people of the emulator. */
  others: number;
}

/** An experience and who owns it: a person, or a group. */
export interface Experience {
  readonly about: EmulatedExperience;
  readonly userId: string;
}

/** An uploaded asset, with the fields of Roblox's `Asset`. */
export interface StoredAsset {
  readonly id: string;
  readonly assetType: string;
  readonly displayName: string;
  readonly description: string;
  readonly creator: { readonly userId: string } | { readonly groupId: string };
  readonly contentType: string;
  readonly size: number;
  readonly createdAt: Date;
}

/** When things were made whose time is not given. */
export const LONG_AGO = new Date('2020-01-01T00:00:00Z');

/** All people, apps, groups and assets of the emulator. Open Cloud calls and tests change it. */
export class World {
  readonly users = new Map<string, EmulatedUser>();
  readonly clients: ReadonlyMap<string, EmulatedClient>;
  readonly extraScopes: readonly string[];
  readonly groups = new Map<string, Group>();
  readonly assets = new Map<string, StoredAsset>();

  constructor(options: EmulatorOptions) {
    const clients = options.clients ?? [DEMO_CLIENT, DEMO_PUBLIC_CLIENT];
    this.extraScopes = options.extraScopes ?? [];
    this.clients = new Map(clients.map((client) => [client.clientID, client]));
    this.replacePeople(options.users ?? DEMO_PEOPLE, options.groups ?? (options.users ? [] : DEMO_GROUPS));
  }

  /** Removes all people and groups, then adds these. Uploaded assets stay. */
  replacePeople(users: readonly EmulatedUser[], groups: readonly EmulatedGroupFacts[] = []): void {
    this.users.clear();
    this.groups.clear();
    for (const group of groups) this.addGroup(group);
    for (const user of users) this.addUser(user);
    for (const group of this.groups.values()) {
      group.others = Math.max(0, (group.facts.memberCount ?? 0) - group.members.size);
    }
  }

  /** Adds a group, or adds missing fields to a known group. Known fields do not change. */
  addGroup(facts: EmulatedGroupFacts): void {
    const known = this.groups.get(facts.id);
    const group = known ?? { facts, roles: new Map(), members: new Map(), joinRequests: new Map(), others: 0 };
    group.facts = { ...facts, ...known?.facts };
    for (const role of facts.roles ?? []) group.roles.set(role.id, role);
    for (const userId of facts.joinRequests ?? []) group.joinRequests.set(userId, LONG_AGO);
    this.groups.set(facts.id, group);
    if (known === undefined) group.others = facts.memberCount ?? 0;
    completeRoles(group, []);
  }

  /** Adds a person, or replaces the one with this ID. */
  addUser(user: EmulatedUser): void {
    this.removeUser(user.id);
    this.users.set(user.id, user);
    for (const group of user.groups ?? []) {
      this.addGroup(group);
      completeRoles(this.findGroup(group.id), group.roleIds);
      this.setRoles(group.id, user.id, group.roleIds, group.joinedAt ?? LONG_AGO);
    }
  }

  /** Removes a person, from all groups too. */
  removeUser(userId: string): void {
    this.users.delete(userId);
    for (const { members } of this.groups.values()) members.delete(userId);
  }

  /**
   * Gives a person exactly these roles in a group, and the base role that every member has. `[]`: only the base role.
   * @param when the time of the change, and of joining for a new member
   * @throws {TypeError} the group or a role does not exist
   */
  setRoles(groupId: string, userId: string, roleIds: readonly string[], when: Date): void {
    const group = this.findGroup(groupId);
    for (const roleId of roleIds) {
      if (!group.roles.has(roleId)) throw new TypeError(`Group ${groupId} has no role ${roleId}`);
    }
    const joinedAt = group.members.get(userId)?.joinedAt ?? when;
    const all = [...new Set([findBaseRole(group).id, ...roleIds])];
    group.members.set(userId, { roleIds: all, joinedAt, changedAt: when });
    group.joinRequests.delete(userId);
  }

  /** @throws {TypeError} no such group */
  findGroup(groupId: string): Group {
    const group = this.groups.get(groupId);
    if (group === undefined) throw new TypeError(`No group has the ID ${groupId}`);
    return group;
  }

  /** Finds an experience by its universe ID. */
  findExperience(universeId: string): Experience | undefined {
    for (const { id: userId, experiences = [] } of this.users.values()) {
      const about = experiences.find(({ id }) => id === universeId);
      if (about !== undefined) return { about, userId };
    }
    return undefined;
  }

  /** Lists the groups of a person. */
  listGroups(userId: string): Group[] {
    return [...this.groups.values()].filter(({ members }) => members.has(userId));
  }
}

/** The parts of a running emulator that both OAuth and Open Cloud use. */
export interface EmulatorParts {
  readonly world: World;
  readonly identities: Identities;
  readonly storage: Storage;
  readonly knobs: EmulatorKnobs;
  readonly faults: Faults;
  readonly clock: EmulatorClock;
  /** Makes a path of the emulator (`/avatars/…`) absolute. */
  readonly absolute: (url: string) => string;
}

/** Finds the role that every member has. Roblox calls it "Member" and ranks it 1. */
export function findBaseRole(group: Group): EmulatedRole {
  const base = [...group.roles.values()].find(({ rank }) => rank === 1);
  if (base === undefined) throw new TypeError(`Group ${group.facts.id} has no base role`);
  return base;
}

/** Reads the highest rank of a member; 0 (a guest's) for everybody else. */
export function readRank(group: Group, userId: string): number {
  const ranks = (group.members.get(userId)?.roleIds ?? []).map((id) => group.roles.get(id)?.rank ?? 0);
  return Math.max(0, ...ranks);
}

/** Adds the guest role and the base role, which every group at Roblox has, and roles that only a member has, with the next free rank. */
function completeRoles(group: Group, mentioned: readonly string[]): void {
  const { roles, facts } = group;
  const ranks = new Set([...roles.values()].map(({ rank }) => rank));
  const isDescribed = (facts.roles ?? []).length > 0;
  if (!ranks.has(0) && !isDescribed) addRole(group, 'Guest', 0);
  if (!ranks.has(1)) addRole(group, 'Member', 1);
  for (const id of mentioned) {
    if (!roles.has(id)) roles.set(id, { id, displayName: `Role ${id}`, rank: Math.min(roles.size, 254) });
  }
  group.roles = new Map([...roles].sort(([, a], [, b]) => a.rank - b.rank));
}

function addRole({ roles, facts }: Group, displayName: string, rank: number): void {
  let number = rank;
  const makeId = () => `${facts.id}${String(number).padStart(2, '0')}`;
  while (roles.has(makeId())) number += 1;
  roles.set(makeId(), { id: makeId(), displayName, rank });
}
