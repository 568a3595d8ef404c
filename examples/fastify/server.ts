import type { AddressInfo } from 'node:net';
import { run } from '../settings.ts';
import { createApp } from './app.ts';

await run(async (blanks, port) => {
  const app = createApp(blanks);
  await app.listen({ port });
  const address = app.server.address() as AddressInfo; // what a server on a port has
  return { port: address.port, close: () => app.close() };
});
