import { isID, readObject } from '../http/json.ts';

/** A JSON object from Roblox, unchecked. */
export type Raw = Readonly<Record<string, unknown>>;

/** Reads a JSON object. Returns an empty object for anything else. */
export function readRaw(value: unknown): Raw {
  return readObject(value) ?? {};
}

/** Reads a value of one type; undefined when it has another type. */
export type Reader<T> = (value: unknown) => T | undefined;

export const readText: Reader<string> = (value) => (typeof value === 'string' ? value : undefined);
export const readNumber: Reader<number> = (value) => (typeof value === 'number' ? value : undefined);
export const readFlag: Reader<boolean> = (value) => (typeof value === 'boolean' ? value : undefined);

/** Makes a reader of an object with unknown names and values of one type. It leaves out values of another type. */
export function createMapReader<T>(read: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return (value) => {
    const object = readObject(value);
    if (object === undefined) return undefined;
    const entries = Object.entries(object).flatMap(([name, item]) => {
      const known = read(item);
      return known === undefined ? [] : [[name, known] as const];
    });
    return Object.fromEntries(entries);
  };
}

/** The result of {@link readFields}: each known field with its type. */
export type Fields<R> = { [K in keyof R]?: R[K] extends Reader<infer T> ? T : never };

/** Reads the fields of a response. Leaves out a known field that has the wrong type. Keeps a field that is new at Roblox, unchecked. */
export function readFields<R extends Readonly<Record<string, Reader<unknown>>>>(raw: Raw, readers: R): Fields<R> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(raw)) {
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
    const known = read === undefined ? value : read(value);
    if (known !== undefined) fields[name] = known;
  }
  return fields as Fields<R>; // each known field was read by its reader
}

/**
 * Reads the ID after a collection in a resource path: `99` for `roles` in `groups/7/roles/99`.
 * @returns undefined when there is none
 * @see https://create.roblox.com/docs/cloud/reference/types
 */
export function readPathID(path: unknown, collection: string): string | undefined {
  if (typeof path !== 'string') return undefined;
  const segments = path.split('/');
  for (let index = 0; index + 1 < segments.length; index += 2) {
    const id = segments[index + 1];
    if (segments[index] === collection && isID(id)) return id;
  }
  return undefined;
}

/** Reads an owner from two IDs, of which one is set. */
export function readOwner(
  userId: string | undefined,
  groupId: string | undefined,
): { readonly type: 'User' | 'Group'; readonly id: string } | undefined {
  if (userId !== undefined) return { type: 'User', id: userId };
  return groupId === undefined ? undefined : { type: 'Group', id: groupId };
}

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i;

/**
 * Reads a time: RFC 3339 with 0, 3, 6 or 9 digits of a second. A Date keeps three of them, and drops the rest.
 * @returns undefined when it is not a time
 * @see https://create.roblox.com/docs/cloud/reference/types
 */
export function readTime(value: unknown): Date | undefined {
  const date = typeof value === 'string' && TIMESTAMP.test(value) ? new Date(value) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

/** {@link readTime} for a required time. Returns an invalid Date when it is missing: a list must not fail because of it. */
export function readRequiredTime(value: unknown): Date {
  return readTime(value) ?? new Date(NaN);
}
