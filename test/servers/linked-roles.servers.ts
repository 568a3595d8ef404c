import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openPostgresJobs } from '../../examples/linked-roles/postgres-jobs.ts';
import { ROBLOX_APP, startLocalProviders, type LocalProviders } from '../../examples/linked-roles/stand-in/local.ts';
import { createVisitor, DEMO_GROUPS, DEMO_PEOPLE, type EmulatedUser, type Visitor } from '../../lib/emulator/index.ts';
import { connect, press, ROLES, setRole, signIn, readText } from '../linked-roles/support.ts';
import { startProgram, type RunningDemo } from '../support/start-demo.ts';
import { openPool } from './backends.ts';

const SERVER = ['--import', './scripts/strip-types.js', 'examples/linked-roles/server.ts'];
const PEOPLE = 24;
const INTERVAL_SECONDS = 12;
/** A process starts slowly where many do. */
const STARTUP_SECONDS = 50;
/**
 * A vault waits 15 seconds before it takes a renewal for lost whose process was killed, from when it first sees it. Each worker has a vault,
 * and the second may see it when the first has nearly waited.
 */
const LEASE_SECONDS = 30;

/** A person with one account at each provider. */
interface Person {
  readonly discordId: string;
  readonly robloxId: string;
}

const people: readonly Person[] = Array.from({ length: PEOPLE }, (_, index) => ({
  discordId: String(800_000_000_000_000_000n + BigInt(index)),
  robloxId: String(5_000_000_000 + index),
}));

function makeUser({ robloxId }: Person): EmulatedUser {
  const createdAt = new Date('2020-01-01');
  const groups = [{ id: '7001', roleIds: [ROLES.member, ROLES.builder] }];
  const inventory = [{ gamePassDetails: { gamePassId: '777' } }];
  return {
    id: robloxId,
    username: `p${robloxId}`,
    displayName: `P ${robloxId}`,
    createdAt,
    picture: null,
    groups,
    inventory,
  };
}

