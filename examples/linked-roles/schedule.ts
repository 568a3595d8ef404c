/**
 * Decides when people are checked, and which worker checks them. That is stored in the table of members, and the job queue only distributes
 * the work. So no job can be lost: people who are due and not claimed by a worker are queued again.
 */
import { randomUUID } from 'node:crypto';
import type { Database, Row } from './database.ts';
import { NEVER, readNumber, UNKNOWN, type Member, type People } from './people.ts';

/** The shortest time between two checks of a person: Roblox allows 20 inventory requests a minute. */
export const LEAST_GAP_MS = 4000;

/** A worker's claim to check a person. It ends at `until`; then another worker may claim them. */
export interface Claim {
  readonly member: Member;
  readonly startedAt: number;
  readonly until: number;
  readonly failures: number;
  readonly key: string;
  readonly wakes: number;
}

export interface Operations {
  readonly members: number;
  /** The number of people who are due and not being checked. */
  readonly due: number;
  /** The time of the latest successful check, and of the oldest one among people who are due. */
  readonly lastCheckAt: number | undefined;
  readonly oldestCheckAt: number | undefined;
  /** The last ten minutes, newest first. */
  readonly minutes: readonly { readonly at: number; checks: number; updates: number; failures: number }[];
  readonly errors: readonly { readonly message: string; times: number; firstAt: number; lastAt: number }[];
}

export type Schedule = ReturnType<typeof keepSchedule>;

const MINUTE_MS = 60_000;
const IS_FREE = 'due_at <= ? AND claimed_until <= ? AND (started_at <= ? OR leaving_at IS NOT NULL)';

