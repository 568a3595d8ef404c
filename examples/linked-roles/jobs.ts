/** The job queue: the people who wait for a check. For one process, it is kept in memory. */

export interface Jobs {
  /** Queues people. Does not queue a person twice. */
  add(memberIds: readonly string[]): Promise<void>;
  /** Calls `check` for each queued person, `concurrency` at a time. */
  work(check: (memberId: string) => Promise<void>, concurrency: number): Promise<void>;
  /** Counts the people who wait, and those who are being checked. */
  count(): Promise<{ readonly waiting: number; readonly active: number }>;
  /** Starts no more checks, and waits for those that run. */
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
