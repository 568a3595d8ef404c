import { randomBytes } from 'node:crypto';
import { sleep, waitFor, type Sleep } from '../http/abort.ts';
import { clearTimeout, setTimeout } from '../http/platform.ts';
import type { Mark } from './records.ts';
import { monotonic } from './storage.ts';

/** The clock, waits and random numbers of a vault. */
export interface VaultClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since some fixed moment. Changes of the machine's clock do not affect it. */
  monotonic(): number;
  /** Waits, and keeps the process alive: something must still be stored. */
  readonly sleep: Sleep;
  /** Waits, but lets the process end. */
  readonly rest: Sleep;
  /** A number from 0 up to 1. */
  random(): number;
}

/** {@link VaultClock} of this machine. */
export const platformClock: VaultClock = {
  now: () => Date.now(),
  monotonic,
  sleep,
  async rest(delayMs, signal) {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, delayMs).unref()));
    try {
      await waitFor(over, signal);
    } finally {
      clearTimeout(timer);
    }
  },
  random: () => Math.random(),
};

/** Makes marks, and measures when marks (of this vault or of others) are over. */
export type Marks = ReturnType<typeof createMarks>;

/** The most marks in memory. A forgotten mark is measured from its beginning again. */
const REMEMBERED_MARKS = 10_000;

export function createMarks(clock: Pick<VaultClock, 'monotonic'>) {
  const vaultID = randomBytes(12).toString('base64url');
  const firstSeen = new Map<string, number>();
  let made = 0;

  /** Milliseconds until a mark is over, measured from the moment when this process first saw it. */
  function leftMs({ id, durationMs }: Mark): number {
    const nowMs = clock.monotonic();
    const since = firstSeen.get(id) ?? nowMs;
    if (!firstSeen.has(id)) setBounded(firstSeen, id, since, REMEMBERED_MARKS);
    return since + durationMs - nowMs;
  }

  return {
    make(durationMs: number): Mark {
      const mark = { id: `${vaultID}.${(made += 1)}`, durationMs };
      leftMs(mark);
      return mark;
    },
    isMine: ({ id }: Mark) => id.startsWith(`${vaultID}.`),
    leftMs,
    isOver: (mark: Mark) => leftMs(mark) <= 0,
  };
}

/** Adds an entry at the end of a map. Removes the oldest entry when there are more than `limit`. */
export function setBounded<Value>(map: Map<string, Value>, key: string, value: Value, limit: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= limit) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

/** Chooses a pause that doubles with each failure, up to `longestMs`. A random half keeps processes from retrying together. */
export function chooseGrowingPauseMs(failures: number, longestMs: number, random: () => number): number {
  return Math.min(longestMs, 250 * 2 ** Math.min(failures, 20)) * (0.5 + random() / 2);
}
