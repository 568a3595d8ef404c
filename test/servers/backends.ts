import { Redis } from 'ioredis';
import pg from 'pg';
import { createClient } from 'redis';

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
