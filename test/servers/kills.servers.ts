/**
 * Processes are killed at random moments while they renew. Those authorizations are lost whose answer was on its way: Roblox had spent the
 * old token, and the new one was not stored yet. No living process has it then; nothing else may be lost.
 *
 * RIG_KILLS processes are killed on each server.
 */
import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import { redisURL, startRedis, type Server } from '../../scripts/servers.ts';
import { backendsOn, endProcesses, openRoblox, startWorker } from './rig/rig.ts';
import type { TokenRequest } from './rig/roblox.ts';
import { runLimited } from './rig/rows.ts';
import { now } from './rig/serve.ts';

const KILLS = Number(process.env['RIG_KILLS'] ?? 20);
const USERS_OF_EACH = 5;
const RENEWALS = 100;
const AT_ONCE = 2;
/** Short times: a process that died is not waited for long. */
const VAULT = { timeout: 2000, lossDelay: 1000 };

describe('A process that is killed while it renews', function () {
  this.timeout(1_200_000);
  let redis: Server;
  before(async () => (redis = await startRedis()));
  after(async () => {
    await endProcesses();
    await redis.end('SIGKILL');
  });

  for (const [name, plan] of Object.entries(backendsOn(() => redisURL(redis)))) {
    it(`loses what no living process has ever received, and nothing else, on ${name} (${KILLS} times)`, async () => {
      const backend = await plan();
      const roblox = await openRoblox(KILLS * USERS_OF_EACH);
      const survivor = await startWorker({ backend, baseURL: roblox.url, vault: VAULT });
      await survivor.call('createTable');
      await survivor.call('save', await roblox.issue());

      const killedAt = new Map<string, number>();
      const kill = async (index: number) => {
        const users = roblox.users.slice(index * USERS_OF_EACH, (index + 1) * USERS_OF_EACH);
        const worker = await startWorker({ backend, baseURL: roblox.url, vault: VAULT });
        await worker.call('startLoop', users, 5);
        await roblox.heard('spent', users.length, users);
        await pause(Math.random() * 100);
        for (const user of users) killedAt.set(user, now());
        await worker.end('SIGKILL');
      };
      await Promise.all(
        runLimited(
          AT_ONCE,
          Array.from({ length: KILLS }, (_, index) => () => kill(index)),
        ),
      );

      // Roblox finishes what the dead have asked.
      do await pause(1000);
      while ((await roblox.log()).some(({ decidedAt }) => decidedAt === undefined));
      const stored = await survivor.call('stored', roblox.users);
      const outcomes = await survivor.call('refresh', roblox.users, 180_000);
      const lost = roblox.users.filter((user) => outcomes[user] !== 'ok');
      const answered = findAnswered(await roblox.log(), stored);
      const arrived = lost.flatMap((user) => {
        const sinceKill = (answered.get(user)?.leftAt ?? Infinity) - (killedAt.get(user) ?? 0);
        return sinceKill < 0 ? [-sinceKill] : [];
      });
      console.log(`      ${name}: ${KILLS} kills, ${lost.length} of ${roblox.users.length} users lost.`);
      console.log(
        `      ${arrived.length} answers had left Roblox, the oldest ${Math.max(0, ...arrived).toFixed(1)} ms before the kill.`,
      );
      // The answer for the stored token went to a process that is dead.
      const others = lost.filter((user) => !answered.has(user)).map((user) => `${user}: ${outcomes[user]}`);
      expect(others.join('\n'), 'not ok, although no answer was on its way').to.equal('');
      // It is told of each of them, once.
      const told = () => survivor.events.flatMap((event) => event.lost ?? []).sort();
      for (const end = Date.now() + 60_000; told().length < lost.length && Date.now() < end;) await pause(100);
      expect(told()).to.deep.equal(lost);
    });

    it(`has the answer stored before long, on ${name}`, async () => {
      const backend = await plan();
      const roblox = await openRoblox(1);
      const worker = await startWorker({ backend, baseURL: roblox.url, isFollowed: true });
      await worker.call('createTable');
      await worker.call('save', await roblox.issue());
      for (let i = 0; i < RENEWALS; i++) await worker.call('refresh', roblox.users);
      const storedAt = await worker.call('storedAt');
      const windows = (await roblox.log()).flatMap(({ issued, leftAt }) =>
        issued === undefined || leftAt === undefined ? [] : [(storedAt[issued] ?? NaN) - leftAt],
      );
      windows.sort((a, b) => a - b);
      const at = (share: number) => windows[Math.floor(windows.length * share)]?.toFixed(1);
      console.log(
        `      ${name}: ${at(0.5)} ms from Roblox's answer to the stored record; 99 of 100 within ${at(0.99)} ms`,
      );
      expect(windows).to.have.length(RENEWALS);
      expect(windows.every(Number.isFinite), 'each is stored').to.equal(true);
    });
  }
});

/** The requests that spent the token which is stored, by user: nobody else can spend it any more. */
function findAnswered(
  log: readonly TokenRequest[],
  stored: Readonly<Record<string, string>>,
): ReadonlyMap<string, TokenRequest> {
  const successes = log.filter(({ userId, spent, issued }) => issued !== undefined && spent === stored[userId]);
  return new Map(successes.map((entry) => [entry.userId, entry]));
}
