/** A process of its own with a vault, for {@link startWorker}. It does what it is told. */
import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { plan } from './worker-clock.ts';
import { TokenVault, type RobloxClient } from '../../../lib/index.ts';
import { DEMO_CLIENT } from '../../../lib/emulator/people.ts';
import { openBackend } from './backends.ts';
import { follow, storedAt, type Moment } from './moments.ts';
import { isLoss, makeMark, serve, tell } from './serve.ts';

export type WorkerMethods = typeof methods;

export interface WorkerEvent {
  readonly isReady?: true;
  /** `onLost` was told of this user. */
  readonly lost?: string;
  readonly warning?: string;
  /** Where it stopped, as its plan says. */
  readonly reached?: Moment;
  /** An error that nobody caught. */
  readonly uncaught?: string;
  readonly closed?: true;
}

/** A login, as `roblox.ts` issues it. */
export interface Login {
  readonly userId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** What became of one user's call: `ok`, or what went wrong. */
export type Outcomes = Readonly<Record<string, string>>;

const backend = await openBackend(plan.backend);
let losses = 0;
const vault = new TokenVault({
  ...(plan.isFollowed === true || plan.stopAt !== undefined
    ? follow(backend, plan.stopAt)
    : { storage: backend.storage, lock: backend.lock }),
  clientID: DEMO_CLIENT.clientID,
  clientSecret: DEMO_CLIENT.clientSecret,
  baseURL: plan.baseURL,
  ...plan.vault,
  async onLost(userId) {
    losses += 1;
    tell({ lost: userId } satisfies WorkerEvent);
    if (plan.onLost === 'throws once' && losses === 1) throw new Error('the app could not hear it');
    if (plan.onLost === 'never ends') await new Promise(() => {});
  },
});

/** Clients that are kept over a fault, as an app with a long piece of work does. */
const held = new Map<string, RobloxClient>();

/** @returns the outcome of each user; of several of one user the worst */
async function each(users: readonly string[], work: (userId: string) => Promise<string>): Promise<Outcomes> {
  const outcomes: Record<string, string> = {};
  await Promise.all(
    users.map(async (user) => {
      const outcome = await work(user).catch(describeError);
      if ((outcomes[user] ?? 'ok') === 'ok') outcomes[user] = outcome;
    }),
  );
  return outcomes;
}

function describeError(error: unknown): string {
  const { code, error: oauth } = error as { code?: unknown; error?: unknown }; // any value can be asked for a field
  return `${String(error)}${typeof code === 'string' ? ` (${code})` : ''}${typeof oauth === 'string' ? ` [${oauth}]` : ''}`;
}

/** Tries again until it works, the authorization is found ended or the time is over. */
async function insist(patienceMs: number, work: () => Promise<string>): Promise<string> {
  for (const deadline = Date.now() + patienceMs; ;) {
    const outcome = await work().catch(describeError);
    if (outcome === 'ok' || isLoss(outcome) || Date.now() >= deadline) return outcome;
    await pause(200);
  }
}

let looping = new AbortController();
let loop: Promise<void> | undefined;
const loopCounts = { ok: 0, failures: {} as Record<string, number> };

const methods = {
  /** Stores logins. Their access tokens count as run out, so that the first call renews, unless they are `fresh`. */
  async save(logins: readonly Login[], isFresh = false) {
    const expiresAt = new Date(isFresh ? Date.now() + 900_000 : 0);
    await Promise.all(
      logins.map(({ userId, accessToken, refreshToken }) =>
        vault.save(userId, { accessToken, refreshToken, expiresAt, scope: 'openid profile' }),
      ),
    );
  },

  /** Takes a client of each user, for {@link methods.callHeld}. */
  hold: (users: readonly string[]) =>
    each(users, async (user) => {
      const client = await vault.client(user);
      if (client !== undefined) held.set(user, client);
      return client === undefined ? 'nothing stored' : 'ok';
    }),

  /** A call of each user. `spreadMs` starts them one after another over that time; `patienceMs` tries failed ones again. */
  call: (users: readonly string[], { spreadMs = 0, patienceMs = 0 } = {}) =>
    each(users, async (user) => {
      await pause((users.indexOf(user) / users.length) * spreadMs);
      return insist(patienceMs, async () => {
        const client = await vault.client(user);
        if (client === undefined) return 'nothing stored';
        await client.userInfo();
        return 'ok';
      });
    }),

  /** Renews each user's tokens by the clients that were taken before. */
  refreshHeld: (users: readonly string[]) =>
    each(users, async (user) => {
      await held.get(user)?.refresh();
      return 'ok';
    }),

  /** Renews each user's tokens by a new client. */
  refresh: (users: readonly string[], patienceMs = 45_000) =>
    each(users, (user) =>
      insist(patienceMs, async () => {
        const client = await vault.client(user);
        if (client === undefined) return 'nothing stored';
        await client.refresh();
        await client.userInfo();
        return 'ok';
      }),
    ),

  /** The marks of the refresh tokens that are stored. */
  stored: (users: readonly string[]) =>
    each(users, async (user) => {
      const client = await vault.client(user);
      return client === undefined ? 'nothing stored' : makeMark(client.tokens.refreshToken ?? '');
    }),

  /** Renews each user's tokens over and over, so many milliseconds apart, until {@link methods.stopLoop}. */
  startLoop(users: readonly string[], everyMs: number) {
    looping = new AbortController();
    const { signal } = looping;
    setMaxListeners(0, signal);
    loopCounts.ok = 0;
    loopCounts.failures = {};
    const renew = async (user: string) => {
      while (!signal.aborted) {
        const outcome = await (async () => {
          const client = await vault.client(user);
          if (client === undefined) return 'nothing stored';
          await client.refresh();
          return 'ok';
        })().catch(describeError);
        if (outcome === 'ok') loopCounts.ok += 1;
        else {
          const shown = outcome.replace(/\d{6,}/g, 'N');
          loopCounts.failures[shown] = (loopCounts.failures[shown] ?? 0) + 1;
        }
        await pause(everyMs * (0.5 + Math.random()), undefined, { signal }).catch(() => {}); // stopped
      }
    };
    loop = Promise.all(users.map(renew)).then(() => {});
  },

  async stopLoop() {
    looping.abort();
    await loop;
    return loopCounts;
  },

  loopCounts: () => loopCounts,

  /** Keeps the event loop busy, as a long calculation does. */
  block: (ms: number) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),

