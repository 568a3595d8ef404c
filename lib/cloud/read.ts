import { readObject } from '../http/json.ts';

/** A JSON object as Roblox sent it. */
export type Raw = Readonly<Record<string, unknown>>;

/** The value when it is a JSON object, else one without fields. */
export function readRaw(value: unknown): Raw {
  return readObject(value) ?? {};
}

/** Whether a value is a JSON object. */
export function isRaw(value: unknown): value is Raw {
  return readObject(value) !== undefined;
}

/** The usual form, which a Date reads as it is. */
const PLAIN_TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/;
const TIMESTAMP = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;

/**
 * A time as Roblox sends it, RFC 3339 with 0, 3, 6 or 9 digits of a second; a Date holds three of them.
 * @returns undefined when it is none
 * @see https://create.roblox.com/docs/cloud/reference/types
 */
export function readTime(value: unknown): Date | undefined {
  if (typeof value !== 'string') return undefined;
  const date = new Date(PLAIN_TIMESTAMP.test(value) ? value : plainTimestampOf(value));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function plainTimestampOf(value: string): string {
  const [, seconds, fraction = '', zone] = TIMESTAMP.exec(value) ?? [];
  return seconds === undefined || zone === undefined ? '' : `${seconds}${fraction.slice(0, 4)}${zone}`.toUpperCase();
}

/** {@link readTime} for a time that is always there: an invalid Date where it is not, rather than a listing that fails. */
export function readRequiredTime(value: unknown): Date {
  return readTime(value) ?? new Date(NaN);
}

/** An object without its fields that are undefined: what Roblox left out stays out. */
export function compact<T extends object>(fields: T): Compact<T> {
  const kept: Partial<T> = {};
  // A loop, since this is done for every item of a listing: by way of Object.entries it took a tenth of a whole listing's time.
  for (const name in fields) if (fields[name] !== undefined) kept[name] = fields[name];
  return kept as Compact<T>; // without the undefined ones
}

type OptionalKeys<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** The type with `x?: T` for each `x: T | undefined`. */
export type Compact<T> = Omit<T, OptionalKeys<T>> & { [K in OptionalKeys<T>]?: Exclude<T[K], undefined> };
