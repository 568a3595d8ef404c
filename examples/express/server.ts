import { run } from '../shared/run.ts';
import { createApp } from './app.ts';

await run('express', ({ cookieSecret, ...blanks }, port, host) =>
  createApp({ ...blanks, sessionSecret: cookieSecret }).listen(port, host),
);
