import { ConnectionError } from '../errors.ts';
import { readWaitMs, type ReadHeader } from './rate-limit.ts';

/** How patient a call is. */
export interface Patience {
  /** How often a call is tried again at the most. */
  readonly maxRetries: number;
  /** Milliseconds for a whole call that is tried again, waits included. */
  readonly budgetMs: number;
}

/** Two retries within a minute. */
export const DEFAULT_PATIENCE: Patience = { maxRetries: 2, budgetMs: 60_000 };

/** What came of an attempt: an answer, or none. */
export type Outcome = { readonly status: number; readonly header: ReadHeader } | { readonly error: unknown };

/** An attempt, and what came before it. */
export interface Attempt {
  readonly method: string;
  readonly outcome: Outcome;
  /** How often the call was tried again before this attempt. */
  readonly retries: number;
  /** Milliseconds since the call began. */
  readonly elapsedMs: number;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** A number from 0 up to 1. */
  readonly random: () => number;
}

/** The first backoff is up to this, and each further one up to twice the one before. */
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 20_000;

/** Methods that may be repeated although nobody knows whether the first request arrived. RFC 9110, section 9.2.2. */
const IDEMPOTENT_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** Statuses that speak of the moment and not of the request. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

/**
 * Decides whether a call is tried again, and when. A 429 was turned away, so any method may come back; a 502, 503, 504 or a broken
 * connection may have been heard, so only idempotent methods do.
 * A wait that the server named is kept to the letter; one beyond the budget means to stop, so that the caller learns of it.
 * @returns milliseconds to wait, or undefined to stop
 */
export function decideRetry(attempt: Attempt, patience: Patience = DEFAULT_PATIENCE): { delayMs: number } | undefined {
  const { method, outcome, retries, elapsedMs, nowMs, random } = attempt;
  if (retries >= patience.maxRetries || !isPassing(method, outcome)) return undefined;
  const namedMs = 'error' in outcome ? undefined : readWaitMs(outcome.status, outcome.header, nowMs);
  const delayMs = namedMs ?? backoffMs(retries, random);
  return elapsedMs + delayMs < patience.budgetMs ? { delayMs } : undefined;
}

function isPassing(method: string, outcome: Outcome): boolean {
  const idempotent = IDEMPOTENT_METHODS.has(method.toUpperCase());
  if ('error' in outcome) {
    const { error } = outcome;
    return idempotent && error instanceof ConnectionError && (error.code === 'network' || error.code === 'timeout');
  }
  return outcome.status === 429 || (idempotent && PASSING_STATUSES.has(outcome.status));
}

/** Half of the step is fixed and half by chance, so that many callers who failed together do not come back together. */
function backoffMs(retries: number, random: () => number): number {
  const stepMs = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** retries);
  return Math.round(stepMs / 2 + (stepMs / 2) * random());
}
