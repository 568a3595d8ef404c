import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { run } from '../settings.ts';
import { createApp } from './app.ts';

await run(async (blanks, port) => {
  const server = createApp(blanks).listen(port);
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
