#!/usr/bin/env node
import { main } from './main.ts';

// Set rather than called: what was printed must get through a pipe first.
process.exitCode = await main(process.argv.slice(2), process.env, {
  print: (text) => process.stdout.write(text),
  printError: (text) => process.stderr.write(text),
  waitForEnd: () => new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve)),
});
