import { setImmediate } from 'node:timers';

const reasons: unknown[] = [];
const collect = (reason: unknown) => void reasons.push(reason);

/** Fails a test that leaves an unhandled rejection, which mocha ignores. */
export const mochaHooks = {
  beforeEach() {
    // For each test: in parallel, mocha removes all listeners after each file.
    if (!process.listeners('unhandledRejection').includes(collect)) process.on('unhandledRejection', collect);
  },
  async afterEach() {
    await new Promise((resolve) => setImmediate(resolve));
    const [first] = reasons.splice(0);
    if (first !== undefined) throw new Error('The test left an unhandled rejection', { cause: first });
  },
};
