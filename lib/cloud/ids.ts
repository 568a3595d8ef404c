import { describeValue } from '../errors.ts';
import { isID } from '../http/json.ts';

/** A Roblox ID as a caller may give it: the string that Roblox sends, or a number where JavaScript can hold it exactly. */
export type ID = string | number;

/**
 * Checks an ID that comes from a caller, and makes it the string that goes into a path or a filter. Only digits pass, so nothing a
 * user typed can change either.
 * @param name what the ID is called where it was given, for the error
 * @throws {TypeError} anything but a whole number above 0 as a string or a safe integer
 */
export function checkID(name: string, value: unknown): string {
  if (typeof value === 'number' ? Number.isSafeInteger(value) && value > 0 : isID(value)) return String(value);
  const hint =
    typeof value === 'number' && value > Number.MAX_SAFE_INTEGER
      ? ': numbers of this size lose digits in JavaScript'
      : '';
  throw new TypeError(
    `${name} must be a Roblox ID, digits in a string such as '7', but is ${describeValue(value)}${hint}`,
  );
}

/** {@link checkID} for several; at least one. */
export function checkIDs(name: string, value: unknown): string[] {
  if (!Array.isArray(value))
    throw new TypeError(`${name} must be an array of Roblox IDs, but is ${describeValue(value)}`);
  // An empty list would mean "no condition": a gate that is open to everyone.
  if (value.length === 0) throw new TypeError(`${name} must hold at least one ID; leave it out for no such condition`);
  return value.map((id, index) => checkID(`${name}[${index}]`, id));
}

/**
 * The ID that follows a collection in a resource path: `99` for `roles` in `groups/7/roles/99`.
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
