/** `passport-roblox-oauth2/redis`: keeps a vault's tokens in Redis, and locks there. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { TokenVaultError } from '../errors.ts';
import { sleep } from '../http/abort.ts';
import {
  connectRedis,
  explainEviction,
  type IORedisClient,
  type NodeRedisClient,
  type RedisCommands,
} from './redis-client.ts';
import {
  checkConnectionOptions,
  explainNoResponse,
  monotonic,
  readMilliseconds,
  waitAtMost,
  type TokenLock,
  type TokenStorage,
} from './storage.ts';

export type { IORedisClient, NodeRedisClient } from './redis-client.ts';
export type { TokenLock, TokenStorage } from './storage.ts';

/** What {@link redisVault} can be told. */
export interface RedisVaultOptions {
  /** Your client of `redis` (5 or 6) or `ioredis` (5 or 6). It stays yours: connect it, listen to its errors, close it. */
  readonly client: NodeRedisClient | IORedisClient;
  /** What every key begins with; `roblox:` by default. Give each environment its own. */
  readonly prefix?: string | undefined;
  /**
   * How long a user's lock outlives a process that died while it held it, in milliseconds; 3000 by default. A lock is held for one read
   * and one write, never while Roblox is asked. What is written after the lock has ended is refused, and tried again.
   */
  readonly lockTTL?: number | undefined;
  /** How long to wait for a user's lock, in milliseconds; 10000 by default, and always more than `lockTTL`. */
  readonly lockTimeout?: number | undefined;
  /** How long one command may take, in milliseconds; 10000 by default. */
  readonly commandTimeout?: number | undefined;
  /**
   * How many replicas must have a value before it counts as stored (Redis' `WAIT`); none by default. Set it to the number of your
   * replicas: then a failover to any of them forgets no renewal. It costs one more command for each write, which waits for the replicas
   * and blocks this connection meanwhile: give the vault a connection of its own. While a replica is missing nothing is renewed. Not for a
   * Cluster client.
   */
  readonly replicas?: number | undefined;
  /** How long to wait for the replicas, in milliseconds; 1000 by default. */
  readonly replicaTimeout?: number | undefined;
}

const OPTION_NAMES: Readonly<Record<keyof RedisVaultOptions, true>> = {
  client: true,
  prefix: true,
  lockTTL: true,
  lockTimeout: true,
  commandTimeout: true,
  replicas: true,
  replicaTimeout: true,
};

/** A refresh token lives for 90 days. A record that nobody has written for longer is useless. */
const RECORD_LIFE_MS = 91 * 24 * 60 * 60 * 1_000;
/** How long to wait between two looks at a lock that is held, at first and at the most. */
const FIRST_POLL_MS = 10;
const LONGEST_POLL_MS = 100;

/** Takes the lock where it is free, or ours already: a try whose response was lost. */
const TAKE = `local holder = redis.call('get', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;
const LET_GO = `if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('del', KEYS[1])`;
/** Who has lost the lock must not write over what the next holder wrote. */
const SET_WHILE_HELD = `if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('set', KEYS[2], ARGV[2], 'PX', ARGV[3])
return 1`;
const DELETE_WHILE_HELD = `if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('del', KEYS[2])
return 1`;
const SET = `redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;
const DELETE = `redis.call('del', KEYS[1])
return 1`;

/**
 * Storage and lock for a `TokenVault` whose processes share a Redis.
 *
 * ```ts
 * const vault = new TokenVault({ ...redisVault({ client }), secrets, onLost });
 * ```
 *
 * A user has two keys, in one slot of a cluster: `roblox:{KEY}:tokens`, which ends 91 days after it was written last, and
 * `roblox:{KEY}:lock` for the milliseconds of one read and one write. KEY is the vault's, `CLIENT_ID:USER_ID`.
 *
 * Redis needs `maxmemory-policy noeviction` (the first use warns of another one), and should write its log to disk. With access control
 * the user needs `+get +set +del +eval` on `~roblox:*`; `+info` for the warning, and `+wait` for `replicas`.
 *
 * A failover to a replica may forget the latest writes, because Redis replicates after it has responded: see `replicas`. Where Redis has
 * replicas, an authorization that Roblox refuses counts as lost only after the vault's `lossDelay`, since the process that holds the
 * forgotten tokens may still bring them back.
 * @throws {TypeError} an option that cannot work, by its name
 * @see https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/
 */
