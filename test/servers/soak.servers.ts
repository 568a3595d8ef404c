/**
 * Two processes renew the tokens of 200 users for a long time, on Redis and on Postgres, while one fault follows another. Afterwards every
 * authorization works, the heaps have not grown, and nothing keeps a process alive.
 *
 * RIG_SOAK_SECONDS is how long, one minute unless given: 1200 before a release.
 */
import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import { postgresURL, redisURL, startPostgres, startRedis, type Server } from '../../scripts/servers.ts';
import { endProcesses, kept, openRig, withPostgres, withRedis, type Rig } from './rig/rig.ts';

const SECONDS = Number(process.env['RIG_SOAK_SECONDS'] ?? 60);
const USERS = 200;
/** A fault each 20 s, or more often where there is less time. */
const FAULT_EVERY_MS = SECONDS >= 300 ? 20_000 : 7_000;
const RENEW_EVERY_MS = 15_000;
/** What a heap may grow by from the middle to the end: less than 20 kB for each user. */
const MOST_GROWTH = 4 * 1024 * 1024;

type Fault = () => Promise<unknown>;

async function undoLater(ms: number, fault: Fault, undo: Fault): Promise<void> {
  await fault();
  await pause(ms);
  await undo();
}

const freeze = (what: { freeze(): void; thaw(): void }, ms: number) =>
  undoLater(
    ms,
    async () => what.freeze(),
    async () => what.thaw(),
  );

const restart = async (server: Server, signal: NodeJS.Signals) => {
  await server.end(signal);
  await server.startAgain();
};

/** What may happen to two processes and their Roblox. */
const listFaults = ({ roblox, a, b }: Rig): Record<string, Fault> => ({
  'the first process is frozen': () => freeze(a, 5000),
  'the second process is frozen': () => freeze(b, 5000),
  'Roblox is down': () =>
    undoLater(
      4000,
      () => roblox.behave({ isDown: true }),
      () => roblox.behave({}),
    ),
  'Roblox is slow': () =>
    undoLater(
      4000,
      () => roblox.behave({ before: 1500, after: 1500 }),
      () => roblox.behave({}),
    ),
});

const redisFaults = (server: Server): Record<string, Fault> => ({
  'Redis is frozen': () => freeze(server, 4000),
  'Redis is killed': () => restart(server, 'SIGKILL'),
  'Redis ends the connections': () => withRedis(server, (send) => send('CLIENT', 'KILL', 'SKIPME', 'yes')),
  'Redis is out of memory': () =>
    withRedis(server, (send) =>
      undoLater(
        4000,
        () => send('CONFIG', 'SET', 'maxmemory', '1'),
        () => send('CONFIG', 'SET', 'maxmemory', '0'),
      ),
    ),
});

const postgresFaults = (server: Server): Record<string, Fault> => ({
  'Postgres is frozen': () => freeze(server, 4000),
  'Postgres is restarted at once': () => restart(server, 'SIGQUIT'),
  'Postgres is restarted in order': () => restart(server, 'SIGINT'),
  'Postgres ends the connections': () =>
    withPostgres(postgresURL(server), (client) =>
      client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()
        AND datname = current_database()`),
    ),
});

describe(`A vault that is used for ${SECONDS} s, with a fault each ${FAULT_EVERY_MS / 1000} s`, function () {
  this.timeout((SECONDS + 240) * 1000);
  let redis: Server;
  let postgres: Server;
  before(async () => {
    [redis, postgres] = await Promise.all([startRedis({ appendonly: 'yes' }), startPostgres()]);
  });
  after(async () => {
    await endProcesses();
    await Promise.all([redis, postgres].map((server) => server.end('SIGKILL')));
  });

  const SERVERS = {
    Redis: () => ({
      backend: { kind: 'redis6', url: redisURL(redis) } as const,
      faults: redisFaults(redis),
    }),
    Postgres: () => ({
      backend: { kind: 'postgres', url: postgresURL(postgres) } as const,
      faults: postgresFaults(postgres),
    }),
  };

  /** @returns the bytes in use of each process, in the middle and at the end */
  async function soak(rig: Rig, faults: Readonly<Record<string, Fault>>): Promise<[middle: number[], end: number[]]> {
    const processes = [rig.a, rig.b];
    const memory = () => Promise.all(processes.map((worker) => worker.call('memory')));
    for (const worker of processes) await worker.call('startLoop', rig.users, RENEW_EVERY_MS);
    const start = Date.now();
    const all = Object.entries(faults);
    let middle: number[] | undefined;
    for (let round = 0; Date.now() - start < SECONDS * 1000; round++) {
      const [title, fault] = all[round % all.length] ?? [];
      const next = Date.now() + FAULT_EVERY_MS;
      if (process.env['RIG_FIGURES'] !== undefined) console.log(`      ${title}`, await memory());
      await fault?.();
      await pause(Math.max(0, next - Date.now()));
      if (Date.now() - start >= SECONDS * 500) middle ??= await memory();
    }
    for (const worker of processes) {
      const { ok, failures } = await worker.call('stopLoop');
      console.log(
        `      ${ok} renewals; ${Object.values(failures).reduce((sum, count) => sum + count, 0)} failed in the faults`,
      );
      if (process.env['RIG_FIGURES'] !== undefined) console.log(failures);
    }
    return [middle ?? [], await memory()];
  }

  it('loses nothing, and leaves nothing behind', async () => {
    const outcomes = Object.values(SERVERS).map(async (server) => {
      const { backend, faults } = server();
      const rig = await openRig({ backend, users: USERS, nodeOptions: ['--expose-gc'] });
      const [middle, end] = await soak(rig, { ...listFaults(rig), ...faults });
      expect(await rig.verify()).to.deep.equal(kept(USERS));
      for (const [index, bytes] of end.entries()) {
        expect(bytes - (middle[index] ?? 0), 'bytes that the heap grew by').to.be.below(MOST_GROWTH);
      }
      for (const worker of [rig.a, rig.b]) expect(await worker.call('end'), 'what is left').to.deep.equal([]);
    });
    await Promise.all(outcomes);
  });
});
