import { run } from '../shared/run.ts';
import { createApp } from './app.ts';

await run('fastify', async (blanks, port, host) => {
  const app = createApp(blanks);
  await app.listen({ port, host });
  return app.server;
});
