/**
 * Starts the site. `server.ts` runs everything in one process. `server.ts web` and `server.ts worker` run one of several processes that
 * share a Postgres. Without ROBLOX_CLIENT_ID and DISCORD_CLIENT_ID it uses stand-ins on this machine, with made-up people.
 */
import { serve } from '../shared/run.ts';
import { readSettings } from './settings.ts';
import { openSite } from './site.ts';

const { role, settings, close: closeProviders } = await readSettings(process.env, process.argv);
const site = await openSite(settings);
const worker = role === 'web' ? undefined : await site.startWorker();

async function close(): Promise<void> {
  await worker?.close();
  await site.vault.close();
  await site.close();
  await closeProviders();
}

if (role === 'worker') {
  process.once('SIGINT', close).once('SIGTERM', close);
  console.log('The worker is running.');
} else {
  await serve('linked-roles', (port, host) => site.app.listen(port, host), close);
}
