/** `passport-roblox-oauth2/redis`: storage and lock of a vault in Redis. */
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

/** The options of {@link redisVault}. */
export interface RedisVaultOptions {
  /** Your client of `redis` (5 or 6) or `ioredis` (5 or 6). You connect it, listen to its errors, and close it. */
  readonly client: NodeRedisClient | IORedisClient;
  /** The beginning of every key; `roblox:` by default. Give each environment its own. */
  readonly prefix?: string | undefined;
  /**
   * How long a user's lock stays after the process that held it has died, in milliseconds; 3000 by default. A lock is held for one read and
   * one write, never during a request to Roblox. A write after the end of the lock is refused, and tried again.
   */
  readonly lockTTL?: number | undefined;
  /** How long to wait for a user's lock, in milliseconds; 10000 by default, or three times a longer `lockTTL`. Must be more than `lockTTL`. */
  readonly lockTimeout?: number | undefined;
  /** How long one command may take, in milliseconds; 10000 by default. */
  readonly commandTimeout?: number | undefined;
  /**
   * How many replicas must have a value before it counts as stored (Redis' `WAIT`); 0 by default. Set it to the number of your replicas:
   * then a failover to any of them forgets no renewal. Each write needs one more command, which waits for the replicas and blocks the
   * connection meanwhile, so give the vault its own connection. While a replica is missing, nothing is renewed. Not for a Cluster client.
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

/** A refresh token is valid for 90 days. A record that was not written for longer is of no use. */
const RECORD_LIFE_MS = 91 * 24 * 60 * 60 * 1_000;
/** The first and the longest pause between two tries to take a lock. */
const FIRST_POLL_MS = 10;
const LONGEST_POLL_MS = 100;

/** Takes the lock if it is free, or already ours: the response to an earlier try may have been lost. */
const TAKE = `local holder = redis.call('get', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;
const LET_GO = `if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('del', KEYS[1])`;
/** A process whose lock has ended must not overwrite what the next holder has written. */
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
 * Makes the storage and the lock of a `TokenVault` in Redis, for all processes that share it.
 *
 * ```ts
 * const vault = new TokenVault({ ...redisVault({ client }), secrets, onLost });
 * ```
 *
 * A user has two keys, in one slot of a cluster: `roblox:{KEY}:tokens`, which ends 91 days after the last write, and `roblox:{KEY}:lock`, for
 * the milliseconds of one read and one write. KEY is the vault's key, `CLIENT_ID:USER_ID`.
 *
 * Redis needs `maxmemory-policy noeviction` (otherwise the first use warns), and should write its log to disk. With access control, the user
 * needs `+get +set +del +eval` on `~roblox:*`, `+info` for the warning, and `+wait` for `replicas`.
 *
 * A failover to a replica may forget the latest writes, because Redis replicates after it has responded: see `replicas`. If Redis has
 * replicas, an authorization that Roblox refuses counts as lost only after the vault's `lossDelay`, because the process that holds the
 * forgotten tokens may store them again.
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
      'lockTimeout must be more than lockTTL: a waiting process must outlast the lock of one that died',
    );
  }
  const commandTimeout = readMilliseconds('commandTimeout', options.commandTimeout, 10_000);
  const redis = connectRedis(options.client, {
    replicas: options.replicas,
    replicaTimeout: readMilliseconds('replicaTimeout', options.replicaTimeout, 1_000),
  });
  checkPrefix(prefix, redis.keyPrefix);
  /** The lock that the current task runs under. Its key in Redis has this token while the lock is ours. */
  const heldLocks = new AsyncLocalStorage<{ readonly key: string; readonly token: string }>();
  // The braces put both keys of a user in one slot of a cluster.
  const lockKey = (key: string) => `${prefix}{${key}}:lock`;
  const tokensKey = (key: string) => `${prefix}{${key}}:tokens`;
  const warnOnce = createEvictionWarning(redis);

  async function soon<T>(work: Promise<T>): Promise<T> {
    const message = `Redis did not answer within ${commandTimeout} ms: is it running, and is its address right?`;
    return waitAtMost(commandTimeout, work, { code: 'timeout', message }).catch((error: unknown) => {
      throw explain(error, prefix);
    });
  }

  /** Writes by the script `held` when the current task holds the lock, else by `free`. */
  async function write(key: string, held: string, free: string, ...values: string[]): Promise<void> {
    const lock = heldLocks.getStore();
    const isHeld = lock?.key === key;
    const done = await soon(
      isHeld
        ? redis.write(held, [lockKey(key), tokensKey(key)], [lock.token, ...values])
        : redis.write(free, [tokensKey(key)], values),
    );
    if (done) return;
    throw new TokenVaultError('lock_lost', `The lock of ${key} ended before its task. Nothing was changed`);
  }

  async function take(key: string, token: string): Promise<void> {
    const deadline = monotonic() + lockTimeout;
    for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(LONGEST_POLL_MS, pollMs * 2)) {
      if (await soon(redis.run(TAKE, [lockKey(key)], [token, String(lockTTL)]))) return;
      const leftMs = deadline - monotonic();
      if (leftMs <= 0) break;
      // A random part of the pause, so that waiting processes do not all try at once.
      await sleep(Math.min(leftMs, pollMs * (0.5 + Math.random() / 2)));
    }
    const message = `The lock of ${key} was not free within ${lockTimeout} ms: another process holds it`;
    throw new TokenVaultError('lock_timeout', message);
  }

  return {
    storage: {
      async get(key) {
        warnOnce();
        const value = await soon(redis.get(tokensKey(key)));
        return value === null ? undefined : (value as string); // the vault checks it
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
        // The client may still send the command later, when it is connected again.
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
        // Without permission, each lock would stay until it ends by itself. After any other failure, only this one does.
        if (error instanceof TokenVaultError && error.code === 'forbidden') throw error;
      });
      return result;
    },
  };
}

/** With empty braces before ours, a cluster would put a user's keys in different slots. @see https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags */
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
    const message = 'Redis accepts no writes: this is a replica. Connect to the primary, or use Sentinel or Cluster';
    return new TokenVaultError('read_only', message, { cause: error });
  }
  if (/NOPERM|can't run this command/.test(error.message)) {
    const message = `Redis' access control forbids what the vault needs: grant +get +set +del +eval on ~${prefix}*, for replicas also +wait`;
    return new TokenVaultError('forbidden', message, { cause: error });
  }
  return explainNoResponse('Redis', error) ?? error;
}

/** Makes a function that asks once whether Redis may remove keys when its memory is full, and warns. */
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
      () => {}, // the user may not have the permission
    );
  };
}
