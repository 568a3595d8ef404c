/** A failover of Redis Sentinel, with each client library. */
import { setTimeout as pause } from 'node:timers/promises';
import { startRedis, startSentinel, type Server } from '../../../scripts/servers.ts';
import { REDIS_LIBRARIES } from '../rig/backends.ts';
import { openRig, withRedis, type Rig, type Verdict } from '../rig/rig.ts';
import type { Row } from '../rig/rows.ts';

const USERS_OF_EACH = 5;
export const REPLICAS = 2;
/** Whom the replicas are to the master: without this user's rights they are cut off. */
export const REPLICATION_USER = 'replication';

interface Watched {
  readonly master: Server;
  readonly sentinels: readonly Server[];
  /** What runs, to be ended. */
  readonly all: readonly Server[];
}

export async function startWatched(): Promise<Watched> {
  const settings = {
    appendonly: 'yes',
    user: `${REPLICATION_USER} on >password +psync +replconf +ping`,
    masteruser: REPLICATION_USER,
    masterauth: 'password',
  };
  const master = await startRedis(settings);
  const replicas = await Promise.all(
    Array.from({ length: REPLICAS }, () => startRedis({ ...settings, replicaof: `127.0.0.1 ${master.port}` })),
  );
  const sentinels = await Promise.all([1, 2, 3].map(() => startSentinel(master.port)));
  for (const sentinel of sentinels) {
    await withRedis(sentinel, async (send) => {
      const hasQuorum = async () => /^OK 3/.test(String(await send('SENTINEL', 'CKQUORUM', 'vault').catch(() => '')));
      const replicaCount = async () => ((await send('SENTINEL', 'REPLICAS', 'vault')) as unknown[]).length;
      while (!(await hasQuorum()) || (await replicaCount()) < replicas.length) await pause(200);
    });
  }
  await withRedis(master, async (send) => {
    const areOnline = (info: string) => info.match(/state=online/g)?.length === REPLICAS;
    while (!areOnline(String(await send('INFO', 'replication')))) await pause(200);
  });
  return { master, sentinels, all: [...sentinels, ...replicas, master] };
}

async function failOver(how: 'by command' | 'because the master was killed', options: object): Promise<Verdict> {
  const { master, sentinels, all } = await startWatched();
  const [sentinel] = sentinels;
  const rigs: Rig[] = [];
  try {
    for (const kind of REDIS_LIBRARIES) {
      const backend = {
        kind,
        sentinels: sentinels.map(({ port }) => port),
        options: { prefix: `${kind}:`, ...options },
      };
      rigs.push(await openRig({ backend, users: USERS_OF_EACH }));
    }
    for (const { roblox, users, a, b } of rigs) {
      await roblox.behave({ before: 10, after: 10 });
      for (const worker of [a, b]) await worker.call('startLoop', users, 400);
    }
    await pause(2000);
    if (how === 'because the master was killed') await master.end('SIGKILL');
    else if (sentinel !== undefined) await withRedis(sentinel, (send) => send('SENTINEL', 'FAILOVER', 'vault'));
    await pause(4000);
    // With fewer replicas than are waited for nothing is stored: the killed one comes back as a replica.
    if (how === 'because the master was killed') await master.startAgain();
    await pause(4000);
    let sum: Verdict = { tries: 0, lost: 0, told: 0, failures: {} };
    for (const rig of rigs) {
      await Promise.all([rig.a, rig.b].map((worker) => worker.call('stopLoop')));
      const { tries, lost, told, failures } = await rig.verify();
      sum = {
        tries: sum.tries + tries,
        lost: sum.lost + lost,
        told: sum.told + told,
        failures: { ...sum.failures, ...failures },
      };
    }
    return sum;
  } finally {
    await Promise.all(rigs.map((rig) => rig.close()));
    await Promise.all(all.map((server) => server.end('SIGKILL')));
  }
}

export const sentinelRows: readonly Row[] = (['by command', 'because the master was killed'] as const).flatMap((how) =>
  [{}, { replicas: REPLICAS }].map((options) => ({
    title: `Sentinel fails over ${how} while each user renews several times a second, ${
      'replicas' in options ? 'waiting for all replicas' : 'waiting for no replica'
    }`,
    run: () => failOver(how, options),
  })),
);
