import { randomBytes } from 'node:crypto';
import { sleep, waitFor, type Sleep } from '../http/abort.ts';
import { clearTimeout, setTimeout } from '../http/platform.ts';
import type { Mark } from './records.ts';
import { monotonic } from './storage.ts';

/** Time and chance, for a vault. */
export interface VaultClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since some moment; never put back, and not changed with the machine's clock. */
  monotonic(): number;
  /** A wait that keeps the process alive: something is still to be stored. */
  readonly sleep: Sleep;
  /** A wait that lets the process end. */
  readonly rest: Sleep;
  /** From 0 up to 1. */
  random(): number;
}

/** The machine's own. */
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

/** Marks of this vault and of others, and when they are over. */
export type Marks = ReturnType<typeof createMarks>;

/** How many marks are remembered; a forgotten one counts as seen for the first time. */
const REMEMBERED_MARKS = 10_000;

export function createMarks(clock: Pick<VaultClock, 'monotonic'>) {
  const vaultID = randomBytes(12).toString('base64url');
  const firstSeen = new Map<string, number>();
  let made = 0;

  /** Milliseconds until a mark is over; they begin to count when this process first sees it. */
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

/** Puts an entry at the end of a map that never holds more than so many: the oldest leaves. */
export function setBounded<Value>(map: Map<string, Value>, key: string, value: Value, limit: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= limit) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

/** Twice as long with each failure, up to `longestMs`; half of it by chance. */
export function chooseGrowingPauseMs(failures: number, longestMs: number, random: () => number): number {
  return Math.min(longestMs, 250 * 2 ** Math.min(failures, 20)) * (0.5 + random() / 2);
}
