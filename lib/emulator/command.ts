import { readFileSync, watch, type FSWatcher } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import timers from 'node:timers';
import { parseArgs } from 'node:util';

import { readItem } from './cloud/inventory.ts';
import { startEmulator, type Emulator, type RequestRecord } from './index.ts';
import type { EmulatedClient, EmulatedUser, EmulatorOptions } from './options.ts';
import { DEMO_CLIENT, DEMO_PUBLIC_CLIENT } from './people.ts';
import { readPeopleFile } from './people-file.ts';
import { readRank, World } from './world.ts';

const USAGE = `Usage: passport-roblox-oauth2 emulator [options]

Runs a Roblox on this machine: sign-in with a consent page, and Open Cloud. For apps in any language.

  --port <number>     the port to listen on; 4000 by default, 0 finds a free one
  --host <address>    127.0.0.1 by default; 0.0.0.0 in a container
  --url <address>     the public address, if apps reach it by another one than it listens on
  --people <file>     who can sign in: JSON, read again whenever it changes
  --client <ID:SECRET:REDIRECT>
                      an app; ID::REDIRECT for a public one. Repeat it for several apps, or with the same ID for several
                      redirect URLs. REDIRECT "loopback" accepts any URL on this machine
  --pairwise          each app has its own user IDs
  --rate-limits       refuses requests over Roblox's limits with 429
  --control           accepts requests to /control/ from this machine, for tests in other languages
  --loopback-ips      accepts redirect URLs on 127.0.0.1, which Roblox refuses
  --log               prints a line for each request, without tokens
  --help              prints this

Exit code: 0 ended by a signal, 1 could not start, 2 wrong arguments.
`;

/** A command that also works when oidc-provider is not installed. */
const FULL_COMMAND = 'npx -p passport-roblox-oauth2 -p oidc-provider passport-roblox-oauth2 emulator';

/** What the command uses of its process. */
export interface CommandOutput {
  print(text: string): void;
  printError(text: string): void;
  /** Resolves when the process is told to end. */
  waitForEnd(): Promise<unknown>;
}

/**
 * Runs `passport-roblox-oauth2 emulator` until the process is told to end.
 * @param args the arguments after the name of the command
 * @returns the exit code
 */
export async function runEmulator(args: readonly string[], io: CommandOutput): Promise<number> {
  let settings: Settings;
  try {
    settings = readArguments(args);
  } catch (error) {
    io.printError(`${readMessage(error)}\n\n${USAGE}`);
    return 2;
  }
  if (settings.isHelp) {
    io.print(USAGE);
    return 0;
  }
  const ended = io.waitForEnd();
  const { peopleFile } = settings;
  let emulator: Emulator;
  let people: EmulatorOptions;
  try {
    people = peopleFile === undefined ? {} : readPeopleFile(readFileSync(peopleFile, 'utf8'), peopleFile);
    const log = settings.isLogging ? { onRequest: (record: RequestRecord) => io.print(describeRequest(record)) } : {};
    emulator = await startEmulator({ ...settings.options, ...people, ...log });
  } catch (error) {
    io.printError(`${explainFailure(error, settings.options.port)}\n`);
    return 1;
  }
  io.print(describeEmulator(emulator, settings, new World(people)));
  const watcher = peopleFile === undefined ? undefined : watchPeople(peopleFile, emulator, io);
  await ended;
  watcher?.close();
  await emulator.close();
  return 0;
}

type Settings = ReturnType<typeof readArguments>;

/** @throws {TypeError} wrong arguments */
function readArguments(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '4000' },
      host: { type: 'string' },
      url: { type: 'string' },
      people: { type: 'string' },
      client: { type: 'string', multiple: true },
      pairwise: flag,
      'rate-limits': flag,
      control: flag,
      'loopback-ips': flag,
      log: flag,
      help: { ...flag, short: 'h' },
    },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new TypeError(`--port must be a number from 0 to 65535, but is ${values.port}`);
  }
  const clients = values.client && readClients(values.client);
  const options: EmulatorOptions & { readonly port: number } = {
    port,
    control: values.control,
    loopbackIPs: values['loopback-ips'],
    rateLimits: values['rate-limits'],
    ...(values.pairwise ? { subjectType: 'pairwise' as const } : {}),
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.url === undefined ? {} : { url: values.url }),
    ...(clients === undefined ? {} : { clients }),
  };
  return { options, peopleFile: values.people, isLogging: values.log, isHelp: values.help };
}

