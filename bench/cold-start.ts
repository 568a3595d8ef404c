import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How a module comes into a process. */
export type Way = 'import' | 'require';

const MEASURE = `
const cpu = process.cpuUsage(), from = performance.now();
LOAD;
const wallMs = performance.now() - from, { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000 }));
`;

/** Loads a module in a fresh process, and says what that took there; Node's own start is not counted. */
export async function coldStart(name: string, way: Way): Promise<{ readonly wallMs: number; readonly cpuMs: number }> {
  const code =
    way === 'import'
      ? ['--input-type=module', '--eval', MEASURE.replace('LOAD', `await import('${name}')`)]
      : ['--input-type=commonjs', '--eval', MEASURE.replace('LOAD', `require('${name}')`)];
  const { stdout } = await run(process.execPath, code, { cwd: new URL('.', import.meta.url) });
  return JSON.parse(stdout) as { wallMs: number; cpuMs: number };
}
