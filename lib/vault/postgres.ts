/** `passport-roblox-oauth2/postgres`: keeps a vault's tokens in a Postgres table, and locks rows there. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { TokenVaultError } from '../errors.ts';
import { readMilliseconds, waitAtMost, type TokenLock, type TokenStorage } from './storage.ts';

export type { TokenLock, TokenStorage } from './storage.ts';

/** An answer of the `pg` package. */
export interface PostgresResult {
  readonly rows: readonly unknown[];
  readonly command: string;
}

/** A connection of the `pg` package. */
export interface PostgresClient {
  query(text: string, values?: unknown[]): Promise<PostgresResult>;
  /** @param destroy true, or an error, for a connection that must not be used again */
  release(destroy?: Error | boolean): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  removeListener(event: 'error', listener: (error: Error) => void): unknown;
}

/** A `Pool` of the `pg` package, version 8. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
  query(text: string, values?: unknown[]): Promise<PostgresResult>;
}

/** What {@link postgresVault} can be told. */
export interface PostgresVaultOptions {
  /** Your `pg` pool. It stays yours: listen to its errors, end it. A renewal holds one of its connections while Roblox is asked. */
  readonly pool: PostgresPool;
  /** The table, perhaps with its schema before a dot; `roblox_tokens` by default. Each part is quoted: upper case stays upper case. */
  readonly table?: string | undefined;
  /**
   * How long a process that stands still may hold a user's lock, in milliseconds; 25000 by default. Must be more than one HTTP request may
   * take (the vault's `timeout`). The lock of a process that died is free at once.
   */
  readonly lockTTL?: number | undefined;
  /** How long to wait for a connection and for a user's lock, in milliseconds; 30000 by default, and always more than `lockTTL`. */
  readonly lockTimeout?: number | undefined;
}

/** Storage and lock for a vault, and the table that both need. */
export interface PostgresVault {
  readonly storage: TokenStorage;
  readonly lock: TokenLock;
  /** Makes the table where it is missing. Nothing else makes it: call this once, or put {@link createTableSQL} into a migration. */
  createTable(): Promise<void>;
}

/** The transaction that a task runs in. */
interface Transaction {
  readonly userId: string;
  query(text: string, values?: unknown[]): Promise<PostgresResult>;
}

/** How long one statement may take that waits for no lock. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** `lock_not_available`. @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Storage and lock for a `TokenVault` whose processes share a Postgres.
 *
 * ```ts
 * const { createTable, ...shared } = postgresVault({ pool });
 * await createTable();
 * const vault = new TokenVault({ ...shared, secrets, onLost });
 * ```
 *
 * A lock is a transaction that holds the user's row (and an advisory lock, for there may be no row yet); what the task stores belongs to
 * it, on the same connection, so a pool of one is enough. A process that dies takes its transaction with it, at once. Other users wait for
 * nothing but a connection: as many renewals run at a time as the pool has.
 * @throws {TypeError} an option that cannot work, by its name
 * @see https://www.postgresql.org/docs/current/explicit-locking.html
 */
