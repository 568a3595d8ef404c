/** `passport-roblox-oauth2/redis`: keeps a vault's tokens in Redis, and locks there. */
import { randomUUID } from 'node:crypto';
import { AsyncLocalStorage } from 'node:async_hooks';
import { sleep } from '../http/abort.ts';
import { clearInterval, setInterval } from '../http/platform.ts';
import { TokenVaultError } from '../errors.ts';
import { readMilliseconds, waitAtMost, type TokenLock, type TokenStorage } from './storage.ts';

export type { TokenLock, TokenStorage } from './storage.ts';

/** A client of the `redis` package, version 4 to 6: `createClient()`, `createCluster()` or a pool, connected. */
export interface NodeRedisClient {
  get(key: string): Promise<unknown>;
  set(key: string, value: string): Promise<unknown>;
  del(key: string): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** A client of the `ioredis` package, version 5 or 6: `new Redis()` or `new Cluster()`. */
export interface IORedisClient {
  get(key: string): Promise<unknown>;
  set(key: string, value: string): Promise<unknown>;
  del(key: string): Promise<unknown>;
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
  /** What tells it from the other. */
  defineCommand(name: string, definition: { lua: string; numberOfKeys?: number }): void;
}

/** What {@link redisVault} can be told. */
export interface RedisVaultOptions {
  /** Your client of `redis` or `ioredis`. It stays yours: connect it, listen to its errors, close it. */
  readonly client: NodeRedisClient | IORedisClient;
  /** What every key begins with; `roblox:` by default. Give each app and environment its own. */
  readonly prefix?: string | undefined;
  /**
   * How long a user's lock outlives its process, in milliseconds; 10000 by default. While the process lives the lock is prolonged, so that
   * a slow renewal keeps it.
   */
  readonly lockTTL?: number | undefined;
  /** How long to wait for a user's lock, in milliseconds; 30000 by default, and always more than `lockTTL`. */
  readonly lockTimeout?: number | undefined;
}

/** A lock that this process holds. */
interface Lease {
  readonly userId: string;
  /** What the lock's key holds while it is ours. */
  readonly token: string;
}

/** How long one command may take. */
const COMMAND_TIMEOUT_MS = 10_000;
/** How long to wait between two looks at a lock that is held, at first and at the most. */
const FIRST_POLL_MS = 20;
const LONGEST_POLL_MS = 250;

/** Takes the lock where it is free, or ours already: a try whose answer was lost. */
const TAKE = `local holder = redis.call('get', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;
const PROLONG = `if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('pexpire', KEYS[1], ARGV[2])`;
const LET_GO = `if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('del', KEYS[1])`;
/** Whoever lost the lock must not write over what the next holder wrote. */
const SET_WHILE_HELD = `if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('set', KEYS[2], ARGV[2])
return 1`;
const DELETE_WHILE_HELD = `if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('del', KEYS[2])
return 1`;

/**
 * Storage and lock for a `TokenVault` whose processes share a Redis.
 *
 * ```ts
 * const vault = new TokenVault({ ...redisVault({ client }), secrets, onLost });
 * ```
 *
 * A user has two keys in one slot of a cluster: `roblox:{7}:tokens`, which never expires (so give Redis `noeviction`, or a database of its
 * own, and have it write its log to disk), and `roblox:{7}:lock` while a process renews. A lock is taken with a random token and an
 * expiry, prolonged while its task runs, and let go only by its holder; a process that dies frees it after `lockTTL`. Under a lock tokens
 * are stored only while it is held still, so a process that stood still for longer stores nothing over its successor's tokens.
 *
 * A failover to a replica may forget the last lock or tokens, as Redis replicates after it has answered: then, at the worst, a renewal is
 * refused and `onLost` is told.
 * @throws {TypeError} an option that cannot work, by its name
 * @see https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/
 */
export function redisVault(options: RedisVaultOptions): { readonly storage: TokenStorage; readonly lock: TokenLock } {
  const { client, prefix = 'roblox:' } = options;
  const run = scriptRunner(client);
  if (typeof prefix !== 'string') throw new TypeError(`prefix must be a string, but is a ${typeof prefix}`);
  const lockTTL = readMilliseconds('lockTTL', options.lockTTL, 10_000);
  const lockTimeout = readMilliseconds('lockTimeout', options.lockTimeout, Math.max(30_000, 3 * lockTTL));
  if (lockTimeout <= lockTTL) {
    throw new TypeError(
      'lockTimeout must be more than lockTTL, so that who waits outlives the lock of a process that died',
    );
  }
  const leases = new AsyncLocalStorage<Lease>();
  // The braces make both keys of a user live in one slot of a cluster.
  const lockKey = (userId: string) => `${prefix}{${userId}}:lock`;
  const tokensKey = (userId: string) => `${prefix}{${userId}}:tokens`;

  function soon<T>(work: Promise<T>, ms = COMMAND_TIMEOUT_MS): Promise<T> {
    return waitAtMost(ms, work, { code: 'timeout', message: `Redis did not answer within ${ms} ms` });
  }

  /** The lock of this user that the calling task runs under. */
  function leaseOf(userId: string): Lease | undefined {
    const lease = leases.getStore();
    return lease?.userId === userId ? lease : undefined;
  }

  async function whileHeld(script: string, { userId, token }: Lease, ...values: string[]): Promise<void> {
    const done = await soon(run(script, [lockKey(userId), tokensKey(userId)], [token, ...values]));
    if (Number(done) === 1) return;
    const message = `The lock of user ${userId} ended before its task; what it was to store is not stored`;
    throw new TokenVaultError('lock_lost', message);
  }

  async function take(userId: string, token: string): Promise<void> {
    const deadline = Date.now() + lockTimeout;
    for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(LONGEST_POLL_MS, pollMs * 2)) {
      const taken = await soon(run(TAKE, [lockKey(userId)], [token, String(lockTTL)]));
      if (Number(taken) === 1) return;
      const leftMs = deadline - Date.now();
      if (leftMs <= 0) break;
      // Between a half and the whole, so that many who wait do not look all at once.
      await sleep(Math.min(leftMs, pollMs * (0.5 + Math.random() / 2)));
    }
    const message = `The lock of user ${userId} could not be had within ${lockTimeout} ms: another process holds it`;
    throw new TokenVaultError('lock_timeout', message);
  }

  /** @returns ends the prolonging */
  function keepProlonging(userId: string, token: string): () => void {
    const timer = setInterval(() => {
      // A failure is tried again by the next beat; a lost lock shows when something is to be stored.
      run(PROLONG, [lockKey(userId)], [token, String(lockTTL)]).catch(() => {});
    }, lockTTL / 3);
    timer.unref();
    return () => clearInterval(timer);
  }

  return {
    storage: {
      async get(userId) {
        const value = await soon(client.get(tokensKey(userId)));
        return value === null ? undefined : (value as string); // the vault checks what it gets
      },
      async set(userId, value) {
        const lease = leaseOf(userId);
        await (lease === undefined
          ? soon(client.set(tokensKey(userId), value))
          : whileHeld(SET_WHILE_HELD, lease, value));
      },
      async delete(userId) {
        const lease = leaseOf(userId);
        await (lease === undefined ? soon(client.del(tokensKey(userId))) : whileHeld(DELETE_WHILE_HELD, lease));
      },
    },
    async lock(userId, task) {
      const token = randomUUID();
      const letGo = () => run(LET_GO, [lockKey(userId)], [token]);
      try {
        await take(userId, token);
      } catch (error) {
        // A try that was given up may be carried out later, when the connection is back.
        letGo().catch(() => {});
        throw error;
      }
      const stop = keepProlonging(userId, token);
      try {
        return await leases.run({ userId, token }, task);
      } finally {
        stop();
        // What the task did is done. A lock that cannot be let go now ends by itself.
        await soon(letGo()).catch(() => {});
      }
    },
  };
}

/** Both clients know EVAL, each with arguments of its own. */
function scriptRunner(
  client: RedisVaultOptions['client'],
): (script: string, keys: string[], values: string[]) => Promise<unknown> {
  const methods = ['get', 'set', 'del', 'eval'] as const;
  const given: Partial<RedisVaultOptions['client']> | null = client;
  if (typeof given !== 'object' || given === null || methods.some((name) => typeof given[name] !== 'function')) {
    throw new TypeError('client must be a client of the redis package (4 to 6) or of ioredis (5, 6)');
  }
  if ('defineCommand' in client) {
    return async (script, keys, values) => client.eval(script, keys.length, ...keys, ...values);
  }
  return async (script, keys, values) => client.eval(script, { keys, arguments: values });
}
