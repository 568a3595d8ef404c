import { expect } from 'chai';
import { checkRedis } from '../../lib/doctor/redis.ts';
import { TokenVaultError } from '../../lib/index.ts';
import { redisVault, type RedisVaultOptions } from '../../lib/vault/redis.ts';
import { openIORedis, openRedis } from './backends.ts';
import { catchError } from '../support/thrown.ts';
import { gate } from './support.ts';

const OPENERS = {
  redis: async (options: { username?: string; password?: string } = {}) => {
    const client = await openRedis(options);
    return { client, close: () => client.destroy() };
  },
  ioredis: async (options: { username?: string; password?: string } = {}) => {
    const client = openIORedis(options);
    return { client, close: () => client.disconnect() };
  },
};
let prefixes = 0;

for (const name of ['redis', 'ioredis'] as const) {
  const open = OPENERS[name];
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
      // A refresh token lives for 90 days.
      const days = (await raw.pTTL(tokensKey())) / (24 * 60 * 60 * 1_000);
      expect(days).to.be.greaterThan(90).and.at.most(91);
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
      expect(await catchError(lock('7', () => Promise.reject(error)))).to.equal(error);
      expect(await lock('7', async () => 'again')).to.equal('again');
    });

    it('frees the lock of a process that died by itself', async () => {
      await raw.set(lockKey(), 'a dead process', { PX: 100 });
      expect(await made().lock('7', async () => 'alive')).to.equal('alive');
    });

    it('gives up on a lock that another holds, with an error that says so', async () => {
      await raw.set(lockKey(), 'another process');
      const error = await catchError(made({ lockTTL: 50, lockTimeout: 120 }).lock('7', async () => {}));
      expect(error).to.be.instanceOf(TokenVaultError).with.property('code', 'lock_timeout');
      expect(String(error)).to.include('The lock of 7').and.include('120 ms');
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
        expect(await catchError(lost))
          .to.be.instanceOf(TokenVaultError)
          .with.property('code', 'lock_lost');
        expect(await storage.get('7')).to.equal("the new holder's");
        expect(await raw.get(lockKey())).to.equal('the new holder');
      });
    }

    it('warns once, at the first use, of a policy that removes tokens when the memory is full', async () => {
      const warnings: Error[] = [];
      const hear = (warning: Error) => warnings.push(warning);
      process.on('warning', hear);
      try {
        for (const policy of ['noeviction', 'volatile-lru', 'allkeys-random']) {
          await raw.configSet('maxmemory-policy', policy);
          const { storage, lock } = made();
          await lock('7', async () => storage.get('7'));
          await storage.get('8');
          await raw.ping();
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      } finally {
        process.removeListener('warning', hear);
        await raw.configSet('maxmemory-policy', 'noeviction');
      }
      const told = warnings.filter((warning) => 'code' in warning && warning.code === 'ROBLOX_VAULT_EVICTION');
      expect(told.map(({ message }) => /maxmemory-policy is (\S+)\./.exec(message)?.[1])).to.deep.equal([
        'volatile-lru',
        'allkeys-random',
      ]);
    });

    it('is looked at by the doctor', async () => {
      const ask = () => checkRedis(process.env['REDIS_URL'], 5_000, [name]);
      expect(await ask()).to.deep.equal([
        { level: 'ok', about: 'REDIS_URL', message: 'answers, and removes no tokens' },
        {
          level: 'note',
          about: 'REDIS_URL',
          message:
            'writes no log: tokens renewed since its last snapshot are lost when it restarts. Set appendonly yes',
        },
      ]);
      await raw.configSet('maxmemory-policy', 'volatile-ttl');
      try {
        const [finding] = await ask();
        expect(finding).to.include({ level: 'problem', about: 'REDIS_URL' });
        expect(finding?.message).to.include('maxmemory-policy is volatile-ttl');
      } finally {
        await raw.configSet('maxmemory-policy', 'noeviction');
      }
      const url = new URL(process.env['REDIS_URL'] ?? '');
      Object.assign(url, { username: `asks-nothing-${process.pid}`, password: 'a-secret-word' });
      await raw.aclSetUser(url.username, ['on', `>${url.password}`, '+ping']);
      expect(await checkRedis(url.href, 5_000, [name])).to.deep.equal([
        { level: 'note', about: 'REDIS_URL', message: 'answers, but lets this user ask nothing: grant +info' },
      ]);
      url.password = 'another';
      expect(await checkRedis(url.href, 5_000, [name])).to.deep.equal([
        {
          level: 'problem',
          about: 'REDIS_URL',
          message: 'cannot be asked: WRONGPASS invalid username-password pair or user is disabled.',
        },
      ]);
      await raw.aclDelUser(url.username);
    });

    it('says what to grant when the access control forbids a command', async () => {
      const rules = ['on', '>secret', `~${prefix}*`, '-@all', '+get', '+set', '+del', '+eval'];
      const connect = ['+hello', '+auth', '+client', '+info', '+ping', '+select'];
      await raw.aclSetUser('limited', [...rules, ...connect]);
      const limited = await open({ username: 'limited', password: 'secret' });
      try {
        const { storage, lock } = redisVault({ client: limited.client, prefix });
        await lock('7', async () => storage.set('7', 'one'));
        await lock('7', async () => storage.delete('7'));
        for (const command of ['get', 'set', 'del', 'eval']) {
          await raw.aclSetUser('limited', [`-${command}`]);
          const error = await catchError(lock('7', async () => storage.get('7')));
          expect(error, command).to.be.instanceOf(TokenVaultError).with.property('code', 'forbidden');
          expect(String(error)).to.include(`+get +set +del +eval on ~${prefix}*`);
          await raw.aclSetUser('limited', [`+${command}`]);
          await raw.del(lockKey());
        }
      } finally {
        limited.close();
        await raw.aclDelUser('limited');
      }
    });

    it('knows that a Redis without replicas forgets nothing by a failover', async () => {
      expect(await made().storage.mayForget()).to.equal(false);
    });

    it('counts nothing as stored that too few replicas have', async () => {
      const { storage, lock } = made({ replicas: 1, replicaTimeout: 20 });
      const error = await catchError(lock('7', async () => storage.set('7', 'one')));
      expect(error).to.be.instanceOf(TokenVaultError).with.property('code', 'not_replicated');
      expect(String(error)).to.include('0 of 1');
    });
  });
}
