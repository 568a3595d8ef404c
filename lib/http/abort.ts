import { clearTimeout, setTimeout } from './platform.ts';

/**
 * Waits for what others wait for too; a `signal` ends this wait at once, and never the work itself.
 * @throws the signal's own reason
 */
export async function waitFor<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  // Nobody may be left to hear of the work's failure.
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

/** Does work with a signal that ends with the first of two; nothing stays on either when the work is done. */
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
