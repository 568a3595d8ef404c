/** Ways to run Redis: as a cluster whose slots move, with access control, with a policy that evicts. */
import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import { redisURL, runRedisCLI, startCluster, startRedis, type Server } from '../../scripts/servers.ts';
import { TokenVaultError } from '../../lib/index.ts';
import { openBackend, REDIS_LIBRARIES } from './rig/backends.ts';
import { endProcesses, kept, openRig, openRoblox, startWorker, withRedis, type Rig } from './rig/rig.ts';
import { catchError } from '../support/thrown.ts';

const allOk = (users: readonly string[]) => Object.fromEntries(users.map((user) => [user, 'ok']));

describe('redisVault', function () {
  this.timeout(120_000);
  let servers: Server[] = [];
  const start = async (settings: Readonly<Record<string, string>> = {}) => {
    const server = await startRedis(settings);
    servers.push(server);
    return server;
  };
  afterEach(async () => {
    await endProcesses();
    await Promise.all(servers.map((server) => server.end('SIGKILL')));
    servers = [];
  });

  it('keeps all authorizations in a cluster whose slots move, with every client', async () => {
    servers = await startCluster();
    const ports = servers.map(({ port }) => port);
    const rigs: Rig[] = [];
    for (const kind of REDIS_LIBRARIES) {
      rigs.push(await openRig({ backend: { kind, cluster: ports, options: { prefix: `${kind}:` } }, users: 5 }));
    }
    for (const { users, a, b } of rigs) for (const worker of [a, b]) await worker.call('startLoop', users, 300);
    await moveSlots(ports);
    for (const { users, a, b, verify } of rigs) {
      for (const worker of [a, b]) expect((await worker.call('stopLoop')).failures).to.deep.equal({});
      expect(await verify()).to.deep.equal(kept(users.length));
    }
  });

  const PREFIXES = ['{app}:', 'app{1:', 'app}1:', '}{:', '{a}{}:'];
  it('keeps the keys of a user in one slot of a cluster, whatever braces the prefix has', async () => {
    servers = await startCluster();
    const cluster = servers.map(({ port }) => port);
    for (const prefix of PREFIXES) {
      const rig = await openRig({ backend: { kind: 'ioredis6', cluster, options: { prefix } }, users: 5 });
      expect(await rig.verify(), prefix).to.deep.equal(kept(5));
      await rig.close();
    }
  });

  for (const kind of REDIS_LIBRARIES) {
    it(`says with ${kind} that a stopped Redis does not answer, and works again when it is back`, async () => {
      const server = await start();
      // Longer than redis 6 itself waits.
      const backend = await openBackend({ kind, url: redisURL(server), options: { commandTimeout: 6000 } });
      try {
        await backend.storage.set('7', 'before');
        await server.end('SIGKILL');
        const calls = [async () => backend.storage.get('7'), () => backend.lock('7', async () => {})];
        for (const error of await Promise.all(calls.map((call) => catchError(call())))) {
          expect(error).to.be.instanceOf(TokenVaultError).with.property('code', 'timeout');
          expect(String(error)).to.match(/Redis (does|did) not answer/);
        }
        await server.startAgain();
        const set = async () => backend.storage.set('7', 'after');
        await set().catch(set); // the client may still be waiting to connect
        expect(await backend.storage.get('7')).to.equal('after');
      } finally {
        await backend.close();
      }
    });
  }

  describe('with access control', () => {
    const MINIMUM = ['+get', '+set', '+del', '+eval'];

    for (const kind of ['redis6', 'ioredis6'] as const) {
      const openAs = async (server: Server, rules: readonly string[]) => {
        await withRedis(server, (send) => send('ACL', 'SETUSER', 'vault', 'on', '>secret', '~roblox:*', ...rules));
        const url = redisURL(server).replace('redis://', 'redis://vault:secret@');
        const roblox = await openRoblox(3);
        // What is stored is stored by somebody who may.
        const setup = await startWorker({ backend: { kind, url: redisURL(server) }, baseURL: roblox.url });
        await setup.call('save', await roblox.issue());
        // Others wait this long, and five seconds more, for one that cannot let go of its lock.
        const vault = { timeout: 1000 };
        const worker = await startWorker({ backend: { kind, url }, baseURL: roblox.url, vault });
        return { roblox, setup, worker };
      };

      it(`needs ${MINIMUM.join(' ')} and no more, with ${kind}`, async () => {
        const { roblox, worker } = await openAs(await start(), MINIMUM);
        expect(await worker.call('refresh', roblox.users, 0)).to.deep.equal(allOk(roblox.users));
        const [user = ''] = roblox.users;
        await worker.call('revoke', user);
        expect(await worker.call('stored', [user])).to.deep.equal({ [user]: 'nothing stored' });
      });

      for (const missing of MINIMUM) {
        it(`says that ${missing} is missing, and loses nothing, with ${kind}`, async () => {
          const rules = MINIMUM.filter((rule) => rule !== missing);
          const { roblox, setup, worker } = await openAs(await start(), rules);
          const outcomes = await worker.call('refresh', roblox.users, 0);
          const shown = [...Object.values(outcomes), ...worker.events.flatMap(({ warning = [] }) => warning)];
          expect(shown.join('\n'))
            .to.match(/access control/)
            .and.to.include(missing.slice(1));
          expect(worker.events.flatMap(({ lost = [], uncaught = [] }) => [lost, uncaught].flat())).to.deep.equal([]);
          expect(await setup.call('refresh', roblox.users)).to.deep.equal(allOk(roblox.users));
        });
      }
    }
  });

  for (const policy of ['allkeys-lru', 'volatile-lru', 'volatile-ttl', 'allkeys-random', 'noeviction']) {
    const isSafe = policy === 'noeviction';
    it(`warns ${isSafe ? 'of nothing' : 'once'} where the policy is ${policy}`, async () => {
      const server = await start({ 'maxmemory-policy': policy });
      const { users, a, b } = await openRig({ backend: { kind: 'redis6', url: redisURL(server) }, users: 3 });
      for (const worker of [a, b]) await worker.call('refresh', users);
      await pause(200);
      for (const worker of [a, b]) {
        const warnings = worker.events
          .flatMap(({ warning = [] }) => warning)
          .filter((text) => /evict|polic/.test(text));
        expect(warnings).to.have.length(isSafe ? 0 : 1);
        if (!isSafe) expect(warnings[0]).to.include(policy);
      }
    });
  }
});

/** Moves slots from node to node, while others use them. */
async function moveSlots(ports: readonly number[]): Promise<void> {
  const [entry] = ports;
  const readNodeID = async (port: number) => (await runRedisCLI('-p', `${port}`, 'CLUSTER', 'MYID')).trim();
  const ids = await Promise.all(ports.map(readNodeID));
  for (const [index, id] of ids.entries()) {
    const to = ids[(index + 1) % ids.length] ?? '';
    const about = ['--cluster-from', id, '--cluster-to', to, '--cluster-slots', '1500', '--cluster-yes'];
    await runRedisCLI('--cluster', 'reshard', `127.0.0.1:${entry}`, ...about);
  }
}
