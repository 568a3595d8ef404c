import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

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

/** Starts a headless Chromium: CHROMIUM_PATH, else Debian's. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    throw new Error(`There is no browser at ${executablePath}: apt-get install chromium, or set CHROMIUM_PATH`);
  }
  return chromium.launch({
    executablePath,
    // Chromium's own errands need a network that tests do not have; the sandbox needs a user who is not root.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Where a screenshot is kept for a person to look at; not in git. */
export function screenshotPath(name: string): string {
  const folder = new URL('../../screenshots/', import.meta.url).pathname;
  mkdirSync(folder, { recursive: true });
  return `${folder}${name}.png`;
}
