/** The pieces that fault tests are made of. */
import { setTimeout as pause } from 'node:timers/promises';
import { postgresURL, redisURL, startPostgres, startRedis, type Server } from '../../../scripts/servers.ts';
import { makeDatabase, openRig, type Rig, type RigPlan, type Verdict } from './rig.ts';

/** A fault, and what it leaves. */
export interface Row {
  readonly title: string;
  run(): Promise<Verdict>;
}

/** What is done in a rig. Without a verdict of its own the rig's {@link Rig.verify} is asked. */
type Work<Extra extends unknown[]> = (rig: Rig, ...extra: Extra) => Promise<Verdict | void>;

async function withRig(plan: RigPlan, work: Work<[]>): Promise<Verdict> {
  const rig = await openRig(plan);
  try {
    return (await work(rig)) ?? (await rig.verify());
  } finally {
    await rig.close();
  }
}

async function withServer(server: Server, work: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await work();
  } finally {
    await server.end('SIGKILL');
  }
}

type More = Omit<RigPlan, 'backend'>;

/** On a database of its own of the Postgres that all tests share. */
export async function onPostgres(work: Work<[url: string]>, more: More = {}): Promise<Verdict> {
  const url = await makeDatabase(process.env['POSTGRES_URL'] ?? '');
  return withRig({ backend: { kind: 'postgres', url }, ...more }, (rig) => work(rig, url));
}

/** On a Postgres of its own, for faults of the whole server. */
export async function onOwnPostgres(work: Work<[server: Server]>): Promise<Verdict> {
  const server = await startPostgres();
  return withServer(server, () =>
    withRig({ backend: { kind: 'postgres', url: postgresURL(server) } }, (rig) => work(rig, server)),
  );
}

/** On a Redis of its own. */
export async function onRedis(work: Work<[server: Server]>, more: More = {}, settings = {}): Promise<Verdict> {
  const server = await startRedis(settings);
  return withServer(server, () =>
    withRig({ backend: { kind: 'redis6', url: redisURL(server) }, ...more }, (rig) => work(rig, server)),
  );
}

/**
 * A renewal of each user in the first process, with a fault while Roblox is asked for half of them; the second process asks meanwhile, and
 * again until it is served.
 * @param fault gets what lets Roblox's answers leave: it happens after the fault at the latest
 */
export async function renewDuring(
  { roblox, users, a, b }: Rig,
  fault: (release: () => Promise<void>) => Promise<unknown>,
  isAlone = false,
): Promise<void> {
  const release = () => roblox.behave({ before: 50, after: 50 });
  await roblox.behave({ before: 50, isHolding: true });
  const first = a.call('call', users, { spreadMs: 600 });
  await roblox.heard('asked', users.length / 2);
  const second = isAlone ? undefined : b.call('call', users, { spreadMs: 300, patienceMs: 30_000 });
  await fault(release);
  await release();
  await Promise.all([first, second]);
}

/** Roblox has answered, and the answers cannot be stored for 4 s; the second process asks first. */
export async function refuseStores(
  { roblox, users, a, b }: Rig,
  fill: () => Promise<unknown>,
  empty: () => Promise<unknown>,
): Promise<void> {
  await roblox.behave({ isHolding: true });
  const first = a.call('call', users);
  await roblox.heard('spent', users.length);
  await fill();
  const second = b.call('call', users, { patienceMs: 30_000 });
  await pause(500);
  await roblox.behave({});
  await pause(4000);
  await empty();
  await Promise.all([first, second]);
}

/** Freezes a process or a server, and lets Roblox's answers leave after a while. */
export async function freeze(
  what: Pick<Server, 'freeze' | 'thaw'>,
  forMs: number,
  release: () => Promise<void>,
  releaseAfterMs = 1000,
): Promise<void> {
  what.freeze();
  await pause(releaseAfterMs);
  await release();
  await pause(forMs - releaseAfterMs);
  what.thaw();
}

/** Repeats a fault for a while. */
export async function keepDoing(forMs: number, everyMs: number, fault: () => Promise<unknown>): Promise<void> {
  for (const end = Date.now() + forMs; Date.now() < end;) {
    await fault();
    await pause(everyMs);
  }
}

/** Runs tasks, so many at once. @returns their results, in their order */
export function runLimited<T>(limit: number, tasks: readonly (() => Promise<T>)[]): Promise<T>[] {
  let running = 0;
  const waiting: (() => void)[] = [];
  return tasks.map(async (task) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  });
}
