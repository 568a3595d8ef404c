import { spawn } from 'node:child_process';

/** A program that serves pages. */
export interface RunningDemo {
  /** What it printed: `http://localhost:PORT`. */
  readonly url: string;
  /** All that it has printed so far, errors too. */
  readonly output: () => string;
  /** Asks it to stop, as Ctrl-C does. @returns its exit code */
  stop(): Promise<number | null>;
}

/** Runs an example on a free port, until it says where it listens. */
export async function startDemo(script: string, env: Readonly<Record<string, string>> = {}): Promise<RunningDemo> {
  const { ROBLOX_CLIENT_ID: _, ...inherited } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
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
    void ended.then((code) => reject(new Error(`${script} ended with ${code}:\n${output}`)));
  });
  return {
    url,
    output: () => output,
    stop() {
      child.kill('SIGINT');
      return ended;
    },
  };
}
