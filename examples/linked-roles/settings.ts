/** Reads the environment. Without apps in it, the site uses stand-ins on this machine. */
import { randomBytes } from 'node:crypto';
import type { SiteSettings } from './site.ts';

export interface Settings {
  /** What this process does. */
  readonly role: 'web' | 'worker' | 'all';
  readonly settings: SiteSettings;
  /** Stops the stand-ins. */
  close(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Short, so that a developer can watch the checks. */
const LOCAL_INTERVAL_SECONDS = 20;
const REAL_INTERVAL_SECONDS = 30 * 60;

/** @throws {TypeError} names a variable that is missing or wrong */
export async function readSettings(env: Environment, argv: readonly string[]): Promise<Settings> {
  const isReal = Boolean(env['ROBLOX_CLIENT_ID'] || env['DISCORD_CLIENT_ID']);
  if (!isReal && env['NODE_ENV'] === 'production') {
    throw new TypeError(
      'Set ROBLOX_CLIENT_ID and DISCORD_CLIENT_ID: there are no stand-ins in production, because anybody could sign in as anybody',
    );
  }
  return isReal ? readReal(env, argv) : startLocal(env);
}

function readReal(env: Environment, argv: readonly string[]): Settings {
  const role = argv.find((word): word is 'web' | 'worker' => word === 'web' || word === 'worker') ?? 'all';
  const databaseURL = env['DATABASE_URL'] || 'file:linked-roles.db';
  if (role !== 'all' && !databaseURL.startsWith('postgres')) {
    throw new TypeError('Several processes need one Postgres: set DATABASE_URL=postgres://…');
  }
  const { gamePassId, badgeId } = { gamePassId: env['GAME_PASS_ID'], badgeId: env['BADGE_ID'] };
  return {
    role,
    settings: {
      robloxApp: {
        clientID: need(env, 'ROBLOX_CLIENT_ID'),
        clientSecret: need(env, 'ROBLOX_CLIENT_SECRET'),
        baseURL: env['ROBLOX_BASE_URL'] || undefined,
      },
      discordApp: {
        clientID: need(env, 'DISCORD_CLIENT_ID'),
        clientSecret: need(env, 'DISCORD_CLIENT_SECRET'),
        botToken: need(env, 'DISCORD_BOT_TOKEN'),
        baseURL: env['DISCORD_BASE_URL'] || 'https://discord.com',
      },
      community: { groupId: need(env, 'GROUP_ID'), gamePassId: gamePassId || undefined, badgeId: badgeId || undefined },
      databaseURL,
      cookieSecret: need(env, 'COOKIE_SECRET'),
      tokenSecrets: readList(need(env, 'TOKEN_SECRETS')),
      admins: readList(env['ADMIN_DISCORD_IDS'] ?? ''),
      publicURL: env['PUBLIC_URL'] || undefined,
      intervalMs: readInterval(env, REAL_INTERVAL_SECONDS),
    },
    async close() {},
  };
}

async function startLocal(env: Environment): Promise<Settings> {
  // Imported here: the real site does not need the emulator to be installed.
  const { DEMO_COMMUNITY, ROBLOX_APP, startLocalProviders } = await import('./stand-in/local.ts');
  const { roblox, discord, close } = await startLocalProviders();
  const intervalMs = readInterval(env, LOCAL_INTERVAL_SECONDS);
  console.log(
    `Roblox and Discord are stand-ins on this machine. See who has which role, and change ranks: ${discord.url}`,
  );
  console.log(`Discord knows of a change within ${intervalMs / 1000} seconds.`);
  return {
    role: 'all',
    settings: {
      robloxApp: { ...ROBLOX_APP, baseURL: roblox.url },
      discordApp: discord.app,
      community: DEMO_COMMUNITY,
      databaseURL: env['DATABASE_URL'] || ':memory:',
      cookieSecret: randomBytes(32).toString('base64url'),
      tokenSecrets: [randomBytes(32).toString('base64url')],
      // The first person is the admin.
      admins: discord.people.slice(0, 1).map(({ id }) => id),
      intervalMs,
    },
    close,
  };
}

function need(env: Environment, name: string): string {
  const value = env[name];
  if (!value) throw new TypeError(`Set ${name}: examples/linked-roles/settings.ts has all that is needed`);
  return value;
}

function readList(text: string): string[] {
  return text.split(',').flatMap((part) => part.trim() || []);
}

/** @throws {TypeError} too short for Roblox's quotas: people are checked twice in an interval, so at most 15 times a minute */
function readInterval(env: Environment, otherwise: number): number {
  const seconds = Number(env['INTERVAL_SECONDS'] || otherwise);
  if (!Number.isInteger(seconds) || seconds < 10)
    throw new TypeError('INTERVAL_SECONDS must be a whole number of 10 or more');
  return seconds * 1000;
}
