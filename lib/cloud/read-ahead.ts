import { clearImmediate, setImmediate } from '../http/platform.ts';

/** Something that is fetched while nobody waits for it yet. */
export interface Ahead<T> {
  /** What was fetched, or is being fetched, or is fetched now; its failure is heard here and nowhere else. */
  take(): Promise<T>;
  /** Nobody will take it: it is not fetched, or given up. */
  cancel(): void;
}

/**
 * Fetches something ahead of time, unless the event loop's very next turn shows that there is no need: who goes through a page without
 * waiting has taken the next one, or left, by then, and costs no request more than they asked for.
 * @param fetch gets a signal that ends with {@link Ahead.cancel}
 */
export function fetchAhead<T>(fetch: (signal: AbortSignal) => Promise<T>): Ahead<T> {
  const cancelled = new AbortController();
  let fetching: Promise<T> | undefined;
  const begin = () => {
    fetching ??= fetch(cancelled.signal);
    return fetching;
  };
  const turn = setImmediate(() => {
    begin().catch(() => {}); // there may be nobody who takes it
  });
  return {
    take() {
      clearImmediate(turn);
      return begin();
    },
    cancel() {
      clearImmediate(turn);
      cancelled.abort();
    },
  };
}
