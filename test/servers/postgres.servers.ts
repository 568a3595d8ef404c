import { expect } from 'chai';
import type pg from 'pg';
import { DEMO_CLIENT, startEmulator, type Emulator } from '../../lib/emulator/index.ts';
import { TokenVault, TokenVaultError, type TokenVaultOptions } from '../../lib/index.ts';
import { createTableSQL, postgresVault, type PostgresVaultOptions } from '../../lib/vault/postgres.ts';
import { openPool } from './backends.ts';
import { failureOf, gate } from './support.ts';

let tables = 0;

describe('postgresVault', () => {
  let pool: pg.Pool;
  let raw: pg.Pool;
  let table: string;
  const made = (options: Partial<PostgresVaultOptions> = {}) => postgresVault({ pool, table, ...options });

  beforeEach(async () => {
    [pool, raw] = [openPool({ max: 4 }), openPool()];
    table = `tokens_${process.pid}_${++tables}`;
    await made().createTable();
  });
  afterEach(async () => {
    // Whatever a test did, no connection is left in use.
    expect(pool).to.include({ waitingCount: 0 }).and.to.have.property('idleCount', pool.totalCount);
    await Promise.all([pool.end(), raw.end()]);
  });

  it('keeps a value in a row, with or without a lock', async () => {
    const { storage, lock } = made();
    expect(await storage.get('7')).to.equal(undefined);
    await storage.set('7', 'one');
    await lock('7', async () => storage.set('7', (await storage.get('7')) + ' and two'));
    expect(await storage.get('7')).to.equal('one and two');
    const { rows } = await raw.query(`SELECT user_id, tokens FROM ${table}`);
    expect(rows).to.deep.equal([{ user_id: '7', tokens: 'one and two' }]);
    await lock('7', async () => storage.delete('7'));
    await storage.delete('7');
    expect(await storage.get('7')).to.equal(undefined);
  });

  it('stores nothing of a task that fails', async () => {
    const { storage, lock } = made();
    const error = new Error('the task');
    const failing = lock('7', async () => {
      await storage.set('7', 'halfway');
      expect(await storage.get('7')).to.equal('halfway');
      throw error;
    });
    expect(await failureOf(failing)).to.equal(error);
    expect(await storage.get('7')).to.equal(undefined);
  });

  for (const before of ['a row', 'no row'] as const) {
    it(`runs one task of a user at a time, and others beside it, where there is ${before}`, async () => {
      const { storage, lock } = made();
      if (before === 'a row') await storage.set('7', 'stored');
      const log: string[] = [];
      const [inside, leave] = [gate(), gate()];
      const first = lock('7', async () => {
        await storage.set('7', 'first');
        inside.open();
        await leave.opened;
        log.push('first');
      });
      await inside.opened;
      const second = made().lock('7', async () => void log.push(`second after ${await storage.get('7')}`));
      await lock('8', async () => void log.push('another user'));
      leave.open();
      await Promise.all([first, second]);
      expect(log).to.deep.equal(['another user', 'first', 'second after first']);
    });
  }

  it('locks the row, so that other statements wait as well', async () => {
    const { storage, lock } = made();
    await storage.set('7', 'stored');
    await lock('7', async () => {
      const error = await failureOf(raw.query(`SELECT 1 FROM ${table} FOR UPDATE NOWAIT`));
      expect(error).to.have.property('code', '55P03');
    });
  });

  it('gives up on a lock that another holds, with an error that says so', async () => {
    const { storage, lock } = made({ lockTTL: 50, lockTimeout: 100 });
    await storage.set('7', 'stored');
    const other = await raw.connect();
    await other.query('BEGIN');
    await other.query(`SELECT 1 FROM ${table} FOR UPDATE`);
    const error = await failureOf(lock('7', async () => {}));
    expect(error).to.be.instanceOf(TokenVaultError).with.property('code', 'lock_timeout');
    expect(String(error)).to.include('user 7').and.include('100 ms');
    await other.query('ROLLBACK');
    other.release();
  });

  it('gives up when the pool has no connection left, and returns the one that comes late', async () => {
    const busy = await Promise.all(Array.from({ length: 4 }, () => pool.connect()));
    const error = await failureOf(made({ lockTTL: 50, lockTimeout: 100 }).lock('7', async () => {}));
    expect(error).to.be.instanceOf(TokenVaultError).with.property('code', 'lock_timeout');
    for (const client of busy) client.release();
  });

  it('says so when a failure in the task, kept quiet by it, took everything back', async () => {
    const { storage, lock } = made();
    const task = lock('7', async () => {
      await storage.set('7', 'stored');
      await failureOf(Promise.resolve(storage.set('7', 'no \0 in a text')));
    });
    expect(await failureOf(task))
      .to.be.instanceOf(TokenVaultError)
      .with.property('code', 'lock_lost');
    expect(await storage.get('7')).to.equal(undefined);
  });

  const NAMES = {
    'a schema': 'Vault Schema.tokens',
    'quotes and a statement': 'tokens"; DROP TABLE users; --',
    'upper case': 'Roblox Tokens',
    'as many characters as there may be': 't'.repeat(63),
  };
  for (const [what, name] of Object.entries(NAMES)) {
    it(`takes a table name with ${what}`, async () => {
      await raw.query('CREATE SCHEMA IF NOT EXISTS "Vault Schema"');
      const { storage, lock, createTable } = made({ table: name });
      await createTable();
      await createTable();
      await lock('7', async () => storage.set('7', 'stored'));
      expect(await storage.get('7')).to.equal('stored');
      await raw.query(createTableSQL(name).replace(/^CREATE TABLE IF NOT EXISTS (.*) \([^]*$/, 'DROP TABLE $1'));
    });
  }

  it('makes no table by itself', async () => {
    const { storage, lock } = made({ table: 'never_made' });
    expect(await failureOf(Promise.resolve(storage.get('7')))).to.have.property('code', '42P01');
    expect(await failureOf(lock('7', async () => {}))).to.have.property('code', '42P01');
  });

  describe('under a vault', () => {
    const USER = '4100000001';
    let roblox: Emulator;
    beforeEach(async () => (roblox = await startEmulator({ port: 0 })));
    afterEach(() => roblox.close());

    const vaultOn = (options: Partial<TokenVaultOptions>) => {
      const { clientID, clientSecret } = DEMO_CLIENT;
      return new TokenVault({ clientID, clientSecret, baseURL: roblox.url, ...options });
    };
    const saveExpired = async (vault: TokenVault, user: string) => {
      const { access_token, refresh_token } = await roblox.issueTokens({ user });
      const tokens = { accessToken: access_token, refreshToken: String(refresh_token), expiresAt: new Date(0) };
      return vault.save(user, tokens);
    };

    it('renews for many users and calls over a pool of one connection', async () => {
      const onePool = openPool({ max: 1 });
      const vault = vaultOn(made({ pool: onePool }));
      const users = [USER, '4100000002', '4100000003'];
      await Promise.all(users.map((user) => saveExpired(vault, user)));
      const calls = users.flatMap((user) =>
        Array.from({ length: 20 }, async () => (await vault.client(user))?.userInfo()),
      );
      expect((await Promise.all(calls)).map((info) => info?.sub).sort()).to.deep.equal(
        users.flatMap((user) => Array.from({ length: 20 }, () => user)),
      );
      expect(roblox.count('/oauth/v1/token')).to.equal(3);
      expect(onePool).to.include({ totalCount: 1, idleCount: 1, waitingCount: 0 });
      await onePool.end();
    });

    const BREAKS = {
      'was ended by the server': {
        options: {},
        end: async () => {
          const others = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'`;
          await raw.query(others);
        },
      },
      'stood still for longer than lockTTL': {
        options: { lockTTL: 50, lockTimeout: 10_000 },
        end: async () => {
          const open = `SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction'`;
          while ((await raw.query(open)).rowCount !== 0);
        },
      },
    };
    for (const [what, { options, end }] of Object.entries(BREAKS)) {
      it(`stores new tokens although the transaction ${what} before`, async () => {
        let isBroken = false;
        const fetchAndBreak = async (url: string, init: object) => {
          const response = await fetch(url, init);
          if (url.endsWith('/token') && !isBroken) {
            isBroken = true;
            await end();
          }
          return response;
        };
        const vault = vaultOn({ ...made(options), fetch: fetchAndBreak });
        const client = await saveExpired(vault, USER);
        expect((await client.userInfo()).sub).to.equal(USER);
        expect(roblox.count('/oauth/v1/token')).to.equal(1);
        expect((await vault.client(USER))?.tokens.accessToken).to.equal(client.tokens.accessToken);
      });
    }
  });
});
