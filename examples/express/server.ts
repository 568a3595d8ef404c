/** Starts the demo: at Roblox when ROBLOX_CLIENT_ID is set, else at an emulator of its own. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DEMO_CLIENT, startEmulator, type Emulator } from 'passport-roblox-oauth2/emulator';
import { createApp } from './app.ts';

const { PORT = '3000', ROBLOX_CLIENT_ID, ROBLOX_CLIENT_SECRET, ROBLOX_CALLBACK_URL, ROBLOX_BASE_URL } = process.env;
const sessionSecret = process.env['SESSION_SECRET'] ?? randomBytes(32).toString('base64url');

let emulator: Emulator | undefined;
if (!ROBLOX_CLIENT_ID) {
  emulator = await startEmulator();
  console.log('ROBLOX_CLIENT_ID is not set: signing in at the embedded Roblox emulator, where nobody is real.');
}

const server = createServer();
try {
  await once(server.listen(Number(PORT)), 'listening');
} catch (error) {
  console.error(`Cannot listen on port ${PORT}: ${String(error)}. Choose another one: PORT=3001 npm start`);
  process.exit(1);
}
const { port } = server.address() as AddressInfo; // what a server on a port has

const app = emulator
  ? createApp({ ...DEMO_CLIENT, callbackURL: '/auth/roblox/callback', baseURL: emulator.url, sessionSecret })
  : createApp({
      clientID: ROBLOX_CLIENT_ID ?? '',
      clientSecret: ROBLOX_CLIENT_SECRET,
      callbackURL: ROBLOX_CALLBACK_URL || `http://localhost:${port}/auth/roblox/callback`,
      baseURL: ROBLOX_BASE_URL || undefined,
      sessionSecret,
    });
server.on('request', app);

function stop(): void {
  server.close();
  server.closeAllConnections();
  void emulator?.close();
}
process.once('SIGINT', stop).once('SIGTERM', stop);
// npm hands its signals to a shell, which dies of them without a word to us.
if (process.env['npm_lifecycle_event'] === 'start') {
  const shell = process.ppid;
  setInterval(() => process.ppid === shell || stop(), 500).unref();
}

console.log(`http://localhost:${port}`);
