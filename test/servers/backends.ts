import { Redis } from 'ioredis';
import pg from 'pg';
import { createClient } from 'redis';
import type { TokenLock, TokenStorage } from '../../lib/index.ts';
import { postgresVault } from '../../lib/vault/postgres.ts';
import { redisVault } from '../../lib/vault/redis.ts';

export const BACKENDS = ['redis', 'ioredis', 'postgres'] as const;
export type BackendName = (typeof BACKENDS)[number];

/** Storage and lock on a real server. */
export interface Backend {
  readonly storage: TokenStorage;
  readonly lock: TokenLock;
  close(): Promise<void>;
}

/** How long the lock of a killed process stays with Redis: short, for the tests' sake. */
export const LOCK_TTL = 1_000;

/** How long Roblox's answer may take: others wait this long, and five seconds more, for a process that died while it renewed. */
export const TIMEOUT = 5_000;
/** How long a refusal is in doubt where a process that was renewing has died. */
export const LOSS_DELAY = 500;

/** @param space what separates one test from another: a prefix, or a table */
export async function openBackend(name: BackendName, space: string): Promise<Backend> {
  switch (name) {
    case 'redis': {
      const client = await openRedis();
      return { ...redisVault({ client, prefix: `${space}:`, lockTTL: LOCK_TTL }), close: async () => client.destroy() };
    }
    case 'ioredis': {
      const client = openIORedis();
      const vault = redisVault({ client, prefix: `${space}:`, lockTTL: LOCK_TTL });
      return { ...vault, close: async () => client.disconnect() };
    }
    case 'postgres': {
      const pool = openPool();
      const { createTable, ...vault } = postgresVault({ pool, table: space });
      await createTable();
      return { ...vault, close: () => pool.end() };
    }
  }
}

interface Credentials {
  readonly username?: string;
  readonly password?: string;
}

export const openRedis = (credentials: Credentials = {}) =>
  createClient({ url: address('REDIS_URL'), ...credentials }).connect();

export const openIORedis = (credentials: Credentials = {}) => new Redis(address('REDIS_URL'), credentials);

export function openPool(options: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({ connectionString: address('POSTGRES_URL'), ...options });
  // A connection that the server ends while it idles.
  pool.on('error', () => {});
  return pool;
}

function address(name: 'REDIS_URL' | 'POSTGRES_URL'): string {
  const url = process.env[name];
  if (url === undefined) throw new Error(`${name} is not set: run these tests by npm run test:servers`);
  return url;
}