describe('linked roles with two web processes and two workers', () => {
  let local: LocalProviders;
  let env: Record<string, string>;
  let webs: RunningDemo[];
  let workers: ChildProcess[];
  let visitors: Visitor[];
  let output: string;
  const admin = openPool();
  after(() => admin.end());

  beforeEach(async function () {
    this.timeout(120_000);
    const owner = DEMO_PEOPLE.find(({ id }) => id === '4100000004')!;
    local = await startLocalProviders({
      // A refresh token that comes twice ends its authorization, so that the person would lose their roles.
      roblox: {
        users: [...people.map(makeUser), owner],
        groups: DEMO_GROUPS,
        requestsKept: 100_000,
        revokeOnReuse: true,
      },
      people: people.map(({ discordId }) => ({ id: discordId, username: `d${discordId}`, name: `D ${discordId}` })),
    });
    const database = `linked_roles_${process.pid}_${Date.now()}`;
    await admin.query(`CREATE DATABASE ${database}`);
    const { clientID, clientSecret, botToken, baseURL } = local.discord.app;
    env = {
      DATABASE_URL: new URL(`/${database}`, process.env['POSTGRES_URL']).href,
      ...{ ROBLOX_CLIENT_ID: ROBLOX_APP.clientID, ROBLOX_CLIENT_SECRET: ROBLOX_APP.clientSecret },
      ...{ ROBLOX_BASE_URL: local.roblox.url, DISCORD_BASE_URL: baseURL },
      ...{ DISCORD_CLIENT_ID: clientID, DISCORD_CLIENT_SECRET: clientSecret, DISCORD_BOT_TOKEN: botToken },
      ...{ GROUP_ID: '7001', GAME_PASS_ID: '777', INTERVAL_SECONDS: String(INTERVAL_SECONDS) },
      ...{
        COOKIE_SECRET: 'for tests',
        TOKEN_SECRETS: 'a-secret-for-tests-long-enough',
        ADMIN_DISCORD_IDS: people[0]!.discordId,
      },
    };
    output = '';
    webs = [];
    workers = [];
    visitors = [];
    // All at once: each of them makes the tables, if it is the first.
    webs = await Promise.all([1, 2].map(() => startProgram(process.execPath, [...SERVER, 'web'], env)));
    await Promise.all([startWorker(), startWorker()]);
    await Promise.all(
      people.map(async (person, index) => {
        const visitor = createVisitor({ baseURL: webs[index % 2]!.url });
        visitors.push(visitor);
        await signIn(visitor, person.discordId);
        await connect(visitor, person.robloxId);
      }),
    );
    await until(
      'everybody has their roles',
      () => people.every((person) => hasRoles(person, 'Builder', 'Supporter', 'Veteran')),
      STARTUP_SECONDS,
    );
  });

  afterEach(async () => {
    for (const visitor of visitors) visitor.close();
    for (const worker of workers) worker.kill('SIGKILL');
    await Promise.all(webs.map((web) => web.stop('SIGKILL')));
    await local.close();
  });

  async function startWorker(): Promise<ChildProcess> {
    const worker = spawn(process.execPath, [...SERVER, 'worker'], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    workers.push(worker);
    let own = '';
    for (const stream of [worker.stdout, worker.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        own += chunk.toString();
        output += chunk.toString();
      });
    }
    await until('the worker is at work', () => own.includes('is running.\n'), STARTUP_SECONDS);
    return worker;
  }

  /** Waits until something is so, as long as the site promises. */
  async function until(what: string, isSo: () => boolean, seconds = INTERVAL_SECONDS): Promise<void> {
    const end = Date.now() + seconds * 1000;
    while (!isSo()) {
      if (Date.now() > end) {
        const states = people.map(({ discordId }) => `${discordId}: ${local.listRoles(discordId).join()}`);
        throw new Error(`Not within the interval: ${what}\n${states.join('\n')}\n${output}`);
      }
      await sleep(50);
    }
  }

  const hasRoles = ({ discordId }: Person, ...roles: string[]) => local.listRoles(discordId).join() === roles.join();

  /** The refresh tokens that came to Roblox, in the order in which they came. */
  const refreshes = () =>
    local.roblox.requests.flatMap(({ path, form }) =>
      path === '/oauth/v1/token' ? (form?.['refresh_token'] ?? []) : [],
    );

  function expectNothingTwice(): void {
    expect(
      refreshes().filter((token, index, all) => all.indexOf(token) !== index),
      'spent twice at Roblox',
    ).to.deep.equal([]);
    expect(local.discord.reused, 'spent twice at Discord').to.deep.equal([]);
  }

  it('keeps everybody right when ranks change, authorizations end and tokens run out, and spends no token twice', async () => {
    const [demoted, ended, removed, others] = [
      people.slice(0, 6),
      people.slice(6, 10),
      people.slice(10, 12),
      people.slice(12),
    ];
    local.discord.expireAccessTokens();
    local.roblox.expireAccessTokens();
    for (const { robloxId } of demoted) setRole(local, robloxId, ROLES.member);
    for (const { robloxId } of ended) local.roblox.revokeAuthorizations(robloxId);
    for (const { discordId } of removed) local.discord.deauthorize(discordId);
    await until('roles have followed', () =>
      [
        ...demoted.map((person) => hasRoles(person, 'Supporter', 'Veteran')),
        ...[...ended, ...removed].map((person) => hasRoles(person)),
        ...others.map((person) => hasRoles(person, 'Builder', 'Supporter', 'Veteran')),
      ].every(Boolean),
    );
    await until('everybody was checked', () => refreshes().length >= PEOPLE);
    expectNothingTwice();
    const limited = [...local.roblox.requests, ...local.discord.requests].filter(({ status }) => status === 429);
    expect(limited).to.deep.equal([]);

    // One session for all web processes, and a page that sees all workers.
    const elsewhere = (await visitors[0]!.get(`${webs[1]!.url}/operations`)).body;
    expect(readText(elsewhere)).to.include(`Members ${PEOPLE}`);
    // A person leaves by one web process, and a worker does the rest.
    await press(visitors[20]!, '/delete');
    await until('a person has left', () => !local.discord.connections.has(people[20]!.discordId));
  });

  it('loses nobody when workers are killed in the middle of a run', async () => {
    for (const [role, roles] of [
      [ROLES.member, ['Supporter', 'Veteran']],
      [ROLES.builder, ['Builder', 'Supporter', 'Veteran']],
    ] as const) {
      for (const { robloxId } of people) setRole(local, robloxId, role);
      let heard = 0;
      // Discord has heard of some of them, and is about to hear of the next.
      local.discord.hold = async ({ method }) => {
        heard += method === 'PUT' ? 1 : 0;
        if (heard !== 5) return;
        for (const worker of workers.splice(0)) {
          worker.kill('SIGKILL');
          await once(worker, 'exit');
        }
      };
      await until('both workers are dead', () => workers.length === 0);
      local.discord.hold = undefined;
      const died = Date.now();
      await Promise.all([startWorker(), startWorker()]);
      await until('everybody is right again', () => people.every((person) => hasRoles(person, ...roles)));
      expect(Date.now() - died).to.be.below(INTERVAL_SECONDS * 1000);
    }
    expectNothingTwice();
  }).timeout(120_000);

  // Every refresh of the worker that dies is held back: one that was answered and not stored is lost, whoever does it.
  for (const provider of ['Roblox', 'Discord'] as const) {
    it(`loses no authorization when a worker is killed before ${provider} has heard its refreshes`, async () => {
      const [worker, other] = workers.splice(0);
      other!.kill('SIGTERM');
      await once(other!, 'exit');
      let held = 0;
      if (provider === 'Roblox') {
        local.roblox.expireAccessTokens();
        local.roblox.faults.hang('POST /oauth/v1/token', { times: Infinity });
      } else {
        local.discord.expireAccessTokens();
      }
      local.discord.hold = async ({ path }) => {
        if (path !== '/api/oauth2/token') return;
        held += 1;
        await new Promise(() => {});
      };
      for (const { robloxId } of people) setRole(local, robloxId, ROLES.member);
      await until('refreshes are on their way', () => (provider === 'Roblox' ? refreshes().length : held) > 0);
      worker!.kill('SIGKILL');
      await once(worker!, 'exit');
      local.roblox.faults.clear();
      local.discord.hold = undefined;
      await Promise.all([startWorker(), startWorker()]);
      const isRight = (person: Person) => hasRoles(person, 'Supporter', 'Veteran');
      await until('everybody is right', () => people.every(isRight), LEASE_SECONDS + INTERVAL_SECONDS);
      expect(local.discord.reused).to.deep.equal([]);
    }).timeout(120_000);
  }
});

