/**
 * Runs one attempt at a time. Callers that come meanwhile share it. It pauses after two failures in a row, longer after each further
 * one, and when the server asks for a pause. During a pause, callers get the error of the last attempt. So in an outage there is one attempt
 * every few seconds.
 */
export type Attempts<T> = ReturnType<typeof createAttempts<T>>;

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;
/** When the server asks for a longer wait than this, we try again all the same. */
const LONGEST_NAMED_PAUSE_MS = 60_000;

/**
 * Makes {@link Attempts}.
 * @param options.now milliseconds since the epoch
 * @param options.random a number from 0 up to 1, so that processes that failed at the same time do not retry at the same time
 */
export function createAttempts<T>(options: {
  readonly now: () => number;
  readonly random?: (() => number) | undefined;
}) {
  const { now, random = () => Math.random() } = options;
  let inFlight: Promise<T> | undefined;
  /** Work of `runAlone` in flight. Resolves with its `end`, or with undefined when it failed. */
  let alone: Promise<Error | undefined> | undefined;
  let failure: { readonly error: unknown; readonly pausesUntilMs: number } | undefined;
  let failures = 0;

  async function attempt(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      failures = 0;
      failure = undefined;
      return result;
    } catch (error) {
      failures += 1;
      failure = { error, pausesUntilMs: now() + choosePauseMs(failures, error, random) };
      throw error;
    }
  }

  function isPausing(): boolean {
    if (failure === undefined) return false;
    const leftMs = failure.pausesUntilMs - now();
    // Longer than any pause: the clock was set back.
    return leftMs > 0 && leftMs <= LONGEST_NAMED_PAUSE_MS;
  }

  async function waitAndRun(
    other: Promise<Error | undefined>,
    work: () => Promise<T>,
    ignorePause: boolean,
  ): Promise<T> {
    const end = await other;
    if (end !== undefined) throw end;
    return run(work, ignorePause);
  }

  /** Starts an attempt, or joins the one in flight. @param ignorePause starts an attempt during a pause too */
  function run(work: () => Promise<T>, ignorePause = false): Promise<T> {
    if (alone !== undefined) return waitAndRun(alone, work, ignorePause);
    if (inFlight !== undefined) return inFlight;
    if (failure !== undefined && !ignorePause && isPausing()) return Promise.reject(failure.error);
    inFlight = attempt(work).finally(() => (inFlight = undefined));
    // Nobody may wait for it any more when it fails.
    inFlight.catch(() => {});
    return inFlight;
  }

  return {
    /** How the last attempt failed; undefined after a success. */
    failure: () => failure,
    /** Whether an attempt or other work is in flight, or a pause is not over. */
    isActive: () => inFlight !== undefined || alone !== undefined || isPausing(),
    run,
    /** Runs other work when no attempt is in flight. Callers of `run` wait for it. When it succeeds, they get `end`, else they go on. */
    async runAlone(work: () => Promise<void>, end: Error): Promise<void> {
      while (inFlight !== undefined || alone !== undefined) await Promise.allSettled([inFlight, alone]);
      const working = work();
      alone = working
        .then(
          () => end,
          () => undefined,
        )
        .finally(() => (alone = undefined));
      await working;
    },
  };
}

/**
 * Chooses the pause after a failure: at least what the server asks for, up to a minute. Beyond that none after the first failure, which may
 * be a single broken connection.
 */
function choosePauseMs(failures: number, error: unknown, random: () => number): number {
  const stepMs = failures < 2 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 2));
  const { retryAfter } = (typeof error === 'object' && error !== null ? error : {}) as { retryAfter?: unknown }; // any object may be thrown
  const namedMs = typeof retryAfter === 'number' ? Math.min(LONGEST_NAMED_PAUSE_MS, retryAfter * 1_000) : 0;
  return Math.max(namedMs, stepMs * (0.5 + random() / 2));
}
