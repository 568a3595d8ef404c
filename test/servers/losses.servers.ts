/** How `onLost` is told when processes die, throw or never finish. */
import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import { redisURL, startRedis, type Server } from '../../scripts/servers.ts';
import { backendsOn, endProcesses, openRoblox, startWorker, type Roblox, type Worker } from './rig/rig.ts';
import type { WorkerPlan } from './rig/worker-clock.ts';

const VAULT = { timeout: 2000, lossDelay: 500 };
/** More than a process may take to tell before another one does. */
const LONG_MS = 40_000;

const listTold = (...workers: readonly Worker[]) =>
  workers.flatMap(({ events }) => events.flatMap(({ lost = [] }) => lost));

describe('A loss', function () {
  this.timeout(180_000);
  let redis: Server;
  before(async () => (redis = await startRedis()));
  after(async () => {
    await endProcesses();
    await redis.end('SIGKILL');
  });

  for (const [name, plan] of Object.entries(backendsOn(() => redisURL(redis)))) {
    describe(`on ${name}`, () => {
      let roblox: Roblox;
      let user: string;
      let start: (more?: Partial<WorkerPlan>) => Promise<Worker>;

      beforeEach(async () => {
        roblox = await openRoblox(2);
        user = roblox.users[0] ?? '';
        const backend = await plan();
        start = (more) => startWorker({ backend, baseURL: roblox.url, vault: VAULT, ...more });
        const setup = await start();
        await setup.call('createTable');
        await setup.call('save', await roblox.issue());
        await setup.end();
      });
      afterEach(() => endProcesses());

      /** Waits until so many losses were told, and a while longer, in which no more may be told. */
      async function expectTold(count: number, ...workers: readonly Worker[]): Promise<void> {
        for (const end = Date.now() + LONG_MS; listTold(...workers).length < count && Date.now() < end;) {
          for (const worker of workers) await worker.call('call', [user]);
          await pause(200);
        }
        await pause(1500);
        for (const worker of workers) await worker.call('call', [user]);
        expect(listTold(...workers)).to.deep.equal(Array.from({ length: count }, () => user));
      }

      it('is told once when the process dies between the removal and the telling', async () => {
        const [dying, first, second] = await Promise.all([
          start({ stopAt: 'between the record of a loss and the telling' }),
          start(),
          start(),
        ]);
        await roblox.withdraw(user);
        dying.call('call', [user]).catch(() => {});
        await dying.heard(({ reached }) => reached !== undefined);
        await dying.end();
        expect(listTold(dying)).to.deep.equal([]);
        await expectTold(1, first, second);
        // Nor by a process that comes later.
        const third = await start();
        expect(await third.call('call', [user])).to.deep.equal({ [user]: 'nothing stored' });
        await pause(500);
        expect(listTold(third)).to.deep.equal([]);
      });

      it('is told again when onLost threw', async () => {
        const [throwing, other] = await Promise.all([start({ onLost: 'throws once' }), start()]);
        await roblox.withdraw(user);
        await throwing.call('call', [user]);
        await expectTold(2, throwing, other);
      });

      it('holds nobody up when onLost never ends', async () => {
        const [waiting, other] = await Promise.all([start({ onLost: 'never ends' }), start()]);
        const [, neighbour = ''] = roblox.users;
        await roblox.withdraw(user);
        const calls = [waiting.call('call', [user, neighbour]), other.call('call', [user, neighbour])];
        for (const outcomes of await Promise.all(calls)) {
          expect(outcomes[user]).to.match(/invalid_grant|nothing stored/);
          expect(outcomes[neighbour]).to.equal('ok');
        }
        // The user signs in again, and the process can end.
        await other.call('save', await roblox.issue([user]));
        expect(await waiting.call('call', [user])).to.deep.equal({ [user]: 'ok' });
        await waiting.call('end');
      });
    });
  }
});
