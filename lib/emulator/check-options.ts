import { findSimilar } from '../errors.ts';
import { readItem } from './cloud/inventory.ts';
import { findScopeProblem } from './oauth/endpoints.ts';
import { defaultKnobs, type EmulatedClient, type EmulatedExperience, type EmulatedGroup } from './options.ts';
import type { EmulatedGroupFacts, EmulatedRole, EmulatedUser, EmulatorKnobs, EmulatorOptions } from './options.ts';

/** The place of a problem in the options, such as `['users', 0, 'createdAt']`. */
export type OptionPath = readonly (string | number)[];

/** An option that cannot work. */
export class OptionError extends TypeError {
  readonly path: OptionPath;

  /** @param problem without its place */
  constructor(path: OptionPath, problem: string) {
    const place = path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`));
    super(`${place.join('')} ${problem}`);
    this.path = path;
  }
}

/** Refuses a value that cannot work. Values may come from JavaScript or JSON, so their types are not sure. */
type Check = (value: unknown, path: OptionPath) => void;

/** Describes an object. Each field has a function that checks its value or, when it is a list of objects, the shape of these objects. */
interface Shape {
  readonly [name: string]: Check | readonly [Shape];
}

/** The fields of T. All of them, so that the compiler finds a missing name. */
type ShapeOf<T> = Readonly<Record<keyof T, Shape[string]>>;

const checkID = createCheck('a string of digits', (value) => typeof value === 'string' && /^\d{1,20}$/.test(value));
const checkText = createCheck('a non-empty string', (value) => typeof value === 'string' && value !== '');
const checkIDs: Check = (ids, path) => checkList(ids, path, checkID);

/** @param wanted what the value must be, for the message */
function createCheck(wanted: string, isRight: (value: unknown) => boolean): Check {
  return (value, path) => {
    if (!isRight(value)) throw new OptionError(path, `must be ${wanted}, but is ${describeValue(value)}`);
  };
}

/** Fields with values that are not checked. */
function accept<Name extends string>(...names: readonly Name[]): Readonly<Record<Name, Check>> {
  return Object.fromEntries(names.map((name) => [name, () => undefined])) as unknown as Record<Name, Check>; // all names
}

function optional(check: Check): Check {
  return (value, path) => value === undefined || check(value, path);
}

const roleShape: ShapeOf<EmulatedRole> = {
  id: checkID,
  displayName: checkText,
  rank: createCheck(
    'a whole number from 0 to 255',
    (rank) => Number.isInteger(rank) && 0 <= Number(rank) && Number(rank) <= 255,
  ),
  ...accept('description', 'memberCount', 'permissions'),
};
const groupShape: ShapeOf<EmulatedGroupFacts> = {
  id: checkID,
  ownerId: optional(checkID),
  createdAt: optional(checkDate),
  joinRequests: checkIDs,
  roles: [roleShape],
  ...accept('displayName', 'description', 'memberCount', 'publicEntryAllowed', 'locked', 'verified'),
};
const memberGroupShape: ShapeOf<EmulatedGroup> = {
  ...groupShape,
  roleIds(ids, path) {
    if (!Array.isArray(ids) || ids.length === 0) {
      throw new OptionError(path, 'must be an array of at least one role ID');
    }
    checkIDs(ids, path);
  },
  joinedAt: optional(checkDate),
};
const experienceShape: ShapeOf<EmulatedExperience> = {
  id: checkID,
  createdAt: optional(checkDate),
  ownerGroupId: optional(checkID),
  ...accept('name', 'description'),
};
const userShape: ShapeOf<EmulatedUser> = {
  id: checkID,
  username: checkText,
  displayName: checkText,
  createdAt: checkDate,
  picture: createCheck('a string or null', (picture) => typeof (picture ?? '') === 'string'),
  appIds(ids, path) {
    for (const [clientID, id] of Object.entries({ ...(ids as object) })) checkID(id, [...path, clientID]);
  },
  inventory: (items, path) => checkList(items, path, checkItem),
  groups: [memberGroupShape],
  experiences: [experienceShape],
  ...accept('inventoryPrivate', 'about', 'locale', 'premium', 'idVerified', 'socialNetworkProfiles'),
};
const peopleShape: Shape = { groups: [groupShape], users: [userShape], ...accept('$schema') };
const startShape: ShapeOf<Omit<EmulatorOptions, keyof EmulatorKnobs>> = {
  host: optional(createCheck('an address to listen on', (host) => typeof host === 'string')),
  url: optional(createCheck('like https://roblox.example', isOrigin)),
  subjectType: optional(createCheck("'public' or 'pairwise'", (type) => type === 'public' || type === 'pairwise')),
  ...accept(
    'port',
    'hosts',
    'users',
    'clients',
    'groups',
    'loopbackIPs',
    'extraScopes',
    'control',
    'now',
    'keepAliveTimeout',
    'requestsKept',
    'onRequest',
    'authorizationsKept',
  ),
};
const OPTION_NAMES = [...Object.keys(startShape), ...Object.keys(defaultKnobs)].sort();

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
  checkShape(options, startShape, []);
  checkPeople(options);
  checkList(options.clients, ['clients'], (client, path) => checkClient(client as EmulatedClient, path, options));
}

/** Checks the options `users` and `groups`, which may also come from a file. */
export function checkPeople(people: { users?: unknown; groups?: unknown }): void {
  checkShape(people, peopleShape, []);
  const seen = new Set<string>();
  for (const [index, { id }] of ((people.users ?? []) as EmulatedUser[]).entries()) {
    if (seen.has(id)) throw new OptionError(['users', index, 'id'], `${id} is given twice`);
    seen.add(id);
  }
}

/**
 * Refuses unknown fields in a file or a request, which no compiler checks.
 * @throws {OptionError} the first unknown field, with its place
 */
export function checkFields(people: object): void {
  refuseUnknown(people, peopleShape, []);
}

function refuseUnknown(item: object, shape: Shape, path: OptionPath): void {
  for (const [name, value] of Object.entries(item)) {
    const place = [...path, name];
    const known = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (known === undefined) {
      throw new OptionError(place, `is not a field here. The fields: ${Object.keys(shape).join(', ')}.`);
    }
    if (typeof known !== 'function') checkObjects(value, place, (inner, at) => refuseUnknown(inner, known[0], at));
  }
}

function checkShape(item: object, shape: Shape, path: OptionPath): void {
  const values: Readonly<Record<string, unknown>> = { ...item };
  for (const [name, check] of Object.entries(shape)) {
    const place = [...path, name];
    if (typeof check === 'function') check(values[name], place);
    else checkObjects(values[name], place, (inner, at) => checkShape(inner, check[0], at));
  }
}

function checkList(list: unknown, path: OptionPath, check: Check): void {
  if (list === undefined) return;
  if (!Array.isArray(list)) throw new OptionError(path, `must be an array, but is ${describeValue(list)}`);
  list.forEach((value: unknown, index) => check(value, [...path, index]));
}

function checkObjects(list: unknown, path: OptionPath, check: (item: object, path: OptionPath) => void): void {
  checkList(list, path, (item, place) => {
    if (typeof item === 'object' && item !== null) return check(item, place);
    throw new OptionError(place, `must be an object, but is ${describeValue(item)}`);
  });
}

function checkItem(item: unknown, path: OptionPath): void {
  if (readItem({ ...(item as object) }) !== undefined) return;
  throw new OptionError(path, 'needs assetDetails, badgeDetails, gamePassDetails or privateServerDetails');
}

function checkDate(date: unknown, path: OptionPath): void {
  if (date instanceof Date && !Number.isNaN(date.getTime())) return;
  const hint = typeof date === 'string' ? `: new Date(${describeValue(date)})` : '';
  throw new OptionError(path, `must be a valid Date, but is ${describeValue(date)}${hint}`);
}

function isOrigin(url: unknown): boolean {
  if (typeof url !== 'string' || !URL.canParse(url)) return false;
  const { protocol, origin } = new URL(url);
  return /^https?:$/.test(protocol) && origin === url.replace(/\/$/, '');
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
