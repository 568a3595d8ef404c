/** `passport-roblox-oauth2/postgres`: storage and lock of a vault in Postgres. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { refuse, TokenVaultError } from '../errors.ts';
import {
  checkConnectionOptions,
  explainNoResponse,
  readMilliseconds,
  waitAtMost,
  type TokenLock,
  type TokenStorage,
} from './storage.ts';

export type { TokenLock, TokenStorage } from './storage.ts';

/** A result of the `pg` package. */
export interface PostgresResult {
  readonly rows: readonly unknown[];
  readonly rowCount: number | null;
  readonly command: string;
}

/** A connection of the `pg` package. */
export interface PostgresClient {
  query(text: string, values?: unknown[]): Promise<PostgresResult>;
  /** @param destroy true or an error when the connection must not be used again */
  release(destroy?: Error | boolean): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  removeListener(event: 'error', listener: (error: Error) => void): unknown;
}

/** A `Pool` of the `pg` package, version 8. */
export interface PostgresPool {
  /**
   * Calls back at the moment when the connection is free, as `pg` does. Your own pool may return a promise of the connection instead.
   */
  connect(callback: (error: Error | undefined, client: PostgresClient | undefined) => void): unknown;
  query(text: string, values?: unknown[]): Promise<PostgresResult>;
}

/** The options of {@link postgresVault}. */
export interface PostgresVaultOptions {
  /**
   * Your `pg` pool. You listen to its errors, and end it. One connection is enough: it is used for the milliseconds of one read and one write,
   * never during a request to Roblox. PgBouncer works too, also in transaction mode.
   */
  readonly pool: PostgresPool;
  /** The table, with or without a schema (`auth.roblox_tokens`); `roblox_tokens` by default. Each part is quoted, so upper case stays. */
  readonly table?: string | undefined;
  /**
   * How long a paused process may hold a user's lock, in milliseconds; 5000 by default. The lock of a process that died is free at once.
   */
  readonly lockTTL?: number | undefined;
  /** How long to wait for a connection and for a user's lock, in milliseconds; 15000 by default, or twice a longer `lockTTL`. */
  readonly lockTimeout?: number | undefined;
  /** How long one statement may take while a lock is held, in milliseconds; 10000 by default. Without a lock, `lockTimeout` applies. */
  readonly statementTimeout?: number | undefined;
}

const OPTION_NAMES: Readonly<Record<keyof PostgresVaultOptions, true>> = {
  pool: true,
  table: true,
  lockTTL: true,
  lockTimeout: true,
  statementTimeout: true,
};

/** The storage and the lock of a vault, and their table. */
export interface PostgresVault {
  readonly storage: TokenStorage;
  readonly lock: TokenLock;
  /**
   * Creates the table and its index, if they do not exist. Several processes may call it at once. Call it when your app starts, or put
   * {@link createTableSQL} in a migration: nothing else creates them.
   */
  createTable(): Promise<void>;
  /**
   * Removes the rows that were not written for more than 90 days: their refresh tokens have ended. Call it once a day or week.
   * @returns the number of removed rows
   */
  purge(): Promise<number>;
}

interface Transaction {
  readonly key: string;
  query(text: string, values?: unknown[]): Promise<PostgresResult>;
}

/** @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const LOCK_NOT_AVAILABLE = '55P03';
const READ_ONLY_TRANSACTION = '25006';
/** Codes of Postgres when another process creates the same table at the same time. */
const MADE_MEANWHILE: ReadonlySet<unknown> = new Set(['23505', '42P07', '42710']);

/** A refresh token is valid for 90 days. One day more, because the date is in the server's time zone. */
const ROW_LIFE_DAYS = 91;

/**
 * Makes the storage and the lock of a `TokenVault` in Postgres, for all processes that share it.
 *
 * ```ts
 * const postgres = postgresVault({ pool });
 * await postgres.createTable();
 * const vault = new TokenVault({ ...postgres, secrets, onLost });
 * setInterval(() => postgres.purge(), 24 * 60 * 60 * 1000);
 * ```
 *
 * A lock is a transaction that holds an advisory lock and the user's row. What the task stores is part of the transaction. When a process
 * dies, its transaction ends at once. Nothing stays on the connection after a transaction: no prepared statement, setting or session lock.
 * @throws {TypeError} an option that cannot work, by its name
 * @see https://www.postgresql.org/docs/current/explicit-locking.html
 */
