/** Storage and lock on a real server, by each client library that users may bring. */
import pg from 'pg';
import type { TokenLock, TokenStorage } from '../../../lib/index.ts';
import { postgresVault, type PostgresVaultOptions } from '../../../lib/vault/postgres.ts';
import { redisVault, type RedisVaultOptions } from '../../../lib/vault/redis.ts';

export const REDIS_LIBRARIES = ['redis5', 'redis6', 'ioredis5', 'ioredis6'] as const;
export type RedisLibrary = (typeof REDIS_LIBRARIES)[number];

/** Which server, reached how. */
export type BackendPlan =
  | {
      readonly kind: RedisLibrary;
      /** One server … */
      readonly url?: string;
      /** … or the ports of the Sentinels of the master `vault`, or of some nodes of a cluster. */
      readonly sentinels?: readonly number[];
      readonly cluster?: readonly number[];
      readonly options?: Partial<Omit<RedisVaultOptions, 'client'>>;
    }
  | {
      readonly kind: 'postgres';
      readonly url: string;
      /** Connections in the pool. */
      readonly max?: number;
      readonly options?: Partial<Omit<PostgresVaultOptions, 'pool'>>;
    };

export interface Backend {
  readonly storage: TokenStorage;
  readonly lock: TokenLock;
  createTable(): Promise<void>;
  /** Removes rows that are over; Redis does so by itself. */
  purge(): Promise<number>;
  /** What the app asks its database for itself. */
  ping(): Promise<unknown>;
  close(): Promise<void>;
}

export async function openBackend(plan: BackendPlan): Promise<Backend> {
  if (plan.kind === 'postgres') {
    const pool = new pg.Pool({ connectionString: plan.url, max: plan.max ?? 10 });
    // A connection that the server ends while it idles.
    pool.on('error', () => {});
    const ping = () => pool.query('SELECT 1');
    return { ...postgresVault({ pool, ...plan.options }), ping, close: () => pool.end() };
  }
  const { client, close } = await openRedis(plan);
  const vault = redisVault({ client, ...plan.options });
  return { ...vault, createTable: async () => {}, purge: async () => 0, ping: () => client.get('ping'), close };
}

type RedisPlan = Exclude<BackendPlan, { kind: 'postgres' }>;
interface OpenRedis {
  readonly client: RedisVaultOptions['client'];
  close(): Promise<void>;
}

type IORedis = Pick<typeof import('ioredis5'), 'Redis' | 'Cluster'>;

async function openRedis(plan: RedisPlan): Promise<OpenRedis> {
  switch (plan.kind) {
    case 'redis5':
      return openNodeRedis(plan, await import('redis5'));
    case 'redis6':
      // Cast: what is used of both versions has one form.
      return openNodeRedis(plan, (await import('redis')) as unknown as typeof import('redis5'));
    case 'ioredis5':
      return openIORedis(plan, await import('ioredis5'));
    case 'ioredis6':
      return openIORedis(plan, (await import('ioredis')) as unknown as IORedis); // as above
  }
}

async function openNodeRedis(
  { url, sentinels, cluster }: RedisPlan,
  { createClient, createCluster, createSentinel }: typeof import('redis5'),
): Promise<OpenRedis> {
  const address = (port: number) => ({ host: '127.0.0.1', port });
  const client =
    sentinels !== undefined
      ? createSentinel({ name: 'vault', sentinelRootNodes: sentinels.map(address) })
      : cluster !== undefined
        ? createCluster({ rootNodes: cluster.map((port) => ({ socket: address(port) })) })
        : createClient({ url: url ?? '' });
  client.on('error', () => {});
  await client.connect();
  // Cast: the union of the three is what redisVault takes, each on its own.
  return { client: client as unknown as RedisVaultOptions['client'], close: async () => client.destroy() };
}

async function openIORedis({ url, sentinels, cluster }: RedisPlan, { Redis, Cluster }: IORedis): Promise<OpenRedis> {
  const address = (port: number) => ({ host: '127.0.0.1', port });
  const client =
    sentinels !== undefined
      ? new Redis({ name: 'vault', sentinels: sentinels.map(address) })
      : cluster !== undefined
        ? new Cluster(cluster.map(address))
        : new Redis(url ?? '');
  client.on('error', () => {});
  return { client, close: async () => client.disconnect() };
}
