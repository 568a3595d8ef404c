import type { EmulatorClock } from './clock.ts';
import { checkPeople, OptionError } from './check-options.ts';
import type { Cloud } from './cloud/cloud.ts';
import { readItem } from './cloud/inventory.ts';
import type { QuotaOptions } from './cloud/rate-limits.ts';
import type { EmulatedGroupFacts, EmulatedUser } from './options.ts';
import type { World } from './world.ts';

/** Methods that change people and groups while the emulator runs. All user IDs are those in `users`. */
export interface Changes {
  /** Removes all people and groups, then adds these. */
  replacePeople(people: {
    readonly users: readonly EmulatedUser[];
    readonly groups?: readonly EmulatedGroupFacts[];
  }): void;
  /** Adds a person, or replaces the one with this ID. */
  addUser(user: EmulatedUser): void;
  /** Changes the given fields of a person. `groups` and `experiences` are replaced as a whole. */
  changeUser(changes: Partial<EmulatedUser> & { readonly id: string }): void;
  /** Removes a person. Their tokens are refused from now on. */
  removeUser(about: { readonly id: string }): void;
  /** Adds a group, or adds missing fields to a known group. */
  addGroup(group: EmulatedGroupFacts): void;
  /** Makes a person a member with exactly these roles and the base role. `[]`: only the base role. */
  setRoles(about: { readonly groupId: string; readonly userId: string; readonly roleIds: readonly string[] }): void;
  /** Makes a person a member with the role of this rank and the base role. */
  setRank(about: { readonly groupId: string; readonly userId: string; readonly rank: number }): void;
  /** Ends a membership. */
  removeMember(about: { readonly groupId: string; readonly userId: string }): void;
  /** Adds an item, as Open Cloud sends it, to the end of an inventory. */
  addItem(about: { readonly userId: string; readonly item: object }): void;
  /** Removes every item with this asset, badge, game pass or private server ID from an inventory. */
  removeItem(about: { readonly userId: string; readonly itemId: string }): void;
  /** Uses up a quota: `left` requests are left in this period. Further ones are refused with 429, also when `rateLimits` is off. */
  spendQuota(options: QuotaOptions): Promise<void>;
}

/** Makes {@link Changes}. */
export function createChanges({ world, cloud, clock }: { world: World; cloud: Cloud; clock: EmulatorClock }): Changes {
  const now = () => new Date(clock.now());
  function findUser(userId: string, field: string): EmulatedUser {
    const user = world.users.get(userId);
    if (user === undefined) throw new OptionError([field], `is not the ID of a person: ${userId}`);
    return user;
  }
  const changeUser: Changes['changeUser'] = (changes) => {
    const user = { ...findUser(changes.id, 'id'), ...changes };
    checkPeople({ users: [user] });
    // Keep memberships that were changed since the person was added, unless `groups` is given.
    if (changes.groups === undefined) world.users.set(user.id, user);
    else world.addUser(user);
  };
  return {
    replacePeople({ users, groups = [] }) {
      checkPeople({ users, groups });
      world.replacePeople(users, groups);
    },
    addUser(user) {
      checkPeople({ users: [user] });
      world.addUser(user);
    },
    changeUser,
    removeUser({ id }) {
      world.removeUser(findUser(id, 'id').id);
    },
    addGroup(group) {
      checkPeople({ groups: [group] });
      world.addGroup(group);
    },
    setRoles({ groupId, userId, roleIds }) {
      world.setRoles(groupId, findUser(userId, 'userId').id, roleIds, now());
    },
    setRank({ groupId, userId, rank }) {
      const role = [...world.findGroup(groupId).roles.values()].find((known) => known.rank === rank);
      if (role === undefined) throw new OptionError(['rank'], `${rank} is no rank of group ${groupId}`);
      world.setRoles(groupId, findUser(userId, 'userId').id, [role.id], now());
    },
    removeMember({ groupId, userId }) {
      world.findGroup(groupId).members.delete(findUser(userId, 'userId').id);
    },
    addItem({ userId, item }) {
      const { inventory = [] } = findUser(userId, 'userId');
      changeUser({ id: userId, inventory: [...inventory, item] });
    },
    removeItem({ userId, itemId }) {
      const { inventory = [] } = findUser(userId, 'userId');
      changeUser({ id: userId, inventory: inventory.filter((item) => readItem(item)?.id !== itemId) });
    },
    spendQuota: (options) => cloud.spendQuota(options),
  };
}
