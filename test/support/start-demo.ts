import { spawn } from 'node:child_process';

/** A program that serves pages. */
export interface RunningDemo {
  /** The URL that it printed: `http://localhost:PORT`. */
  readonly url: string;
  /** Everything that it has printed, errors too. */
  readonly output: () => string;
  /** Stops it, like Ctrl-C. @returns its exit code, after it and its child processes have closed their output */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts an example on a free port, and waits until it prints its URL. */
export function startDemo(script: string, env: Readonly<Record<string, string>> = {}): Promise<RunningDemo> {
  return startProgram(process.execPath, ['--import', chooseLoader(script), script], env);
}

/** What loads an example. tsx takes twice as long, but NestJS has decorators, which are more than types. */
export function chooseLoader(script: string): string {
  return script.includes('nestjs') ? 'tsx' : './scripts/strip-types.js';
}

/** Starts any program that prints its URL. */
export async function startProgram(
  command: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningDemo> {
  const { ROBLOX_CLIENT_ID: _, ...inherited } = process.env;
  const child = spawn(command, words, {
    env: { ...inherited, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      output += chunk.toString();
      const line = /^http:\/\/localhost:\d+$/m.exec(output);
      if (line) resolve(line[0]);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('error', reject);
    void ended.then((code) => reject(new Error(`${command} ${words.join(' ')} ended with ${code}:\n${output}`)));
  });
  return {
    url,
    output: () => output,
    stop(signal = 'SIGINT') {
      child.kill(signal);
      return ended;
    },
  };
}
