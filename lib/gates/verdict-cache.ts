/** The most users in a cache. A new verdict replaces the oldest one. */
const MAX_REMEMBERED = 10_000;

/**
 * Caches who may pass a gate. Does not cache errors.
 * @param options.maxAgeMs how long a verdict may be used, from the moment when `ask` was called
 * @param options.now the clock, in milliseconds since the epoch
 */
export function createVerdictCache(options: { readonly maxAgeMs: number; readonly now: () => number }) {
  const { maxAgeMs, now } = options;
  const verdicts = new Map<string, { readonly isAllowed: boolean; readonly askedAt: number }>();
  const questions = new Map<string, { readonly verdict: Promise<boolean>; readonly askedAt: number }>();

  function isUsable({ askedAt }: { readonly askedAt: number }): boolean {
    const ageMs = now() - askedAt;
    // A negative age: the clock was set back, so the true age is unknown.
    return ageMs >= 0 && ageMs < maxAgeMs;
  }

  function keep(userId: string, isAllowed: boolean, askedAt: number): void {
    // Ignore a verdict older than the cached one.
    if ((verdicts.get(userId)?.askedAt ?? -Infinity) > askedAt) return;
    verdicts.delete(userId);
    verdicts.set(userId, { isAllowed, askedAt });
    const [oldest] = verdicts.keys();
    if (verdicts.size > MAX_REMEMBERED && oldest !== undefined) verdicts.delete(oldest);
  }

  /** Calls `ask` even if a verdict is cached, and caches the new one. */
  async function renew(userId: string, ask: () => Promise<boolean>, askedAt: number = now()): Promise<boolean> {
    const isAllowed = await ask();
    if (maxAgeMs > 0) keep(userId, isAllowed, askedAt);
    return isAllowed;
  }

  /** Gets the verdict about a user. Calls `ask` when no cached verdict is new enough. Callers at the same time share one call. */
  async function recall(userId: string, ask: () => Promise<boolean>): Promise<boolean> {
    const kept = verdicts.get(userId);
    if (kept !== undefined && isUsable(kept)) return kept.isAllowed;
    const asked = questions.get(userId);
    if (asked !== undefined && isUsable(asked)) {
      const isAllowed = await asked.verdict;
      // When the verdict took so long that it is too old now, ask again.
      return isUsable(asked) ? isAllowed : recall(userId, ask);
    }
    const askedAt = now();
    const question = { verdict: renew(userId, ask, askedAt), askedAt };
    questions.set(userId, question);
    try {
      return await question.verdict;
    } finally {
      if (questions.get(userId) === question) questions.delete(userId);
    }
  }

  return { recall, renew: (userId: string, ask: () => Promise<boolean>) => renew(userId, ask) };
}