export function postgresVault(options: PostgresVaultOptions): PostgresVault {
  checkConnectionOptions(options, OPTION_NAMES, 'postgresVault({ pool })');
  const pool = readPool(options.pool);
  const { table: name = DEFAULT_TABLE } = options;
  const { table } = quoteTable(name);
  const lockTTL = readMilliseconds('lockTTL', options.lockTTL, 5_000);
  const lockTimeout = readMilliseconds('lockTimeout', options.lockTimeout, Math.max(15_000, 2 * lockTTL));
  if (lockTimeout <= lockTTL) {
    throw new TypeError('lockTimeout must be more than lockTTL: a waiting process must outlast one that is paused');
  }
  const statementTimeout = readMilliseconds('statementTimeout', options.statementTimeout, 10_000);
  const transactions = new AsyncLocalStorage<Transaction>();

  function soon<T>(work: Promise<T>, ms = statementTimeout): Promise<T> {
    const message = `Postgres did not answer within ${ms} ms: is it running, is its address right, has the pool a free connection?`;
    return waitAtMost(ms, work, { code: 'timeout', message }).catch(rethrow);
  }

  /** Runs a statement, on the connection of the user's lock if the current task holds it. */
  function query(key: string, text: string, ...values: string[]): Promise<PostgresResult> {
    const transaction = transactions.getStore();
    if (transaction?.key === key) return transaction.query(text, [key, ...values]);
    // `lockTimeout`, because it includes the wait for a connection.
    return soon(pool.query(text, [key, ...values]), lockTimeout);
  }

  async function connect(): Promise<PostgresClient> {
    const message = `The pool gave no connection within ${lockTimeout} ms: all are in use, or Postgres cannot be reached`;
    const connected = new Promise<PostgresClient>((resolve, reject) => {
      const take = (error: Error | undefined, client?: PostgresClient) => {
        if (client === undefined) return reject(error ?? new Error('The pool gave no connection'));
        // In this callback, not after the promise: an error may follow at once, and without a listener it ends the process.
        client.on('error', ignoreBroken);
        resolve(client);
      };
      // Cast: a pool returns nothing, or a promise of a connection.
      const promised = pool.connect(take) as PromiseLike<PostgresClient> | undefined;
      if (typeof promised?.then === 'function') promised.then((client) => take(undefined, client), reject);
    });
    return waitAtMost(lockTimeout, connected, {
      code: 'lock_timeout',
      message,
      onLate: (client) => giveBack(client),
    }).catch(rethrow);
  }

  function giveBack(client: PostgresClient, destroy = false): void {
    client.removeListener('error', ignoreBroken);
    client.release(destroy);
  }

  /** Begins a transaction and takes the lock, in one round trip. The numbers were checked, and a key has no quotes. */
  const begin = (key: string) => `BEGIN ISOLATION LEVEL READ COMMITTED;
SET LOCAL lock_timeout = ${lockTimeout};
SET LOCAL statement_timeout = ${lockTimeout + statementTimeout};
SET LOCAL idle_in_transaction_session_timeout = ${lockTTL};
SELECT pg_advisory_xact_lock(${advisoryKey(name, key)});
SELECT 1 FROM ${table} WHERE key = '${checkKey(key)}' FOR UPDATE`;

  async function takeLock(client: PostgresClient, key: string): Promise<void> {
    try {
      await soon(client.query(begin(key)), lockTimeout + 2 * statementTimeout);
    } catch (error) {
      if (readSQLState(error) !== LOCK_NOT_AVAILABLE) throw error;
      const message = `The lock of ${key} was not free within ${lockTimeout} ms: another process holds it`;
      throw new TokenVaultError('lock_timeout', message);
    }
  }

  return {
    async createTable() {
      // One message of several statements is one transaction.
      const statements = `SELECT pg_advisory_xact_lock(${advisoryKey(name, '')});\n${createTableSQL(name)}`;
      await pool.query(statements).catch(async (error: unknown) => {
        if (!MADE_MEANWHILE.has(readSQLState(error))) throw explain(error);
        await pool.query(statements).catch(rethrow);
      });
    },
    async purge() {
      const { rowCount } = await pool.query(`DELETE FROM ${table} WHERE expires_on < current_date`).catch(rethrow);
      return rowCount ?? 0;
    },
    storage: {
      async get(key) {
        const { rows } = await query(key, `SELECT tokens FROM ${table} WHERE key = $1`);
        // The statement above has one column.
        return (rows[0] as { tokens: string } | undefined)?.tokens;
      },
      async set(key, value) {
        // The date changes once a day. Until then, an update changes no index and leaves nothing for VACUUM.
        const insert = `INSERT INTO ${table} (key, tokens, expires_on) VALUES ($1, $2, current_date + ${ROW_LIFE_DAYS})`;
        await query(
          key,
          `${insert} ON CONFLICT (key) DO UPDATE SET tokens = excluded.tokens, expires_on = excluded.expires_on`,
          value,
        );
      },
      async delete(key) {
        await query(key, `DELETE FROM ${table} WHERE key = $1`);
      },
    },
    async lock(key, task) {
      const client = await connect();
      // A connection that breaks between two statements emits `error`. Without a listener, that ends the process.
      let broken: Error | undefined;
      const onBroken = (error: Error) => (broken = error);
      client.on('error', onBroken);
      let isClean = false;
      try {
        await takeLock(client, key);
        const transaction = { key, query: (text: string, values?: unknown[]) => soon(client.query(text, values)) };
        const result = await transactions.run(transaction, task);
        const { command } = await soon(client.query('COMMIT'));
        // After a failed statement, COMMIT rolls the transaction back.
        if (command !== 'COMMIT') throw new TokenVaultError('lock_lost', `Postgres stored nothing for ${key}`);
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
        giveBack(client, !isClean);
      }
    },
  };
}

