/** Starts and stops an example, with settings from the environment. Without an app in the settings, it starts an emulator. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DEMO_CLIENT, startEmulator, type EmulatorOptions } from 'passport-roblox-oauth2/emulator';

/** The settings of an example. Fill them in from your environment. */
export interface Blanks {
  readonly clientID: string;
  readonly clientSecret?: string | undefined;
  readonly callbackURL: string;
  /** For the app's own cookies. 32 bytes or more, as @fastify/secure-session requires. */
  readonly cookieSecret: string;
  /** The emulator's address, if you use it. */
  readonly baseURL?: string | undefined;
}

/** Starts to listen on a port. */
export type Listen = (port: number, host: string) => Server | Promise<Server>;

/**
 * Starts an example, with Roblox when ROBLOX_CLIENT_ID is set, else with its own emulator.
 * @param name the folder of the example
 * @param emulated options of the emulator
 */
export async function run(
  name: string,
  listen: (blanks: Blanks, ...where: Parameters<Listen>) => ReturnType<Listen>,
  emulated?: EmulatorOptions,
): Promise<void> {
  const { ROBLOX_CLIENT_ID, ROBLOX_CLIENT_SECRET, ROBLOX_CALLBACK_URL, ROBLOX_BASE_URL, COOKIE_SECRET } = process.env;
  const cookieSecret = COOKIE_SECRET || randomBytes(32).toString('base64url');
  const callbackURL = ROBLOX_CALLBACK_URL || '/auth/roblox/callback';
  const own = { callbackURL, cookieSecret };

  if (ROBLOX_CLIENT_ID) {
    const baseURL = ROBLOX_BASE_URL || undefined;
    const blanks = { ...own, clientID: ROBLOX_CLIENT_ID, clientSecret: ROBLOX_CLIENT_SECRET || undefined, baseURL };
    console.log(`Signing in at ${baseURL ?? 'Roblox'} as app ${ROBLOX_CLIENT_ID}.`);
    return serve(name, (...where) => listen(blanks, ...where));
  }
  const emulator = await startEmulator(emulated);
  console.log('ROBLOX_CLIENT_ID is not set: signing in at the embedded Roblox emulator, with made-up people.');
  const blanks = { ...own, ...DEMO_CLIENT, baseURL: emulator.url };
  return serve(
    name,
    (...where) => listen(blanks, ...where),
    () => emulator.close(),
  );
}

/** Serves an example at PORT, says where, and stops on Ctrl-C. */
export async function serve(name: string, listen: Listen, close?: () => unknown): Promise<void> {
  // Only for this machine. In a container, set HOST=0.0.0.0.
  const { PORT = '3000', HOST = '127.0.0.1', npm_lifecycle_event: script } = process.env;
  let server: Server;
  try {
    const listening = listen(Number(PORT), HOST);
    server = listening instanceof Promise ? await listening : listening;
    if (!server.listening) await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // any thrown error may have a code
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const problem = code === 'EACCES' ? 'needs more rights' : 'is taken, perhaps by another example';
    const again = script === 'start' ? 'npm start' : `npm run example -- ${name}`;
    console.error(
      `Port ${PORT} ${problem} (${code}). Choose another one: ${again} ${script === 'start' ? '-- ' : ''}--port 3001`,
    );
    process.exit(1);
  }

  const stop = () => {
    server.close();
    server.closeAllConnections();
    void close?.();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  // npm sends its signals to a shell, which ends but does not pass them on. So stop when the shell has ended.
  if (script === 'start' || script === 'example') {
    const shell = process.ppid;
    setInterval(() => process.ppid === shell || stop(), 500).unref();
  }
  console.log(`http://localhost:${(server.address() as AddressInfo).port}`); // a server that listens on a port has one
}
