/** Two processes that share a vault, and a Roblox in a third one. */
import pg from 'pg';
import { createClient } from 'redis';
import { redisURL, type Server } from '../../../scripts/servers.ts';
import type { BackendPlan } from './backends.ts';
import { endRemotes, startRemote, type Remote } from './remote.ts';
import type { Behaviour, RobloxEvent, RobloxMethods, TokenRequest } from './roblox.ts';
import { isLoss } from './serve.ts';
import type { WorkerPlan } from './worker-clock.ts';
import type { Login, Outcomes, WorkerEvent, WorkerMethods } from './worker.ts';

export type Worker = Remote<WorkerMethods, WorkerEvent>;

export const startWorker = (plan: WorkerPlan, nodeOptions: readonly string[] = []): Promise<Worker> =>
  startRemote<WorkerMethods, WorkerEvent>('worker', plan, nodeOptions);

/** One emulator, with users of its own. */
export interface Roblox {
  readonly url: string;
  readonly users: readonly string[];
  /** Signs users in, all of them unless some are named. */
  issue(users?: readonly string[]): Promise<Login[]>;
  behave(behaviour: Behaviour): Promise<void>;
  /** Resolves when the tokens of so many different users were asked for, or spent. */
  heard(what: 'asked' | 'spent', count: number, among?: readonly string[]): Promise<void>;
  log(): Promise<readonly TokenRequest[]>;
  revocations(): Promise<number>;
  expireAccessTokens(): Promise<void>;
  withdraw(userId: string): Promise<void>;
  close(): Promise<void>;
}

let robloxProcess: Promise<Remote<RobloxMethods, RobloxEvent>> | undefined;

/** Opens an emulator in the one process that holds them all. */
export async function openRoblox(userCount: number, accessTokenTTL?: number): Promise<Roblox> {
  robloxProcess ??= startRemote<RobloxMethods, RobloxEvent>('roblox', {});
  const remote = await robloxProcess;
  const { id, url, users } = await remote.call('open', userCount, accessTokenTTL);
  return {
    url,
    users,
    issue: (of = users) => remote.call('issue', id, of),
    behave: (behaviour) => remote.call('behave', id, behaviour),
    heard(what, count, among = users) {
      const found = new Set<string>();
      return remote.heard((event) => {
        if (event[what]?.roblox === id && among.includes(event[what].userId)) found.add(event[what].userId);
        return found.size >= count;
      });
    },
    log: () => remote.call('log', id),
    revocations: () => remote.call('revocations', id),
    expireAccessTokens: () => remote.call('expireAccessTokens', id),
    withdraw: (userId) => remote.call('withdraw', id, userId),
    close: async () => void (await remote.call('close', id)),
  };
}

/** Ends every process that tests have started, that of {@link openRoblox} too: the next one starts another. */
export async function endProcesses(): Promise<void> {
  robloxProcess = undefined;
  await endRemotes();
}

/** What is left of the users' authorizations after a fault. */
export interface Verdict {
  readonly tries: number;
  /** Users who have to sign in again. */
  readonly lost: number;
  /** How often `onLost` was told. */
  readonly told: number;
  /** What else went wrong afterwards, and how often. */
  readonly failures: Readonly<Record<string, number>>;
}

export const kept = (tries: number): Verdict => ({ tries, lost: 0, told: 0, failures: {} });

export interface Rig {
  readonly roblox: Roblox;
  readonly users: readonly string[];
  readonly a: Worker;
  readonly b: Worker;
  /** Renews every user's tokens in every process that is given, twice, one process after the other. */
  verify(processes?: readonly Worker[]): Promise<Verdict>;
  close(): Promise<void>;
}

export interface RigPlan {
  readonly backend: BackendPlan;
  /** 20 unless given. */
  readonly users?: number;
  /** Of both processes … */
  readonly worker?: Partial<WorkerPlan>;
  /** … and of the second one alone. */
  readonly second?: Partial<WorkerPlan>;
  readonly nodeOptions?: readonly string[];
}

/** Starts two processes, with logins whose access tokens have run out; both hold a client of each user. */
export async function openRig(about: RigPlan): Promise<Rig> {
  const count = about.users ?? 20;
  const roblox = await openRoblox(count + 1);
  const plan: WorkerPlan = { backend: about.backend, baseURL: roblox.url, ...about.worker };
  const [a, b] = await Promise.all([
    startWorker(plan, about.nodeOptions),
    startWorker({ ...plan, ...about.second }, about.nodeOptions),
  ]);
  const users = roblox.users.slice(0, count);
  const warmUp = roblox.users.slice(count);
  await a.call('createTable');
  await a.call('save', await roblox.issue());
  // The first renewal of a process takes longer: modules are loaded and connections made.
  for (const worker of [a, b]) await worker.call('refresh', warmUp);
  for (const worker of [a, b]) await worker.call('hold', users);
  return {
    ...{ roblox: { ...roblox, users }, users, a, b },
    async verify(processes = [a, b]) {
      await roblox.behave({});
      const lost = new Set<string>();
      const failures: Record<string, number> = {};
      const judge = (outcomes: Outcomes, where: string) => {
        for (const [user, outcome] of Object.entries(outcomes)) {
          if (outcome === 'ok') continue;
          if (isLoss(outcome)) lost.add(user);
          failures[`${where}: ${outcome}`] = (failures[`${where}: ${outcome}`] ?? 0) + 1;
        }
      };
      // An authorization may be in doubt to one process until the other one, which holds newer tokens, comes: once round first.
      for (const worker of processes) await worker.call('refresh', users);
      for (const worker of processes) {
        judge(await worker.call('refresh', users), 'new client');
        judge(await worker.call('refreshHeld', users), 'held client');
      }
      const events = [...a.events, ...b.events];
      for (const { uncaught } of events) if (uncaught !== undefined) failures[uncaught] = 1;
      const told = events.filter((event) => event.lost !== undefined).length;
      return { tries: users.length, lost: lost.size, told, failures };
    },
    async close() {
      await Promise.all([a.end(), b.end(), roblox.close()]);
    },
  };
}

/** Runs statements as an administrator. */
export async function withPostgres<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

let databases = 0;

/** Makes a database of its own on the server of a URL. @returns its URL */
export async function makeDatabase(url: string): Promise<string> {
  const name = `rig_${process.pid}_${++databases}`;
  await withPostgres(url, (client) => client.query(`CREATE DATABASE ${name}`));
  return url.replace(/\/[^/]*$/, `/${name}`);
}

/** A backend of each kind of server: that Redis, and a database of its own on the Postgres of POSTGRES_URL. */
export const backendsOn = (redis: () => string): Readonly<Record<string, () => Promise<BackendPlan>>> => ({
  Redis: async () => ({ kind: 'redis6', url: redis() }),
  Postgres: async () => ({ kind: 'postgres', url: await makeDatabase(process.env['POSTGRES_URL'] ?? '') }),
});

/** Sends commands as an administrator. */
export async function withRedis<T>(
  server: Server,
  work: (send: (...command: string[]) => Promise<unknown>) => Promise<T>,
): Promise<T> {
  const client = createClient({ url: redisURL(server) });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work((...command) => client.sendCommand(command));
  } finally {
    client.destroy();
  }
}
