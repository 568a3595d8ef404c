/** Keeps everybody up to date: queues who is due, and checks who is handed out. Run as many workers as you like. */
import { describeMetadata, type Community } from './checks.ts';
import { DiscordError, type Discord } from './discord.ts';
import type { Jobs } from './jobs.ts';
import type { Schedule } from './schedule.ts';
import type { Sync } from './sync.ts';

export interface WorkerOptions {
  readonly community: Community;
  readonly discord: Discord;
  readonly schedule: Schedule;
  readonly jobs: Jobs;
  readonly sync: Sync;
  /** People who are checked at the same time. */
  readonly concurrency: number;
  /** Checks that begin in a second, so that a restart is no storm. */
  readonly checksPerSecond: number;
  /** How often the worker looks who is due, in milliseconds. */
  readonly sweepMs: number;
  readonly clock: Clock;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleepUntil(time: number): Promise<void>;
}

export interface Worker {
  /** Queues who is due. It happens by itself as well. */
  sweep(): Promise<void>;
  /** Ends the checks under way, and begins no more. */
  close(): Promise<void>;
}

/** Due people that one look queues. */
const SWEEP_LIMIT = 1000;
const TIDY_MS = 60_000;

/** @throws {DiscordError} Discord refuses the app: `botToken` is wrong, for instance */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { community, discord, schedule, jobs, sync, concurrency, checksPerSecond, sweepMs, clock } = options;
  let isRegistered = false;
  /** @throws {DiscordError} Discord refuses the app, or what it registers: a mistake in the settings */
  async function register(): Promise<void> {
    try {
      await discord.register(describeMetadata(community));
      isRegistered = true;
    } catch (error) {
      if (error instanceof DiscordError && [400, 401, 403, 404].includes(error.status)) throw error;
      report(error);
    }
  }
  await register();

  let nextStart = 0;
  await jobs.work(async (memberId) => {
    const start = Math.max(clock.now(), nextStart);
    nextStart = start + 1000 / checksPerSecond;
    await clock.sleepUntil(start);
    await sync(memberId).catch(report);
  }, concurrency);

  let tidiedAt = 0;
  async function sweep(): Promise<void> {
    // Discord was not to be reached when the worker started.
    if (!isRegistered) await register();
    const due = await schedule.findDue(SWEEP_LIMIT);
    if (due.length > 0) await jobs.add(due);
    if (clock.now() < tidiedAt + TIDY_MS) return;
    tidiedAt = clock.now();
    await schedule.tidy();
  }

  let sweeping: Promise<void> | undefined;
  const timer = setInterval(() => {
    sweeping ??= sweep()
      .catch(report)
      .finally(() => (sweeping = undefined));
  }, sweepMs);
  return {
    sweep,
    async close() {
      clearInterval(timer);
      await sweeping;
      await jobs.close();
    },
  };
}

/** The database, or Discord, could not be asked. Whoever was due is due still. */
function report(error: unknown): void {
  console.error('The worker failed, and goes on: %s', error instanceof Error ? error.message : String(error));
}
