import type { EmulatorClock } from '../clock.ts';

const windowMs = 60_000;

interface Window {
  readonly endsAt: number;
  used: number;
}

/** What the limiter says of one request. */
export interface Allowance {
  readonly isExceeded: boolean;
  /** `x-ratelimit-*`, as every answer carries them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly secondsLeft: number;
}

/**
 * Counts requests per minute, authorization and operation.
 * The limits count per authorization: a refreshed token is the same authorization.
 * @see https://create.roblox.com/docs/cloud/reference/rate-limits
 */
export class RateLimiter {
  readonly #windows = new Map<string, Window>();
  readonly #clock: EmulatorClock;

  constructor(clock: EmulatorClock) {
    this.#clock = clock;
  }

  take(key: string, limit: number, enforced: boolean): Allowance {
    const now = this.#clock.now();
    let window = this.#windows.get(key);
    if (window === undefined || window.endsAt <= now) {
      this.#windows.delete(key);
      window = { endsAt: now + windowMs, used: 0 };
      this.#windows.set(key, window);
      this.#sweep(now);
    }
    const isExceeded = enforced && window.used >= limit;
    if (!isExceeded) window.used += 1;
    const secondsLeft = Math.max(1, Math.ceil((window.endsAt - now) / 1000));
    const headers = {
      'x-ratelimit-limit': `${limit}, ${limit};w=60`,
      'x-ratelimit-remaining': String(Math.max(0, limit - window.used)),
      'x-ratelimit-reset': String(secondsLeft),
    };
    return { isExceeded, headers, secondsLeft };
  }

  reset(): void {
    this.#windows.clear();
  }

  // Windows are in the order in which they end.
  #sweep(now: number): void {
    for (const [key, { endsAt }] of this.#windows) {
      if (endsAt > now) return;
      this.#windows.delete(key);
    }
  }
}
