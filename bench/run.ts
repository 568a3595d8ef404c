import { cpus } from 'node:os';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { coldStart, type Way } from './cold-start.ts';
import { CONTENDERS, type ContenderName } from './contenders.ts';
import { measureIdle, startCommand } from './emulator.ts';
import { startProvider, startWorker, type Worker } from './processes.ts';
import { IN_FLIGHT, ITEMS } from './setting.ts';
import { ownSize, measureSize } from './size.ts';
import { median, table, type Row } from './table.ts';
import type { Cost } from './worker.ts';

/**
 * `npm run bench`: what a login, a start, an installation and a listing cost, ours and others', in one run.
 * `--quick` takes under a minute and tells only whether something is far off; `--json <file>` keeps the numbers.
 */
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } } });
const { quick } = values;
/** How often each thing is measured, and after how many rounds for the compiler. */
const SETTING = quick
  ? { warmUps: 3, rounds: 3, logins: 300, starts: 3, listings: 3, slowListings: 1, heap: 200 }
  : { warmUps: 4, rounds: 15, logins: 1000, starts: 15, listings: 15, slowListings: 3, heap: 1000 };

const say = (text: string) => process.stderr.write(`${text}\n`);

/** Measures each of several things in turn, round by round, so that what the machine does meanwhile falls on all of them. */
async function interleave<K extends string, T>(
  names: readonly K[],
  setting: { readonly warmUps: number; readonly rounds: number },
  measure: (name: K) => Promise<T>,
): Promise<Record<K, T[]>> {
  const results = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<K, T[]>; // by construction
  for (let round = -setting.warmUps; round < setting.rounds; round += 1) {
    for (const name of names) {
      const result = await measure(name);
      if (round >= 0) results[name].push(result);
    }
  }
  return results;
}

async function withWorkers<K extends string, T>(
  names: readonly K[],
  baseURL: string,
  work: (workers: Record<K, Worker>) => Promise<T>,
): Promise<T> {
  const started: [string, Worker][] = [];
  try {
    for (const name of names) started.push([name, await startWorker(name as never, baseURL)]); // checked where it is read
    return await work(Object.fromEntries(started) as Record<K, Worker>);
  } finally {
    for (const [, worker] of started) worker.stop();
  }
}

const NAMES = Object.keys(CONTENDERS) as ContenderName[];
const LISTERS = ['list-ours', 'list-bare'] as const;
const MODULES = {
  ours: 'passport-roblox-oauth2',
  oauth2: 'passport-oauth2',
  openidconnect: 'passport-openidconnect',
  'openid-client': 'openid-client/passport',
} as const;
type Loaded = keyof typeof MODULES;
const LOADED = Object.keys(MODULES) as Loaded[];