function readPool(pool: Partial<PostgresPool> | null | undefined): PostgresPool {
  const isPool = typeof pool === 'object' && pool !== null && typeof pool.query === 'function';
  // A Client has this method, a Pool does not.
  if (isPool && 'escapeLiteral' in pool) {
    throw new TypeError(
      'pool must be a Pool of the pg package, but is a Client: new pg.Pool({ … }) with max: 1 is enough',
    );
  }
  if (!isPool || typeof pool.connect !== 'function') throw new TypeError('pool must be a Pool of the pg package');
  return pool as PostgresPool; // checked above
}

const DEFAULT_TABLE = 'roblox_tokens';

/**
 * Gives the statements that create the table and its index, for your migrations.
 * @param table as in {@link PostgresVaultOptions}
 * @throws {TypeError} not a name of a table
 */
export function createTableSQL(table: string = DEFAULT_TABLE): string {
  const { table: quoted, index } = quoteTable(table);
  // Two versions of a row fit on a page, so an update leaves nothing for VACUUM. Larger values go to the TOAST table, which it cleans soon.
  return `CREATE TABLE IF NOT EXISTS ${quoted} (
  key text PRIMARY KEY,
  tokens text NOT NULL,
  expires_on date NOT NULL
) WITH (fillfactor = 50, toast_tuple_target = 4000, toast.autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX IF NOT EXISTS ${index} ON ${quoted} (expires_on)`;
}

/** @see https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS */
function quoteTable(table: unknown): { readonly table: string; readonly index: string } {
  const parts = typeof table === 'string' ? table.split('.') : [];
  // Postgres cuts a longer name without an error, so two names could become the same table.
  const isName = (part: string) => part !== '' && !part.includes('\0') && Buffer.byteLength(part) <= 63;
  if (parts.length < 1 || parts.length > 2 || !parts.every(isName)) {
    refuse('table', table, "the name of a table, such as 'roblox_tokens' or 'auth.roblox_tokens'");
  }
  const quote = (part: string) => `"${part.replaceAll('"', '""')}"`;
  // An index is always in the schema of its table, so its name has no schema. The hash makes it short and unique.
  const hash = createHash('sha256').update(parts.at(-1)!).digest('hex').slice(0, 16);
  return { table: parts.map(quote).join('.'), index: quote(`roblox_tokens_${hash}_expiry`) };
}

/** A listener for errors between two statements. The next statement on the connection fails anyway. */
function ignoreBroken(): void {}

/** Checks a key of the vault, which becomes a part of a statement. @throws {TypeError} other characters than the vault's */
function checkKey(key: string): string {
  if (!/^[\w:.-]+$/.test(key)) refuse('key', key, 'a string of letters, digits and _ : . -');
  return key;
}

/** Makes the number of a user's lock: 64 bits of a hash. If two users get the same one by chance, they only wait for each other. */
function advisoryKey(table: string, key: string): bigint {
  return createHash('sha256').update(`passport-roblox-oauth2 ${table} ${key}`).digest().readBigInt64BE();
}

function explain(error: unknown): unknown {
  if (readSQLState(error) !== READ_ONLY_TRANSACTION) return explainNoResponse('Postgres', error) ?? error;
  const message = 'Postgres accepts no writes: this is a standby, or the database is read-only. Connect to the primary';
  return new TokenVaultError('read_only', message, { cause: error });
}

function rethrow(error: unknown): never {
  throw explain(error);
}

function readSQLState(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
