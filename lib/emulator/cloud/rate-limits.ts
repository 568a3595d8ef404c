import type { EmulatorClock } from '../clock.ts';

interface Window {
  readonly endsAt: number;
  used: number;
}

/** Which quota `spendQuota` uses up. */
export interface QuotaOptions {
  /** A path template (`/cloud/v2/users/{user_id}/inventory-items`), or the path of a request. */
  readonly path: string;
  /** Default `GET`. */
  readonly method?: string;
  /** Only for this user's authorizations. Default: all users. */
  readonly userId?: string;
  /** Only for this app. Default: all apps. */
  readonly clientID?: string;
  /** How many requests are left in this period. Default 0. */
  readonly left?: number;
}

/** Who makes which request. */
export interface Asker {
  readonly grantId: string;
  readonly userId: string;
  readonly clientId: string;
  /** Method and path template. */
  readonly operation: string;
}

interface SpentQuota {
  readonly matches: (asker: Asker) => boolean;
  readonly endsAt: number;
  left: number;
}

/**
 * Counts requests for each period, authorization and operation. A refreshed token belongs to the same authorization.
 * @see https://create.roblox.com/docs/cloud/reference/rate-limits
 */
export class RateLimiter {
  readonly #windows = new Map<string, Window>();
  readonly #clock: EmulatorClock;
  #spent: SpentQuota[] = [];
  #sweptAt = 0;

  constructor(clock: EmulatorClock) {
    this.#clock = clock;
  }

  /**
   * Counts a request.
   * @param limit.isEnforced false: the request is counted and the headers are made, but it is never over the limit
   * @returns whether it is over the limit, and the `x-ratelimit-*` headers of its response
   */
  take(
    asker: Asker,
    { limit, periodSeconds, isEnforced }: { limit: number; periodSeconds: number; isEnforced: boolean },
  ) {
    const now = this.#clock.now();
    const spent = this.#spent.find((quota) => quota.endsAt > now && quota.matches(asker));
    if (spent !== undefined) {
      const isExceeded = spent.left <= 0;
      if (!isExceeded) spent.left -= 1;
      return describeAllowance(limit, periodSeconds, { isExceeded, left: spent.left, msLeft: spent.endsAt - now });
    }
    const key = `${asker.grantId} ${asker.operation}`;
    let window = this.#windows.get(key);
    if (window === undefined || window.endsAt <= now) {
      window = { endsAt: now + periodSeconds * 1000, used: 0 };
      this.#windows.set(key, window);
      this.#sweep(now);
    }
    const isExceeded = isEnforced && window.used >= limit;
    if (!isExceeded) window.used += 1;
    return describeAllowance(limit, periodSeconds, {
      isExceeded,
      left: limit - window.used,
      msLeft: window.endsAt - now,
    });
  }

  /** Leaves `left` requests in a new period to the askers that `matches`. */
  spend(left: number, periodSeconds: number, matches: (asker: Asker) => boolean): void {
    const now = this.#clock.now();
    this.#spent = this.#spent.filter((quota) => quota.endsAt > now);
    this.#spent.unshift({ matches, left, endsAt: now + periodSeconds * 1000 });
  }

  reset(): void {
    this.#windows.clear();
    this.#spent = [];
  }

  // Removes old periods once a minute, so that they do not fill the memory.
  #sweep(now: number): void {
    if (Math.abs(now - this.#sweptAt) < 60_000) return;
    this.#sweptAt = now;
    for (const [key, { endsAt }] of this.#windows) if (endsAt <= now) this.#windows.delete(key);
  }
}

function describeAllowance(
  limit: number,
  periodSeconds: number,
  { isExceeded, left, msLeft }: { isExceeded: boolean; left: number; msLeft: number },
) {
  const secondsLeft = Math.max(1, Math.ceil(msLeft / 1000));
  const headers = {
    'x-ratelimit-limit': `${limit}, ${limit};w=${periodSeconds}`,
    'x-ratelimit-remaining': String(Math.max(0, left)),
    'x-ratelimit-reset': String(secondsLeft),
  };
  return { isExceeded, headers, secondsLeft };
}
