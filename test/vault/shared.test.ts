import { expect } from 'chai';
import pg from 'pg';
import { TokenVaultError } from '../../lib/index.ts';
import { createTableSQL, postgresVault, type PostgresClient, type PostgresPool } from '../../lib/vault/postgres.ts';
import { redisVault, type IORedisClient, type NodeRedisClient } from '../../lib/vault/redis.ts';
import { failureOf } from './support.ts';

// What needs no server. Against real ones: npm run test:servers.

const never = () => new Promise<never>(() => {});
const silentRedis: NodeRedisClient = { get: never, set: never, del: never, eval: never };

describe('redisVault', () => {
  const REFUSED = {
    'no client': { options: {}, says: /client must be/ },
    'a client without eval': { options: { client: { get() {}, set() {}, del() {} } }, says: /client must be/ },
    'a client of node-redis 4': {
      options: { client: { ...silentRedis, sendCommand: never, disconnect: never, v4: {} } },
      says: /node-redis 4.*npm install redis@latest/,
    },
    "node-redis' legacy client": {
      options: { client: { ...silentRedis, sendCommand: never, multi: never } },
      says: /legacy/,
    },
    'an option that does not exist': { options: { client: silentRedis, lockTtl: 7 }, says: /'lockTtl'.*lockTTL/ },
    'a prefix whose braces would spread the keys of a user': {
      options: { client: silentRedis, prefix: 'app{}:' },
      says: /prefix.*slots/,
    },
    'replicas of a cluster': {
      options: { client: { ...silentRedis, masters: [] }, replicas: 1 },
      says: /replicas.*not a Cluster/,
    },
    'a number of replicas that is none': { options: { client: silentRedis, replicas: 0.5 }, says: /replicas/ },
    'a prefix that is no string': { options: { client: silentRedis, prefix: 7 }, says: /prefix/ },
    'a lockTTL of nothing': { options: { client: silentRedis, lockTTL: 0 }, says: /lockTTL.*milliseconds/ },
    'a lockTimeout in words': { options: { client: silentRedis, lockTimeout: '30s' }, says: /lockTimeout/ },
    'a wait that ends before a dead lock does': {
      options: { client: silentRedis, lockTTL: 500, lockTimeout: 500 },
      says: /lockTimeout must be more than lockTTL/,
    },
  };
  for (const [what, { options, says }] of Object.entries(REFUSED)) {
    it(`refuses ${what}`, () => expect(() => redisVault(options as never)).to.throw(TypeError, says));
  }

  it('speaks to each client in its own way', async () => {
    const seen: unknown[][] = [];
    const node: NodeRedisClient = { ...silentRedis, eval: async (_script, options) => (seen.push([options]), 1) };
    const io: IORedisClient = {
      ...silentRedis,
      eval: async (_script, ...values) => (seen.push(values), 1),
      defineCommand() {},
    };
    for (const client of [node, io]) {
      const { lock, storage } = redisVault({ client });
      await lock('7', async () => storage.set('7', 'value'));
    }
    const keys = ['roblox:{7}:lock', 'roblox:{7}:tokens'];
    expect(seen[1]?.[0]).to.have.deep.property('keys', keys);
    expect(seen[4]?.slice(0, 3)).to.deep.equal([2, ...keys]);
    expect(seen[4]?.at(-2)).to.equal('value');
  });

  describe('whose Redis does not answer', () => {
    const { storage, lock } = redisVault({ client: silentRedis, commandTimeout: 10 });
    const CALLS = {
      'get a value': async () => storage.get('7'),
      'set one': async () => storage.set('7', 'value'),
      'delete one': async () => storage.delete('7'),
      'take a lock': () => lock('7', async () => {}),
    };
    for (const [what, call] of Object.entries(CALLS)) {
      it(`does not wait forever to ${what}`, async () => {
        const error = await failureOf(call());
        expect(error).to.be.instanceOf(TokenVaultError).with.property('code', 'timeout');
      });
    }

    class TimeoutError extends Error {} // as in redis 6: its name is Error, and it has no message
    class ClusterAllFailedError extends Error {}
    class MaxRetriesPerRequestError extends Error {
      override name = 'MaxRetriesPerRequestError';
    }
    const SILENCE = {
      'redis 6, which gives up': new TimeoutError(),
      'redis, whose connection ends': new Error('Socket closed unexpectedly'),
      'redis, closed': new Error('The client is closed'),
      'redis without a queue': new Error('The client is offline'),
      'ioredis, which gives up': new MaxRetriesPerRequestError(
        'Reached the max retries per request limit (which is 20).',
      ),
      'ioredis, closed': new Error('Connection is closed.'),
      'ioredis without a queue': new Error("Stream isn't writeable and enableOfflineQueue options is false"),
      'ioredis, in the middle of a command': new Error('Command aborted due to connection close'),
      'ioredis without a Sentinel': new Error('All sentinels are unreachable. Retrying from scratch after 10ms.'),
      'ioredis without a node': new ClusterAllFailedError('Failed to refresh slots cache.'),
      'ioredis with a time limit': new Error('Command timed out'),
      'the system': Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }),
    };
    const failing = (cause: Error) => async () => Promise.reject(cause);
    for (const [who, cause] of Object.entries(SILENCE)) {
      it(`says what to do, and keeps the error of ${who}`, async () => {
        const { storage, lock } = redisVault({ client: { ...silentRedis, get: failing(cause), eval: failing(cause) } });
        for (const call of [async () => storage.get('7'), () => lock('7', async () => {})]) {
          const error = await failureOf(call());
          expect(error).to.be.instanceOf(TokenVaultError).and.include({ code: 'timeout', cause });
          expect(String(error)).to.include('Redis does not answer. Start it');
        }
      });
    }

    for (const message of ['WRONGTYPE Operation against a key', 'ERR timeout is not an integer', 'no such thing']) {
      it(`leaves an error of another kind as it is: ${message}`, async () => {
        const error = new Error(message);
        const { storage } = redisVault({ client: { ...silentRedis, get: failing(error) } });
        expect(await failureOf((async () => storage.get('7'))())).to.equal(error);
      });
    }
  });
});

