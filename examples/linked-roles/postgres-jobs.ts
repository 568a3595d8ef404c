/** The job queue for several processes: pg-boss, in their shared Postgres. Version 10 is the latest for Node 20. */
import type { Pool } from 'pg';
import PgBoss from 'pg-boss';
import type { Jobs } from './jobs.ts';

const QUEUE = 'check-member';
/** How often the queue looks for jobs. */
const POLL_SECONDS = 0.5;

/**
 * @param pool of the `pg` package; close it yourself
 * @param claimSeconds the longest time of a job. After it, pg-boss counts the job as failed, and the schedule queues the person again.
 */
export async function openPostgresJobs(pool: Pool, claimSeconds: number): Promise<Jobs> {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => pool.query(text, values) },
    schedule: false,
    archiveCompletedAfterSeconds: 60 * 60,
    deleteAfterHours: 1,
  });
  boss.on('error', (error) => console.error('The job queue failed, and goes on: %s', error.message));
  await boss.start();
  // "short": a person is queued once. No retries: the schedule queues people again.
  const queue = { name: QUEUE, policy: 'short', retryLimit: 0, expireInSeconds: claimSeconds } as const;
  await repeatAfterDeadlock(() => boss.createQueue(QUEUE, queue));

  return {
    async add(memberIds) {
      await boss.insert(memberIds.map((id) => ({ name: QUEUE, data: { id }, singletonKey: id })));
    },
    async work(check, concurrency) {
      const options = { batchSize: concurrency, pollingIntervalSeconds: POLL_SECONDS };
      await boss.work<{ id: string }>(QUEUE, options, async (jobs) => {
        await Promise.all(jobs.map(({ data }) => check(data.id)));
      });
    },
    async count() {
      const waiting = await boss.getQueueSize(QUEUE);
      return { waiting, active: (await boss.getQueueSize(QUEUE, { before: 'completed' })) - waiting };
    },
    async close() {
      await boss.stop({ graceful: true, wait: true, close: false });
    },
  };
}

const MAX_TRIES = 10;

/** Two processes that create the same queue at the same time can deadlock. Postgres then refuses one of them, which may try again. */
async function repeatAfterDeadlock(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await work();
      return;
    } catch (error) {
      const isDeadlock = error instanceof Error && 'code' in error && error.code === '40P01';
      if (!isDeadlock || tries === MAX_TRIES) throw error;
    }
  }
}
