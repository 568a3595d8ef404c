import { refuse } from '../errors.ts';
import { clearTimeout, setImmediate, setTimeout } from './platform.ts';

/**
 * Waits for work that other callers may wait for too. A `signal` ends this wait at once, but not the work.
 * @throws the signal's own reason
 */
export async function waitFor<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  // The work may fail when nobody waits for it any more: that must not be an unhandled rejection.
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
 * Runs work with one signal that aborts when the first of two does. Removes its listeners when the work is done.
 * Not `AbortSignal.any`, which leaks: in Node 20 memory at each call, and the whole signal when a `fetch` leaves a listener on it.
 */
export async function runWithEitherSignal<T>(
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

/** The grace period to read a response that has arrived (TLS, decompression, streams): milliseconds, then turns of the event loop. */
const GRACE_MS = 50;
const GRACE_TURNS = 10;

/**
 * Calls `onOver` after `delayMs`, plus a short grace period.
 * After other work has blocked the event loop, timers fire before sockets are read. A response that came in time must be read first.
 * @returns clears the deadline; call it when the work is done
 */
export function setDeadline(delayMs: number, onOver: () => void): () => void {
  let isCleared = false;
  let timer = setTimeout(() => {
    const waitTurns = (turns: number) => {
      if (isCleared) return;
      if (turns === 0) return onOver();
      setImmediate(waitTurns, turns - 1);
    };
    timer = setTimeout(waitTurns, GRACE_MS, GRACE_TURNS);
  }, delayMs);
  return () => {
    isCleared = true;
    clearTimeout(timer);
  };
}

/** Waits for `delayMs`. A `signal` ends the wait at once: it rejects with the signal's reason. */
export type Sleep = (delayMs: number, signal?: AbortSignal) => Promise<void>;

/** {@link Sleep} with the platform's timer. */
export const sleep: Sleep = async (delayMs, signal) => {
  let timer: NodeJS.Timeout | undefined;
  try {
    await waitFor(new Promise<void>((resolve) => (timer = setTimeout(resolve, delayMs))), signal);
  } finally {
    clearTimeout(timer);
  }
};

/** Runs work once for all callers that ask at the same time. */
export function createSingleFlight<T>() {
  let inFlight: Promise<T> | undefined;
  return {
    /** Starts the work, or joins the work in flight. */
    run(work: () => Promise<T>): Promise<T> {
      if (inFlight !== undefined) return inFlight;
      inFlight = work().finally(() => (inFlight = undefined));
      // As in waitFor: nobody may wait for it any more.
      inFlight.catch(() => {});
      return inFlight;
    },
    /** The work in flight. */
    current: () => inFlight,
  };
}

/** Checks a `timeout`. @throws {TypeError} not a number of milliseconds that a timer accepts */
export function checkTimeout(timeout: unknown): number {
  if (typeof timeout === 'number' && timeout >= 1 && timeout <= 0x7fffffff) return timeout;
  refuse('timeout', timeout, 'a number of milliseconds from 1 to 2147483647');
}
