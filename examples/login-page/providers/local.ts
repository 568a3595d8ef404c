/** All four providers on this machine, to try the example without any registration. */
import { DEMO_CLIENT, startEmulator, type Emulator } from 'passport-roblox-oauth2/emulator';
import type { Apps } from '../strategies.ts';
import { startStandIns } from './stand-in.ts';

/** Local providers, and the apps that are registered with them. */
export interface LocalProviders {
  readonly apps: Apps;
  readonly roblox: Emulator;
  close(): Promise<void>;
}

export async function startLocalProviders(): Promise<LocalProviders> {
  const roblox = await startEmulator();
  const standIns = await startStandIns();
  const { clientID, clientSecret } = DEMO_CLIENT;
  const { google, github, discord } = standIns;
  return {
    apps: { roblox: { clientID, clientSecret, baseURL: roblox.url }, google, github, discord },
    roblox,
    async close() {
      await Promise.all([roblox.close(), standIns.close()]);
    },
  };
}
