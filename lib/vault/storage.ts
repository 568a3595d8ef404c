import { describeValue, refuse, refuseUnknownOptions, TokenVaultError, type TokenVaultErrorCode } from '../errors.ts';
import { setDeadline } from '../http/abort.ts';

const { bigint: readNanoseconds } = process.hrtime; // captured: fake timers replace it

/** Milliseconds since some moment, whatever happens to the machine's clock. Not `performance.now`, which Node loads at its first use. */
export const monotonic = (): number => Number(readNanoseconds()) / 1e6;

/**
 * Where a vault keeps one string per user: a `Map`, a table, anything with `get`, `set` and `delete`. The string holds the user's tokens: as
 * JSON, or sealed where the vault has `secrets`. Each method may return its result or a promise of it.
 *
 * A key names the app and ends in the user's ID, and has only letters, digits and `_ : . -`.
 */
export interface TokenStorage {
  /** @returns what was stored last; undefined (or null) when nothing is */
  get(key: string): string | null | undefined | Promise<string | null | undefined>;
  /** Stores a value in place of the one before. When it resolves the value must be safe: a refresh token works once. */
  set(key: string, value: string): unknown;
  /** Forgets the value, if there is one. */
  delete(key: string): unknown;
  /**
   * Whether a value that was stored may be forgotten again, by a failover to a replica for instance. Asked when Roblox refuses a token;
   * where it may, an authorization counts as lost only after `lossDelay`. Left out: it may not.
   */
  mayForget?(): boolean | Promise<boolean>;
}

/**
 * Runs a task while no other task of the same key runs, in any process that shares the storage, and hands back what the task returns.
 * Lets go of the lock however the task ends. Different keys do not wait for each other.
 *
 * A task takes milliseconds: it reads one value and writes one. Roblox is never asked under a lock.
 *
 * A lock that is sometimes lost, or that guarantees nothing, loses no authorization while the process that got Roblox's response lives: the
 * response is stored whatever happened meanwhile. Two processes may then spend the same refresh token, and `onLost` may be told of an
 * authorization that comes back.
 */
export type TokenLock = <Result>(key: string, task: () => Promise<Result>) => Promise<Result>;

/** A lock for one process: tasks of a key run one after the other. It remembers a key only while a task of it runs. */
export function createMemoryLock(): TokenLock {
  const tails = new Map<string, Promise<void>>();
  return async (key, task) => {
    const mine = (tails.get(key) ?? Promise.resolve()).then(task);
    const tail = mine.then(
      () => {},
      () => {},
    );
    tails.set(key, tail);
    try {
      return await mine;
    } finally {
      if (tails.get(key) === tail) tails.delete(key);
    }
  };
}

/**
 * Makes an app's own lock safe to use: what it throws is an Error, and it must have run its task.
 * @throws {TypeError} the lock did not run its task, or does not hand back what the task returned
 */
export function guardLock(lock: TokenLock): TokenLock {
  return async (key, task) => {
    type Result = Awaited<ReturnType<typeof task>>;
    let outcome: { readonly value: Result } | { readonly error: unknown } | undefined;
    const returned: unknown = await callStorage('lock', () =>
      lock(key, async () => {
        try {
          return (outcome = { value: await task() });
        } catch (error) {
          outcome = { error };
          throw error;
        }
      }),
    );
    // The compiler does not see that the task has set it.
    const settled = outcome as { readonly value: Result } | { readonly error: unknown } | undefined;
    if (settled !== undefined && 'error' in settled) throw settled.error;
    if (settled !== undefined && settled === returned) return settled.value;
    throw new TypeError(
      'lock must be a function (key, task) that returns what task() resolves to, as in `return await task()`; ' +
        (settled === undefined ? 'it did not run its task, or did not wait for it' : 'it returned something else'),
    );
  };
}

/** Calls a storage or lock. What it throws is passed on, if it is an Error; a value that is none may pass for "no error" later. */
export async function callStorage<T>(what: string, call: () => T | Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    // By shape: an Error may come from another realm, as in Jest.
    if (typeof error === 'object' && error !== null && 'message' in error) throw error;
    const message = `${what} threw a value that is no Error: ${describeValue(error)}`;
    throw new TokenVaultError('storage_failed', message, { cause: error });
  }
}

/**
 * Waits for work that may never end: a Redis or Postgres client queues commands while there is no connection.
 * @param late.onLate what to do with a result that comes when nobody waits any more
 * @throws {TokenVaultError} with `code` and `message`, after so many milliseconds
 */
export async function waitAtMost<T>(
  ms: number,
  work: Promise<T>,
  late: { readonly code: TokenVaultErrorCode; readonly message: string; readonly onLate?: (result: T) => void },
): Promise<T> {
  let clearDeadline = () => {};
  const deadline = new Promise<never>((_, reject) => {
    clearDeadline = setDeadline(Math.max(0, ms), () => {
      work.then(late.onLate, () => {});
      reject(new TokenVaultError(late.code, late.message));
    });
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearDeadline();
  }
}

/** How the clients of Redis and Postgres say that no response came: in a code, the name of a class, or words. */
const NO_RESPONSE =
  /time(?:d )?out|\bE(?:CONN|HOST|NET|PIPE|AI_|NOTFOUND)|clos(?:ed?|ing)\b|terminated|offline|disconnect|queryable|writeable|max retries|unavailable|unreachable|AllFailed|is ended|none of startup nodes/i;
/** What Postgres says while it starts or shuts down. @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const POSTGRES_AWAY = /^(?:08|57P)/;

/**
 * Explains what a client rejects with when its server does not respond; some clients say so by an error without a message.
 * @returns a TokenVaultError `timeout`; undefined for the server's own responses: Postgres' have a SQLSTATE, Redis' begin in capitals
 */
export function explainNoResponse(server: 'Redis' | 'Postgres', error: unknown): TokenVaultError | undefined {
  if (typeof error !== 'object' || error === null || error instanceof TokenVaultError) return undefined;
  const { message, name, code } = error as { message?: unknown; name?: unknown; code?: unknown }; // read as text
  const isResponse = /^(?=.*\d)[0-9A-Z]{5}$/.test(String(code)) || /^[A-Z]{3,} /.test(String(message));
  const isAway = isResponse
    ? POSTGRES_AWAY.test(String(code))
    : message === '' || NO_RESPONSE.test([code, name, error.constructor?.name, message].join(' '));
  if (!isAway) return undefined;
  const text = `${server} does not answer. Start it, or check its address; the app connects again by itself`;
  return new TokenVaultError('timeout', text, { cause: error });
}

/** @throws {TypeError} no whole number of milliseconds that a timer takes */
export function readMilliseconds(name: string, value: unknown, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 0x7fffffff) return value;
  refuse(name, value, 'a whole number of milliseconds from 1 to 2147483647');
}

/**
 * Checks the names of the options of Redis and Postgres.
 * @param call what would work, as code
 * @throws {TypeError} no options, an unknown one, or the client itself in their place: clients and pools have `on`
 */
export function checkConnectionOptions(options: unknown, known: Readonly<Record<string, true>>, call: string): void {
  if (typeof options !== 'object' || options === null || 'on' in options) {
    throw new TypeError(`options must be an object, as in ${call}`);
  }
  refuseUnknownOptions(options, known);
}
