import { setTimeout as sleep } from 'node:timers/promises';
import type { DiscordApp, DiscordTokens } from '../examples/linked-roles/discord.ts';
import type { createJobs } from '../examples/linked-roles/jobs.ts';
import { openSite } from '../examples/linked-roles/site.ts';
import { DEMO_COMMUNITY, ROBLOX_APP } from '../examples/linked-roles/stand-in/local.ts';
import type { Fetch } from '../lib/index.ts';

/** The worker of {@link file://./linked-roles.ts}, in a process of its own. */
export interface Plan {
  readonly robloxURL: string;
  readonly discordApp: DiscordApp;
  /** Milliseconds since the epoch. */
  readonly startAt: number;
}

/** A person who has signed in at both providers. */
export interface Login {
  readonly discordId: string;
  readonly robloxId: string;
  readonly discord: DiscordTokens;
  readonly roblox: { readonly accessToken: string; readonly refreshToken: string; readonly scope: string };
}

export interface Report {
  readonly simulatedSeconds: number;
  readonly cpuMs: number;
  readonly heapMiB: number;
  /** Requests to Roblox, by kind. */
  readonly requests: Readonly<Record<string, number>>;
  /** The most that one member's quota was asked for in any 60 seconds, by kind. */
  readonly mostAMinute: Readonly<Record<string, number>>;
  /** Answers with 429. */
  readonly limited: number;
}

const INTERVAL_MS = 30 * 60_000;
/** How often a worker looks who is due. */
const SWEEP_MS = 1000;
const { robloxURL, discordApp, startAt } = JSON.parse(process.argv[2] ?? '') as Plan; // the run wrote it

let time = startAt;
Date.now = () => time;
const clock = {
  now: () => time,
  async sleepUntil(wanted: number) {
    if (wanted <= time) return;
    time = wanted;
    process.send?.({ time });
  },
};

const KINDS: readonly [kind: string, path: RegExp][] = [
  ['token', /\/oauth\/v1\/token$/],
  ['memberships', /\/memberships$/],
  ['roles', /\/roles\/\d+$/],
  ['inventory', /\/inventory-items$/],
];
let requests: Record<string, number> = {};
let mostAMinute: Record<string, number> = {};
let limited = 0;
/** The times of the latest requests, by kind and authorization. */
let latest = new Map<string, number[]>();

/** Counts, and lets nothing else happen. */
const countedFetch: Fetch = async (url, init) => {
  const response = await fetch(url, init); // the platform's takes what ours is
  const path = new URL(url).pathname;
  const kind = KINDS.find(([, pattern]) => pattern.test(path))?.[0] ?? 'other';
  requests[kind] = (requests[kind] ?? 0) + 1;
  if (response.status === 429) limited += 1;
  const token = new Headers(init?.headers).get('authorization');
  const key = `${kind} ${token?.slice(-24)}`;
  const times = [...(latest.get(key) ?? []).filter((at) => at > time - 60_000), time];
  latest.set(key, times);
  mostAMinute[kind] = Math.max(mostAMinute[kind] ?? 0, times.length);
  return response;
};

const site = await openSite({
  robloxApp: { ...ROBLOX_APP, baseURL: robloxURL, fetch: countedFetch },
  discordApp,
  community: DEMO_COMMUNITY,
  databaseURL: ':memory:',
  cookieSecret: 'bench',
  tokenSecrets: ['a-secret-for-the-benchmark'],
  admins: [],
  intervalMs: INTERVAL_MS,
  sweepMs: 2 ** 31 - 1,
  clock,
});
const worker = await site.startWorker();

async function store({ discordId, robloxId, discord, roblox }: Login): Promise<void> {
  const memberId = await site.people.signIn(discordId, discordId, discord);
  await site.vault.save(robloxId, { ...roblox, expiresAt: new Date(time + 899_000) });
  const createdAt = Date.parse('2020-01-01');
  await site.people.connect(memberId!, {
    id: robloxId,
    username: `p${robloxId}`,
    displayName: 'P',
    picture: undefined,
    createdAt,
  });
}

async function runRound(round: number): Promise<Report> {
  // The first round follows the sign-ins; each of the others is due half an interval after the one before.
  if (round > 1) await clock.sleepUntil(startAt + ((round - 1) * INTERVAL_MS) / 2);
  requests = {};
  mostAMinute = {};
  limited = 0;
  latest = new Map();
  const from = time;
  const cpu = process.cpuUsage();
  const idle = site.jobs as ReturnType<typeof createJobs>; // one process has this one
  for (;;) {
    await worker.sweep();
    await idle.idle();
    const [row] = await site.database.query('SELECT min(due_at) AS due FROM members');
    const due = Number(row?.['due']);
    // Whoever becomes due for the second time belongs to the next round.
    if (due >= from + INTERVAL_MS / 2) break;
    await clock.sleepUntil(Math.max(due, time + SWEEP_MS));
  }
  const { user, system } = process.cpuUsage(cpu);
  latest.clear(); // ours, not the worker's
  for (let tries = 0; tries < 3; tries += 1) {
    await sleep(50);
    globalThis.gc?.();
  }
  const heapMiB = process.memoryUsage().heapUsed / 1024 / 1024;
  return {
    simulatedSeconds: Math.round((time - from) / 1000),
    cpuMs: (user + system) / 1000,
    ...{ heapMiB, requests, mostAMinute, limited },
  };
}

process.on('message', async (message: { logins: Login[] } | { round: number }) => {
  if ('logins' in message) await Promise.all(message.logins.map(store));
  process.send?.('round' in message ? await runRound(message.round) : { requests: {} });
});
process.send?.({ time });
