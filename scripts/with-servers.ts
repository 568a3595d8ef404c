/**
 * Runs a command beside a Redis and a Postgres of its own:
 *
 *     node --import ./scripts/strip-types.js scripts/with-servers.ts mocha …
 *
 * The command finds them by REDIS_URL and POSTGRES_URL, and may start more by `servers.ts`. Whatever happens to it or to us, all servers
 * are stopped and their data removed; the command's exit code becomes ours. Needs Debian's packages redis-server, redis-sentinel,
 * postgresql and pgbouncer, or their like on the PATH.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { find, postgresURL, redisURL, register, startPostgres, startRedis, startWatchdog } from './servers.ts';

const [command, ...commandArguments] = process.argv.slice(2);
if (command === undefined) throw new Error('usage: with-servers.ts <command> [arguments]');
for (const program of ['redis-server', 'redis-sentinel', 'pgbouncer']) find(program, program);
find('postgres', 'postgresql');

let tests: ChildProcess | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => (tests === undefined ? process.exit(1) : tests.kill(signal)));
}

const watchdog = startWatchdog();
try {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  const env = { ...process.env, REDIS_URL: redisURL(redis), POSTGRES_URL: postgresURL(postgres) };
  tests = spawn(command, commandArguments, { stdio: 'inherit', env });
  register(tests);
  const [code] = (await once(tests, 'exit')) as [number | null]; // what Node documents of this event
  process.exitCode = code ?? 1;
} finally {
  await watchdog.cleanUp();
}
