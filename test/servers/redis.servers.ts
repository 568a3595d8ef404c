import { expect } from 'chai';
import { DEMO_CLIENT, startEmulator } from '../../lib/emulator/index.ts';
import { TokenVault, TokenVaultError } from '../../lib/index.ts';
import { redisVault, type RedisVaultOptions } from '../../lib/vault/redis.ts';
import { openIORedis, openRedis } from './backends.ts';
import { failureOf, gate } from './support.ts';

const OPENERS = {
  redis: async () => {
    const client = await openRedis();
    return { client, close: () => client.destroy() };
  },
  ioredis: async () => {
    const client = openIORedis();
    return { client, close: () => client.disconnect() };
  },
};
let prefixes = 0;

for (const [name, open] of Object.entries(OPENERS)) {
  describe(`redisVault with a client of ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    let raw: Awaited<ReturnType<typeof openRedis>>;
    let prefix: string;
    const made = (options: Partial<RedisVaultOptions> = {}) =>
      redisVault({ client: opened.client, prefix, lockTTL: 1_000, ...options });
    const lockKey = () => `${prefix}{7}:lock`;
    const tokensKey = () => `${prefix}{7}:tokens`;

    before(async () => {
      [opened, raw] = await Promise.all([open(), openRedis()]);
    });
    beforeEach(() => (prefix = `test-${process.pid}-${++prefixes}:`));
    after(() => {
      opened.close();
      raw.destroy();
    });

    it('keeps a value in one key, and leaves no lock behind', async () => {
      const { storage, lock } = made();
      expect(await storage.get('7')).to.equal(undefined);
      await storage.set('7', 'one');
      await lock('7', async () => storage.set('7', (await storage.get('7')) + ' and two'));
      expect(await raw.keys(`${prefix}*`)).to.deep.equal([tokensKey()]);
      expect(await raw.get(tokensKey())).to.equal('one and two');
      expect(await raw.pTTL(tokensKey())).to.equal(-1);
      await lock('7', async () => storage.delete('7'));
      await storage.delete('7');
      expect(await raw.keys(`${prefix}*`)).to.deep.equal([]);
    });

    it('runs one task of a user at a time, and others beside it', async () => {
      const [one, two] = [made(), made()];
      const log: string[] = [];
      const [inside, leave] = [gate(), gate()];
      const first = one.lock('7', async () => {
        inside.open();
        await leave.opened;
        log.push('first');
      });
      await inside.opened;
      const second = two.lock('7', async () => void log.push('second'));
      await two.lock('8', async () => void log.push('another user'));
      leave.open();
      await Promise.all([first, second]);
      expect(log).to.deep.equal(['another user', 'first', 'second']);
    });

    it('hands on what a task does or throws, and lets go either way', async () => {
      const { lock } = made();
      const error = new Error('the task');
      expect(await lock('7', async () => 'done')).to.equal('done');
      expect(await failureOf(lock('7', () => Promise.reject(error)))).to.equal(error);
      expect(await lock('7', async () => 'again')).to.equal('again');
    });

    it('prolongs the lock while the task runs', async () => {
      await made({ lockTTL: 300 }).lock('7', async () => {
        // Only a prolonged lock has more left than it had before.
        for (let left = await raw.pTTL(lockKey()); ;) {
          const later = await raw.pTTL(lockKey());
          expect(later).to.be.greaterThan(0);
          if (later > left) break;
          left = later;
        }
      });
    });

    it('frees the lock of a process that died by itself', async () => {
      await raw.set(lockKey(), 'a dead process', { PX: 100 });
      expect(await made().lock('7', async () => 'alive')).to.equal('alive');
    });

    it('gives up on a lock that another holds, with an error that says so', async () => {
      await raw.set(lockKey(), 'another process');
      const error = await failureOf(made({ lockTTL: 50, lockTimeout: 120 }).lock('7', async () => {}));
      expect(error).to.be.instanceOf(TokenVaultError).with.property('code', 'lock_timeout');
      expect(String(error)).to.include('user 7').and.include('120 ms');
      expect(await raw.get(lockKey())).to.equal('another process');
    });

    for (const [verb, act] of Object.entries({ set: 'set', delete: 'delete' } as const)) {
      it(`lets nobody ${verb} whose lock was taken over, and leaves the new holder's alone`, async () => {
        const { storage, lock } = made();
        await storage.set('7', "the new holder's");
        const lost = lock('7', async () => {
          await raw.set(lockKey(), 'the new holder');
          await (act === 'set' ? storage.set('7', 'late') : storage.delete('7'));
        });
        expect(await failureOf(lost))
          .to.be.instanceOf(TokenVaultError)
          .with.property('code', 'lock_lost');
        expect(await storage.get('7')).to.equal("the new holder's");
        expect(await raw.get(lockKey())).to.equal('the new holder');
      });
    }

    it('has the vault store new tokens although the lock was lost on the way', async () => {
      const roblox = await startEmulator({ port: 0 });
      const { clientID, clientSecret } = DEMO_CLIENT;
      const fetchAndLose = async (url: string, init: object) => {
        const response = await fetch(url, init);
        if (url.endsWith('/token')) await raw.del(`${prefix}{4100000001}:lock`);
        return response;
      };
      const vault = new TokenVault({ ...made(), clientID, clientSecret, baseURL: roblox.url, fetch: fetchAndLose });
      const issued = await roblox.issueTokens({ user: '4100000001' });
      const refreshToken = String(issued.refresh_token);
      const client = await vault.save('4100000001', {
        accessToken: issued.access_token,
        refreshToken,
        expiresAt: new Date(0),
      });
      await client.userInfo();
      expect(roblox.count('/oauth/v1/token')).to.equal(1);
      expect((await vault.client('4100000001'))?.tokens.accessToken).to.equal(client.tokens.accessToken);
      await roblox.close();
    });
  });
}
