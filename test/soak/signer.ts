/**
 * Signs in over and over through a plain Express app, and reports its own heap. Run in a process of its own, with --expose-gc, so that
 * nothing else is on the heap: the emulator lives with the test that starts this.
 */
import { startApp } from '../support/app.ts';

const [url = '', warmUp = '', counted = ''] = process.argv.slice(2);
const gc = globalThis.gc as () => Promise<void> | void; // by --expose-gc
const app = await startApp({ url });

async function signIn(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const { status, body } = await app.visitor.signIn();
    if (status !== 200) throw new Error(`Login ${i} ended with ${status}: ${body}`);
  }
}

/** Bytes in use after everything that can be collected has been; a second round catches what finalizers let go. */
async function heap(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    await gc();
  }
  return process.memoryUsage().heapUsed;
}

await signIn(Number(warmUp));
const before = await heap();
await signIn(Number(counted));
const after = await heap();
await app.close();
console.log(JSON.stringify({ before, after }));
