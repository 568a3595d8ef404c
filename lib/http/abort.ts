import { refuse } from '../errors.ts';
import { clearTimeout, setImmediate, setTimeout } from './platform.ts';

/**
 * Waits for work that others wait for too. A `signal` ends this wait at once, and never the work itself.
 * @throws the signal's own reason
 */
export async function waitFor<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  // The work may fail after everybody has stopped waiting.
  work.catch(() => {});
  signal.throwIfAborted();
  let leave = () => {};
  const left = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([work, left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/**
 * Does work with a signal that ends with the first of two. No listener stays on either when the work is done.
 * `AbortSignal.any` leaks here: memory per call in Node 20, and the whole signal where a `fetch` leaves its listener on it.
 */
export async function endedByEither<T>(
  one: AbortSignal | undefined,
  other: AbortSignal | undefined,
  work: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  if (one === undefined || other === undefined) return work(one ?? other);
  const either = new AbortController();
  const ends = [one, other].map((signal) => ({ signal, end: () => either.abort(signal.reason) }));
  for (const { signal, end } of ends) {
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  }
  try {
    return await work(either.signal);
  } finally {
    for (const { signal, end } of ends) signal.removeEventListener('abort', end);
  }
}

/** How long, and for how many turns of the event loop, an answer that has arrived may take to be read: TLS, unpacking in a thread, streams. */
const GRACE_MS = 20;
const GRACE_TURNS = 10;

/**
 * Calls `onOver` after so many milliseconds, and some turns of the event loop later.
 * Where other work blocked the event loop, a timer fires before the sockets are read; an answer that came in time must be read first.
 * @returns call it when the work is done
 */
export function setDeadline(delayMs: number, onOver: () => void): () => void {
  let isCleared = false;
  let turns = 0;
  const turn = () => {
    if (isCleared) return;
    if (turns === GRACE_TURNS) return onOver();
    turns += 1;
    setImmediate(turn);
  };
  let timer = setTimeout(() => (timer = setTimeout(turn, GRACE_MS)), delayMs);
  return () => {
    isCleared = true;
    clearTimeout(timer);
  };
}

/** Waits so many milliseconds; a `signal` ends the wait at once with its reason. */
export type Sleep = (delayMs: number, signal?: AbortSignal) => Promise<void>;

/** {@link Sleep} by the platform's timer. */
export const sleep: Sleep = async (delayMs, signal) => {
  let timer: NodeJS.Timeout | undefined;
  try {
    await waitFor(new Promise<void>((resolve) => (timer = setTimeout(resolve, delayMs))), signal);
  } finally {
    clearTimeout(timer);
  }
};

/** Work that is done once for all who ask for it at the same time; with a key, once for each key. */
export interface SingleFlight<T> {
  /** Starts the work, or joins what is under way. */
  run(work: () => Promise<T>, key?: string): Promise<T>;
  /** What is under way. */
  current(key?: string): Promise<T> | undefined;
}

/** Makes a {@link SingleFlight}. */
export function createSingleFlight<T>(): SingleFlight<T> {
  const flights = new Map<string, Promise<T>>();
  return {
    run(work, key = '') {
      const underWay = flights.get(key);
      if (underWay !== undefined) return underWay;
      const flight = work().finally(() => flights.delete(key));
      // All who asked may have stopped waiting.
      flight.catch(() => {});
      flights.set(key, flight);
      return flight;
    },
    current: (key = '') => flights.get(key),
  };
}

/** Checks a `timeout`. @throws {TypeError} not a number of milliseconds that a timer takes */
export function checkTimeout(timeout: unknown): number {
  if (typeof timeout === 'number' && timeout >= 1 && timeout <= 0x7fffffff) return timeout;
  refuse('timeout', timeout, 'a number of milliseconds from 1 to 2147483647');
}
