/** What the option `replicas` buys: the master and the process that renewed die together while the replicas are cut off. */
import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import { endProcesses, openRoblox, startWorker, withRedis } from './rig/rig.ts';
import { REPLICAS, REPLICATION_USER, startWatched } from './rows/sentinel.ts';

const USERS = 20;
const LAG_MS = 1_000;
/** Short times: a process that died is not waited for long. */
const VAULT = { timeout: 2000, lossDelay: 500 };

describe('When Redis and the process that renewed die before a replica has the tokens', function () {
  this.timeout(120_000);
  after(() => endProcesses());

  for (const { replicas, lost, outcome } of [
    { replicas: 0, lost: USERS, outcome: 'loses them' },
    { replicas: REPLICAS, lost: 0, outcome: 'has not asked Roblox, and loses nothing' },
  ]) {
    it(`a vault that waits for ${replicas} replicas ${outcome}`, async () => {
      const { master, sentinels, all } = await startWatched();
      try {
        const roblox = await openRoblox(USERS);
        const options = { replicas, replicaTimeout: 200 };
        const backend = { kind: 'redis6', sentinels: sentinels.map(({ port }) => port), options } as const;
        const plan = { backend, baseURL: roblox.url, vault: VAULT };
        const [renewing, survivor] = await Promise.all([startWorker(plan), startWorker(plan)]);
        await renewing.call('save', await roblox.issue());
        await withRedis(master, async (send) => {
          await send('ACL', 'SETUSER', REPLICATION_USER, 'off');
          await send('CLIENT', 'KILL', 'USER', REPLICATION_USER);
        });
        renewing.call('refresh', roblox.users).catch(() => {}); // it dies
        await pause(LAG_MS);
        await Promise.all([renewing.end('SIGKILL'), master.end('SIGKILL')]);
        await pause(4000);
        // With fewer replicas than are waited for nothing is stored: the killed one comes back as a replica.
        await master.startAgain();
        const outcomes = await survivor.call('refresh', roblox.users, 60_000);
        const failed = Object.values(outcomes).filter((result) => result !== 'ok');
        expect(failed, failed[0]).to.have.length(lost);
        await survivor.end();
      } finally {
        await Promise.all(all.map((server) => server.end('SIGKILL')));
      }
    });
  }
});