function readClients(given: readonly string[]): EmulatedClient[] {
  const clients = new Map<string, EmulatedClient>();
  for (const text of given) {
    const [, clientID = '', clientSecret = '', redirect = ''] = /^([^:]+):([^:]*):(.+)$/.exec(text) ?? [];
    if (clientID === '') throw new TypeError(`--client must be ID:SECRET:REDIRECT, or ID::REDIRECT, but is ${text}`);
    const known = clients.get(clientID)?.redirectURIs ?? [];
    const redirectURIs = redirect === 'loopback' || known === 'loopback' ? 'loopback' : [...known, redirect];
    clients.set(clientID, { clientID, ...(clientSecret === '' ? {} : { clientSecret }), redirectURIs });
  }
  return [...clients.values()];
}

function describeEmulator(emulator: Emulator, { options, peopleFile }: Settings, world: World): string {
  const clients: readonly EmulatedClient[] = options.clients ?? [DEMO_CLIENT, DEMO_PUBLIC_CLIENT];
  const [first] = clients;
  const lines = [
    `Roblox emulator: ${emulator.url}`,
    ...(emulator.address === emulator.url ? [] : [`Listens on:      ${emulator.address}`]),
    `Discovery:       ${emulator.url}/oauth/.well-known/openid-configuration`,
    ...(options.control === true ? [`Control:         ${emulator.address}/control/`] : []),
    'Clients:',
    ...clients.map(({ clientID, clientSecret, redirectURIs }) => {
      const secret = clientSecret === undefined ? 'public' : `secret ${clientSecret}`;
      const redirects = redirectURIs === 'loopback' ? 'any redirect URL on this machine' : redirectURIs.join(' ');
      return `  ${clientID}  ${secret}  ${redirects}`;
    }),
    ...(first === undefined ? [] : ["For your app's .env file:", ...listVariables(emulator.url, first)]),
    `People${peopleFile === undefined ? '' : ` of ${peopleFile}`}:`,
    ...[...world.users.values()].map(({ id, username, displayName, inventory = [] }) => {
      const ranks = world.listGroups(id).map((group) => `rank ${readRank(group, id)} in group ${group.facts.id}`);
      return `  ${[id, `${username} (${displayName})`, ...ranks, ...describePasses(inventory)].join('  ')}`;
    }),
    'Nobody here is real. Ctrl+C ends it.',
  ];
  return `${lines.join('\n')}\n`;
}

/** What the README's first app reads. A public client has no secret. */
function listVariables(url: string, { clientID, clientSecret }: EmulatedClient): string[] {
  const secret = clientSecret === undefined ? [] : [`ROBLOX_CLIENT_SECRET=${clientSecret}`];
  return [`ROBLOX_BASE_URL=${url}`, `ROBLOX_CLIENT_ID=${clientID}`, ...secret];
}

const SHOWN_PASSES = 2;

function describePasses(inventory: NonNullable<EmulatedUser['inventory']>): string[] {
  const items = inventory.map(readItem);
  const ids = items.flatMap((item) => (item?.kind === 'gamePass' ? item.id : []));
  if (ids.length === 0) return [];
  const more = ids.length > SHOWN_PASSES ? ` and ${ids.length - SHOWN_PASSES} more` : '';
  return [`game pass ${ids.slice(0, SHOWN_PASSES).join(', ')}${more}`];
}

// Without the query and the headers, which contain codes and tokens.
function describeRequest({ at, method, path, status }: RequestRecord): string {
  const time = new Date(at).toISOString().slice(11, 23);
  return `${time} ${method} ${path} ${status === 0 ? 'no response' : status} ${Date.now() - at} ms\n`;
}

/** Reads the people again whenever their file changes. A file that cannot be read changes nothing. */
function watchPeople(file: string, emulator: Emulator, io: CommandOutput): FSWatcher {
  let before = '';
  const reload = () => {
    try {
      const text = readFileSync(file, 'utf8');
      if (text === before) return;
      before = text;
      const people = readPeopleFile(text, file);
      emulator.replacePeople(people);
      io.print(`Read ${people.users.length} people of ${file}\n`);
    } catch (error) {
      io.printError(`${readMessage(error)}\nThe people have not changed.\n`);
    }
  };
  // Watch the folder: editors replace a file by a new one.
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(dirname(resolve(file)), (_event, name) => {
    if (name !== basename(file)) return;
    timers.clearTimeout(timer);
    // One change of a file causes several events.
    timer = timers.setTimeout(reload, 50);
  });
  return watcher.on('close', () => timers.clearTimeout(timer));
}

function explainFailure(error: unknown, port: number): string {
  const { code } = { ...(error as { code?: unknown }) };
  if (code === 'OIDC_PROVIDER_MISSING')
    return `The emulator needs oidc-provider. This command installs both:\n\n  ${FULL_COMMAND}`;
  if (code === 'EADDRINUSE') return `Port ${port} is taken. Choose another one: --port ${port + 1}`;
  return readMessage(error);
}

function readMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
