import type { Database } from './database.ts';

/**
 * The tables, in SQL for both SQLite and Postgres. The keys of people are provider (the table), app and ID, because another app of yours
 * has other IDs for the same people. Times are milliseconds since the epoch.
 */
const TABLES = `
  -- A person, who signed in with Discord.
  CREATE TABLE IF NOT EXISTS members (
    id                TEXT PRIMARY KEY,
    discord_client_id TEXT NOT NULL,
    discord_id        TEXT NOT NULL,
    name              TEXT NOT NULL,
    discord_tokens    TEXT NOT NULL,               -- sealed; '' when Discord has ended the authorization
    main_roblox_id    TEXT,
    published         TEXT,                        -- what Discord was told, as JSON
    joined_at         BIGINT NOT NULL,
    leaving_at        BIGINT,                      -- they deleted their account; the worker takes it away everywhere
    due_at            BIGINT NOT NULL,             -- when they are to be checked
    wakes             BIGINT NOT NULL DEFAULT 0,   -- counts what asks for a check at once
    claim             TEXT,                        -- the check under way
    claimed_until     BIGINT NOT NULL DEFAULT 0,   -- then its worker counts as dead
    started_at        BIGINT NOT NULL DEFAULT 0,   -- the latest check
    checked_at        BIGINT,                      -- the latest check that succeeded
    failures          INTEGER NOT NULL DEFAULT 0,  -- since then
    UNIQUE (discord_client_id, discord_id)
  );
  CREATE INDEX IF NOT EXISTS members_due ON members (due_at);

  -- A Roblox account, which belongs to one person.
  CREATE TABLE IF NOT EXISTS roblox_accounts (
    client_id    TEXT NOT NULL,
    id           TEXT NOT NULL,
    member_id    TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    username     TEXT NOT NULL,
    display_name TEXT NOT NULL,
    picture      TEXT,
    created_at   BIGINT,
    connected_at BIGINT NOT NULL,
    ended_at     BIGINT,                           -- Roblox has ended the authorization
    leaving_at   BIGINT,                           -- they disconnected it; the worker ends the authorization
    PRIMARY KEY (client_id, id)
  );
  CREATE INDEX IF NOT EXISTS roblox_accounts_member ON roblox_accounts (member_id);

  CREATE TABLE IF NOT EXISTS sessions (
    id        TEXT PRIMARY KEY,                    -- a hash: who reads the table cannot use it
    member_id TEXT REFERENCES members (id) ON DELETE CASCADE,
    content   TEXT NOT NULL,
    ends_at   BIGINT NOT NULL
  );

  -- For the page of operations. Nothing here is about a person.
  CREATE TABLE IF NOT EXISTS minutes (
    minute   BIGINT PRIMARY KEY,
    checks   BIGINT NOT NULL,
    updates  BIGINT NOT NULL,
    failures BIGINT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS errors (
    message  TEXT PRIMARY KEY,
    times    BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at  BIGINT NOT NULL
  );
`;

/** The vault's encrypted values, when there is no Postgres. */
const VAULT_TABLE = 'CREATE TABLE IF NOT EXISTS vault_values (key TEXT PRIMARY KEY, value TEXT NOT NULL)';

/** Makes missing tables. Several processes may call it at the same time. */
export async function createTables(database: Database, isShared: boolean): Promise<void> {
  const statements = TABLES.replace(/--.*$/gm, '').split(';');
  // Locked, because IF NOT EXISTS of Postgres fails when another process makes the same table.
  // pg-boss makes its schema without a lock, so it is made here.
  const first = isShared
    ? ['SELECT pg_advisory_xact_lock(20221212)', 'CREATE SCHEMA IF NOT EXISTS pgboss']
    : [VAULT_TABLE];
  await database.batch(...[...first, ...statements.filter((sql) => sql.trim() !== '')].map((sql): [string] => [sql]));
}
