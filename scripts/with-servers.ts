/**
 * Runs a command beside a Redis and a Postgres of its own, on free loopback ports with their data in a temporary folder:
 *
 *     node --import ts-blank-space/register scripts/with-servers.ts mocha …
 *
 * The command finds them by REDIS_URL and POSTGRES_URL. Whatever happens to it the servers are stopped and their data removed; its exit
 * code becomes ours. Needs Debian's packages redis-server and postgresql, or their like on the PATH.
 */
import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chmodSync, chownSync, constants, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A port may be taken between our look and the server's. */
const START_TRIES = 3;

interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

const [command, ...commandArguments] = process.argv.slice(2);
if (command === undefined) throw new Error('usage: with-servers.ts <command> [arguments]');

const redisServer = find('redis-server', 'redis-server');
const initdb = find('initdb', 'postgresql');
const postgres = find('postgres', 'postgresql');

const folder = mkdtempSync(join(tmpdir(), 'passport-roblox-servers-'));
const running: ChildProcess[] = [];
// For ends that no `finally` sees.
process.on('exit', () => {
  for (const child of running) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

let tests: ChildProcess | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => (tests === undefined ? process.exit(1) : tests.kill(signal)));
}

const servers: Server[] = [];
try {
  servers.push(await startRedis(), await startPostgres());
  const [redis, database] = servers;
  const env = { ...process.env, REDIS_URL: redis?.url, POSTGRES_URL: database?.url };
  tests = spawn(command, commandArguments, { stdio: 'inherit', env });
  running.push(tests);
  const [code] = (await once(tests, 'exit')) as [number | null]; // what Node documents of this event
  process.exitCode = code ?? 1;
} finally {
  await Promise.all(servers.map((server) => server.stop()));
}

/** Debian keeps Postgres' programs off the PATH. */
function find(program: string, debianPackage: string): string {
  const debian = '/usr/lib/postgresql';
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...versionsIn(debian).map((version) => join(debian, version, 'bin')),
  ];
  const found = folders.map((path) => join(path, program)).find(isProgram);
  if (found === undefined) {
    console.error(
      `${program} is not installed: these tests run against the real server (apt-get install ${debianPackage}).`,
    );
    process.exit(1);
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

function startRedis(): Promise<Server> {
  return start('Ready to accept connections', 'SIGTERM', (port) => {
    const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--daemonize', 'no'];
    return { program: redisServer, arguments: settings, url: `redis://127.0.0.1:${port}`, options: {} };
  });
}

function startPostgres(): Promise<Server> {
  const data = join(folder, 'postgres');
  const options = asAnother();
  mkdirSync(data);
  if (options.uid !== undefined && options.gid !== undefined) {
    chmodSync(folder, 0o755);
    chownSync(data, options.uid, options.gid);
  }
  const settings = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  execFileSync(initdb, settings, { ...options, stdio: ['ignore', 'ignore', 'inherit'] });
  return start('ready to accept connections', 'SIGINT', (port) => {
    const settings = {
      listen_addresses: '127.0.0.1',
      port,
      unix_socket_directories: '',
      fsync: 'off',
      log_statement: 'none',
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    return { program: postgres, arguments: ['-D', data, ...flags], url, options };
  });
}

/** Postgres does not run as root. */
function asAnother(): { cwd: string; uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return { cwd: folder };
  const id = (flag: string) => {
    const of = (user: string) => Number(execFileSync('id', [flag, user], { stdio: ['ignore', 'pipe', 'ignore'] }));
    try {
      return of('postgres');
    } catch {
      return of('nobody');
    }
  };
  return { cwd: folder, uid: id('-u'), gid: id('-g') };
}

/** Starts a server, and waits for the line that says that it is ready. */
async function start(
  readyLine: string,
  stopSignal: NodeJS.Signals,
  planFor: (port: number) => { program: string; arguments: string[]; url: string; options: SpawnOptions },
): Promise<Server> {
  for (let tries = 1; ; tries++) {
    const plan = planFor(await freePort());
    const child = spawn(plan.program, plan.arguments, { ...plan.options, stdio: ['ignore', 'pipe', 'pipe'] });
    running.push(child);
    let output = '';
    const isReady = await new Promise<boolean>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes(readyLine)) resolve(true);
      };
      child.stdout?.on('data', read);
      child.stderr?.on('data', read);
      child.on('error', reject);
      child.on('exit', () => resolve(false));
    });
    if (isReady) {
      const exited = once(child, 'exit');
      return {
        url: plan.url,
        async stop() {
          if (child.exitCode === null && child.signalCode === null) child.kill(stopSignal);
          await exited;
        },
      };
    }
    if (tries === START_TRIES) throw new Error(`${plan.program} did not start:\n${output}`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  server.close();
  await once(server, 'close');
  return port;
}
