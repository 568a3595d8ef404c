import { findSimilar } from '../errors.ts';
import { findScopeProblem } from './oauth/endpoints.ts';
import { defaultKnobs } from './options.ts';
import type { EmulatedClient, EmulatedExperience, EmulatedGroupFacts, EmulatedRole, EmulatedUser } from './options.ts';
import type { EmulatorKnobs, EmulatorOptions } from './options.ts';

/** The place of a problem in the options, such as `['users', 0, 'createdAt']`. */
export type OptionPath = readonly (string | number)[];

/** An option that cannot work. */
export class OptionError extends TypeError {
  readonly path: OptionPath;
  /** The problem, without its place. */
  readonly problem: string;

  constructor(path: OptionPath, problem: string) {
    const place = path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`));
    super(`${place.join('')} ${problem}`);
    this.path = path;
    this.problem = problem;
  }
}

// An object, so that the compiler finds a missing name.
const startOptions: Record<Exclude<keyof EmulatorOptions, keyof EmulatorKnobs>, true> = {
  port: true,
  host: true,
  url: true,
  hosts: true,
  users: true,
  clients: true,
  groups: true,
  loopbackIPs: true,
  extraScopes: true,
  control: true,
  subjectType: true,
  now: true,
  keepAliveTimeout: true,
  requestsKept: true,
  onRequest: true,
  authorizationsKept: true,
};
const OPTION_NAMES = [...Object.keys(startOptions), ...Object.keys(defaultKnobs)].sort();

/**
 * Checks the options.
 * @throws {OptionError} the first problem, with its place
 */
export function checkOptions(options: EmulatorOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (!OPTION_NAMES.includes(name)) {
      const meant = findSimilar(name, OPTION_NAMES);
      const hint = meant === undefined ? `The options: ${OPTION_NAMES.join(', ')}.` : `Did you mean ${meant}?`;
      throw new OptionError([name], `is not an option of the emulator. ${hint}`);
    }
    const fallback: unknown = Object.hasOwn(defaultKnobs, name) ? Reflect.get(defaultKnobs, name) : undefined;
    if (fallback !== undefined && value !== undefined && typeof value !== typeof fallback) {
      throw new OptionError([name], `must be a ${typeof fallback}, but is ${describeValue(value)}`);
    }
  }
  if (options.url !== undefined) checkURL(options.url);
  if (options.host !== undefined && typeof (options.host as unknown) !== 'string') {
    throw new OptionError(['host'], `must be an address to listen on, but is ${describeValue(options.host)}`);
  }
  if (![undefined, 'public', 'pairwise'].includes(options.subjectType)) {
    throw new OptionError(
      ['subjectType'],
      `must be 'public' or 'pairwise', but is ${describeValue(options.subjectType)}`,
    );
  }
  checkPeople(options);
  checkEach(options.clients, ['clients'], (client, path) => checkClient(client as EmulatedClient, path, options));
}

type FieldNames<T> = Readonly<Record<keyof T, true>>;

const roleFields: FieldNames<EmulatedRole> = {
  id: true,
  displayName: true,
  rank: true,
  description: true,
  memberCount: true,
  permissions: true,
};
const groupFields: FieldNames<EmulatedGroupFacts> = {
  id: true,
  displayName: true,
  description: true,
  ownerId: true,
  memberCount: true,
  publicEntryAllowed: true,
  locked: true,
  verified: true,
  createdAt: true,
  joinRequests: true,
  roles: true,
};
const userFields: FieldNames<EmulatedUser> = {
  id: true,
  username: true,
  displayName: true,
  createdAt: true,
  picture: true,
  appIds: true,
  inventory: true,
  inventoryPrivate: true,
  groups: true,
  experiences: true,
  about: true,
  locale: true,
  premium: true,
  idVerified: true,
  socialNetworkProfiles: true,
};
const experienceFields: FieldNames<EmulatedExperience> = {
  id: true,
  name: true,
  description: true,
  createdAt: true,
  ownerGroupId: true,
};

/**
 * Refuses unknown fields in a file or a request, which no compiler checks.
 * @throws {OptionError} the first unknown field, with its place
 */
export function checkFields(people: object): void {
  const refuse = (item: object, known: object, path: OptionPath) => {
    const unknown = Object.keys(item).find((name) => !Object.hasOwn(known, name));
    if (unknown === undefined) return;
    throw new OptionError([...path, unknown], `is not a field here. The fields: ${Object.keys(known).join(', ')}.`);
  };
  const checkGroupFields = (known: object) => (group: object, path: OptionPath) => {
    refuse(group, known, path);
    checkEach(readField(group, 'roles'), [...path, 'roles'], (role, place) => refuse(role, roleFields, place));
  };
  refuse(people, { users: true, groups: true, $schema: true }, []);
  checkEach(readField(people, 'groups'), ['groups'], checkGroupFields(groupFields));
  checkEach(readField(people, 'users'), ['users'], (user, path) => {
    refuse(user, userFields, path);
    const memberFields = { ...groupFields, roleIds: true, joinedAt: true };
    checkEach(readField(user, 'groups'), [...path, 'groups'], checkGroupFields(memberFields));
    checkEach(readField(user, 'experiences'), [...path, 'experiences'], (experience, place) =>
      refuse(experience, experienceFields, place),
    );
  });
}

function readField(item: object, name: string): unknown {
  return Object.entries(item).find(([key]) => key === name)?.[1];
}

/** Checks the options `users` and `groups`, which may also come from a file. */
export function checkPeople({ users, groups }: { users?: unknown; groups?: unknown }): void {
  checkEach(groups, ['groups'], (group, path) => checkGroup(group as EmulatedGroupFacts, path));
  const seen = new Set<string>();
  checkEach(users, ['users'], (user, path) => {
    checkUser(user as EmulatedUser, path);
    const { id } = user as EmulatedUser;
    if (seen.has(id)) throw new OptionError([...path, 'id'], `${id} is given twice`);
    seen.add(id);
  });
}

// Calls `check` for each item. The values may come from JavaScript or JSON, so their types are not sure.
function checkEach(list: unknown, path: OptionPath, check: (item: object, path: OptionPath) => void): void {
  if (list === undefined) return;
  if (!Array.isArray(list)) throw new OptionError(path, `must be an array, but is ${describeValue(list)}`);
  list.forEach((item: unknown, index) => {
    const place = [...path, index];
    if (typeof item !== 'object' || item === null) {
      throw new OptionError(place, `must be an object, but is ${describeValue(item)}`);
    }
    check(item, place);
  });
}

function checkURL(url: unknown): void {
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
  const isPlain =
    parsed !== undefined && /^https?:$/.test(parsed.protocol) && parsed.origin === String(url).replace(/\/$/, '');
  if (!isPlain) throw new OptionError(['url'], `must be like https://roblox.example, but is ${describeValue(url)}`);
}

function checkUser(user: EmulatedUser, path: OptionPath): void {
  checkID(user.id, [...path, 'id']);
  for (const name of ['username', 'displayName'] as const) checkText(user[name], [...path, name]);
  checkDate(user.createdAt, [...path, 'createdAt']);
  if (typeof (user.picture ?? '') !== 'string') {
    throw new OptionError([...path, 'picture'], `must be a URL or null, but is ${describeValue(user.picture)}`);
  }
  for (const [clientID, id] of Object.entries(user.appIds ?? {})) checkID(id, [...path, 'appIds', clientID]);
  checkEach(user.inventory, [...path, 'inventory'], (item, place) => {
    if (!['assetDetails', 'badgeDetails', 'gamePassDetails', 'privateServerDetails'].some((name) => name in item)) {
      throw new OptionError(place, 'needs assetDetails, badgeDetails, gamePassDetails or privateServerDetails');
    }
  });
  checkEach(user.groups, [...path, 'groups'], (group, place) => {
    const { roleIds, joinedAt } = group as { roleIds?: unknown; joinedAt?: unknown };
    checkGroup(group as EmulatedGroupFacts, place);
    if (!Array.isArray(roleIds) || roleIds.length === 0) {
      throw new OptionError([...place, 'roleIds'], 'must be an array of at least one role ID');
    }
    roleIds.forEach((id: unknown, index) => checkID(id, [...place, 'roleIds', index]));
    if (joinedAt !== undefined) checkDate(joinedAt, [...place, 'joinedAt']);
  });
  checkEach(user.experiences, [...path, 'experiences'], (experience, place) => {
    const { id, createdAt, ownerGroupId } = experience as { id?: unknown; createdAt?: unknown; ownerGroupId?: unknown };
    checkID(id, [...place, 'id']);
    if (ownerGroupId !== undefined) checkID(ownerGroupId, [...place, 'ownerGroupId']);
    if (createdAt !== undefined) checkDate(createdAt, [...place, 'createdAt']);
  });
}

function checkGroup(group: EmulatedGroupFacts, path: OptionPath): void {
  checkID(group.id, [...path, 'id']);
  if (group.ownerId !== undefined) checkID(group.ownerId, [...path, 'ownerId']);
  if (group.createdAt !== undefined) checkDate(group.createdAt, [...path, 'createdAt']);
  (group.joinRequests ?? []).forEach((id, index) => checkID(id, [...path, 'joinRequests', index]));
  checkEach(group.roles, [...path, 'roles'], (role, place) => {
    const { id, displayName, rank } = role as { id?: unknown; displayName?: unknown; rank?: unknown };
    checkID(id, [...place, 'id']);
    checkText(displayName, [...place, 'displayName']);
    if (!Number.isInteger(rank) || Number(rank) < 0 || Number(rank) > 255) {
      throw new OptionError([...place, 'rank'], `must be a whole number from 0 to 255, but is ${describeValue(rank)}`);
    }
  });
}

function checkClient(client: EmulatedClient, path: OptionPath, { loopbackIPs, extraScopes }: EmulatorOptions): void {
  checkText(client.clientID, [...path, 'clientID']);
  if (client.clientSecret === '') {
    throw new OptionError([...path, 'clientSecret'], 'is empty: leave it out for a public client');
  }
  const problem = client.scopes && findScopeProblem(client.scopes, extraScopes);
  if (problem !== undefined) throw new OptionError([...path, 'scopes'], `cannot be saved with an app: ${problem}`);
  const place = [...path, 'redirectURIs'];
  if (client.redirectURIs === 'loopback') return;
  if (!Array.isArray(client.redirectURIs)) throw new OptionError(place, "must be an array of URLs, or 'loopback'");
  if (client.redirectURIs.length > 10)
    throw new OptionError(place, 'has more than 10 URLs, the most that Roblox accepts');
  client.redirectURIs.forEach((uri: unknown, index) => {
    const reason = findRedirectProblem(uri, loopbackIPs ?? false);
    if (reason !== undefined) throw new OptionError([...place, index], `${reason}: ${describeValue(uri)}`);
  });
}

/**
 * Explains why Roblox's registration form would refuse a redirect URL.
 * @returns undefined when it would not
 * @see https://create.roblox.com/docs/cloud/auth/oauth2-registration#add-redirect-urls
 */
function findRedirectProblem(uri: unknown, loopbackIPs: boolean): string | undefined {
  if (typeof uri !== 'string' || /\s/.test(uri) || !URL.canParse(uri)) return 'must be an absolute URL';
  if (uri.length > 256) return 'must have at most 256 characters';
  const { protocol, hostname } = new URL(uri);
  if (uri.includes('#')) return 'must have no fragment';
  if (/^(?:javascript|data|vbscript|file|blob|about):$/.test(protocol)) return 'must have a scheme that opens an app';
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  if (/^(?:127\.|\[::1\]$)/.test(hostname)) {
    return loopbackIPs
      ? undefined
      : "must name localhost, not its IP address (option loopbackIPs, or redirectURIs: 'loopback')";
  }
  return protocol === 'https:' || hostname === 'localhost' ? undefined : 'must be https, or http://localhost';
}

function checkID(id: unknown, path: OptionPath): void {
  if (typeof id === 'string' && /^\d{1,20}$/.test(id)) return;
  throw new OptionError(path, `must be a string of digits, but is ${describeValue(id)}`);
}

function checkText(text: unknown, path: OptionPath): void {
  if (typeof text === 'string' && text !== '') return;
  throw new OptionError(path, `must be a non-empty string, but is ${describeValue(text)}`);
}

function checkDate(date: unknown, path: OptionPath): void {
  if (date instanceof Date && !Number.isNaN(date.getTime())) return;
  const hint = typeof date === 'string' ? `: new Date(${describeValue(date)})` : '';
  throw new OptionError(path, `must be a valid Date, but is ${describeValue(date)}${hint}`);
}

function describeValue(value: unknown): string {
  if (value === undefined) return 'missing';
  return typeof value === 'string' ? JSON.stringify(value) : `${typeof value} ${String(value)}`;
}

/**
 * Refuses unknown fields of a method's argument, which may come from JavaScript.
 * @throws {TypeError} lists the known fields
 */
export function checkArgument(method: string, argument: object, names: readonly string[]): void {
  const unknown = Object.keys(argument).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new TypeError(`${method} takes ${names.join(', ')}, but got ${unknown}`);
}

/** Lists the known people, for a message about an unknown one: `4100000001 (Mango), …`. */
export function listPeople(people: Iterable<Pick<EmulatedUser, 'id' | 'displayName'>>): string {
  const all = [...people].map(({ id, displayName }) => `${id} (${displayName})`);
  return [...all.slice(0, 10), ...(all.length > 10 ? ['…'] : [])].join(', ');
}
