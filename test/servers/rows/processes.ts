/** What may happen to the process that renews, on both servers. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Rig, RigPlan, Verdict } from '../rig/rig.ts';
import { freeze, onPostgres, onRedis, renewDuring, type Row } from '../rig/rows.ts';

type On = (work: (rig: Rig) => Promise<Verdict | void>, more?: Omit<RigPlan, 'backend'>) => Promise<Verdict>;

const freezes = (server: string, on: On, seconds: number): Row => ({
  title: `the process that renews is frozen for ${seconds} s, on ${server}`,
  run: () => on((rig) => renewDuring(rig, (release) => freeze(rig.a, seconds * 1000, release))),
});

const isBusy = (server: string, on: On, isAlone: boolean): Row => ({
  title: `the process that renews is busy for 13 s, ${isAlone ? 'alone' : 'another asks'}, on ${server}`,
  run: () =>
    on((rig) =>
      renewDuring(
        rig,
        async (release) => {
          const block = rig.a.call('block', 13_000);
          await pause(1000);
          await release();
          await block;
        },
        isAlone,
      ),
    ),
});

const isToldToEnd = (server: string, on: On): Row => ({
  title: `the process that renews is told to end, on ${server}`,
  run: () =>
    on(async (rig) => {
      const { roblox, users, a, b } = rig;
      await roblox.behave({ before: 50, isHolding: true });
      // It ends before it can answer all of them.
      a.call('call', users, { spreadMs: 600 }).catch(() => {});
      await roblox.heard('asked', users.length / 2);
      const ended = a.end('SIGTERM');
      await pause(500);
      await roblox.behave({});
      await ended;
      return rig.verify([b]);
    }),
});

const clockIsBehind = (server: string, on: On): Row => ({
  title: `the user signs in again by a process whose clock is behind, and an old client renews, on ${server}`,
  run: () =>
    on(
      async (rig) => {
        const { roblox, users, a, b } = rig;
        for (const user of users) await b.call('revoke', user);
        await b.call('save', await roblox.issue(users));
        await a.call('refreshHeld', users);
        return rig.verify([b]);
      },
      { second: { clockOffset: -3_600_000 } },
    ),
});

export const processRows: readonly Row[] = [['Redis', onRedis] as const, ['Postgres', onPostgres] as const].flatMap(
  ([server, on]) => [
    freezes(server, on, 6),
    freezes(server, on, 14),
    isBusy(server, on, true),
    isBusy(server, on, false),
    isToldToEnd(server, on),
    clockIsBehind(server, on),
  ],
);
