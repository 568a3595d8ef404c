import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { DEMO_CLIENT, startEmulator, type Emulator } from '../../lib/emulator/index.ts';
import { TokenVault, TokenVaultError, type TokenVaultOptions } from '../../lib/index.ts';
import { createTableSQL, postgresVault, type PostgresVaultOptions } from '../../lib/vault/postgres.ts';
import { openPool } from './backends.ts';
import { catchError } from '../support/thrown.ts';
import { gate } from './support.ts';

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
    const { rows } = await raw.query(`SELECT key, tokens FROM ${table}`);
    expect(rows).to.deep.equal([{ key: '7', tokens: 'one and two' }]);
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
    expect(await catchError(failing)).to.equal(error);
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
      const error = await catchError(raw.query(`SELECT 1 FROM ${table} FOR UPDATE NOWAIT`));
      expect(error).to.have.property('code', '55P03');
    });
  });

  it('gives up on a lock that another holds, with an error that says so', async () => {
    const { storage, lock } = made({ lockTTL: 50, lockTimeout: 100 });
    await storage.set('7', 'stored');
    const other = await raw.connect();
    await other.query('BEGIN');
    await other.query(`SELECT 1 FROM ${table} FOR UPDATE`);
    const error = await catchError(lock('7', async () => {}));
    expect(error).to.be.instanceOf(TokenVaultError).with.property('code', 'lock_timeout');
    expect(String(error)).to.include('The lock of 7').and.include('100 ms');
    await other.query('ROLLBACK');
    other.release();
  });

  it('takes a pool whose connect() answers with a promise alone', async () => {
    const wrapped = {
      connect: () => pool.connect(),
      query: (text: string, values?: unknown[]) => pool.query(text, values),
    };
    const { storage, lock, createTable } = postgresVault({ pool: wrapped, table });
    await createTable();
    await lock('7', async () => storage.set('7', 'one'));
    expect(await storage.get('7')).to.equal('one');
    const none = { ...wrapped, connect: () => Promise.reject(new Error('no more connections')) };
    expect(await catchError(postgresVault({ pool: none, table }).lock('7', async () => {}))).to.have.property(
      'message',
      'no more connections',
    );
  });

  it('gives up when the pool has no connection left, and returns the one that comes late', async () => {
    const busy = await Promise.all(Array.from({ length: 4 }, () => pool.connect()));
    const error = await catchError(made({ lockTTL: 50, lockTimeout: 100 }).lock('7', async () => {}));
    expect(error).to.be.instanceOf(TokenVaultError).with.property('code', 'lock_timeout');
    for (const client of busy) client.release();
  });

  it('says so when a failure in the task, kept quiet by it, took everything back', async () => {
    const { storage, lock } = made();
    const task = lock('7', async () => {
      await storage.set('7', 'stored');
      await catchError(Promise.resolve(storage.set('7', 'no \0 in a text')));
    });
    expect(await catchError(task))
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
    expect(await catchError(Promise.resolve(storage.get('7')))).to.have.property('code', '42P01');
    expect(await catchError(lock('7', async () => {}))).to.have.property('code', '42P01');
  });

  it('makes the table once, however many processes want to make it at once', async () => {
    const pools = [openPool(), openPool(), openPool()];
    for (let round = 0; round < 10; round += 1) {
      await raw.query(`DROP TABLE ${table}`);
      await Promise.all([...pools, ...pools].map((each) => made({ pool: each }).createTable()));
    }
    expect(await made().storage.get('7')).to.equal(undefined);
    await Promise.all(pools.map((each) => each.end()));
  });

  it('changes rows in place, and no index', async () => {
    const { storage, lock } = made();
    for (let count = 0; count < 100; count += 1) {
      await lock('7', async () => storage.set('7', randomBytes(2_500).toString('base64url')));
    }
    // The statistics come with the next statement of each connection.
    await Promise.all(Array.from({ length: 4 }, () => pool.query('SELECT pg_stat_force_next_flush(), pg_sleep(0.1)')));
    await Promise.all(Array.from({ length: 4 }, () => pool.query('SELECT pg_sleep(0.1)')));
    const updates =
      'SELECT n_tup_upd::int AS updates, n_tup_hot_upd::int AS hot FROM pg_stat_user_tables WHERE relname = $1';
    const { rows } = await raw.query(updates, [table]);
    expect(rows[0]).to.deep.equal({ updates: 99, hot: 99 });
    const size = await raw.query(`SELECT pg_total_relation_size('${table}') - pg_indexes_size('${table}') AS bytes`);
    // Of 100 versions of 3.3 KB: a page for rows, and what belongs to each table.
    expect(Number(size.rows[0].bytes)).to.be.at.most(6 * 8_192);
  });

  it('purges what nobody has written for 90 days, by an index, and nothing else', async () => {
    const { storage, purge } = made();
    for (const key of ['1', '2', '3']) await storage.set(key, 'stored');
    const life = await raw.query(`SELECT DISTINCT expires_on - current_date AS days FROM ${table}`);
    expect(life.rows).to.deep.equal([{ days: 91 }]);
    await raw.query(`UPDATE ${table} SET expires_on = current_date - 1 WHERE key <> '2'`);
    expect(await purge()).to.equal(2);
    expect(await purge()).to.equal(0);
    expect(await storage.get('2')).to.equal('stored');
    const indexes = await raw.query('SELECT indexdef FROM pg_indexes WHERE tablename = $1', [table]);
    expect(indexes.rows.map(({ indexdef }) => String(indexdef)).join()).to.include('(expires_on)');
  });

  it('says so when a standby answers, and reads there', async () => {
    await made().storage.set('7', 'stored');
    const standby = openPool({ options: '-c default_transaction_read_only=on' });
    const { storage, lock } = made({ pool: standby });
    expect(await storage.get('7')).to.equal('stored');
    for (const call of [storage.set('7', 'late'), storage.delete('7'), lock('7', async () => storage.get('7'))]) {
      const error = await catchError(Promise.resolve(call));
      expect(error).to.be.instanceOf(TokenVaultError).with.property('code', 'read_only');
      expect(String(error)).to.include('Connect to the primary');
    }
    await standby.end();
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
  });
});
