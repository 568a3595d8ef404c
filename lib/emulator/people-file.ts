import { checkFields, checkPeople, OptionError, type OptionPath } from './check-options.ts';
import type { EmulatedGroupFacts, EmulatedUser } from './options.ts';

/** The people of a file or a request. */
export interface People {
  readonly users: readonly EmulatedUser[];
  readonly groups: readonly EmulatedGroupFacts[];
}

/**
 * Reads a file of people: `{ "users": […], "groups": […] }` with the fields of the options `users` and `groups`, times as ISO 8601.
 * @param name of the file, for messages
 * @throws {TypeError} what is wrong, with the line: `people.json:12: users[0].id must be …`
 */
export function readPeopleFile(text: string, name: string): People {
  const fail = (line: number, message: string) => new TypeError(`${name}:${line}: ${message}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw fail(findBrokenLine(text), String(error instanceof Error ? error.message : error));
  }
  try {
    return readPeople(value);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw fail(findLine(text, error.path), error.message);
  }
}

/**
 * Reads people from JSON.
 * @throws {OptionError} with the place of what is wrong
 */
export function readPeople(value: unknown): People {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new OptionError(['people'], 'must be an object: { "users": […], "groups": […] }');
  }
  const people = reviveTimes(value) as { users?: EmulatedUser[]; groups?: EmulatedGroupFacts[] }; // checked next
  checkFields(people);
  checkPeople(people);
  return { users: people.users ?? [], groups: people.groups ?? [] };
}

/** Makes Dates of the times in JSON, for the fields that are Dates in the emulator's options. */
export function reviveTimes(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => reviveTimes(item));
  if (typeof value === 'object' && value !== null) {
    // Items are sent unchanged, including their times.
    const entries = Object.entries(value).map(([key, item]: [string, unknown]) => [
      key,
      key === 'inventory' ? item : reviveTimes(item, key),
    ]);
    return Object.fromEntries(entries);
  }
  return typeof value === 'string' && (name === 'createdAt' || name === 'joinedAt') ? new Date(value) : value;
}

// Finds the line of the first token that cannot be JSON. Not from the parser's message, which differs between versions of Node.
function findBrokenLine(text: string): number {
  const tokens = [...scan(text)];
  const broken = tokens.find(({ isBroken }) => isBroken) ?? tokens.at(-1);
  return countLines(text, broken?.start ?? 0);
}

/** Finds the line where the value at a path begins, or its nearest parent when the value is missing. */
function findLine(text: string, path: OptionPath): number {
  const tokens = [...scan(text)];
  let at = 0;
  for (const part of path) {
    const member = findMember(tokens, at, part);
    if (member === undefined) break;
    at = member;
  }
  return countLines(text, tokens[at]?.start ?? 0);
}

/** Finds a member of the object or list that begins at a token. The JSON is not broken. */
function findMember(tokens: readonly Token[], start: number, part: string | number): number | undefined {
  let depth = 0;
  let index = 0;
  for (const [at, { kind, value }] of tokens.entries()) {
    if (at < start) continue;
    if (kind === '}' || kind === ']') depth -= 1;
    if (depth === 0 && at > start) return undefined;
    if (depth === 1 && kind === ',') index += 1;
    else if (depth === 1 && part === index) return at;
    if (depth === 1 && tokens[at + 1]?.kind === ':' && JSON.parse(value) === part) return at + 2;
    if (kind === '{' || kind === '[') depth += 1;
  }
  return undefined;
}

interface Token {
  /** A mark such as `{`, `value` or `other`. */
  readonly kind: string;
  readonly start: number;
  readonly value: string;
  readonly isBroken: boolean;
}

/** Finds the tokens of JSON. One that is broken is not JSON, or not allowed where it is. */
function* scan(text: string): Generator<Token, void> {
  const pattern = /\s*(?:([{}[\],:])|("(?:[^"\\\n]|\\.)*"|-?\d[\d.eE+-]*|true|false|null))|\s*(\S)/gy;
  let before = ',';
  for (;;) {
    const match = pattern.exec(text);
    if (match === null) return;
    const [all, mark, value, other] = match;
    const kind = mark ?? (value === undefined ? 'other' : 'value');
    const start = match.index + all.length - (mark ?? value ?? other ?? '').length;
    const isBroken = other !== undefined || !canFollow(before, kind);
    yield { kind, start, value: value ?? '', isBroken };
    before = kind;
  }
}

function canFollow(before: string, kind: string): boolean {
  const isEnd = ['value', '}', ']'].includes(before);
  if (kind === ',' || kind === ':') return isEnd;
  if (kind === '}') return isEnd || before === '{';
  if (kind === ']') return isEnd || before === '[';
  return !isEnd;
}

function countLines(text: string, end: number): number {
  return text.slice(0, end).split('\n').length;
}
