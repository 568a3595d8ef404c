/**
 * Discord's rules: which metadata it accepts, and who gets a linked role.
 * @see https://discord.com/developers/docs/resources/application-role-connection-metadata
 */
import type { MetadataRecord, RoleConnection } from '../discord.ts';

export type StoredConnection = Partial<RoleConnection> & Pick<RoleConnection, 'metadata'>;

/** Discord's response to an invalid body. */
export interface InvalidForm {
  readonly code: 50035;
  readonly message: 'Invalid Form Body';
  readonly errors: Readonly<Record<string, string>>;
}

/** The conditions of a role that admins have chosen: a number for each record that they use. */
export type Requirements = Readonly<Record<string, number>>;

const DAY_MS = 24 * 60 * 60 * 1000;
const isInteger = (value: string) => /^-?\d{1,10}$/.test(value);
const isTime = (value: string) =>
  /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/.test(value) &&
  !Number.isNaN(Date.parse(value));
const isFlag = (value: string) => value === '0' || value === '1';
const daysAgo = (value: string, now: number) => (now - Date.parse(value)) / DAY_MS;

/** By type: which values are valid, and how they are compared. 5 and 6 follow Discord's behaviour, which differs from its documentation. */
const TYPES: Readonly<
  Record<number, { takes: (value: string) => boolean; holds: (value: string, wanted: number, now: number) => boolean }>
> = {
  1: { takes: isInteger, holds: (value, wanted) => Number(value) <= wanted },
  2: { takes: isInteger, holds: (value, wanted) => Number(value) >= wanted },
  3: { takes: isInteger, holds: (value, wanted) => Number(value) === wanted },
  4: { takes: isInteger, holds: (value, wanted) => Number(value) !== wanted },
  5: { takes: isTime, holds: (value, wanted, now) => daysAgo(value, now) <= wanted },
  6: { takes: isTime, holds: (value, wanted, now) => daysAgo(value, now) >= wanted },
  7: { takes: isFlag, holds: (value, wanted) => Number(value) === wanted },
  8: { takes: isFlag, holds: (value, wanted) => Number(value) !== wanted },
};

/** Reads the metadata that an app registers. */
export function readRecords(body: unknown): MetadataRecord[] | InvalidForm {
  if (!Array.isArray(body)) return invalid({ _: 'Must be a list.' });
  if (body.length > 5) return invalid({ _: 'Must be 5 or fewer in length.' });
  const errors: Record<string, string> = {};
  body.forEach((record: Partial<Record<string, unknown>>, index) => {
    const { type, key, name, description } = record;
    if (typeof type !== 'number' || !(type in TYPES)) errors[`${index}.type`] = 'Must be one of 1 to 8.';
    if (typeof key !== 'string' || !/^[a-z0-9_]{1,50}$/.test(key)) {
      errors[`${index}.key`] = 'Must be 1 to 50 of a-z, 0-9 and _.';
    }
    if (!isText(name, 100)) errors[`${index}.name`] = 'Must be between 1 and 100 in length.';
    if (!isText(description, 200)) errors[`${index}.description`] = 'Must be between 1 and 200 in length.';
    if (body.findIndex((other) => other?.key === key) !== index) errors[`${index}.key`] = 'Must be unique.';
  });
  return Object.keys(errors).length > 0 ? invalid(errors) : (body as MetadataRecord[]); // checked field by field
}

/** Reads a person's values. */
export function readConnection(body: unknown, records: readonly MetadataRecord[]): StoredConnection | InvalidForm {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return invalid({ _: 'Must be an object.' });
  const { platform_name, platform_username, metadata = {} } = body as Record<string, unknown>; // an object has members
  const errors: Record<string, string> = {};
  if (platform_name !== undefined && !isText(platform_name, 50))
    errors['platform_name'] = 'Must be 50 or fewer in length.';
  if (platform_username !== undefined && !isText(platform_username, 100)) {
    errors['platform_username'] = 'Must be 100 or fewer in length.';
  }
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) {
    return invalid({ ...errors, metadata: 'Must be an object.' });
  }
  for (const [key, value] of Object.entries(metadata)) {
    const record = records.find((one) => one.key === key);
    if (record === undefined) errors[`metadata.${key}`] = 'Is not registered.';
    else if (typeof value !== 'string' || value.length > 100 || !TYPES[record.type]?.takes(value)) {
      errors[`metadata.${key}`] = `Is not a value of type ${record.type}, as a string.`;
    }
  }
  return Object.keys(errors).length > 0 ? invalid(errors) : (body as StoredConnection); // checked above
}

/** Whether a person gets a role. */
export function hasRole(
  connection: StoredConnection | undefined,
  requirements: Requirements,
  records: readonly MetadataRecord[],
  now: number,
): boolean {
  return Object.entries(requirements).every(([key, wanted]) => {
    const value = connection?.metadata[key];
    const type = records.find((record) => record.key === key)?.type;
    return value !== undefined && type !== undefined && TYPES[type]?.holds(value, wanted, now) === true;
  });
}

function isText(value: unknown, most: number): boolean {
  return typeof value === 'string' && value.length >= 1 && value.length <= most;
}

function invalid(errors: Readonly<Record<string, string>>): InvalidForm {
  return { code: 50035, message: 'Invalid Form Body', errors };
}
