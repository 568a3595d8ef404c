import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const CLI = fileURLToPath(new URL('../dist/doctor/cli.js', import.meta.url));
const IDLE_MS = 2_000;

const IDLE = `
const { startEmulator } = await import('passport-roblox-oauth2/emulator');
const roblox = await startEmulator();
await new Promise((resolve) => setTimeout(resolve, 200));
const cpu = process.cpuUsage();
await new Promise((resolve) => setTimeout(resolve, ${IDLE_MS}));
const { user, system } = process.cpuUsage(cpu);
console.log((user + system) / ${IDLE_MS});
await roblox.close();
`;

/** Milliseconds from running the command until it says that it listens, Node's own start included. */
export async function startCommand(): Promise<number> {
  const from = performance.now();
  const child = spawn(process.execPath, [CLI, 'emulator', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  const wallMs = performance.now() - from;
  child.kill('SIGTERM');
  await exited;
  return wallMs;
}

/** Milliseconds of CPU that an emulator takes in a second in which nobody asks it for anything. */
export async function measureIdle(): Promise<number> {
  const code = ['--input-type=module', '--eval', IDLE];
  const { stdout } = await promisify(execFile)(process.execPath, code, { cwd: new URL('.', import.meta.url) });
  return Number(stdout);
}
