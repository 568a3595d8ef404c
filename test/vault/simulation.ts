import { ConnectionError, OAuthError, TokenVaultError } from '../../lib/errors.ts';
import type { App } from '../../lib/oauth/app-options.ts';
import type { Tokens } from '../../lib/oauth/tokens.ts';
import { createAuthorizations, type Authorizations } from '../../lib/vault/authorizations.ts';
import type { VaultClock } from '../../lib/vault/marks.ts';
import { createRecords } from '../../lib/vault/records.ts';
import { guardLock } from '../../lib/vault/storage.ts';

/**
 * A world of a few processes with a vault each, one storage, one lock and one Roblox, in which a test decides what happens next. Time is
 * virtual. Each process runs the real code of the vault; only what it calls (storage, lock, Roblox, timers) is played.
 */

export const USER = '7';
/** As Redis frees the lock of a process that died or stands still. */
const LOCK_TTL_MS = 3_000;

/** Something that happens when it is chosen. */
interface Step {
  readonly process: Process | undefined;
  readonly name: string;
  /** Not before this moment. */
  readonly atMs: number;
  run(): void;
}

export interface Process {
  readonly name: string;
  readonly authorizations: Authorizations;
  /** What it has got while it stood still. */
  readonly inbox: (() => void)[];
  state: 'running' | 'frozen' | 'dead';
  thawsAtMs: number;
  /** Whether it ever stood still or died. */
  hasStopped: boolean;
  /** How often its `onLost` was told. */
  lost: number;
}

export interface WorldOptions {
  /** False for a lock that guarantees nothing, and a storage that takes every write. */
  readonly isLocking?: boolean;
  /** Whether the storage says that it may forget. */
  readonly forgets?: boolean;
  readonly onLost?: (process: Process) => unknown;
}

export class World {
  nowMs = 0;
  steps: Step[] = [];
  readonly processes: Process[] = [];
  stored: string | undefined;
  private before: string | undefined;
  readonly trace: string[] = [];
  /** The number of the refresh token that Roblox takes. */
  current = 1;
  isRevoked = false;
  refusals = 0;
  /** Who received the response with the current token, and whether it was stored. */
  answer: { receiver: Process | undefined; isStored: boolean } = { receiver: undefined, isStored: true };
  told = 0;
  private holder: { process: Process; token: object; untilMs: number } | undefined;

  private readonly isLocking: boolean;
  private readonly forgets: boolean;
  private readonly onLost: (process: Process) => unknown;

  constructor({ isLocking = true, forgets = false, onLost = () => {} }: WorldOptions = {}) {
    this.isLocking = isLocking;
    this.forgets = forgets;
    this.onLost = onLost;
  }

  /** A refresh token and its access token, which has ended. */
  tokens(number: number): Tokens {
    return {
      accessToken: `access-${number}`,
      refreshToken: `refresh-${number}`,
      idToken: undefined,
      tokenType: 'Bearer',
      scope: [],
      expiresAt: new Date(this.nowMs + (number === 1 ? -1 : 3_600_000)),
    };
  }

  start(name: string): Process {
    const clock: VaultClock = {
      now: () => this.nowMs,
      monotonic: () => this.nowMs,
      sleep: (ms, signal) => this.sleep(process, ms, signal),
      rest: (ms, signal) => this.sleep(process, ms, signal),
      random: () => 0.5,
    };
    const lock = guardLock((_key, task) => this.underLock(process, task));
    const app = {
      credentials: { clientID: 'app' },
      endpoints: { baseURL: 'https://apis.roblox.com' },
      timeoutMs: 10_000,
      oauth: this.robloxFor(() => process),
    } as unknown as App; // all that a vault needs of it
    const records = createRecords({ storage: this.storageFor(() => process), sealer: undefined, app: () => app });
    const onLost = () => {
      this.told += 1;
      process.lost += 1;
      return this.onLost(process);
    };
    const authorizations = createAuthorizations({ records, lock, app: () => app, onLost, lossDelayMs: 60_000, clock });
    const process: Process = {
      name,
      authorizations,
      inbox: [],
      state: 'running',
      thawsAtMs: 0,
      hasStopped: false,
      lost: 0,
    };
    this.processes.push(process);
    return process;
  }

