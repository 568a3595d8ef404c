/** How many users a gate remembers; the oldest answer leaves first. */
const MAX_REMEMBERED = 10_000;

/** Keeps for a while who may pass a gate. Errors are never kept. */
export interface VerdictCache {
  /** The verdict about a user. `ask` is called when no verdict is new enough; callers at the same time share one call. */
  recall(userId: string, ask: () => Promise<boolean>): Promise<boolean>;
  /** Calls `ask`, whatever is kept, and keeps the verdict. */
  renew(userId: string, ask: () => Promise<boolean>): Promise<boolean>;
}

/**
 * @param options.maxAgeMs how long a verdict may be used; it counts from when Roblox was asked, so the wait for the answer is part of it
 * @param options.now the clock, in milliseconds since the epoch
 */
export function createVerdictCache(options: { readonly maxAgeMs: number; readonly now: () => number }): VerdictCache {
  const { maxAgeMs, now } = options;
  const verdicts = new Map<string, { readonly isAllowed: boolean; readonly askedAt: number }>();
  const questions = new Map<string, { readonly verdict: Promise<boolean>; readonly askedAt: number }>();

  function isUsable({ askedAt }: { readonly askedAt: number }): boolean {
    const ageMs = now() - askedAt;
    // A negative age means that the clock was set back: the true age is unknown.
    return ageMs >= 0 && ageMs < maxAgeMs;
  }

  function keep(userId: string, isAllowed: boolean, askedAt: number): void {
    // Ignore an answer older than the stored one.
    if ((verdicts.get(userId)?.askedAt ?? -Infinity) > askedAt) return;
    verdicts.delete(userId);
    verdicts.set(userId, { isAllowed, askedAt });
    const [oldest] = verdicts.keys();
    if (verdicts.size > MAX_REMEMBERED && oldest !== undefined) verdicts.delete(oldest);
  }

  async function renew(userId: string, ask: () => Promise<boolean>, askedAt: number = now()): Promise<boolean> {
    const isAllowed = await ask();
    if (maxAgeMs > 0) keep(userId, isAllowed, askedAt);
    return isAllowed;
  }

  async function recall(userId: string, ask: () => Promise<boolean>): Promise<boolean> {
    const kept = verdicts.get(userId);
    if (kept !== undefined && isUsable(kept)) return kept.isAllowed;
    const asked = questions.get(userId);
    if (asked !== undefined && isUsable(asked)) {
      const isAllowed = await asked.verdict;
      // The answer may have taken too long for a caller who did not ask it.
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

  return { recall, renew: (userId, ask) => renew(userId, ask) };
}
