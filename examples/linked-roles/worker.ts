/** Checks people again and again: queues those who are due, and works on the queue. Run as many workers as you like. */
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
  /** How many people are checked at the same time. */
  readonly concurrency: number;
  /** How many checks may begin in a second, so that a restart does not cause too many at once. */
  readonly checksPerSecond: number;
  /** How often the worker looks for people who are due, in milliseconds. */
  readonly sweepMs: number;
  readonly clock: Clock;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleepUntil(time: number): Promise<void>;
}

export interface Worker {
  /** Queues the people who are due. The worker also does this by itself. */
  sweep(): Promise<void>;
  /** Waits for running checks, and starts no more. */
  close(): Promise<void>;
}

/** The most people to queue at a time. */
const SWEEP_LIMIT = 1000;
const TIDY_MS = 60_000;

/** @throws {DiscordError} Discord refuses the app, for example because `botToken` is wrong */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { community, discord, schedule, jobs, sync, concurrency, checksPerSecond, sweepMs, clock } = options;
  let isRegistered = false;
  /** @throws {DiscordError} Discord refuses the app or its metadata: a mistake in the settings */
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
    // Discord was not reached when the worker started.
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

/** The database or Discord was not reached. People who were due are still due. */
function report(error: unknown): void {
  console.error('The worker failed, and goes on: %s', error instanceof Error ? error.message : String(error));
}
