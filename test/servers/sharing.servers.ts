/** Two processes that share a vault on a real server: what they ask Roblox for, and what is left when one of them is killed. */
import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import type { BackendPlan } from './rig/backends.ts';
import type { Moment } from './rig/moments.ts';
import { endProcesses, makeDatabase, openRoblox, startWorker, type Roblox, type Worker } from './rig/rig.ts';
import type { WorkerPlan } from './rig/worker-clock.ts';

/** Short times: a process that died is not waited for long. */
const VAULT = { timeout: 2000, lossDelay: 500 };

const REDIS_URL = process.env['REDIS_URL'] ?? '';
const BACKENDS: Readonly<Record<string, () => Promise<BackendPlan>>> = {
  redis: async () => ({ kind: 'redis6', url: REDIS_URL, options: { lockTTL: 1000 } }),
  ioredis: async () => ({ kind: 'ioredis6', url: REDIS_URL, options: { lockTTL: 1000 } }),
  postgres: async () => ({ kind: 'postgres', url: await makeDatabase(process.env['POSTGRES_URL'] ?? '') }),
};

/** What the death of a renewing process leaves behind: tokens that work, or an end that is told. */
const LEFT: readonly (readonly [Moment, (backend: string) => 'tokens' | 'a loss'])[] = [
  ['under the lock', () => 'tokens'],
  ['between the intent and the end of the lock', () => 'tokens'],
  ['before the request', () => 'tokens'],
  ["between Roblox's answer and the store", () => 'a loss'],
  // Postgres stores when the transaction ends.
  ['between the store and the end of the lock', (backend) => (backend === 'postgres' ? 'a loss' : 'tokens')],
];

for (const [name, plan] of Object.entries(BACKENDS)) {
  describe(`A vault that processes share by ${name}`, function () {
    this.timeout(60_000);
    let roblox: Roblox;
    let user: string;
    let first: Worker;
    let start: (more?: Partial<WorkerPlan>) => Promise<Worker>;

    beforeEach(async () => {
      roblox = await openRoblox(1);
      user = roblox.users[0] ?? '';
      const backend = await plan();
      start = (more) => startWorker({ backend, baseURL: roblox.url, vault: VAULT, ...more });
      first = await start();
      await first.call('createTable');
      await first.call('save', await roblox.issue());
    });
    after(() => endProcesses());

    const told = (...workers: readonly Worker[]) =>
      workers.flatMap(({ events }) => events.flatMap((e) => e.lost ?? []));

    async function expectOneRenewal(): Promise<void> {
      const calls = Array.from({ length: 100 }, () => user);
      const second = await start();
      const outcomes = await Promise.all([first, second].map((worker) => worker.call('call', calls)));
      expect(outcomes).to.deep.equal([{ [user]: 'ok' }, { [user]: 'ok' }]);
      const log = await roblox.log();
      expect(log).to.have.length(1);
      expect(await first.call('stored', [user])).to.deep.equal({ [user]: log[0]?.issued });
    }

    it('renews once for 200 calls at once of two processes on an expired token', () => expectOneRenewal());

    it('renews once for 200 calls at once of two processes on a token that Roblox refuses', async () => {
      await first.call('save', await roblox.issue(), true);
      await roblox.expireAccessTokens();
      await expectOneRenewal();
    });

    for (const [moment, leaves] of LEFT) {
      const left = leaves(name);
      it(`is left with ${left} when the process that renews is killed ${moment}`, async () => {
        const dying = await start({ stopAt: moment });
        dying.call('call', [user, user, user]).catch(() => {}); // it dies
        await dying.heard(({ reached }) => reached === moment);
        // This one already waits for the other.
        const waiting = first.call('call', [user]);
        await pause(50);
        await dying.end();
        const outcomes = await waiting;

        if (left === 'a loss') {
          expect(outcomes[user]).to.include('invalid_grant');
          // The dead process might only have been frozen: the loss is told when it can bring no answer any more.
          await first.heard(({ lost }) => lost === user);
          expect(await first.call('call', [user])).to.deep.equal({ [user]: 'nothing stored' });
          expect(told(first)).to.deep.equal([user]);
          return;
        }
        expect(outcomes).to.deep.equal({ [user]: 'ok' });
        expect(await first.call('refresh', [user])).to.deep.equal({ [user]: 'ok' });
        expect(told(first)).to.deep.equal([]);
      });
    }

    it('takes another login while a loss is in doubt', async () => {
      const dying = await start({ stopAt: "between Roblox's answer and the store" });
      dying.call('call', [user]).catch(() => {}); // it dies
      await dying.heard(({ reached }) => reached !== undefined);
      await dying.end();
      await first.call('save', await roblox.issue(), true);
      expect(await first.call('call', [user])).to.deep.equal({ [user]: 'ok' });
      await pause(VAULT.lossDelay * 2);
      expect(told(first)).to.deep.equal([]);
    });

    it('tells one process alone of a loss, and ends the calls of all', async () => {
      await roblox.withdraw(user);
      const second = await start();
      const calls = Array.from({ length: 20 }, () => user);
      for (const outcomes of await Promise.all([first, second].map((worker) => worker.call('call', calls)))) {
        expect(outcomes[user]).to.match(/invalid_grant|nothing stored/);
      }
      while (told(first, second).length === 0) await pause(50);
      await pause(VAULT.lossDelay);
      expect(told(first, second)).to.deep.equal([user]);
    });

    it('forgets for all processes what one has revoked', async () => {
      await first.call('save', await roblox.issue(), true);
      await first.call('revoke', user);
      const second = await start();
      expect(await second.call('call', [user])).to.deep.equal({ [user]: 'nothing stored' });
      expect(await roblox.revocations()).to.equal(1);
    });
  });
}
