/** Starts the login page. Each provider is the real one if its credentials are set, else a local one with made-up people. */
import { randomBytes } from 'node:crypto';
import { serve } from '../shared/run.ts';
import { openAccounts } from './accounts.ts';
import { createApp } from './app.ts';
import { BRANDS } from './brands.ts';
import { startLocalProviders } from './providers/local.ts';
import type { App, Apps } from './strategies.ts';

const { DATABASE_URL = ':memory:', PUBLIC_URL, NODE_ENV } = process.env;
const sessionSecret = process.env['COOKIE_SECRET'] || randomBytes(32).toString('base64url');

/** Reads the credentials of a provider, such as `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET`. */
function readApp(provider: string): App | undefined {
  const clientID = process.env[`${provider}_CLIENT_ID`];
  const clientSecret = process.env[`${provider}_CLIENT_SECRET`];
  return clientID && clientSecret ? { clientID, clientSecret } : undefined;
}

const real = {
  roblox: readApp('ROBLOX'),
  google: readApp('GOOGLE'),
  github: readApp('GITHUB'),
  discord: readApp('DISCORD'),
};
const missing = BRANDS.filter(({ id }) => real[id] === undefined);
if (NODE_ENV === 'production' && missing.length > 0) {
  // With a local provider, anybody can sign in as anybody.
  console.error(
    `No credentials for ${missing.map(({ name }) => name).join(', ')}: there are no local providers in production.`,
  );
  process.exit(1);
}
for (const { id, name } of BRANDS) {
  const prefix = name.toUpperCase();
  const where = real[id]
    ? `the real one, as app ${real[id].clientID}`
    : `a local one with made-up people (for the real one, set ${prefix}_CLIENT_ID and ${prefix}_CLIENT_SECRET)`;
  console.log(`${name}: ${where}`);
}

const local = missing.length > 0 ? await startLocalProviders() : undefined;
const accounts = await openAccounts(DATABASE_URL);
const chosen = Object.entries(real).filter(([, app]) => app !== undefined);
const apps = { ...local?.apps, ...Object.fromEntries(chosen) } as Apps; // local apps replace missing real ones
const app = createApp({ apps, accounts, sessionSecret, publicURL: PUBLIC_URL || undefined });

await serve(
  'login-page',
  (port, host) => app.listen(port, host),
  async () => {
    accounts.close();
    await local?.close();
  },
);
