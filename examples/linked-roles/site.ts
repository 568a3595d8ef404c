/** Assembles the site: one process with a file, or several processes with a Postgres. */
import type { Express } from 'express';
import { Pool } from 'pg';
import { TokenVault, type TokenVaultOptions } from 'passport-roblox-oauth2';
import { postgresVault } from 'passport-roblox-oauth2/postgres';
import { createApp } from './app.ts';
import type { Community } from './checks.ts';
import { openFile, usePool, type Database } from './database.ts';
import { createDiscord, type DiscordApp } from './discord.ts';
import { createJobs, type Jobs } from './jobs.ts';
import { keepPeople, type People } from './people.ts';
import { openPostgresJobs } from './postgres-jobs.ts';
import { keepSchedule, type Schedule } from './schedule.ts';
import { createTables } from './schema.ts';
import { createSeal } from './seal.ts';
import { SessionStore } from './sessions.ts';
import type { RobloxApp } from './sign-in.ts';
import { createSync, type Sync } from './sync.ts';
import { startWorker, type Clock, type Worker } from './worker.ts';

export interface SiteSettings {
  readonly robloxApp: RobloxApp;
  readonly discordApp: DiscordApp;
  readonly community: Community;
  /** `postgres://…` for several processes; `file:people.db` or `:memory:` for one. */
  readonly databaseURL: string;
  readonly cookieSecret: string;
  /** Secrets that encrypt stored tokens. The first encrypts, all decrypt. */
  readonly tokenSecrets: readonly string[];
  readonly admins: readonly string[];
  readonly publicURL?: string | undefined;
  /** How long a member may keep a role on Discord after they have lost a rank or an item. */
  readonly intervalMs: number;
  /** How long members keep their roles while Roblox is not reached; a day by default. */
  readonly graceMs?: number;
  readonly concurrency?: number;
  readonly checksPerSecond?: number;
  readonly sweepMs?: number;
  readonly clock?: Clock;
}

export interface Site {
  readonly app: Express;
  readonly database: Database;
  readonly people: People;
  readonly schedule: Schedule;
  readonly jobs: Jobs;
  readonly vault: TokenVault;
  readonly sync: Sync;
  startWorker(): Promise<Worker>;
  /** Call it after the web server and the worker have stopped. */
  close(): Promise<void>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** The longest time of a check, unless a quarter of the interval is less. */
const LONGEST_CHECK_MS = 30_000;

const realClock: Clock = {
  now: () => Date.now(),
  sleepUntil: (time) => new Promise((resolve) => setTimeout(resolve, Math.max(0, time - Date.now()))),
};

export async function openSite(settings: SiteSettings): Promise<Site> {
  const { robloxApp, discordApp, community, databaseURL, tokenSecrets, intervalMs, clock = realClock } = settings;
  const now = () => clock.now();
  const claimMs = Math.min(LONGEST_CHECK_MS, intervalMs / 4);
  const storage = await openStorage(databaseURL, Math.ceil(claimMs / 1000));
  const { database, jobs } = storage;

  const discord = createDiscord(discordApp, now);
  const people = keepPeople({
    ...{ database, seal: createSeal(tokenSecrets), now },
    ...{ discordClientID: discordApp.clientID, robloxClientID: robloxApp.clientID },
  });
  const schedule = keepSchedule(database, people, claimMs, now);
  const vault = new TokenVault({
    ...storage.vault,
    ...robloxApp,
    secrets: tokenSecrets,
    onLost: (robloxId) => people.wakeOwner(robloxId),
    now,
  });
  const { graceMs = DAY_MS } = settings;
  const sync = createSync({ community, people, schedule, vault, discord, intervalMs, graceMs, now });
  const sessions = new SessionStore(database, now);

  return {
    app: createApp({ ...settings, people, schedule, jobs, vault, sessions, now }),
    ...{ database, people, schedule, jobs, vault, sync },
    startWorker() {
      const { concurrency = 20, checksPerSecond = 20, sweepMs = 1000 } = settings;
      return startWorker({ community, discord, schedule, jobs, sync, concurrency, checksPerSecond, sweepMs, clock });
    },
    close: storage.close,
  };
}

interface Storage {
  readonly database: Database;
  readonly jobs: Jobs;
  readonly vault: Pick<TokenVaultOptions, 'storage' | 'lock'>;
  close(): Promise<void>;
}

async function openStorage(url: string, claimSeconds: number): Promise<Storage> {
  if (!/^postgres(?:ql)?:/.test(url)) {
    const database = await openFile(url);
    await createTables(database, false);
    return { database, jobs: createJobs(), vault: { storage: keepTokens(database) }, close: () => database.close() };
  }
  const pool = new Pool({ connectionString: url });
  // An idle connection broke. The next query opens another one.
  pool.on('error', (error) => console.error('A connection to Postgres broke: %s', error.message));
  const database = usePool(pool);
  await createTables(database, true);
  const { createTable, ...vault } = postgresVault({ pool });
  await createTable();
  const jobs = await openPostgresJobs(pool, claimSeconds);
  return {
    ...{ database, jobs, vault },
    async close() {
      await jobs.close();
      await pool.end();
    },
  };
}

/** The vault's storage in the site's file. */
function keepTokens(database: Database): NonNullable<TokenVaultOptions['storage']> {
  return {
    async get(key) {
      const [row] = await database.query('SELECT value FROM vault_values WHERE key = ?', key);
      return row === undefined ? undefined : String(row['value']);
    },
    set: (key, value) =>
      database.query(
        'INSERT INTO vault_values (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
        ...[key, value],
      ),
    delete: (key) => database.query('DELETE FROM vault_values WHERE key = ?', key),
  };
}
