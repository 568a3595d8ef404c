import { readFileSync } from 'node:fs';
import { runDoctor } from './doctor.ts';
import type { CommandOutput } from './report.ts';

/**
 * A command of the command line.
 * @param args what stands behind its name
 * @returns the exit code: 0 well, 1 not well, 2 wrong usage
 */
export type Command = (
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  out: CommandOutput,
) => Promise<number>;

const COMMANDS: Readonly<Record<string, Command>> = {
  doctor: runDoctor,
  // Loaded for this alone: the doctor is light without it.
  emulator: async (args, _, out) => (await import('../emulator/command.ts')).runEmulator(args, out),
};

const USAGE = `Usage: passport-roblox-oauth2 <command> [options]

  doctor      looks for what keeps people from signing in with Roblox
  emulator    runs a Roblox on this machine, for development and tests

  --help      prints this; behind a command, its options
  --version   prints the version
`;

/** Runs the command line; its arguments are without the program's name. */
export const main: Command = async ([name = '', ...rest], environment, out) => {
  if (Object.hasOwn(COMMANDS, name)) return COMMANDS[name]!(rest, environment, out);
  if (['--help', '-h', '--version', '-v'].includes(name)) {
    out.print(name.includes('v') ? `${readVersion()}\n` : USAGE);
    return 0;
  }
  out.printError(`${name === '' ? 'There is no command' : `Unknown command: ${name}`}\n\n${USAGE}`);
  return 2;
};

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return (manifest as { version: string }).version; // npm publishes nothing without one
}
