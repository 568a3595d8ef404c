/** Ways to run Postgres: behind PgBouncer, with few connections, in a schema, on a standby, at the start of several processes. */
import { expect } from 'chai';
import { postgresURL, startPgBouncer, startPostgres, startStandby, type Server } from '../../scripts/servers.ts';
import { TokenVaultError } from '../../lib/index.ts';
import { openBackend, type BackendPlan } from './rig/backends.ts';
import { endProcesses, kept, makeDatabase, openRig, openRoblox, startWorker, withPostgres } from './rig/rig.ts';
import { catchError } from '../support/thrown.ts';

const allOk = (users: readonly string[]) => Object.fromEntries(users.map((user) => [user, 'ok']));

describe('postgresVault in two processes', function () {
  this.timeout(120_000);
  let url: string;
  const servers: Server[] = [];
  const own = async (server: Promise<Server>) => {
    servers.push(await server);
    return server;
  };

  beforeEach(async () => (url = await makeDatabase(process.env['POSTGRES_URL'] ?? '')));
  afterEach(async () => {
    await endProcesses();
    await Promise.all(servers.splice(0).map((server) => server.end('SIGKILL')));
  });

  const open = (more: Partial<Extract<BackendPlan, { kind: 'postgres' }>> = {}) =>
    openRig({ backend: { kind: 'postgres', url, ...more } });

  for (const pool of ['a connection of its own', 'PgBouncer in transaction mode'] as const) {
    it(`serves 200 calls at once over a pool of one, on ${pool}`, async () => {
      const direct = new URL(url);
      const bouncer = pool === 'a connection of its own' ? undefined : await own(startPgBouncer(Number(direct.port)));
      if (bouncer !== undefined) direct.port = String(bouncer.port);
      const rig = await open({ url: direct.href, max: 1 });
      const calls = Array.from({ length: 10 }, () => rig.users).flat();
      const outcomes = await Promise.all([rig.a, rig.b].map((worker) => worker.call('call', calls)));
      expect(outcomes).to.deep.equal([allOk(rig.users), allOk(rig.users)]);
      const asked = (await rig.roblox.log()).filter(({ userId }) => rig.users.includes(userId));
      expect(asked, 'token requests').to.have.length(rig.users.length);
      expect(await rig.verify()).to.deep.equal(kept(rig.users.length));
    });
  }

  it('needs no connection while Roblox is asked', async () => {
    const { roblox, users, a } = await open({ max: 1 });
    await roblox.behave({ isHolding: true });
    const calls = a.call('call', users);
    await roblox.heard('spent', users.length);
    await a.call('ping');
    await roblox.behave({});
    expect(await calls).to.deep.equal(allOk(users));
  });

  it('keeps to its schema', async () => {
    await withPostgres(url, (client) => client.query('CREATE SCHEMA "Roblox Vault"'));
    const rig = await open({ options: { table: 'Roblox Vault.tokens' } });
    expect(await rig.verify()).to.deep.equal(kept(rig.users.length));
    const tables = await withPostgres(url, (client) =>
      client.query(`SELECT schemaname FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`),
    );
    expect(tables.rows).to.deep.equal([{ schemaname: 'Roblox Vault' }]);
  });

  it('makes its table in three processes at once', async () => {
    const backend = { kind: 'postgres', url } as const;
    const roblox = await openRoblox(1);
    const workers = await Promise.all([1, 2, 3].map(() => startWorker({ backend, baseURL: roblox.url })));
    for (let round = 0; round < 20; round++) {
      await withPostgres(url, (client) => client.query('DROP TABLE IF EXISTS roblox_tokens'));
      await Promise.all(workers.map((worker) => worker.call('createTable')));
    }
  });

  it('says that a stopped Postgres does not answer, and works again when it is back', async () => {
    const server = await own(startPostgres());
    const backend = await openBackend({ kind: 'postgres', url: postgresURL(server) });
    try {
      await backend.createTable();
      await backend.storage.set('7', 'before');
      await server.end('SIGKILL');
      for (const call of [async () => backend.storage.get('7'), () => backend.lock('7', async () => {})]) {
        const error = await catchError(call());
        expect(error).to.be.instanceOf(TokenVaultError).with.property('code', 'timeout');
        expect(String(error)).to.include('Postgres does not answer');
      }
      await server.startAgain();
      expect(await backend.storage.get('7')).to.equal('before');
    } finally {
      await backend.close();
    }
  });

  it('says so when a standby answers, and asks Roblox for nothing', async () => {
    const primary = await own(startPostgres());
    const { roblox, users, a } = await open({ url: postgresURL(primary) });
    const standby = await own(startStandby(primary));
    const before = (await roblox.log()).length;
    const backend = { kind: 'postgres', url: postgresURL(standby) } as const;
    const reader = await startWorker({ backend, baseURL: roblox.url });
    const outcomes = await reader.call('call', users);
    for (const outcome of Object.values(outcomes)) expect(outcome).to.match(/TokenVaultError.*standby.*\(read_only\)/);
    expect(await roblox.log()).to.have.length(before);
    expect(await a.call('call', users)).to.deep.equal(allOk(users));
    expect(reader.events.flatMap(({ lost = [], uncaught = [] }) => [lost, uncaught].flat())).to.deep.equal([]);
  });

  it('purges what nobody has written for 90 days, and tells nobody of it', async () => {
    const rig = await open();
    const [old = '', ...others] = rig.users;
    const age = `UPDATE roblox_tokens SET expires_on = current_date - 1 WHERE key LIKE '%:${old}'`;
    await withPostgres(url, (client) => client.query(age));
    expect(await rig.a.call('purge')).to.equal(1);
    expect(await rig.b.call('purge')).to.equal(0);
    expect(await rig.b.call('call', rig.users)).to.deep.equal({ [old]: 'nothing stored', ...allOk(others) });
    expect([...rig.a.events, ...rig.b.events].filter(({ lost }) => lost !== undefined)).to.deep.equal([]);
  });
});