/** @param claimMs the longest time of a check */
export function keepSchedule(database: Database, people: People, claimMs: number, now: () => number) {
  async function count(what: 'checks' | 'failures', updates: number): Promise<void> {
    const [checks, failures] = what === 'checks' ? [1, 0] : [0, 1];
    await database.query(
      `INSERT INTO minutes (minute, checks, updates, failures) VALUES (?, ?, ?, ?) ON CONFLICT (minute) DO UPDATE
       SET checks = minutes.checks + excluded.checks, updates = minutes.updates + excluded.updates,
           failures = minutes.failures + excluded.failures`,
      ...[Math.floor(now() / MINUTE_MS) * MINUTE_MS, checks, updates, failures],
    );
  }

  return {
    /** Lists the people who are due. Those who have waited longest come first. */
    async findDue(limit: number): Promise<string[]> {
      const rows = await database.query(
        `SELECT id FROM members WHERE ${IS_FREE} ORDER BY due_at LIMIT ?`,
        ...[now(), now(), now() - LEAST_GAP_MS, limit],
      );
      return rows.map((row) => String(row['id']));
    },

    /** Claims a person who is due. @returns undefined when they are not due, or another worker has claimed them */
    async claim(memberId: string): Promise<Claim | undefined> {
      const startedAt = now();
      const until = startedAt + claimMs;
      const key = randomUUID();
      const [row] = await database.query(
        `UPDATE members SET claim = ?, claimed_until = ?, started_at = ? WHERE id = ? AND ${IS_FREE} RETURNING *`,
        ...[key, until, startedAt, memberId, startedAt, startedAt, startedAt - LEAST_GAP_MS],
      );
      if (row === undefined) return undefined;
      const member = await people.readMember(row);
      return { member, startedAt, until, key, failures: Number(row['failures']), wakes: Number(row['wakes']) };
    },

    /**
     * Stores that a request to Discord begins, so that a check that is killed leaves no wrong record.
     * @throws {Error} the check took too long, and another worker has claimed the person
     */
    async beginToTell({ member, key }: Claim): Promise<void> {
      const rows = await database.query(
        'UPDATE members SET published = ? WHERE id = ? AND claim = ? AND claimed_until > ? RETURNING id',
        ...[UNKNOWN, member.id, key, now()],
      );
      if (rows.length === 0) throw new Error('Another worker has taken over');
    },

    /** Ends a successful check. When something changed meanwhile, the person is checked again at once. */
    async finish({ member, key, wakes }: Claim, published: string | undefined, dueAt: number): Promise<void> {
      const rows = await database.query(
        `UPDATE members SET claim = NULL, claimed_until = 0, failures = 0, published = ?, checked_at = ?,
           due_at = CASE WHEN wakes = ? THEN CAST(? AS BIGINT) ELSE due_at END
         WHERE id = ? AND claim = ? RETURNING id`,
        ...[published ?? null, now(), wakes, dueAt, member.id, key],
      );
      if (rows.length === 0 && published !== member.published) {
        // Another worker claimed the person while this process was paused. We do not know whose request Discord got last.
        await database.query(
          'UPDATE members SET published = ?, due_at = 0, wakes = wakes + 1 WHERE id = ?',
          ...[UNKNOWN, member.id],
        );
      }
      await count('checks', published === member.published ? 0 : 1);
    },

    /** Ends a failed check. @param isWithdrawn whether the person's values were deleted at Discord */
    async fail({ member, key, wakes }: Claim, message: string, dueAt: number, isWithdrawn = false): Promise<void> {
      await database.query(
        `UPDATE members SET claim = NULL, claimed_until = 0, failures = failures + 1,
           ${isWithdrawn ? 'published = NULL,' : ''}
           due_at = CASE WHEN wakes = ? THEN CAST(? AS BIGINT) ELSE due_at END
         WHERE id = ? AND claim = ?`,
        ...[wakes, dueAt, member.id, key],
      );
      await database.query(
        `INSERT INTO errors (message, times, first_at, last_at) VALUES (?, 1, ?, ?)
         ON CONFLICT (message) DO UPDATE SET times = errors.times + 1, last_at = excluded.last_at`,
        ...[message.slice(0, 300), now(), now()],
      );
      await count('failures', 0);
    },

    /** Deletes a member who has left, unless something new was stored about them meanwhile. */
    async remove({ member, wakes }: Claim): Promise<boolean> {
      const sql = 'DELETE FROM members WHERE id = ? AND wakes = ? RETURNING id';
      return (await database.query(sql, member.id, wakes)).length === 1;
    },

    /** Deletes old sessions, statistics and errors. */
    async tidy(): Promise<void> {
      await database.batch(
        ['DELETE FROM sessions WHERE ends_at < ?', now()],
        ['DELETE FROM minutes WHERE minute < ?', now() - 60 * MINUTE_MS],
        ['DELETE FROM errors WHERE last_at < ?', now() - 24 * 60 * MINUTE_MS],
      );
    },

    async readOperations(): Promise<Operations> {
      const [totals, due, minutes, errors] = await database.batch(
        [
          `SELECT count(*) AS members, max(checked_at) AS last, min(CASE WHEN due_at < ? THEN checked_at END) AS oldest
           FROM members`,
          NEVER,
        ],
        [`SELECT count(*) AS due FROM members WHERE ${IS_FREE}`, now(), now(), now() - LEAST_GAP_MS],
        ['SELECT * FROM minutes ORDER BY minute DESC LIMIT 10'],
        ['SELECT * FROM errors ORDER BY last_at DESC LIMIT 20'],
      );
      return {
        members: Number(totals?.[0]?.['members']),
        due: Number(due?.[0]?.['due']),
        lastCheckAt: readNumber(totals?.[0]?.['last']),
        oldestCheckAt: readNumber(totals?.[0]?.['oldest']),
        minutes: (minutes ?? []).map((row) => ({ at: Number(row['minute']), ...readCounts(row) })),
        errors: (errors ?? []).map((row) => ({
          message: String(row['message']),
          times: Number(row['times']),
          firstAt: Number(row['first_at']),
          lastAt: Number(row['last_at']),
        })),
      };
    },
  };
}

function readCounts(row: Row) {
  return { checks: Number(row['checks']), updates: Number(row['updates']), failures: Number(row['failures']) };
}
