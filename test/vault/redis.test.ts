import { expect } from 'chai';
import { TokenVaultError } from '../../lib/index.ts';
import { redisVault } from '../../lib/vault/redis.ts';
import { catchError } from '../support/thrown.ts';
import { silentRedis } from './support.ts';

// What needs no server. Against real ones: npm run test:servers.

describe('redisVault', () => {
  const REFUSED = {
    'an option that does not exist': { options: { client: silentRedis, lockTtl: 7 }, says: /'lockTtl'.*lockTTL/ },
    'a prefix whose braces would spread the keys of a user': {
      options: { client: silentRedis, prefix: 'app{}:' },
      says: /prefix.*slots/,
    },
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
        const error = await catchError(call());
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
          const error = await catchError(call());
          expect(error).to.be.instanceOf(TokenVaultError).and.include({ code: 'timeout', cause });
          expect(String(error)).to.include('Redis does not answer. Start it');
        }
      });
    }

    for (const message of ['WRONGTYPE Operation against a key', 'ERR timeout is not an integer', 'no such thing']) {
      it(`leaves an error of another kind as it is: ${message}`, async () => {
        const error = new Error(message);
        const { storage } = redisVault({ client: { ...silentRedis, get: failing(error) } });
        expect(await catchError((async () => storage.get('7'))())).to.equal(error);
      });
    }
  });
});
