/** How many users a gate remembers; the one who was asked about longest ago leaves first. */
const MAX_REMEMBERED = 10_000;

/** Remembers for a while who may pass a gate. Errors are never remembered. */
export interface VerdictCache {
  /** What is known of a user; asked where nothing is, once for all who want to know at the same time. */
  recall(userId: string, ask: () => Promise<boolean>): Promise<boolean>;
  /** Asks, whatever is known, and remembers. */
  renew(userId: string, ask: () => Promise<boolean>): Promise<boolean>;
}

/** @param options.maxAgeMs how long an answer counts, from when it was asked for */
export function createVerdictCache(options: { readonly maxAgeMs: number; readonly now: () => number }): VerdictCache {
  const { maxAgeMs, now } = options;
  const remembered = new Map<string, { readonly isAllowed: boolean; readonly askedAt: number }>();
  const flights = new Map<string, Promise<boolean>>();

  function remember(userId: string, isAllowed: boolean, askedAt: number): void {
    // An answer that took longer than one asked for later says less.
    if ((remembered.get(userId)?.askedAt ?? -Infinity) > askedAt) return;
    remembered.delete(userId);
    remembered.set(userId, { isAllowed, askedAt });
    const [oldest] = remembered.keys();
    if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  }

  async function renew(userId: string, ask: () => Promise<boolean>): Promise<boolean> {
    const askedAt = now();
    const isAllowed = await ask();
    if (maxAgeMs > 0) remember(userId, isAllowed, askedAt);
    return isAllowed;
  }

  return {
    renew,
    recall(userId, ask) {
      const known = remembered.get(userId);
      const ageMs = known === undefined ? Infinity : now() - known.askedAt;
      // A negative age is a clock that was set back, and nobody knows by how much.
      if (known !== undefined && ageMs >= 0 && ageMs < maxAgeMs) return Promise.resolve(known.isAllowed);
      const flying = flights.get(userId);
      if (flying !== undefined) return flying;
      const flight = renew(userId, ask).finally(() => flights.delete(userId));
      flights.set(userId, flight);
      return flight;
    },
  };
}
