import type { EmulatedUser } from '../options.ts';
import type { Access, GrantedResources } from './storage.ts';
import type { EmulatorParts, World } from '../world.ts';

/** A resource that a user can choose on the consent page. */
export interface Choice {
  /** `universe:3828411582`, `creator:U` (the user) or `creator:G7` (group 7). */
  readonly value: string;
  readonly label: string;
}

/** Lists what a user can choose for these scopes: experiences for `universe…`, accounts for assets and store items. */
export function listChoices(world: World, user: EmulatedUser, scopes: ReadonlySet<string>): Choice[] {
  const asked = [...scopes];
  const choices: Choice[] = [];
  if (asked.some((scope) => /^(legacy-)?universe\b/.test(scope))) {
    for (const { id, name } of user.experiences ?? []) {
      choices.push({ value: `universe:${id}`, label: `${name ?? 'Experience'} (experience ${id})` });
    }
  }
  if (asked.some((scope) => /^(legacy-)?(asset|creator-store)\b/.test(scope))) {
    choices.push({ value: 'creator:U', label: `@${user.username} (your account)` });
    for (const { facts } of world.listGroups(user.id)) {
      choices.push({ value: `creator:G${facts.id}`, label: `${facts.displayName ?? `Group ${facts.id}`} (group)` });
    }
  }
  return choices;
}

/** Reads the chosen values. Ignores values that were not offered. */
export function readChoices(offered: readonly Choice[], ticked: ReadonlySet<string>): GrantedResources {
  const chosen = offered.map(({ value }) => value).filter((value) => ticked.has(value));
  const ids = (prefix: string) =>
    chosen.filter((value) => value.startsWith(prefix)).map((value) => value.slice(prefix.length));
  return { experienceIds: ids('universe:'), accounts: ids('creator:') };
}

/**
 * Builds the response of v1/token/resources: one entry for each owner, with the kinds of resources that it has.
 * @see https://create.roblox.com/docs/cloud/auth/oauth2-reference
 */
export function listResources({ world, identities }: EmulatorParts, access: Access): { resource_infos: unknown[] } {
  const owners = new Map<
    string,
    { owner: { id: string; type: string }; resources: Record<string, { ids: string[] }> }
  >();
  function add(type: 'User' | 'Group', ownerId: string, kind: 'universe' | 'creator', id: string): void {
    const info = owners.get(`${type} ${ownerId}`) ?? { owner: { id: ownerId, type }, resources: {} };
    (info.resources[kind] ??= { ids: [] }).ids.push(id);
    owners.set(`${type} ${ownerId}`, info);
  }
  const ownId = identities.forApp(access.clientId).show(access.userId);
  const { experienceIds, accounts } = access.resources;
  for (const experience of world.users.get(access.userId)?.experiences ?? []) {
    if (!experienceIds.includes(experience.id)) continue;
    const group = experience.ownerGroupId;
    add(group === undefined ? 'User' : 'Group', group ?? ownId, 'universe', experience.id);
  }
  // Groups are listed under the user who chose them.
  for (const account of accounts) add('User', ownId, 'creator', account);
  return { resource_infos: [...owners.values()] };
}