  /** Something that `process` waits for: it hears of it at once, after it thaws, or never. */
  private async later<T>(process: Process, name: string, work: () => T, delayMs = 0): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const run = () => {
        const result = attempt(work);
        const hear = () => ('value' in result ? resolve(result.value) : reject(result.error));
        if (process.state === 'running') hear();
        else if (process.state === 'frozen') process.inbox.push(hear);
      };
      this.steps.push({ process, name: `${process.name} ${name}`, atMs: this.nowMs + delayMs, run });
    });
  }

  private async sleep(process: Process, ms: number, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    await this.later(process, `wakes after ${Math.round(ms)} ms`, () => {}, Math.max(1, ms));
    signal?.throwIfAborted();
  }

  /** A wait of the app's own. */
  wait(process: Process, ms: number): Promise<void> {
    return this.sleep(process, ms, undefined);
  }

  failNext: 'nothing' | 'before' | 'after' = 'nothing';

  private storageFor(process: () => Process) {
    const call = <T>(name: string, work: () => T) =>
      this.later(process(), name, () => {
        const fail = this.failNext;
        this.failNext = 'nothing';
        if (fail === 'before') throw new Error('the storage failed');
        const result = work();
        if (fail === 'after') throw new Error('the storage did what it was told, and its response was lost');
        return result;
      });
    const write = (name: string, value: string | undefined) => {
      const owned = lockTokens.get(process());
      return call(name, () => {
        if (this.isLocking && (owned === undefined || this.holder?.token !== owned)) {
          throw new TokenVaultError('lock_lost', 'the lock ended');
        }
        this.before = this.stored;
        this.stored = value;
        if (value?.includes(`"refresh-${this.current}"`)) this.answer = { ...this.answer, isStored: true };
      });
    };
    return {
      get: () => call('get', () => this.stored),
      set: (_key: string, value: string) => write(`set ${summary(value)}`, value),
      delete: () => write('delete', undefined),
      mayForget: () => this.forgets,
    };
  }

  private async underLock<T>(process: Process, task: () => Promise<T>): Promise<T> {
    const token = {};
    for (;;) {
      const isTaken = await this.later(process, 'locks', () => {
        if (this.isLocking && this.holder !== undefined && this.nowMs < this.holder.untilMs) return false;
        this.holder = { process, token, untilMs: this.nowMs + LOCK_TTL_MS };
        return true;
      });
      if (isTaken) break;
      await this.sleep(process, 100, undefined);
    }
    lockTokens.set(process, token);
    try {
      return await task();
    } finally {
      await this.later(process, 'unlocks', () => {
        if (this.holder?.token === token) this.holder = undefined;
      });
    }
  }

  /** The storage forgets the last write, as Redis may when a replica takes over. */
  fallBack(): void {
    this.stored = this.before;
    if (!this.stored?.includes(`"refresh-${this.current}"`)) this.answer = { ...this.answer, isStored: false };
  }

  /** A user signs in again: the tokens of the login before are refused from now on. */
  signIn(): Tokens {
    this.current += 1_000;
    this.answer = { receiver: undefined, isStored: false };
    return this.tokens(this.current);
  }

  /** The lock is gone, as when its key is deleted. */
  loseLock(): void {
    this.holder = undefined;
  }

  answersFail: 'nothing' | 'before' | 'after' = 'nothing';

  private robloxFor(process: () => Process): App['oauth'] {
    const outage = () =>
      new ConnectionError('no response', { code: 'timeout', method: 'POST', url: 'https://roblox.test' });
    const grant = (token: string | undefined) => {
      if (this.isRevoked || token !== `refresh-${this.current}`) {
        this.refusals += 1;
        throw new OAuthError({ error: 'invalid_grant', status: 400 });
      }
    };
    return {
      refresh: async (token: string) => {
        const self = process();
        // The request arrives; then the response does.
        const outcome = await this.later(self, `asks Roblox with ${token}`, () => {
          const fail = this.answersFail;
          this.answersFail = 'nothing';
          if (fail === 'before') return { error: outage() };
          const result = attempt(() => {
            grant(token);
            this.current += 1;
            this.answer = { receiver: undefined, isStored: false };
            return this.tokens(this.current);
          });
          return fail === 'after' ? { error: outage() } : result;
        });
        if ('error' in outcome) {
          return this.later(self, 'hears a failure', () => {
            throw outcome.error;
          });
        }
        const number = this.current;
        return this.later(self, `hears ${outcome.value.refreshToken}`, () => {
          if (number === this.current && self.state !== 'dead') this.answer = { ...this.answer, receiver: self };
          return outcome.value;
        });
      },
      revoke: async (token: string) =>
        this.later(process(), `revokes ${token}`, () => {
          grant(token);
          this.isRevoked = true;
        }),
    } as unknown as App['oauth']; // what a vault calls of it
  }

  /** What can happen next: the steps that are due. */
  due(): Step[] {
    return this.steps.filter((step) => step.atMs <= this.nowMs && step.process?.state !== 'dead');
  }

  /** Runs a step, and lets everybody react. */
  async take(step: Step): Promise<void> {
    this.steps.splice(this.steps.indexOf(step), 1);
    this.trace.push(`${this.nowMs} ${step.name}`);
    step.run();
    await react();
  }

  /** Lets time pass until something is due. @returns false when nothing ever will be */
  async passTime(): Promise<boolean> {
    this.steps = this.steps.filter(({ process }) => process?.state !== 'dead');
    const thaws = this.processes.filter(({ state }) => state === 'frozen').map(({ thawsAtMs }) => thawsAtMs);
    const next = Math.min(...this.steps.map(({ atMs }) => atMs).filter((atMs) => atMs > this.nowMs), ...thaws);
    if (!Number.isFinite(next)) return false;
    this.nowMs = Math.max(this.nowMs, next);
    for (const process of this.processes) {
      if (process.state === 'frozen' && process.thawsAtMs <= this.nowMs) {
        this.trace.push(`${this.nowMs} ${process.name} THAWS`);
        process.state = 'running';
        for (const hear of process.inbox.splice(0)) hear();
        await react();
      }
    }
    return true;
  }

  freeze(process: Process, ms: number): void {
    if (process.state === 'dead') return;
    this.trace.push(`${this.nowMs} ${process.name} FREEZES for ${ms} ms`);
    process.state = 'frozen';
    process.hasStopped = true;
    process.thawsAtMs = this.nowMs + ms;
  }

  kill(process: Process): void {
    this.trace.push(`${this.nowMs} ${process.name} DIES`);
    process.state = 'dead';
    process.hasStopped = true;
  }

  /** The number of the refresh token that is stored for use. */
  get storedNumber(): number | undefined {
    const { state, refreshToken } = this.record;
    return state === 'live' && typeof refreshToken === 'string'
      ? Number(refreshToken.replace('refresh-', ''))
      : undefined;
  }
  get record(): Record<string, unknown> {
    return JSON.parse(this.stored ?? '{}') as Record<string, unknown>; // the vault wrote it
  }
}

/** The lock that a process has taken last. */
const lockTokens = new WeakMap<Process, object>();

/** All promises that can settle have settled, and who waited for them has gone on. */
export async function react(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

function attempt<T>(work: () => T): { readonly value: T } | { readonly error: unknown } {
  try {
    return { value: work() };
  } catch (error) {
    return { error };
  }
}

function summary(value: string): string {
  const { state, generation, holders, refreshToken } = JSON.parse(value) as Record<string, unknown>; // the vault wrote it
  return `${String(state)} ${String(generation)} ${String(refreshToken)} held by ${(holders as unknown[]).length}`;
}
