/**
 * Starts real servers for tests: Redis, Sentinel, Postgres and PgBouncer, on free loopback ports, with their data in one temporary
 * folder. Everything that is started is written down there, so that {@link startWatchdog} can end it whatever happens to us.
 */
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chmodSync, chownSync, constants, cpSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Where the tests find the folder of the run that they belong to. */
const FOLDER_VARIABLE = 'TEST_SERVERS_FOLDER';
/** A port may be taken between our look and the server's. */
const START_TRIES = 3;

/** A server that runs as a child of this process. */
export interface Server {
  readonly port: number;
  readonly pid: number;
  /** Stops the server and all its children with SIGSTOP, as a virtual machine that is paused. */
  freeze(): void;
  thaw(): void;
  /** Ends it by a signal and waits until it is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again, on the same port and the same data. */
  startAgain(): Promise<void>;
}

/** Makes the folder of this run, and a process that cleans up once we are gone, even after a SIGKILL. */
export function startWatchdog(): { readonly folder: string; cleanUp(): Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), 'passport-roblox-servers-'));
  mkdirSync(join(folder, 'pids'));
  chmodSync(folder, 0o755);
  // For programs that are built into the folder.
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  process.env[FOLDER_VARIABLE] = folder;
  // It waits for the end of its stdin, which comes when this process ends. SIGINT is a fast shutdown to all of our servers.
  const script = `cat >/dev/null
cd "$0/pids" || exit
kill -INT * 2>/dev/null; kill -CONT * 2>/dev/null
for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 * 2>/dev/null || break; sleep 0.2; done
kill -KILL * 2>/dev/null
cd / && rm -rf "$0" || { sleep 1; rm -rf "$0"; }`;
  const watchdog = spawn('/bin/sh', ['-c', script, folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  return {
    folder,
    async cleanUp() {
      const exited = once(watchdog, 'exit');
      watchdog.stdin?.end();
      await exited;
    },
  };
}

/** Lets the watchdog know a process of this run. */
export function register(child: ChildProcess): void {
  const file = join(runFolder(), 'pids', String(child.pid));
  writeFileSync(file, '');
  child.once('exit', () => rmSync(file, { force: true }));
}

/**
 * @param settings lines of redis.conf, such as `{ appendonly: 'yes' }`
 * @param port for a server whose address must be known before
 */
export function startRedis(settings: Readonly<Record<string, string>> = {}, port?: number): Promise<Server> {
  const data = newFolder('redis');
  const all = { bind: '127.0.0.1', dir: data, save: '""', daemonize: 'no', ...settings };
  return start({
    program: find('redis-server', 'redis-server'),
    readyLine: 'Ready to accept connections',
    port,
    argumentsFor: (free) => {
      const lines = Object.entries({ port: String(free), ...all }).map(([name, value]) => `${name} ${value}\n`);
      writeFileSync(join(data, 'redis.conf'), lines.join(''));
      return [join(data, 'redis.conf')];
    },
  });
}

/** Watches over one master, named `vault`. Three of them make a quorum of two. */
export function startSentinel(masterPort: number): Promise<Server> {
  const data = newFolder('sentinel');
  return start({
    program: find('redis-sentinel', 'redis-sentinel'),
    readyLine: '+monitor',
    argumentsFor: (port) => {
      const lines = [
        `port ${port}`,
        'bind 127.0.0.1',
        `dir ${data}`,
        `sentinel monitor vault 127.0.0.1 ${masterPort} 2`,
        'sentinel down-after-milliseconds vault 1000',
        'sentinel failover-timeout vault 10000',
      ];
      writeFileSync(join(data, 'sentinel.conf'), `${lines.join('\n')}\n`);
      return [join(data, 'sentinel.conf')];
    },
  });
}

/** Three nodes of a Redis Cluster, with a third of the slots each. Nodes on a busy machine are not taken for dead. */
export async function startCluster(): Promise<Server[]> {
  const settings = { 'cluster-enabled': 'yes', 'cluster-node-timeout': '30000' };
  const nodes = await Promise.all([1, 2, 3].map(() => startRedis(settings)));
  await runRedisCLI('--cluster', 'create', ...nodes.map(({ port }) => `127.0.0.1:${port}`), '--cluster-yes');
  // "create" ends when the nodes know each other's slots; each one serves them a moment later.
  await Promise.all(nodes.map(untilInCluster));
  return nodes;
}

async function untilInCluster({ port }: Server): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await runRedisCLI('-p', `${port}`, 'CLUSTER', 'INFO')).includes('cluster_state:ok')) {
    if (Date.now() > deadline) throw new Error(`The Redis on port ${port} did not join its cluster within 20 s`);
    await pause(50);
  }
}

