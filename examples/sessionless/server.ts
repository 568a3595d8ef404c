import { run } from '../shared/run.ts';
import { createApp } from './app.ts';

await run('sessionless', (blanks, port, host) => createApp(blanks).listen(port, host));
