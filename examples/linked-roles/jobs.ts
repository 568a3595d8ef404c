/** The job queue: which people wait for a check. In one process it is a list. */

export interface Jobs {
  /** Has people checked. Who waits already is not queued twice. */
  add(memberIds: readonly string[]): Promise<void>;
  /** Hands people out to `check`, so many at a time. */
  work(check: (memberId: string) => Promise<void>, concurrency: number): Promise<void>;
  /** How many wait, and how many are being checked. */
  count(): Promise<{ readonly waiting: number; readonly active: number }>;
  /** Takes no more, and waits for the checks under way. */
  close(): Promise<void>;
}

export function createJobs(): Jobs & { idle(): Promise<void> } {
  const waiting = new Set<string>();
  const active = new Set<Promise<void>>();
  let start = () => {};

  return {
    async add(memberIds) {
      for (const id of memberIds) waiting.add(id);
      start();
    },
    async work(check, concurrency) {
      start = () => {
        for (const id of waiting) {
          if (active.size >= concurrency) return;
          waiting.delete(id);
          const job = check(id).finally(() => {
            active.delete(job);
            start();
          });
          active.add(job);
        }
      };
      start();
    },
    async count() {
      return { waiting: waiting.size, active: active.size };
    },
    async idle() {
      while (active.size > 0) await Promise.race(active);
    },
    async close() {
      waiting.clear();
      await Promise.all(active);
    },
  };
}
