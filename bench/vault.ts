import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import pg from 'pg';
import { TokenVault, type Fetch, type TokenLock, type TokenStorage } from 'passport-roblox-oauth2';
import { postgresVault, type PostgresPool } from 'passport-roblox-oauth2/postgres';
import { redisVault } from 'passport-roblox-oauth2/redis';
import { createClient } from 'redis';
import { startRedis, type Server } from '../scripts/servers.ts';
import { median } from './table.ts';

/**
 * `npm run bench:vault`: what the vault costs on a real Redis and Postgres, with one user and with 10,000: round trips, milliseconds and
 * bytes. Roblox answers at once, in this process. REDIS_URL and POSTGRES_URL name the servers; scripts/with-servers.ts starts some.
 */
const USERS = process.argv.includes('--quick') ? 200 : 10_000;
const IN_FLIGHT = 32;

interface Backend {
  readonly storage: TokenStorage;
  readonly lock: TokenLock;
  /** Commands or statements so far. */
  readonly count: () => number;
  readonly bytes: () => Promise<number>;
  readonly close: () => Promise<unknown>;
}

/** The size of the tokens that Roblox gives: a JWT, a JWE, an ID token. */
const newToken = (bytes: number) => randomBytes(bytes).toString('base64url');
const newTokens = () => ({ access_token: newToken(600), refresh_token: newToken(700), id_token: newToken(500) });

const answerAtOnce: Fetch = async () =>
  Response.json({ ...newTokens(), token_type: 'Bearer', expires_in: 899, scope: 'openid profile' });

/** Counts the calls of some methods. */
function counting<T extends object>(target: T, methods: readonly string[], onCall: () => void): T {
  return new Proxy(target, {
    get(object, name) {
      const value: unknown = Reflect.get(object, name);
      if (typeof value !== 'function') return value;
      return (...values: unknown[]): unknown => {
        if (methods.includes(String(name))) onCall();
        return Reflect.apply(value, object, values);
      };
    },
  });
}

/** @param replicas 1 starts a replica, and waits for it with each write */
async function openRedis(name: 'redis' | 'ioredis', replicas: 0 | 1 = 0): Promise<Backend> {
  const url = process.env['REDIS_URL'] ?? '';
  const replica = replicas === 0 ? undefined : await startReplica(url);
  let commands = 0;
  const onCall = () => (commands += 1);
  const node = name === 'redis' ? await createClient({ url }).connect() : undefined;
  const io = node === undefined ? new Redis(url) : undefined;
  const raw = io ?? new Redis(url);
  await raw.flushall();
  const client = node ?? io!; // one of them
  const bytes = async () => Number(/used_memory:(\d+)/.exec(await raw.info('memory'))?.[1]);
  const before = await bytes();
  return {
    ...redisVault({ client: counting(client, ['get', 'eval', 'wait'], onCall), replicas }),
    count: () => commands,
    bytes: async () => (await bytes()) - before,
    async close() {
      node?.destroy();
      raw.disconnect();
      await replica?.end('SIGTERM');
    },
  };
}

async function startReplica(url: string): Promise<Server> {
  const server = await startRedis({ replicaof: `127.0.0.1 ${new URL(url).port}` });
  const raw = new Redis(url);
  while (!/state=online/.test(await raw.info('replication'))) await new Promise((resolve) => setTimeout(resolve, 100));
  raw.disconnect();
  return server;
}

async function openPostgres(): Promise<Backend> {
  const pool = new pg.Pool({ connectionString: process.env['POSTGRES_URL'], max: 10 });
  let statements = 0;
  const onCall = () => (statements += 1);
  const counted: PostgresPool = {
    connect: async () => counting(await pool.connect(), ['query'], onCall),
    query(text, values) {
      onCall();
      return pool.query(text, values);
    },
  };
  const table = 'bench_tokens';
  await pool.query(`DROP TABLE IF EXISTS ${table}`);
  const { storage, lock, createTable } = postgresVault({ pool: counted, table });
  await createTable();
  const bytes = async () =>
    Number((await pool.query(`SELECT pg_total_relation_size('${table}') AS bytes`)).rows[0].bytes);
  return { storage, lock, count: () => statements, bytes, close: () => pool.end() };
}

async function openMemory(): Promise<Partial<Backend> & Pick<Backend, 'count' | 'bytes' | 'close'>> {
  return { count: () => 0, bytes: async () => 0, close: async () => {} };
}

/** Does work for each user, so many at a time. */
async function forEach(users: number, work: (userId: string) => Promise<unknown>): Promise<void> {
  let next = 1;
  const lane = async () => {
    while (next <= users) await work(String(next++));
  };
  await Promise.all(Array.from({ length: Math.min(users, IN_FLIGHT) }, lane));
}

async function measure(backend: Awaited<ReturnType<typeof openMemory>>, users: number, secrets: string[] | undefined) {
  const { storage, lock } = backend;
  const vault = new TokenVault({ storage, lock, secrets, clientID: '1', clientSecret: 'x', fetch: answerAtOnce });
  const expiresAt = new Date(Date.now() + 900_000);
  await forEach(users, (userId) => {
    const { access_token, refresh_token, id_token } = newTokens();
    return vault.save(userId, { accessToken: access_token, refreshToken: refresh_token, idToken: id_token, expiresAt });
  });
  const rounds = users === 1 ? 200 : 1;
  const timed = async (work: (userId: string) => Promise<unknown>) => {
    const [before, start, each]: [number, number, number[]] = [backend.count(), performance.now(), []];
    for (let round = 0; round < rounds; round += 1) {
      await forEach(users, async (userId) => {
        const begin = performance.now();
        await work(userId);
        each.push(performance.now() - begin);
      });
    }
    const perSecond = Math.round((users * rounds * 1_000) / (performance.now() - start));
    return { trips: (backend.count() - before) / (users * rounds), ms: median(each).toFixed(2), perSecond };
  };
  const client = await timed((userId) => vault.client(userId));
  const kept = await vault.client('1');
  const before = backend.count();
  await kept?.request('GET', '/cloud/v2/users/1');
  const call = backend.count() - before;
  const renewal = await timed(async (userId) => (await vault.client(userId))?.refresh());
  const again = await timed(async (userId) => (await vault.client(userId))?.refresh());
  const bytes = Math.round((await backend.bytes()) / users);
  await vault.close();
  return { client, call, renewal: { ...again, trips: renewal.trips - client.trips }, bytes };
}

const OPENERS = {
  memory: openMemory,
  redis: () => openRedis('redis'),
  ioredis: () => openRedis('ioredis'),
  'redis, waiting for one replica': () => openRedis('redis', 1),
  postgres: openPostgres,
};

console.log(`Node ${process.version}, ${IN_FLIGHT} at a time, sealed\n`);
console.log(
  '| backend | users | vault.client() | a call | a renewal | bytes per user |\n| --- | ---: | ---: | ---: | ---: | ---: |',
);
for (const [name, open] of Object.entries(OPENERS)) {
  for (const users of [1, USERS]) {
    const backend = await open();
    const { client, call, renewal, bytes } = await measure(backend, users, ['a secret of thirty-two bytes or more']);
    const show = ({ trips, ms, perSecond }: typeof client) => `${trips} round trips, ${ms} ms, ${perSecond} /s`;
    const cells = [
      name,
      users,
      show(client),
      `${call} round trips`,
      show(renewal),
      users === 1 || bytes === 0 ? '' : bytes,
    ];
    console.log(`| ${cells.join(' | ')} |`);
    await backend.close();
  }
}
