/** Stores sessions in the site's database, so that all web processes share them and the sessions of a deleted account end. */
import { createHash } from 'node:crypto';
import { Store, type SessionData } from 'express-session';
import type { Database } from './database.ts';

export const SESSION_MS = 7 * 24 * 60 * 60 * 1000;

type Done<Result> = (error?: unknown, result?: Result) => void;

export class SessionStore extends Store {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(database: Database, now: () => number) {
    super();
    this.#database = database;
    this.#now = now;
  }

  override get(id: string, done: Done<SessionData | null>): void {
    const sql = 'SELECT content FROM sessions WHERE id = ? AND ends_at > ?';
    this.#database
      .query(sql, hash(id), this.#now())
      .then(([row]) => (row === undefined ? null : (JSON.parse(String(row['content'])) as SessionData))) // `set` wrote it
      .then((session) => done(null, session), done);
  }

  override set(
    id: string,
    session: SessionData & { passport?: { user?: string } },
    done: Done<never> = () => {},
  ): void {
    // Not for a member who is being deleted: a request of theirs may still run, and must not store the session again.
    const memberId = session.passport?.user ?? null;
    this.#database
      .query(
        `INSERT INTO sessions (id, member_id, content, ends_at)
         SELECT ?, CAST(? AS TEXT), ?, CAST(? AS BIGINT)
         WHERE CAST(? AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM members WHERE id = ? AND leaving_at IS NULL)
         ON CONFLICT (id) DO UPDATE
         SET member_id = excluded.member_id, content = excluded.content, ends_at = excluded.ends_at`,
        ...[hash(id), memberId, JSON.stringify(session), this.#now() + SESSION_MS, memberId, memberId],
      )
      .then(() => done(), done);
  }

  override destroy(id: string, done: Done<never> = () => {}): void {
    this.#database.query('DELETE FROM sessions WHERE id = ?', hash(id)).then(() => done(), done);
  }
}

function hash(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
