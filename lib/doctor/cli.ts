#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { readTimeout } from '../oauth/app-options.ts';
import { createTransport } from '../http/transport.ts';
import { examine } from './examine.ts';
import { isHealthy, jsonOfFindings, showFindings } from './report.ts';

const USAGE = `Usage: passport-roblox-oauth2 doctor [--json] [--timeout <milliseconds>]
       passport-roblox-oauth2 emulator --help

Looks for what keeps people from signing in with Roblox: your app's settings against Roblox's
rules, whether Roblox can be reached and is what this package expects, and this machine's clock.

It reads ROBLOX_CLIENT_ID, ROBLOX_CLIENT_SECRET, ROBLOX_CALLBACK_URL and ROBLOX_BASE_URL from the
environment. From a .env file:  set -a; . ./.env; set +a

  --json      prints JSON: { healthy, findings: [{ level, about, message }] }
  --timeout   how long one request may take; 10000 by default
  --help      prints this
  --version   prints the version

Exit code: 0 no problem found, 1 a problem found, 2 wrong usage.
No secret is sent anywhere, and none is printed.
`;

interface Command {
  readonly name: 'doctor' | 'help' | 'version';
  readonly json: boolean;
  readonly timeoutMs: number;
}

/** @throws {TypeError} what cannot be understood */
function readCommand(args: readonly string[]): Command {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      timeout: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'v' },
    },
  });
  const { json, timeout, help, version } = values;
  const timeoutMs = readTimeout(timeout === undefined ? undefined : Number(timeout));
  if (help) return { name: 'help', json, timeoutMs };
  if (version) return { name: 'version', json, timeoutMs };
  if (positionals.length !== 1 || positionals[0] !== 'doctor') {
    throw new TypeError(positionals.length === 0 ? 'There is no command' : `Unknown: ${positionals.join(' ')}`);
  }
  return { name: 'doctor', json, timeoutMs };
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return (manifest as { version: string }).version; // npm publishes nothing without one
}

/** @returns the exit code */
async function run({ name, json, timeoutMs }: Command): Promise<number> {
  if (name === 'help') process.stdout.write(USAGE);
  if (name === 'version') process.stdout.write(`${version()}\n`);
  if (name !== 'doctor') return 0;
  const findings = await examine(process.env, { transport: createTransport({ timeoutMs }), now: () => Date.now() });
  process.stdout.write(json ? jsonOfFindings(findings) : showFindings(findings));
  return isHealthy(findings) ? 0 : 1;
}

/** Runs the emulator, which is loaded for this alone: the doctor is light without it. */
async function runEmulatorCommand(args: readonly string[]): Promise<number> {
  const { runEmulator } = await import('../emulator/command.ts');
  return runEmulator(args, {
    print: (text) => process.stdout.write(text),
    printError: (text) => process.stderr.write(text),
    waitForEnd: () => new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve)),
  });
}

async function runDoctorCommand(args: readonly string[]): Promise<number> {
  let command: Command;
  try {
    command = readCommand(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  return run(command);
}

const [name, ...rest] = process.argv.slice(2);
// Set rather than called: what was printed must get through a pipe first.
process.exitCode = name === 'emulator' ? await runEmulatorCommand(rest) : await runDoctorCommand(process.argv.slice(2));
