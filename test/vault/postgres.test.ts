import { expect } from 'chai';
import pg from 'pg';
import { TokenVaultError } from '../../lib/index.ts';
import { createTableSQL, postgresVault, type PostgresClient, type PostgresPool } from '../../lib/vault/postgres.ts';
import { catchError } from '../support/thrown.ts';
import { never } from './support.ts';

// What needs no server. Against real ones: npm run test:servers.

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
      const error = await catchError(Promise.resolve(storage.get('7')));
      expect(error).to.be.instanceOf(TokenVaultError).with.property('code', 'timeout');
    });

    it('does not wait forever for a connection', async () => {
      const error = await catchError(postgresVault({ pool: silentPool, ...times }).lock('7', async () => {}));
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
      const error = await catchError(postgresVault({ pool, ...times }).lock('7', async () => {}));
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
          const error = await catchError(call());
          expect(error).to.be.instanceOf(TokenVaultError).and.include({ code: 'timeout', cause });
          expect(String(error)).to.include('Postgres does not answer. Start it');
        }
      });
    }

    it('leaves an error of a statement as it is', async () => {
      const error = Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' });
      const { storage } = postgresVault({ pool: { connect: never, query: async () => Promise.reject(error) } });
      expect(await catchError((async () => storage.get('7'))())).to.equal(error);
    });
  });
});
