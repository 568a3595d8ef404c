/** One small interface for the two databases that the site can use: a file (with libsql), or Postgres. */
import { createClient } from '@libsql/client';
import type { Pool } from 'pg';

export type Value = string | number | null;
export type Row = Readonly<Record<string, unknown>>;
/** A statement and the values for its question marks. */
export type Statement = readonly [sql: string, ...values: Value[]];

export interface Database {
  /** Runs one statement. @returns its rows, or those of RETURNING */
  query(...statement: Statement): Promise<Row[]>;
  /** Runs several statements in one transaction. */
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

/** @param pool of the `pg` package; close it yourself */
export function usePool(pool: Pool): Database {
  return {
    async query(sql, ...values) {
      return (await pool.query<Row>(numberPlaceholders(sql), values)).rows;
    },
    async batch(...statements) {
      const connection = await pool.connect();
      try {
        await connection.query('BEGIN');
        const results: Row[][] = [];
        for (const [sql, ...values] of statements) {
          results.push((await connection.query<Row>(numberPlaceholders(sql), values)).rows);
        }
        await connection.query('COMMIT');
        connection.release();
        return results;
      } catch (error) {
        // Close the connection instead of giving it back: that ends its transaction in any state.
        connection.release(true);
        throw error;
      }
    },
    async close() {},
  };
}

/** Numbers the placeholders, as Postgres requires: `$1`, `$2`. */
function numberPlaceholders(sql: string): string {
  let count = 0;
  return sql.replaceAll('?', () => `$${++count}`);
}
