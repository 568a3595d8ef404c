import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { openSite, type Site, type SiteSettings } from '../../examples/linked-roles/site.ts';
import {
  DEMO_COMMUNITY,
  ROBLOX_APP,
  startLocalProviders,
  type LocalProviders,
} from '../../examples/linked-roles/stand-in/local.ts';
import { createVisitor, type EmulatorOptions, type Visit, type Visitor } from '../../lib/emulator/index.ts';

/** An hour: checks are due every half hour. */
export const INTERVAL_MS = 60 * 60_000;

/** People at the stand-ins. */
export const SAM = '800000000000000001';
export const IMANI = '800000000000000002';
export const MANGO = '4100000001';
export const NELL = '4100000002';
/** Roles of the group: ranks 1, 50, 80 and 200. */
export const ROLES = { member: '700101', builder: '700102', host: '700103', moderator: '700104' } as const;

/** The site with both stand-ins and an empty database, all on this machine. No worker runs until {@link TestSite.work}. */
export interface TestSite extends Site {
  readonly url: string;
  readonly local: LocalProviders;
  readonly settings: SiteSettings;
  /** Everything that was logged. */
  readonly log: readonly string[];
  /** Moves all clocks forward. */
  advance(ms: number): void;
  now(): number;
  /** Works like a worker: checks the people who are due, until nobody is. */
  work(): Promise<void>;
  /** Counts the rows about people, by table. */
  countRows(): Promise<Record<string, number>>;
  /** All that is stored, as JSON. */
  dumpRows(): Promise<string>;
  /** The stored tokens, decrypted. */
  readSecrets(): Promise<string[]>;
  /** A browser of its own; closed with the rest. */
  visitor(): Visitor;
  close(): Promise<void>;
}

export async function startTestSite(
  options: { readonly roblox?: EmulatorOptions; readonly settings?: Partial<SiteSettings> } = {},
): Promise<TestSite> {
  let ahead = 0;
  const realNow = Date.now;
  // The global clock: the checks of ID tokens and the renewals of clients have no other.
  Date.now = () => realNow() + ahead;
  const now = () => Date.now();
  const local = await startLocalProviders(options.roblox === undefined ? {} : { roblox: options.roblox });
  const settings: SiteSettings = {
    robloxApp: { ...ROBLOX_APP, baseURL: local.roblox.url },
    discordApp: local.discord.app,
    community: DEMO_COMMUNITY,
    databaseURL: ':memory:',
    cookieSecret: 'test',
    tokenSecrets: ['a secret for tests, long enough'],
    admins: [SAM],
    intervalMs: INTERVAL_MS,
    checksPerSecond: 1000,
    sweepMs: 2 ** 31 - 1,
    clock: { now, sleepUntil: async () => {} },
    ...options.settings,
  };
  const site = await openSite(settings);
  const worker = await site.startWorker();
  const server = site.app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Cookies know no ports: by another name than the stand-ins' the site's cookies are its own.
  const url = `http://localhost:${(server.address() as AddressInfo).port}`; // what a server on a port has
  const visitors: Visitor[] = [];
  const log: string[] = [];
  const write = console.error;
  console.error = (...words: unknown[]) => void log.push(words.map(String).join(' '));
  return {
    ...site,
    ...{ url, local, settings, log, now },
    advance(ms) {
      ahead += ms;
    },
    async work() {
      for (;;) {
        const due = await site.schedule.findDue(1000);
        if (due.length === 0) return;
        await Promise.all(due.map((memberId) => site.sync(memberId)));
      }
    },
    async countRows() {
      const counts: Record<string, number> = {};
      for (const table of TABLES) counts[table] = (await site.database.query(`SELECT * FROM ${table}`)).length;
      return counts;
    },
    async dumpRows() {
      return JSON.stringify(await Promise.all(TABLES.map((table) => site.database.query(`SELECT * FROM ${table}`))));
    },
    async readSecrets() {
      const rows = await site.database.query('SELECT * FROM members');
      const secrets: (string | undefined)[] = [];
      for (const row of rows) {
        const member = await site.people.readMember(row);
        const tokens = await site.people.openDiscordTokens(member);
        secrets.push(tokens?.accessToken, tokens?.refreshToken);
        for (const { id } of member.accounts) {
          const client = await site.vault.client(id);
          secrets.push(client?.tokens.accessToken, client?.tokens.refreshToken);
        }
      }
      return secrets.filter((secret) => secret !== undefined);
    },
    visitor() {
      const visitor = createVisitor({ baseURL: url });
      visitors.push(visitor);
      return visitor;
    },
    async close() {
      console.error = write;
      Date.now = realNow;
      for (const visitor of visitors) visitor.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await worker.close();
      await site.close();
      await local.close();
    },
  };
}

const TABLES = ['members', 'roblox_accounts', 'vault_values', 'sessions'];

const OURS = { 'sec-fetch-site': 'same-origin' };

/** Presses a button on the site. */
export function press(visitor: Visitor, path: string): Promise<Visit> {
  return visitor.post(path, {}, { headers: OURS });
}

export function signIn(visitor: Visitor, user: string = SAM): Promise<Visit> {
  return visitor.signIn({ start: '/auth/discord', user });
}

/** Presses "Connect Roblox". @returns the authorization URL, not visited yet */
export async function startConnecting(visitor: Visitor): Promise<string> {
  const { status, headers } = await visitor.post('/auth/roblox', {}, { headers: OURS, redirect: false });
  if (headers.location === undefined) throw new Error(`Not redirected but ${status}`);
  return headers.location;
}

export async function connect(visitor: Visitor, user: string = MANGO): Promise<Visit> {
  return visitor.get(await visitor.authorize(await startConnecting(visitor), { user }));
}

/** Gives a person a role in the group, in place of all others. */
export function setRole({ roblox }: LocalProviders, userId: string, roleId: string): void {
  roblox.setRoles({ groupId: DEMO_COMMUNITY.groupId, userId, roleIds: [roleId] });
}

/** What a person reads on a page. */
export function readText(body: string): string {
  return body
    .replace(/<head>.*?<\/head>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ')
    .trim();
}

/** What the page says of an attempt, if anything. */
export function readMessage(body: string): string | undefined {
  const message = /<p class="note" role="[^>]*>(.*?)<\/p>/s.exec(body)?.[1];
  return message === undefined ? undefined : readText(message);
}
