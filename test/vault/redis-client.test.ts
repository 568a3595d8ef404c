import { expect } from 'chai';
import { redisVault, type IORedisClient, type NodeRedisClient } from '../../lib/vault/redis.ts';
import { never, silentRedis } from './support.ts';

// What needs no server. Against real ones: npm run test:servers.

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
    'replicas of a cluster': {
      options: { client: { ...silentRedis, masters: [] }, replicas: 1 },
      says: /replicas.*not a Cluster/,
    },
    'a number of replicas that is none': { options: { client: silentRedis, replicas: 0.5 }, says: /replicas/ },
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
});