describe('postgresVault', () => {
  const silentPool: PostgresPool = { connect: never, query: never };
  const REFUSED = {
    'no pool': { options: {}, says: /pool must be/ },
    'a connection in place of a pool': {
      options: { pool: new pg.Client() },
      says: /pool must be.*is a Client.*max: 1/,
    },
    'a thing that only queries': { options: { pool: { query() {} } }, says: /pool must be/ },
    'an option that does not exist': { options: { pool: silentPool, tableName: 'x' }, says: /tableName/ },
    'a table of no name': { options: { pool: silentPool, table: '' }, says: /table/ },
    'a table in three parts': { options: { pool: silentPool, table: 'a.b.c' }, says: /table/ },
    'a table name that Postgres would cut': { options: { pool: silentPool, table: 'ä'.repeat(32) }, says: /table/ },
    'a table name with a zero byte': { options: { pool: silentPool, table: 'a\0b' }, says: /table/ },
    'a table that is no string': { options: { pool: silentPool, table: 7 }, says: /table/ },
    'a lockTTL with a fraction': { options: { pool: silentPool, lockTTL: 0.5 }, says: /lockTTL/ },
    'a wait that ends before a stalled transaction does': {
      options: { pool: silentPool, lockTTL: 500, lockTimeout: 400 },
      says: /lockTimeout must be more than lockTTL/,
    },
  };
  for (const [what, { options, says }] of Object.entries(REFUSED)) {
    it(`refuses ${what}`, () => expect(() => postgresVault(options as never)).to.throw(TypeError, says));
  }

  it('quotes the names in the statement that makes the table', () => {
    expect(createTableSQL()).to.match(/^CREATE TABLE IF NOT EXISTS "roblox_tokens" \(/);
    expect(createTableSQL('my schema."t"')).to.include('"my schema"."""t"""');
  });

  describe('whose Postgres does not answer', () => {
    const times = { lockTTL: 10, lockTimeout: 20, statementTimeout: 10 };

    it('does not wait forever for a value', async () => {
      const { storage } = postgresVault({ pool: silentPool, ...times });
      const error = await failureOf(Promise.resolve(storage.get('7')));
      expect(error).to.be.instanceOf(TokenVaultError).with.property('code', 'timeout');
    });

    it('does not wait forever for a connection', async () => {
      const error = await failureOf(postgresVault({ pool: silentPool, ...times }).lock('7', async () => {}));
      expect(error).to.be.instanceOf(TokenVaultError).with.property('code', 'lock_timeout');
    });

    it('does not wait forever for a lock, and gives the connection up for good', async () => {
      const released: unknown[] = [];
      const client: PostgresClient = {
        query: never,
        release: (destroy) => released.push(destroy),
        on() {},
        removeListener() {},
      };
      const pool: PostgresPool = { query: never, connect: (callback) => callback(undefined, client) };
      const error = await failureOf(postgresVault({ pool, ...times }).lock('7', async () => {}));
      expect(error).to.be.instanceOf(TokenVaultError).with.property('code', 'timeout');
      expect(released).to.deep.equal([true]);
    });

    const SILENCE = [
      Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }),
      new Error('Connection terminated unexpectedly'),
      new Error('timeout exceeded when trying to connect'),
      Object.assign(new Error('the database system is starting up'), { code: '57P03' }),
    ];
    for (const cause of SILENCE) {
      it(`says what to do, and keeps the error: ${cause.message || 'one without a message'}`, async () => {
        const failing = async () => Promise.reject(cause);
        const { storage, lock, createTable } = postgresVault({ pool: { connect: failing, query: failing } });
        for (const call of [async () => storage.get('7'), () => lock('7', async () => {}), createTable]) {
          const error = await failureOf(call());
          expect(error).to.be.instanceOf(TokenVaultError).and.include({ code: 'timeout', cause });
          expect(String(error)).to.include('Postgres does not answer. Start it');
        }
      });
    }

    it('leaves an error of a statement as it is', async () => {
      const error = Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' });
      const { storage } = postgresVault({ pool: { connect: never, query: async () => Promise.reject(error) } });
      expect(await failureOf((async () => storage.get('7'))())).to.equal(error);
    });
  });
});
