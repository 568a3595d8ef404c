import { describeValue, refuse, refuseUnknownOptions, TokenVaultError, type TokenVaultErrorCode } from '../errors.ts';
import { setDeadline } from '../http/abort.ts';

const { bigint: readNanoseconds } = process.hrtime; // captured: fake timers replace it

/** Milliseconds since some fixed moment. Changes of the machine's clock do not affect it. Faster to load than `performance.now`. */
export const monotonic = (): number => Number(readNanoseconds()) / 1e6;

/**
 * Where a vault keeps one string per user: a `Map`, a table, anything with `get`, `set` and `delete`. The string is the user's tokens as
 * JSON, encrypted when the vault has `secrets`. Each method may return its result or a promise of it.
 *
 * A key contains the app and ends with the user's ID. It has only letters, digits and `_ : . -`.
 */
export interface TokenStorage {
  /** @returns the value that was stored last; undefined (or null) when there is none */
  get(key: string): string | null | undefined | Promise<string | null | undefined>;
  /** Stores a value, in place of the old one. When it resolves, the value must be safe, because a refresh token works once. */
  set(key: string, value: string): unknown;
  /** Removes the value, if there is one. */
  delete(key: string): unknown;
  /**
   * Tells whether the storage may forget a stored value, for example in a failover to a replica. The vault asks when Roblox refuses a token.
   * If so, an authorization counts as lost only after `lossDelay`. Without this method, the answer is no.
   */
  mayForget?(): boolean | Promise<boolean>;
}

/**
 * Runs a task while no other task with the same key runs, in any process that shares the storage. Returns what the task returns.
 * Releases the lock also when the task fails. Tasks with different keys do not wait for each other.
 *
 * A task takes milliseconds: it reads one value and writes one. No request to Roblox is made while a lock is held.
 *
 * If a lock ends too early, or guarantees nothing, no authorization is lost while the process that received Roblox's response lives: the
 * response is stored in any case. But two processes may then use the same refresh token, and `onLost` may be called for an authorization
 * that comes back.
 */
export type TokenLock = <Result>(key: string, task: () => Promise<Result>) => Promise<Result>;

/** Makes a lock for one process: tasks with the same key run one after the other. It keeps a key only while a task runs. */
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
 * Makes an app's own lock safe to use: the returned lock throws only Errors.
 * @throws {TypeError} the lock did not run its task, or does not return what the task returned
 */
export function guardLock(lock: TokenLock): TokenLock {
  return async (key, task) => {
    type Result = Awaited<ReturnType<typeof task>>;
    let result: { readonly value: Result } | { readonly error: unknown } | undefined;
    const returned: unknown = await callStorage('lock', () =>
      lock(key, async () => {
        try {
          return (result = { value: await task() });
        } catch (error) {
          result = { error };
          throw error;
        }
      }),
    );
    // The compiler does not see that the task has set it.
    const settled = result as { readonly value: Result } | { readonly error: unknown } | undefined;
    if (settled !== undefined && 'error' in settled) throw settled.error;
    if (settled !== undefined && settled === returned) return settled.value;
    throw new TypeError(
      'lock must be a function (key, task) that returns what task() resolves to, as in `return await task()`; ' +
        (settled === undefined ? 'it did not run its task, or did not wait for it' : 'it returned something else'),
    );
  };
}

/** Calls a storage or lock. Wraps a thrown value that is not an Error: later code could take it for "no error". */
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
 * Waits for work that may never end: a client of Redis or Postgres queues commands while it has no connection.
 * @param late.onLate is called with the result when it comes after the time-out
 * @throws {TokenVaultError} with `code` and `message`, after `ms` milliseconds
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

/** Recognises the errors of the clients of Redis and Postgres for "no response": by code, class name or message. */
const NO_RESPONSE =
  /time(?:d )?out|\bE(?:CONN|HOST|NET|PIPE|AI_|NOTFOUND)|clos(?:ed?|ing)\b|terminated|offline|disconnect|queryable|writeable|max retries|unavailable|unreachable|AllFailed|is ended|none of startup nodes/i;
/** Codes of Postgres while it starts or shuts down. @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const POSTGRES_AWAY = /^(?:08|57P)/;

/**
 * Explains the error of a client whose server does not respond. Some clients throw an error without a message.
 * @returns a TokenVaultError `timeout`; undefined for an error of the server itself: those of Postgres have a SQLSTATE (08 and 57P mean that
 * it is not available), those of Redis begin with a word in capitals
 */
export function explainNoResponse(server: 'Redis' | 'Postgres', error: unknown): TokenVaultError | undefined {
  if (typeof error !== 'object' || error === null || error instanceof TokenVaultError) return undefined;
  const { message, name, code } = error as { message?: unknown; name?: unknown; code?: unknown }; // read as text
  const isResponse = /^(?=.*\d)[0-9A-Z]{5}$/.test(String(code)) || /^[A-Z]{3,} /.test(String(message));
  const isAway = isResponse
    ? POSTGRES_AWAY.test(String(code))
    : message === '' || NO_RESPONSE.test([code, name, error.constructor?.name, message].join(' '));
  if (!isAway) return undefined;
  const text = `${server} does not answer. Start it, or check its address; the app connects again by itself, unless you have closed its client`;
  return new TokenVaultError('timeout', text, { cause: error });
}

/** @throws {TypeError} not a whole number of milliseconds that a timer accepts */
export function readMilliseconds(name: string, value: unknown, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 0x7fffffff) return value;
  refuse(name, value, 'a whole number of milliseconds from 1 to 2147483647');
}

/**
 * Checks the names of the options of Redis and Postgres.
 * @param call an example that works, for the message
 * @throws {TypeError} no options, an unknown option, or the client instead of options (clients and pools have `on`)
 */
export function checkConnectionOptions(options: unknown, known: Readonly<Record<string, true>>, call: string): void {
  if (typeof options !== 'object' || options === null || 'on' in options) {
    throw new TypeError(`options must be an object, as in ${call}`);
  }
  refuseUnknownOptions(options, known);
}
