import type { EmulatorClock } from '../clock.ts';

interface Quota {
  readonly endsAt: number;
  left: number;
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

interface SpentQuota extends Quota {
  readonly matches: (asker: Asker) => boolean;
}

/**
 * Counts requests for each period, authorization and operation. A refreshed token belongs to the same authorization.
 * @see https://create.roblox.com/docs/cloud/reference/rate-limits
 */
export class RateLimiter {
  /** By authorization and operation. */
  readonly #quotas = new Map<string, Quota>();
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
    const spent = this.#spent.find(({ endsAt, matches }) => endsAt > now && matches(asker));
    const quota = spent ?? this.#findQuota(`${asker.grantId} ${asker.operation}`, limit, now + periodSeconds * 1000);
    const isExceeded = (isEnforced || spent !== undefined) && quota.left <= 0;
    if (!isExceeded) quota.left -= 1;
    const secondsLeft = Math.max(1, Math.ceil((quota.endsAt - now) / 1000));
    const headers = {
      'x-ratelimit-limit': `${limit}, ${limit};w=${periodSeconds}`,
      'x-ratelimit-remaining': String(Math.max(0, quota.left)),
      'x-ratelimit-reset': String(secondsLeft),
    };
    return { isExceeded, headers, secondsLeft };
  }

  /** Leaves `left` requests in a new period to the askers that `matches`. */
  spend(left: number, periodSeconds: number, matches: (asker: Asker) => boolean): void {
    const now = this.#clock.now();
    this.#spent = this.#spent.filter((quota) => quota.endsAt > now);
    this.#spent.unshift({ matches, left, endsAt: now + periodSeconds * 1000 });
  }

  reset(): void {
    this.#quotas.clear();
    this.#spent = [];
  }

  /** Finds what is left in this period, or begins a new one. */
  #findQuota(key: string, limit: number, endsAt: number): Quota {
    const now = this.#clock.now();
    const known = this.#quotas.get(key);
    if (known !== undefined && known.endsAt > now) return known;
    const quota = { endsAt, left: limit };
    this.#quotas.set(key, quota);
    this.#sweep(now);
    return quota;
  }

  // Removes old periods once a minute, so that they do not fill the memory.
  #sweep(now: number): void {
    if (Math.abs(now - this.#sweptAt) < 60_000) return;
    this.#sweptAt = now;
    for (const [key, { endsAt }] of this.#quotas) if (endsAt <= now) this.#quotas.delete(key);
  }
}