const provider = await startProvider();
const rows: Row[] = [];
try {
  say('logins …');
  await withWorkers(NAMES, provider.baseURL, async (workers) => {
    const costs = await interleave(NAMES, SETTING, (name) =>
      workers[name].follow<Cost>({ order: 'logins', count: SETTING.logins, inFlight: IN_FLIGHT }),
    );
    const cpu = (name: ContenderName) => median(costs[name].map(({ cpuMs }) => cpuMs / SETTING.logins));
    const perSecond = (name: ContenderName) =>
      median(costs[name].map(({ wallMs }) => (SETTING.logins / wallMs) * 1000));
    for (const name of NAMES) {
      const { title, does } = CONTENDERS[name];
      rows.push({ of: 'CPU per login', who: title, note: does, value: cpu(name), unit: 'ms' });
    }
    for (const name of NAMES) {
      rows.push({ of: 'logins per second', who: CONTENDERS[name].title, value: perSecond(name), unit: '/s' });
    }

    say('heap …');
    const heapNames = ['ours', 'oauth2', 'openid-client'] as const;
    for (const [order, of] of [
      ['heap of started', 'heap per login at the consent page'],
      ['heap of callbacks', 'heap per login waiting for its tokens'],
    ] as const) {
      const bytes = await interleave(heapNames, { warmUps: quick ? 1 : 2, rounds: quick ? 1 : 5 }, (name) =>
        workers[name].follow<{ bytesEach: number }>({ order, count: SETTING.heap }),
      );
      for (const name of heapNames) {
        const value = median(bytes[name].map(({ bytesEach }) => bytesEach)) / 1024;
        rows.push({ of, who: CONTENDERS[name].title, value, unit: 'KiB' });
      }
    }
  });

  say('cold starts …');
  for (const way of ['import', 'require'] satisfies Way[]) {
    const costs = await interleave(LOADED, { warmUps: 1, rounds: SETTING.starts }, (name) =>
      coldStart(MODULES[name], way),
    );
    for (const name of LOADED) {
      rows.push({
        of: `${way}, CPU`,
        who: MODULES[name],
        value: median(costs[name].map(({ cpuMs }) => cpuMs)),
        unit: 'ms',
      });
    }
    for (const name of LOADED) {
      rows.push({
        of: `${way}, time`,
        who: MODULES[name],
        value: median(costs[name].map(({ wallMs }) => wallMs)),
        unit: 'ms',
      });
    }
  }

  say('emulator …');
  const started = await interleave(['emulator'], { warmUps: 1, rounds: SETTING.starts }, startCommand);
  rows.push({
    of: 'start, time',
    who: 'npx passport-roblox-oauth2 emulator',
    value: median(started.emulator),
    unit: 'ms',
  });
  rows.push({ of: 'idle, CPU in a second', who: 'startEmulator()', value: await measureIdle(), unit: 'ms' });

  say('installed size …');
  const ours = await ownSize();
  for (const [who, size] of [
    ['passport-roblox-oauth2', ours],
    ...['passport-oauth2', 'passport-openidconnect', 'openid-client'].map((name) => [name, measureSize(name)] as const),
  ] as const) {
    rows.push({ of: 'installed size', who, value: size.all / 1024, unit: 'KiB' });
  }
  for (const [name, bytes] of [['its own files', ours.own] as const, ...Object.entries(ours.dependencies)]) {
    rows.push({ of: 'of which', who: name, value: bytes / 1024, unit: 'KiB' });
  }

  say('listing …');
  for (const { of, slow, delayMs, setting } of [
    { of: `${ITEMS} items`, slow: false, delayMs: 0, setting: { warmUps: 4, rounds: SETTING.listings } },
    {
      of: `${ITEMS} items, 8 ms a page`,
      slow: false,
      delayMs: 8,
      setting: { warmUps: 0, rounds: SETTING.slowListings },
    },
    {
      of: `the same, 10 ms of waiting a page`,
      slow: true,
      delayMs: 8,
      setting: { warmUps: 0, rounds: SETTING.slowListings },
    },
  ]) {
    await fetch(`${provider.baseURL}/bench/page-delay/${delayMs}`).then((response) => response.text());
    await withWorkers(LISTERS, provider.baseURL, async (workers) => {
      const costs = await interleave(LISTERS, setting, (name) =>
        workers[name].follow<Cost>({ order: 'listing', slow }),
      );
      for (const [what, key] of [
        ['time', 'wallMs'],
        ['CPU', 'cpuMs'],
      ] as const) {
        for (const name of LISTERS) {
          const value = median(costs[name].map((cost) => cost[key]));
          const who = name === 'list-ours' ? 'client.inventory.list()' : 'a fetch loop';
          rows.push({ of: `${of}, ${what}`, who, value, unit: 'ms' });
        }
      }
    });
  }
} finally {
  provider.stop();
}

const version = (name: string) =>
  (
    JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')) as {
      version: string;
    }
  ).version;
const about = {
  date: new Date().toISOString().slice(0, 10),
  mode: quick ? 'quick' : 'full',
  machine: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores`,
  node: process.version,
  versions: Object.fromEntries(
    ['passport-oauth2', 'passport-openidconnect', 'openid-client', 'jose', 'node-fetch'].map((name) => [
      name,
      version(name),
    ]),
  ),
};
console.log(table(about, rows));
const json = JSON.stringify({ ...about, rows }, undefined, 2);
if (values.json === undefined) console.log(`\n\`\`\`json\n${JSON.stringify({ ...about, rows })}\n\`\`\``);
else writeFileSync(values.json, `${json}\n`);
