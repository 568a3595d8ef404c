import { spawn } from 'node:child_process';

/** What a run of the command line left behind. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line with nothing in its environment but what is given, and reads it to its end. */
export function runDoctor(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Run> {
  const coverage = process.env['NODE_V8_COVERAGE'];
  const child = spawn(process.execPath, ['--import', 'ts-blank-space/register', 'lib/doctor/cli.ts', ...args], {
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
