import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { run } from '../settings.ts';
import { createApp } from './app.ts';

// The emulator's by default.
const { GROUP_ID = '7001', STAFF_RANK = '50', GAME_PASS_ID = '777' } = process.env;

await run(async (blanks, port) => {
  const community = { groupId: GROUP_ID, staffRank: Number(STAFF_RANK), gamePassId: GAME_PASS_ID };
  const server = createApp(blanks, community).listen(port);
  await once(server, 'listening');
  const address = server.address() as AddressInfo; // what a server on a port has
  return {
    port: address.port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
});
