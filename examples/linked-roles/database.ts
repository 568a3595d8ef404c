/** The two databases that can hold the site's people, behind one small interface: a file by libsql, or Postgres. */
import { createClient } from '@libsql/client';
import type { Pool } from 'pg';

export type Value = string | number | null;
export type Row = Readonly<Record<string, unknown>>;
/** A statement and the values for its question marks. */
export type Statement = readonly [sql: string, ...values: Value[]];

export interface Database {
  /** Runs one statement. @returns its rows, or what it has after RETURNING */
  query(...statement: Statement): Promise<Row[]>;
  /** Runs several in one transaction: all of them, or none. */
  batch(...statements: Statement[]): Promise<Row[][]>;
  close(): Promise<void>;
}

/** @param url `file:people.db`, or `:memory:` */
export async function openFile(url: string): Promise<Database> {
  const client = createClient({ url });
  await client.execute('PRAGMA foreign_keys = ON');
  return {
    async query(sql, ...values) {
      return (await client.execute({ sql, args: values })).rows;
    },
    async batch(...statements) {
      const results = await client.batch(
        statements.map(([sql, ...args]) => ({ sql, args })),
        'write',
      );
      return results.map(({ rows }) => rows);
    },
    async close() {
      client.close();
    },
  };
}

/** @param pool of the `pg` package; it stays yours */
export function usePool(pool: Pool): Database {
  return {
    async query(sql, ...values) {
      return (await pool.query<Row>(numbered(sql), values)).rows;
    },
    async batch(...statements) {
      const connection = await pool.connect();
      try {
        await connection.query('BEGIN');
        const results: Row[][] = [];
        for (const [sql, ...values] of statements) {
          results.push((await connection.query<Row>(numbered(sql), values)).rows);
        }
        await connection.query('COMMIT');
        connection.release();
        return results;
      } catch (error) {
        // Closed, not given back: its transaction ends with it, whatever state it is in.
        connection.release(true);
        throw error;
      }
    },
    async close() {},
  };
}

/** Postgres numbers its values: `$1`, `$2`. */
function numbered(sql: string): string {
  let count = 0;
  return sql.replaceAll('?', () => `$${++count}`);
}
