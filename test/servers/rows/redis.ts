/** What may happen to a Redis. */
import { setTimeout as pause } from 'node:timers/promises';
import { withRedis } from '../rig/rig.ts';
import { freeze, keepDoing, onRedis, refuseStores, renewDuring, type Row } from '../rig/rows.ts';

const locksVanish: Row = {
  title: "the keys of Redis' locks vanish",
  run: () =>
    onRedis((rig, server) =>
      renewDuring(rig, () =>
        withRedis(server, (send) =>
          keepDoing(2000, 400, async () => {
            const keys = (await send('KEYS', '*lock*')) as string[]; // what Redis documents
            if (keys.length > 0) await send('DEL', ...keys);
          }),
        ),
      ),
    ),
};

const freezes: Row = {
  title: 'Redis is frozen for 14 s',
  // The answers come when a lock that was held before is over.
  run: () => onRedis((rig, server) => renewDuring(rig, (release) => freeze(server, 14_000, release, 8_000))),
};

const restarts = ([how, signal]: readonly [how: string, signal: NodeJS.Signals]): Row => ({
  title: `Redis is ${how}, with an append-only file`,
  run: () =>
    onRedis(
      (rig, server) =>
        renewDuring(rig, async () => {
          await pause(300);
          await server.end(signal);
          await server.startAgain();
          await pause(1000);
        }),
      {},
      { appendonly: 'yes' },
    ),
});

const connectionsEnd: Row = {
  title: 'Redis ends the connections',
  run: () =>
    onRedis((rig, server) =>
      renewDuring(rig, () =>
        withRedis(server, (send) => keepDoing(2000, 700, () => send('CLIENT', 'KILL', 'SKIPME', 'yes'))),
      ),
    ),
};

const isFull: Row = {
  title: 'Redis is out of memory for 4 s after Roblox has answered',
  run: () =>
    onRedis((rig, server) =>
      withRedis(server, (send) =>
        refuseStores(
          rig,
          () => send('CONFIG', 'SET', 'maxmemory', '1'),
          () => send('CONFIG', 'SET', 'maxmemory', '0'),
        ),
      ),
    ),
};

const RESTARTS = [
  ['restarted', 'SIGTERM'],
  ['killed and started again', 'SIGKILL'],
] as const;

export const redisRows: readonly Row[] = [locksVanish, freezes, ...RESTARTS.map(restarts), connectionsEnd, isFull];