export function postgresVault(options: PostgresVaultOptions): PostgresVault {
  const { pool } = options;
  const given: Partial<PostgresPool> | null = pool;
  if (
    typeof given !== 'object' ||
    given === null ||
    typeof given.connect !== 'function' ||
    typeof given.query !== 'function'
  ) {
    throw new TypeError('pool must be a Pool of the pg package');
  }
  const name = options.table ?? DEFAULT_TABLE;
  const table = quoteTable(name);
  const lockTTL = readMilliseconds('lockTTL', options.lockTTL, 25_000);
  const lockTimeout = readMilliseconds('lockTimeout', options.lockTimeout, Math.max(30_000, 2 * lockTTL));
  if (lockTimeout <= lockTTL) {
    throw new TypeError(
      'lockTimeout must be more than lockTTL, so that who waits outlives a process that stands still',
    );
  }
  const transactions = new AsyncLocalStorage<Transaction>();

  /** On the connection of the user's lock where the calling task runs under it. */
  function query(userId: string, text: string, ...values: string[]): Promise<PostgresResult> {
    const transaction = transactions.getStore();
    if (transaction?.userId === userId) return transaction.query(text, [userId, ...values]);
    // The wait for a connection counts too.
    return soon(pool.query(text, [userId, ...values]), lockTimeout);
  }

  async function connect(): Promise<PostgresClient> {
    const message = `The pool gave no connection within ${lockTimeout} ms: every one is in use, or Postgres is not to be reached`;
    return waitAtMost(lockTimeout, pool.connect(), {
      code: 'lock_timeout',
      message,
      onLate: (client) => client.release(),
    });
  }

  /** One round trip: the times are numbers that were checked. */
  const begin = (userId: string) => `BEGIN ISOLATION LEVEL READ COMMITTED;
SET LOCAL lock_timeout = ${lockTimeout};
SET LOCAL statement_timeout = ${lockTimeout + STATEMENT_TIMEOUT_MS};
SET LOCAL idle_in_transaction_session_timeout = ${lockTTL};
SELECT pg_advisory_xact_lock(${advisoryKey(name, userId)})`;

  async function takeLock(client: PostgresClient, userId: string): Promise<void> {
    const ms = lockTimeout + 2 * STATEMENT_TIMEOUT_MS;
    try {
      await soon(client.query(begin(userId)), ms);
      await soon(client.query(`SELECT 1 FROM ${table} WHERE user_id = $1 FOR UPDATE`, [userId]), ms);
    } catch (error) {
      if ((error as { code?: unknown } | undefined)?.code !== LOCK_NOT_AVAILABLE) throw error; // any value can be asked for a field
      const message = `The lock of user ${userId} could not be had within ${lockTimeout} ms: another process holds it`;
      throw new TokenVaultError('lock_timeout', message);
    }
  }

  return {
    async createTable() {
      await pool.query(createTableSQL(name));
    },
    storage: {
      async get(userId) {
        const { rows } = await query(userId, `SELECT tokens FROM ${table} WHERE user_id = $1`);
        // The statement above has one column.
        return (rows[0] as { tokens: string } | undefined)?.tokens;
      },
      async set(userId, value) {
        const insert = `INSERT INTO ${table} (user_id, tokens, updated_at) VALUES ($1, $2, now())`;
        const update = 'ON CONFLICT (user_id) DO UPDATE SET tokens = excluded.tokens, updated_at = excluded.updated_at';
        await query(userId, `${insert} ${update}`, value);
      },
      async delete(userId) {
        await query(userId, `DELETE FROM ${table} WHERE user_id = $1`);
      },
    },
    async lock(userId, task) {
      const client = await connect();
      // A connection that breaks while nothing is asked says so by an event, and an unheard one ends the process.
      let broken: Error | undefined;
      const onBroken = (error: Error) => (broken = error);
      client.on('error', onBroken);
      let isClean = false;
      try {
        await takeLock(client, userId);
        const transaction = { userId, query: (text: string, values?: unknown[]) => soon(client.query(text, values)) };
        const result = await transactions.run(transaction, task);
        const { command } = await soon(client.query('COMMIT'));
        // A transaction in which something failed answers a COMMIT by taking everything back.
        if (command !== 'COMMIT') throw new TokenVaultError('lock_lost', `Postgres stored nothing for user ${userId}`);
        isClean = true;
        return result;
      } catch (error) {
        if (broken === undefined) {
          isClean = await soon(client.query('ROLLBACK')).then(
            () => true,
            () => false,
          );
        }
        throw error;
      } finally {
        client.removeListener('error', onBroken);
        client.release(!isClean);
      }
    },
  };
}

const DEFAULT_TABLE = 'roblox_tokens';

/**
 * The statement that makes the table, for your migrations.
 * @param table as in {@link PostgresVaultOptions}
 * @throws {TypeError} no name of a table
 */
export function createTableSQL(table: string = DEFAULT_TABLE): string {
  return `CREATE TABLE IF NOT EXISTS ${quoteTable(table)} (
  user_id text PRIMARY KEY,
  tokens text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
)`;
}

/** @see https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS */
function quoteTable(table: unknown): string {
  const parts = typeof table === 'string' ? table.split('.') : [];
  // Postgres cuts a longer name in silence, which may make two tables one.
  const isName = (part: string) => part !== '' && !part.includes('\0') && Buffer.byteLength(part) <= 63;
  if (parts.length < 1 || parts.length > 2 || !parts.every(isName)) {
    throw new TypeError("table must be the name of a table, such as 'roblox_tokens' or 'auth.roblox_tokens'");
  }
  return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}

/** 64 bits that two users do not share but by chance, and then they only wait for each other. */
function advisoryKey(table: string, userId: string): bigint {
  return createHash('sha256').update(`passport-roblox-oauth2 ${table} ${userId}`).digest().readBigInt64BE();
}

function soon<T>(work: Promise<T>, ms = STATEMENT_TIMEOUT_MS): Promise<T> {
  return waitAtMost(ms, work, { code: 'timeout', message: `Postgres did not answer within ${ms} ms` });
}
