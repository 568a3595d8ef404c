/**
 * A process of its own with a vault, for {@link startWorker}. It makes calls when it is told to, and stands still at the moment that it
 * was given, so that it can be killed there.
 */
import { TokenVault, type Fetch } from '../../lib/index.ts';
import { DEMO_CLIENT } from '../../lib/emulator/index.ts';
import { LOSS_DELAY, openBackend, TIMEOUT } from './backends.ts';
import type { Order, Plan, Report } from './workers.ts';

const plan = JSON.parse(process.argv[2] ?? '') as Plan; // startWorker wrote it
const { storage, lock } = await openBackend(plan.backend, plan.space);
let isRenewing = false;

function report(message: Report): void {
  process.send?.(message);
}

/** Stands still for good when this is the moment. */
async function reach(moment: Plan['pauseAt']): Promise<void> {
  if (moment !== plan.pauseAt) return;
  report({ reached: moment });
  await new Promise(() => {});
}

const tracedFetch: Fetch = async (url, init) => {
  const isTokenRequest = url.endsWith('/oauth/v1/token');
  if (isTokenRequest) await reach('before the request');
  const response = await fetch(url, init); // the platform's takes what ours is
  const text = await response.text();
  if (isTokenRequest) await reach("between Roblox's answer and the store");
  return new Response(text, response);
};

const vault = new TokenVault({
  storage: {
    async get(key) {
      if (isRenewing) await reach('under the lock');
      return storage.get(key);
    },
    async set(key, value) {
      await storage.set(key, value);
      const isIntent = value.includes('"holders":[{');
      await reach(
        isIntent ? 'between the intent and the end of the lock' : 'between the store and the end of the lock',
      );
    },
    delete: (key) => storage.delete(key),
  },
  lock: (key, task) =>
    lock(key, async () => {
      isRenewing = true;
      return task();
    }),
  clientID: DEMO_CLIENT.clientID,
  clientSecret: DEMO_CLIENT.clientSecret,
  baseURL: plan.baseURL,
  fetch: tracedFetch,
  timeout: TIMEOUT,
  lossDelay: LOSS_DELAY,
  onLost: (userId) => report({ lost: userId }),
});

process.on('message', async ({ calls }: Order) => {
  const settled = await Promise.allSettled(
    Array.from({ length: calls }, async () => {
      const client = await vault.client(plan.userId);
      return client?.userInfo();
    }),
  );
  const failures = settled.flatMap((call) => (call.status === 'rejected' ? [String(call.reason)] : []));
  const names = settled.flatMap((call) => (call.status === 'fulfilled' ? [call.value?.preferred_username] : []));
  report({ failures, names });
});
report({ isReady: true });
