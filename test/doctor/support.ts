import { spawn } from 'node:child_process';
import { main } from '../../lib/doctor/main.ts';

/** What a run of the command line left behind. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the command line in this process.
 * @param onError gets what is printed for the person in front of it, as soon as it is
 */
export async function runCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  options: { onError?: (text: string) => unknown; waitForEnd?: () => Promise<unknown> } = {},
): Promise<Run> {
  let stdout = '';
  let stderr = '';
  const code = await main(args, environment, {
    print: (text) => (stdout += text),
    printError(text) {
      stderr += text;
      options.onError?.(text);
    },
    waitForEnd: options.waitForEnd ?? (() => new Promise(() => {})),
  });
  return { code, stdout, stderr };
}

/** Runs the command line as a program, with nothing in its environment but what is given. */
export function spawnCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const coverage = process.env['NODE_V8_COVERAGE'];
  const child = spawn(process.execPath, ['--import', './scripts/strip-types.js', 'lib/doctor/cli.ts', ...args], {
    env: {
      PATH: process.env['PATH'],
      ...(coverage === undefined ? {} : { NODE_V8_COVERAGE: coverage }),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
