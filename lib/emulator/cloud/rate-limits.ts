import type { EmulatorClock } from '../clock.ts';

interface Window {
  readonly endsAt: number;
  used: number;
}

/** A limit of Roblox's. */
export interface Limit {
  readonly limit: number;
  readonly periodSeconds: number;
  /** `false`: counted and told, but nothing is refused. */
  readonly isEnforced: boolean;
}

/** What the limiter says of one request. */
export interface Allowance {
  readonly isExceeded: boolean;
  /** `x-ratelimit-*`, as every answer carries them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly secondsLeft: number;
}

/**
 * Counts requests per period, authorization and operation.
 * The limits count per authorization: a refreshed token is the same authorization.
 * @see https://create.roblox.com/docs/cloud/reference/rate-limits
 */
export class RateLimiter {
  readonly #windows = new Map<string, Window>();
  readonly #clock: EmulatorClock;
  #sweptAt = 0;

  constructor(clock: EmulatorClock) {
    this.#clock = clock;
  }

  take(key: string, { limit, periodSeconds, isEnforced }: Limit): Allowance {
    const now = this.#clock.now();
    let window = this.#windows.get(key);
    if (window === undefined || window.endsAt <= now) {
      window = { endsAt: now + periodSeconds * 1000, used: 0 };
      this.#windows.set(key, window);
      this.#sweep(now);
    }
    const isExceeded = isEnforced && window.used >= limit;
    if (!isExceeded) window.used += 1;
    const secondsLeft = Math.max(1, Math.ceil((window.endsAt - now) / 1000));
    const headers = {
      'x-ratelimit-limit': `${limit}, ${limit};w=${periodSeconds}`,
      'x-ratelimit-remaining': String(Math.max(0, limit - window.used)),
      'x-ratelimit-reset': String(secondsLeft),
    };
    return { isExceeded, headers, secondsLeft };
  }

  reset(): void {
    this.#windows.clear();
  }

  // Once a minute, so that thousands of authorizations leave nothing behind.
  #sweep(now: number): void {
    if (Math.abs(now - this.#sweptAt) < 60_000) return;
    this.#sweptAt = now;
    for (const [key, { endsAt }] of this.#windows) if (endsAt <= now) this.#windows.delete(key);
  }
}
