/** Accounts, and the identities that can sign in to them. */
import { randomUUID } from 'node:crypto';
import { createClient, type Row } from '@libsql/client';

/**
 * A user at a provider. `subject` is the provider's ID of the user, which never changes. Names and e-mail addresses may change.
 * It is valid in one app only: at Roblox each app has its own IDs, so the same ID may be another user in another app.
 */
export interface Identity {
  readonly provider: string;
  readonly clientID: string;
  readonly subject: string;
  readonly name: string;
}

/** An identity that is linked to an account. */
export interface LinkedIdentity extends Identity {
  readonly linkedAt: Date;
  readonly lastUsedAt: Date;
}

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
}

export type Accounts = Awaited<ReturnType<typeof openAccounts>>;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS accounts (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS identities (
    provider     TEXT NOT NULL,
    client_id    TEXT NOT NULL,
    subject      TEXT NOT NULL,
    account_id   TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    linked_at    INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    UNIQUE (provider, client_id, subject),  -- an identity belongs to one account
    UNIQUE (account_id, provider)           -- an account has one identity per provider
  ) STRICT;
`;

/**
 * Opens the database.
 * @param url `file:accounts.db`, or `:memory:`
 */
export async function openAccounts(url: string, now: () => number = () => Date.now()) {
  const database = createClient({ url });
  await database.executeMultiple(SCHEMA);

  return {
    /** Finds the account of an identity. Makes a new account for a new identity. Does not compare e-mail addresses. */
    async signIn({ provider, clientID, subject, name }: Identity): Promise<Account> {
      const id = randomUUID();
      const at = now();
      // A batch is a transaction: two requests with the same identity at the same time make one account.
      const results = await database.batch(
        [
          {
            sql: `INSERT INTO accounts SELECT :id, :name, :at
                  WHERE NOT EXISTS (SELECT 1 FROM identities
                                    WHERE provider = :provider AND client_id = :clientID AND subject = :subject)`,
            args: { id, name, at, provider, clientID, subject },
          },
          {
            sql: `INSERT INTO identities VALUES (:provider, :clientID, :subject, :id, :name, :at, :at)
                  ON CONFLICT (provider, client_id, subject)
                  DO UPDATE SET name = excluded.name, last_used_at = excluded.last_used_at`,
            args: { provider, clientID, subject, id, name, at },
          },
          {
            sql: `SELECT accounts.* FROM accounts JOIN identities ON account_id = id
                  WHERE provider = ? AND client_id = ? AND subject = ?`,
            args: [provider, clientID, subject],
          },
        ],
        'write',
      );
      return readAccount(results[2]!.rows[0]!); // the second statement made sure that it exists
    },

    /**
     * Links an identity to an account.
     * @returns `yours` when it was linked already, `taken` when it belongs to another account, `other` when the account has another
     * identity of this provider
     */
    async link(
      accountId: string,
      { provider, clientID, subject, name }: Identity,
    ): Promise<'linked' | 'yours' | 'taken' | 'other'> {
      const at = now();
      const [inserted, found] = await database.batch(
        [
          {
            sql: `INSERT INTO identities VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
            args: [provider, clientID, subject, accountId, name, at, at],
          },
          {
            sql: `SELECT account_id FROM identities WHERE provider = ? AND client_id = ? AND subject = ?`,
            args: [provider, clientID, subject],
          },
        ],
        'write',
      );
      if (inserted?.rowsAffected === 1) return 'linked';
      const owner = found?.rows[0]?.['account_id'];
      return owner === undefined ? 'other' : owner === accountId ? 'yours' : 'taken';
    },

    /** Unlinks a provider, unless it is the account's last one. In one statement, so that two tabs cannot unlink the last two. */
    async unlink(accountId: string, provider: string): Promise<boolean> {
      const { rowsAffected } = await database.execute({
        sql: `DELETE FROM identities WHERE account_id = :accountId AND provider = :provider
              AND (SELECT count(*) FROM identities WHERE account_id = :accountId) > 1`,
        args: { accountId, provider },
      });
      return rowsAffected === 1;
    },

    async find(id: string): Promise<Account | undefined> {
      const { rows } = await database.execute({ sql: `SELECT * FROM accounts WHERE id = ?`, args: [id] });
      return rows[0] && readAccount(rows[0]);
    },

    async identities(accountId: string): Promise<LinkedIdentity[]> {
      const sql = `SELECT * FROM identities WHERE account_id = ? ORDER BY linked_at`;
      const { rows } = await database.execute({ sql, args: [accountId] });
      return rows.map((row) => ({
        provider: String(row['provider']),
        clientID: String(row['client_id']),
        subject: String(row['subject']),
        name: String(row['name']),
        linkedAt: new Date(Number(row['linked_at'])),
        lastUsedAt: new Date(Number(row['last_used_at'])),
      }));
    },

    close: () => database.close(),
  };
}

function readAccount(row: Row): Account {
  return { id: String(row['id']), name: String(row['name']), createdAt: new Date(Number(row['created_at'])) };
}