describe('the job queue of linked roles', () => {
  it('is made by processes that lock each other out, because they start at the same time', async () => {
    const admin = openPool();
    const name = `jobs_${process.pid}`;
    await admin.query(`CREATE DATABASE ${name}`);
    const connectionString = new URL(`/${name}`, process.env['POSTGRES_URL']).href;
    const pools = [1, 2, 3].map(() => new pg.Pool({ connectionString, max: 2 }));
    const [first, ...others] = pools as [pg.Pool, ...pg.Pool[]]; // there are three
    await first.query('CREATE SCHEMA pgboss'); // as the site does
    await (await openPostgresJobs(first, 30)).close();
    await first.query("SELECT pgboss.delete_queue('check-member')");

    // One has written the queue's row and waits to change its table, the other one waits for the row: a deadlock, once we let go.
    const holder = await first.connect();
    await holder.query('BEGIN; LOCK TABLE pgboss.queue IN ROW EXCLUSIVE MODE');
    const opening = Promise.all(others.map((pool) => openPostgresJobs(pool, 30)));
    const countWaiting =
      'SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = $2';
    while ((await admin.query<{ count: number }>(countWaiting, [name, 'Lock'])).rows[0]?.count !== 2) await sleep(20);
    await holder.query('COMMIT');
    holder.release();

    const [one, other] = await opening;
    await one!.add(['1']);
    expect(await other!.count()).to.deep.equal({ waiting: 1, active: 0 });
    await Promise.all([one!.close(), other!.close()]);
    await Promise.all([admin, ...pools].map((pool) => pool.end()));
  }).timeout(60_000);
});