  revoke: (user: string) => vault.revoke(user),
  idle: () => vault.idle(),
  close: () => vault.close(),
  storedAt: () => storedAt,

  createTable: () => backend.createTable(),
  purge: () => backend.purge(),
  ping: async () => void (await backend.ping()),

  /** Ends what the vault does and the connection, as an app does on SIGTERM; what is left then keeps the process alive. */
  async end() {
    await vault.close();
    held.clear();
    await backend.close();
    await pause(100);
    return process.getActiveResourcesInfo().filter((resource) => resource !== 'PipeWrap');
  },

  async memory() {
    const gc = globalThis.gc as (() => Promise<void> | void) | undefined; // by --expose-gc
    await gc?.();
    await gc?.();
    return process.memoryUsage().heapUsed;
  },
};

// From here on: what is thrown before ends the process.
process.on('warning', ({ name, message }) => tell({ warning: `${name}: ${message}` } satisfies WorkerEvent));
process.on('uncaughtException', (error) => tell({ uncaught: error.stack ?? String(error) } satisfies WorkerEvent));
process.on('unhandledRejection', (error) => tell({ uncaught: `rejection: ${String(error)}` } satisfies WorkerEvent));

process.on('SIGTERM', async () => {
  await vault.close();
  await backend.close();
  tell({ closed: true } satisfies WorkerEvent);
  process.exit(0);
});

serve(methods);
