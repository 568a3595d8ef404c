import { ConnectionError } from '../errors.ts';
import { sleep as platformSleep, type Sleep } from './abort.ts';
import type { HttpResponse, Transport } from './transport.ts';

const DEFAULT_RETRIES = 2;
/** For all waits of a call together: Roblox counts its quotas in windows of 60 seconds. Each attempt has its own time-out. */
const MAX_WAIT_MS = 60_000;

/**
 * Makes a transport that retries, as {@link decideRetry} decides. When it stops, the caller gets the last response (such as a 429) or
 * the last error.
 * Do not send a code or a refresh token over it: they may be used once. Use the inner transport.
 * @param options.sleep waits between attempts; the request's signal ends it at once
 * @param options.now milliseconds since the epoch
 * @param options.random a number from 0 up to 1, for the jitter
 */
export function createPatientTransport(options: {
  readonly transport: Transport;
  readonly maxRetries?: number;
  readonly sleep?: Sleep | undefined;
  readonly now?: (() => number) | undefined;
  readonly random?: (() => number) | undefined;
}): Transport {
  const { transport, maxRetries, sleep = platformSleep } = options;
  const { now = () => Date.now(), random = () => Math.random() } = options;

  return async (request) => {
    const { method, signal, timeoutMs = Infinity } = request;
    const startMs = now();
    let waitedMs = 0;
    for (let retries = 0; ; retries += 1) {
      const result: HttpResponse | { readonly error: unknown } = await transport(request).catch((error: unknown) => ({
        error,
      }));
      const attempt = { method, result, retries, waitedMs, nowMs: now(), random };
      const delayMs = signal?.aborted ? undefined : decideRetry(attempt, maxRetries);
      // Stop before the call's own time-out does: its error would hide why the call failed.
      if (delayMs === undefined || now() - startMs + delayMs >= timeoutMs) {
        if ('error' in result) throw result.error;
        return result;
      }
      await sleep(delayMs, signal);
      waitedMs += delayMs;
    }
  };
}

/** One attempt of a call, and the waits before it. */
export interface Attempt {
  readonly method: string;
  readonly result: Pick<HttpResponse, 'status' | 'header'> | { readonly error: unknown };
  /** How many retries came before this attempt. */
  readonly retries: number;
  /** Milliseconds that the call has waited before this attempt. */
  readonly waitedMs: number;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** A number from 0 up to 1. */
  readonly random: () => number;
}

/** The longest first backoff. Each further one may be twice as long. */
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 20_000;

/** Methods that may be repeated when the first request may have arrived. RFC 9110, section 9.2.2. */
const IDEMPOTENT_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** Statuses of a server that is unavailable for now. */
export const TEMPORARY_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

/**
 * Decides whether a call is tried again, and when. After a 429: every method, because Roblox did nothing. After a 502, 503, 504, a
 * time-out or a broken connection: only an idempotent method, because the request may have arrived.
 * A wait that the server names is kept exactly. One that is too long ends the call with the server's response.
 * @returns milliseconds to wait, or undefined to stop
 */
export function decideRetry(attempt: Attempt, maxRetries = DEFAULT_RETRIES): number | undefined {
  const { method, result, retries, waitedMs, nowMs, random } = attempt;
  if (retries >= maxRetries || !isRetryable(method, result)) return undefined;
  const namedMs = 'error' in result ? undefined : readWaitMs(result, nowMs);
  const delayMs = namedMs ?? chooseBackoffMs(retries, random);
  return waitedMs + delayMs <= MAX_WAIT_MS ? delayMs : undefined;
}

function isRetryable(method: string, result: Attempt['result']): boolean {
  const isIdempotent = IDEMPOTENT_METHODS.has(method.toUpperCase());
  if (!('error' in result)) {
    return result.status === 429 || (isIdempotent && TEMPORARY_STATUSES.has(result.status));
  }
  const { error } = result;
  return isIdempotent && error instanceof ConnectionError && (error.code === 'network' || error.code === 'timeout');
}

/** Half of the backoff is random, so that callers that failed at the same time do not retry at the same time. */
function chooseBackoffMs(retries: number, random: () => number): number {
  const stepMs = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** retries);
  return Math.round(stepMs / 2 + (stepMs / 2) * random());
}

/**
 * Reads how long a response asks to wait: `Retry-After`, else `x-ratelimit-reset`. Zero counts as no wait named, because a request sent
 * at once would be refused again.
 * @param response `x-ratelimit-reset` comes with every response, and may name hours. It counts only when no quota is left.
 * @param nowMs milliseconds since the epoch; needed when `Retry-After` is a date and the response has no `Date`
 * @returns milliseconds above 0, or undefined when the server named no time
 * @see RFC 9110, section 10.2.3 https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 * @see https://create.roblox.com/docs/cloud/reference/rate-limits
 */
export function readWaitMs({ header }: Pick<HttpResponse, 'header'>, nowMs: number): number | undefined {
  const isQuotaSpent = !(Number.parseInt(header('x-ratelimit-remaining') ?? '', 10) > 0);
  const namedMs = readRetryAfterMs(header, nowMs) || (isQuotaSpent ? readResetMs(header) : 0);
  return namedMs > 0 ? namedMs : undefined;
}

/** Reads the `retryAfter` of an error, in whole seconds; undefined unless the status is 429 or 5xx. */
export function readRetryAfterSeconds(
  response: Pick<HttpResponse, 'status' | 'header'>,
  nowMs: number,
): number | undefined {
  if (response.status !== 429 && response.status < 500) return undefined;
  const waitMs = readWaitMs(response, nowMs);
  return waitMs === undefined ? undefined : Math.ceil(waitMs / 1000);
}

function readRetryAfterMs(header: HttpResponse['header'], nowMs: number): number {
  const value = header('retry-after')?.trim() ?? '';
  if (isWholeNumber(value)) return Number(value) * 1000;
  const until = readHTTPDate(value);
  // Compare the server's two dates: a wrong local clock then changes nothing.
  return until === undefined ? 0 : until - (readHTTPDate(header('date') ?? '') ?? nowMs);
}

/** Roblox may list several windows. The longest wait counts. */
function readResetMs(header: HttpResponse['header']): number {
  const parts = (header('x-ratelimit-reset') ?? '').split(',').map((part) => part.split(';')[0]?.trim() ?? '');
  return Math.max(0, ...parts.filter(isWholeNumber).map(Number)) * 1000;
}

function isWholeNumber(text: string): boolean {
  return /^\d{1,12}$/.test(text);
}

const HTTP_DATE = /^(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,? .*\d\d:\d\d:\d\d(?: GMT| \d{4})$/;

/** Reads a date in any of the three forms of RFC 9110, section 5.6.7, as milliseconds since the epoch. */
function readHTTPDate(text: string): number | undefined {
  if (!HTTP_DATE.test(text)) return undefined;
  // The form of asctime names no time zone: it means GMT.
  const time = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(time) ? undefined : time;
}