/** @returns what redis-cli prints */
export async function runRedisCLI(...given: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(find('redis-cli', 'redis-tools'), given);
  return stdout;
}

/** @param settings of postgresql.conf */
export function startPostgres(settings: Readonly<Record<string, string | number>> = {}): Promise<Server> {
  const data = newFolder('postgres');
  cpSync(postgresTemplate(), data, { recursive: true });
  const user = otherUser();
  for (const path of ['', ...readdirSync(data, { recursive: true, encoding: 'utf8' })]) giveTo(user, join(data, path));
  chmodSync(data, 0o700);
  return start({
    program: find('postgres', 'postgresql'),
    readyLine: 'ready to accept connections',
    user,
    argumentsFor: (port) => {
      const all = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', fsync: 'off', ...settings };
      return ['-D', data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
    },
  });
}

/** A standby of a running Postgres: it answers, and takes no writes. */
export function startStandby(primary: Server): Promise<Server> {
  const data = newFolder('standby');
  const user = otherUser();
  giveTo(user, data);
  chmodSync(data, 0o700);
  const source = ['-h', '127.0.0.1', '-p', `${primary.port}`, '-U', 'postgres', '-D', data, '-R', '-c', 'fast'];
  execFileSync(find('pg_basebackup', 'postgresql'), source, { cwd: runFolder(), ...user, stdio: 'ignore' });
  return start({
    program: find('postgres', 'postgresql'),
    readyLine: 'ready to accept read-only connections',
    user,
    argumentsFor: (port) => ['-D', data, '-p', `${port}`, '-k', '', '-h', '127.0.0.1'],
  });
}

/** PgBouncer in front of a Postgres, in transaction mode. */
export function startPgBouncer(postgresPort: number): Promise<Server> {
  const data = newFolder('pgbouncer');
  const user = otherUser();
  giveTo(user, data);
  return start({
    program: find('pgbouncer', 'pgbouncer'),
    readyLine: 'process up',
    user,
    argumentsFor: (port) => {
      const lines = [
        '[databases]',
        `* = host=127.0.0.1 port=${postgresPort} user=postgres`,
        '[pgbouncer]',
        'listen_addr = 127.0.0.1',
        `listen_port = ${port}`,
        'unix_socket_dir =',
        'auth_type = any',
        'pool_mode = transaction',
        'default_pool_size = 2',
      ];
      writeFileSync(join(data, 'pgbouncer.ini'), `${lines.join('\n')}\n`);
      return [join(data, 'pgbouncer.ini')];
    },
  });
}

export const redisURL = ({ port }: Server): string => `redis://127.0.0.1:${port}`;

export const postgresURL = ({ port }: Server, database = 'postgres'): string =>
  `postgres://postgres@127.0.0.1:${port}/${database}`;

/** A data folder that every Postgres of this run is a copy of: initdb takes longer than the copy. */
function postgresTemplate(): string {
  const template = join(runFolder(), 'postgres-template');
  const isMade = readdirSync(runFolder()).includes('postgres-template');
  if (isMade) return template;
  mkdirSync(template);
  const user = otherUser();
  giveTo(user, template);
  const settings = ['-D', template, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  const options = { cwd: runFolder(), ...user };
  execFileSync(find('initdb', 'postgresql'), settings, { ...options, stdio: ['ignore', 'ignore', 'inherit'] });
  return template;
}

/** Finds a program on the PATH or among Debian's for Postgres, which are not on it. */
export function find(program: string, debianPackage: string): string {
  const debian = '/usr/lib/postgresql';
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/sbin',
    ...versionsIn(debian).map((version) => join(debian, version, 'bin')),
  ];
  const found = folders.map((path) => join(path, program)).find(isProgram);
  if (found === undefined) {
    throw new Error(
      `${program} is not installed: these tests run against the real server (apt-get install ${debianPackage}).`,
    );
  }
  return found;
}

function versionsIn(path: string): string[] {
  try {
    return readdirSync(path).sort((a, b) => Number(b) - Number(a));
  } catch {
    return [];
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

interface User {
  readonly uid?: number;
  readonly gid?: number;
}

/** Postgres and PgBouncer do not run as root. */
function otherUser(): User {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => {
    const readID = (user: string) => Number(execFileSync('id', [flag, user], { stdio: ['ignore', 'pipe', 'ignore'] }));
    try {
      return readID('postgres');
    } catch {
      return readID('nobody');
    }
  };
  return { uid: id('-u'), gid: id('-g') };
}

function giveTo({ uid, gid }: User, path: string): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

export function runFolder(): string {
  const folder = process.env[FOLDER_VARIABLE];
  if (folder === undefined) throw new Error('run these tests by npm run test:servers, which cleans up after them');
  return folder;
}

function newFolder(name: string): string {
  return mkdtempSync(join(runFolder(), `${name}-`));
}

interface Plan {
  readonly program: string;
  /** What the server prints when it is ready. */
  readonly readyLine: string;
  readonly argumentsFor: (port: number) => string[];
  readonly user?: User;
  readonly port?: number | undefined;
}

async function start(plan: Plan): Promise<Server> {
  for (let tries = 1; ; tries++) {
    const port = plan.port ?? (await freePort());
    const launched = await launch(plan, plan.argumentsFor(port));
    if (!('child' in launched)) {
      if (tries === START_TRIES) throw new Error(`${plan.program} did not start:\n${launched.output}`);
      continue;
    }
    return describeServer(plan, port, launched.child);
  }
}

/** Starts a server, and waits for the line that says that it is ready. */
async function launch(plan: Plan, given: string[]): Promise<{ child: ChildProcess } | { output: string }> {
  const child = spawn(plan.program, given, { cwd: runFolder(), ...plan.user, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const isReady = new Promise<boolean>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      if (output.length < 100_000) output += chunk.toString();
      if (output.includes(plan.readyLine)) resolve(true);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', reject);
    child.on('exit', () => resolve(false));
  });
  if (child.pid !== undefined) register(child);
  return (await isReady) ? { child } : { output };
}

function describeServer(plan: Plan, port: number, first: ChildProcess): Server {
  let child = first;
  const signalAll = (signal: NodeJS.Signals) => {
    // The parent first, so that it cannot have another child meanwhile.
    if (!child.kill(signal)) return;
    for (const pid of listChildren(child.pid ?? 0)) {
      try {
        process.kill(pid, signal);
      } catch {
        // It ended while we looked.
      }
    }
  };
  return {
    port,
    get pid() {
      return child.pid ?? 0;
    },
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    },
    async startAgain() {
      for (let tries = 1; ; tries++) {
        const launched = await launch(plan, plan.argumentsFor(port));
        if ('child' in launched) {
          child = launched.child;
          return;
        }
        if (tries === START_TRIES) throw new Error(`${plan.program} did not start again:\n${launched.output}`);
      }
    },
  };
}

function listChildren(pid: number): number[] {
  const children: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // The name of the program, in parentheses, may hold spaces. @see man 5 proc
      const [, parent] = /\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
      if (Number(parent) === pid) children.push(Number(name));
    } catch {
      // It ended while we looked.
    }
  }
  return children;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  server.close();
  await once(server, 'close');
  return port;
}
