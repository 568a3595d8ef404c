#!/usr/bin/env node
import { main } from './main.ts';

// Not `process.exit()`, which could cut off output that goes to a pipe.
process.exitCode = await main(process.argv.slice(2), process.env, {
  print: (text) => process.stdout.write(text),
  printError: (text) => process.stderr.write(text),
  waitForEnd: () => new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve)),
});
