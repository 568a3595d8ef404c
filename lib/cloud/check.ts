import { describeValue, refuse } from '../errors.ts';
import { isID } from '../http/json.ts';
import { isPlainObject } from './url.ts';

/** A Roblox ID: a string, as Roblox sends it, or a number, if it is a safe integer. */
export type ID = string | number;

/**
 * Checks an ID from a caller, and returns it as a string. Only digits pass, so it cannot change the path or filter that it goes into.
 * @param name the name of the argument, for the error
 * @throws {TypeError} anything but a whole number above 0 as a string or a safe integer
 */
export function checkID(name: string, value: unknown): string {
  if (typeof value === 'number' ? Number.isSafeInteger(value) && value > 0 : isID(value)) return String(value);
  const hint =
    typeof value === 'number' && value > Number.MAX_SAFE_INTEGER
      ? ' and not as a number, which loses digits at this size'
      : '';
  refuse(name, value, `a Roblox ID, digits in a string such as '7'${hint}`);
}

/** {@link checkID} for one or more IDs. */
export function checkIDs(name: string, value: unknown): string[] {
  if (!Array.isArray(value)) refuse(name, value, 'an array of Roblox IDs');
  // An empty list would mean "no condition", and so a gate that everybody passes.
  if (value.length === 0) throw new TypeError(`${name} must have at least one ID. Leave it out for no such condition`);
  return value.map((id, index) => checkID(`${name}[${index}]`, id));
}

/** Checks a required argument, a plain object. @param expected its fields, for the error */
export function checkObject(name: string, value: unknown, expected: string): void {
  if (!isPlainObject(value)) refuse(name, value, `an object with ${expected}`);
}

/** Checks an optional boolean. @throws {TypeError} anything but true, false or undefined */
export function checkFlag(name: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  refuse(name, value, 'true or false');
}

/** Checks a text. @throws {TypeError} not a string, or too short or too long */
export function checkText(name: string, value: unknown, max: number, min = 1): string {
  if (typeof value === 'string' && value.length >= min && value.length <= max) return value;
  const was = typeof value === 'string' ? `has ${value.length}` : `is ${describeValue(value)}`;
  throw new TypeError(`${name} must be a string of ${min} to ${max} characters, but ${was}`);
}

/** Checks an optional whole number. @throws {TypeError} anything but undefined and a whole number from `min` to `max` */
export function checkWholeNumber(name: string, value: unknown, min: number, max = Infinity): number | undefined {
  if (value === undefined) return value;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value;
  refuse(name, value, `a whole number from ${min}${max === Infinity ? '' : ` to ${max}`}`);
}