export function redisVault(options: RedisVaultOptions): {
  readonly storage: Required<TokenStorage>;
  readonly lock: TokenLock;
} {
  checkConnectionOptions(options, OPTION_NAMES, 'redisVault({ client })');
  const { prefix = 'roblox:' } = options;
  const lockTTL = readMilliseconds('lockTTL', options.lockTTL, 3_000);
  const lockTimeout = readMilliseconds('lockTimeout', options.lockTimeout, Math.max(10_000, 3 * lockTTL));
  if (lockTimeout <= lockTTL) {
    throw new TypeError(
      'lockTimeout must be more than lockTTL: who waits must outlive the lock of a process that died',
    );
  }
  const commandTimeout = readMilliseconds('commandTimeout', options.commandTimeout, 10_000);
  const redis = connectRedis(options.client, {
    replicas: options.replicas,
    replicaTimeout: readMilliseconds('replicaTimeout', options.replicaTimeout, 1_000),
  });
  checkPrefix(prefix, redis.keyPrefix);
  /** The lock that a task runs under. Its key in Redis holds the token while the lock is ours. */
  const heldLocks = new AsyncLocalStorage<{ readonly key: string; readonly token: string }>();
  // The braces make both keys of a user live in one slot of a cluster.
  const lockKey = (key: string) => `${prefix}{${key}}:lock`;
  const tokensKey = (key: string) => `${prefix}{${key}}:tokens`;
  const warnOnce = createEvictionWarning(redis);

  async function soon<T>(work: Promise<T>): Promise<T> {
    const message = `Redis did not answer within ${commandTimeout} ms: is it running, and is its address right?`;
    return waitAtMost(commandTimeout, work, { code: 'timeout', message }).catch((error: unknown) => {
      throw explain(error, prefix);
    });
  }

  /** Writes by one script under the lock that the calling task runs under, else by another. */
  async function write(key: string, held: string, free: string, ...values: string[]): Promise<void> {
    const lock = heldLocks.getStore();
    const isHeld = lock?.key === key;
    const done = await soon(
      isHeld
        ? redis.write(held, [lockKey(key), tokensKey(key)], [lock.token, ...values])
        : redis.write(free, [tokensKey(key)], values),
    );
    if (done) return;
    throw new TokenVaultError(
      'lock_lost',
      `The lock of ${key} ended before its task; what it was to store is not stored`,
    );
  }

  async function take(key: string, token: string): Promise<void> {
    const deadline = monotonic() + lockTimeout;
    for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(LONGEST_POLL_MS, pollMs * 2)) {
      if (await soon(redis.run(TAKE, [lockKey(key)], [token, String(lockTTL)]))) return;
      const leftMs = deadline - monotonic();
      if (leftMs <= 0) break;
      // Between a half and the whole, so that many who wait do not look all at once.
      await sleep(Math.min(leftMs, pollMs * (0.5 + Math.random() / 2)));
    }
    const message = `The lock of ${key} could not be had within ${lockTimeout} ms: another process holds it`;
    throw new TokenVaultError('lock_timeout', message);
  }

  return {
    storage: {
      async get(key) {
        warnOnce();
        const value = await soon(redis.get(tokensKey(key)));
        return value === null ? undefined : (value as string); // the vault checks what it gets
      },
      async set(key, value) {
        await write(key, SET_WHILE_HELD, SET, value, String(RECORD_LIFE_MS));
      },
      async delete(key) {
        await write(key, DELETE_WHILE_HELD, DELETE);
      },
      mayForget: () => soon(redis.mayForget()),
    },
    async lock(key, task) {
      warnOnce();
      const token = randomUUID();
      const letGo = () => redis.run(LET_GO, [lockKey(key)], [token]);
      try {
        await take(key, token);
      } catch (error) {
        // A try that was given up may be carried out later, when the connection is back.
        letGo().catch(() => {});
        throw error;
      }
      let result;
      try {
        result = await heldLocks.run({ key, token }, task);
      } catch (error) {
        await soon(letGo()).catch(() => {});
        throw error;
      }
      await soon(letGo()).catch((error: unknown) => {
        // Without DEL every lock would last until it ends by itself. Any other failure leaves one that does.
        if (error instanceof TokenVaultError && error.code === 'forbidden') throw error;
      });
      return result;
    },
  };
}

/** An empty pair of braces before ours would spread a user's keys over the cluster. @see https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags */
function checkPrefix(prefix: unknown, keyPrefix: string): void {
  if (typeof prefix !== 'string') throw new TypeError(`prefix must be a string, but is a ${typeof prefix}`);
  const all = keyPrefix + prefix;
  if (/^[^{]*\{\}/.test(all)) {
    throw new TypeError("prefix must not contain '{}': a Cluster would keep the two keys of a user in different slots");
  }
}

function explain(error: unknown, prefix: string): unknown {
  if (!(error instanceof Error) || error instanceof TokenVaultError) return error;
  if (/READONLY/.test(error.message)) {
    const message =
      'Redis takes no writes: this is a replica. Connect to the primary, or by way of Sentinel or Cluster';
    return new TokenVaultError('read_only', message, { cause: error });
  }
  if (/NOPERM|can't run this command/.test(error.message)) {
    const message = `Redis' access control forbids what the vault needs: grant +get +set +del +eval on ~${prefix}*`;
    return new TokenVaultError('forbidden', message, { cause: error });
  }
  return explainNoResponse('Redis', error) ?? error;
}

/** Asks once whether Redis may remove keys when its memory is full, and warns. */
function createEvictionWarning(redis: RedisCommands): () => void {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    redis.info('memory').then(
      (info) => {
        const problem = explainEviction(info);
        if (problem !== undefined) process.emitWarning(problem, { code: 'ROBLOX_VAULT_EVICTION' });
      },
      () => {}, // not every user may ask
    );
  };
}
