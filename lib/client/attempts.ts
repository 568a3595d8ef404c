/**
 * Runs one attempt at a time: whoever comes meanwhile joins it. After a second failure in a row it pauses, longer with each one, and whoever
 * comes in a pause gets the error of the last attempt. So an outage meets one attempt every few seconds.
 */
export interface Attempts<T> {
  /** @param isAsked true starts an attempt in a pause too */
  run(attempt: () => Promise<T>, isAsked?: boolean): Promise<T>;
  /** Runs other work when no attempt is under way. Whoever comes meanwhile waits for it: when it succeeds they get `end`, else an attempt. */
  runAlone(work: () => Promise<void>, end: Error): Promise<void>;
  /** How the last attempt failed; undefined after a success. */
  readonly failure: { readonly error: unknown } | undefined;
  /** Whether an attempt is under way, or a pause. */
  readonly isActive: boolean;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;
/** A server that asks for a longer wait is asked again all the same. */
const LONGEST_NAMED_PAUSE_MS = 60_000;

/**
 * Makes {@link Attempts}.
 * @param options.now milliseconds since the epoch
 * @param options.random a number from 0 up to 1, so that processes that failed together do not come back together
 */
export function createAttempts<T>(options: {
  readonly now: () => number;
  readonly random?: (() => number) | undefined;
}): Attempts<T> {
  const { now, random = () => Math.random() } = options;
  let flight: Promise<T> | undefined;
  /** The other work under way: resolves with what its success means for attempts, undefined after a failure. */
  let alone: Promise<Error | undefined> | undefined;
  let failure: { readonly error: unknown; readonly pausesUntil: number } | undefined;
  let failures = 0;

  function fly(work: () => Promise<T>): Promise<T> {
    const mine: Promise<T> = work().finally(() => {
      if (flight === mine) flight = undefined;
    });
    // All who waited may have left.
    mine.catch(() => {});
    flight = mine;
    return mine;
  }

  async function attempt(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      failures = 0;
      failure = undefined;
      return result;
    } catch (error) {
      failures += 1;
      failure = { error, pausesUntil: now() + pauseMs(failures, error, random) };
      throw error;
    }
  }

  function isPausing(): boolean {
    if (failure === undefined) return false;
    const leftMs = failure.pausesUntil - now();
    // More than was ever set: the clock was put back.
    return leftMs > 0 && leftMs <= LONGEST_NAMED_PAUSE_MS;
  }

  async function waitAndRun(others: Promise<Error | undefined>, work: () => Promise<T>, isAsked: boolean): Promise<T> {
    const end = await others;
    if (end !== undefined) throw end;
    return run(work, isAsked);
  }

  function run(work: () => Promise<T>, isAsked = false): Promise<T> {
    if (alone !== undefined) return waitAndRun(alone, work, isAsked);
    if (flight !== undefined) return flight;
    if (failure !== undefined && !isAsked && isPausing()) return Promise.reject(failure.error);
    return fly(() => attempt(work));
  }

  return {
    get failure() {
      return failure;
    },
    get isActive() {
      return flight !== undefined || alone !== undefined || isPausing();
    },
    run,
    async runAlone(work, end) {
      for (let other; (other = flight ?? alone) !== undefined;) await other.catch(() => {});
      const working = work();
      const mine = working
        .then(
          () => end,
          () => undefined,
        )
        .finally(() => (alone = undefined));
      alone = mine;
      await working;
    },
  };
}

/** The first failure means no pause: it may have been a single connection. */
function pauseMs(failures: number, error: unknown, random: () => number): number {
  const stepMs = failures < 2 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 2));
  const { retryAfter } = (typeof error === 'object' && error !== null ? error : {}) as { retryAfter?: unknown }; // any object may be thrown
  const namedMs = typeof retryAfter === 'number' ? Math.min(LONGEST_NAMED_PAUSE_MS, retryAfter * 1_000) : 0;
  return Math.max(namedMs, stepMs * (0.5 + random() / 2));
}
