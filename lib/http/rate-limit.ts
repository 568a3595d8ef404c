/** Yields a header's value, or null; the name in any case. */
export type ReadHeader = (name: string) => string | null;

/** One quota of `x-ratelimit-limit`. */
export interface Quota {
  readonly limit: number;
  /** The window it counts in, where the list names one. */
  readonly windowSeconds: number | undefined;
}

/**
 * Takes `x-ratelimit-limit` apart. Roblox sends a list, not a number: `1000, 1000;w=60, 1000;w=60`.
 * @see https://create.roblox.com/docs/cloud/reference/rate-limits
 */
export function readQuotas(value: string | null): Quota[] {
  return (value ?? '').split(',').flatMap((part) => {
    const [limit, ...parameters] = part.split(';').map((piece) => piece.trim());
    const seconds = parameters.find((parameter) => /^w=\d+$/.test(parameter))?.slice(2);
    return isWholeNumber(limit)
      ? [{ limit: Number(limit), windowSeconds: seconds === undefined ? undefined : Number(seconds) }]
      : [];
  });
}

/**
 * Reads from an answer how long to wait before asking again: `Retry-After`, else `x-ratelimit-reset`.
 * @param status `x-ratelimit-reset` comes with every answer: other than at a 429 it counts only when no quota is left
 * @param nowMs milliseconds since the epoch, for a `Retry-After` that is a date in an answer without `Date`
 * @returns milliseconds, or undefined when the server named no time
 * @see RFC 9110, section 10.2.3 https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 * @see https://create.roblox.com/docs/cloud/reference/rate-limits
 */
export function readWaitMs(status: number, header: ReadHeader, nowMs: number): number | undefined {
  return readRetryAfterMs(header, nowMs) ?? (isQuotaSpent(status, header) ? readResetMs(header) : undefined);
}

function readRetryAfterMs(header: ReadHeader, nowMs: number): number | undefined {
  const value = header('retry-after')?.trim();
  if (value === undefined) return undefined;
  if (isWholeNumber(value)) return Number(value) * 1000;
  const until = readHTTPDate(value);
  if (until === undefined) return undefined;
  // Both dates are the server's, so that a local clock that is off changes nothing.
  return Math.max(0, until - (readHTTPDate(header('date') ?? '') ?? nowMs));
}

function readResetMs(header: ReadHeader): number | undefined {
  const seconds = (header('x-ratelimit-reset') ?? '')
    .split(',')
    .map((part) => part.split(';')[0]?.trim())
    .filter(isWholeNumber)
    .map(Number);
  // 0 is "within this second", too soon to ask again at once: the backoff decides.
  return seconds.length > 0 && Math.max(...seconds) > 0 ? Math.max(...seconds) * 1000 : undefined;
}

function isQuotaSpent(status: number, header: ReadHeader): boolean {
  return status === 429 || !(Number.parseInt(header('x-ratelimit-remaining') ?? '', 10) > 0);
}

function isWholeNumber(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,12}$/.test(text);
}

const HTTP_DATE = /^(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,? .*\d\d:\d\d:\d\d(?: GMT| \d{4})$/;

/** Milliseconds since the epoch of any of the three forms of RFC 9110, section 5.6.7. */
function readHTTPDate(text: string): number | undefined {
  if (!HTTP_DATE.test(text)) return undefined;
  // The oldest form, asctime's, names no zone and means GMT.
  const time = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(time) ? undefined : time;
}
