import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONTENDERS, finish, start, type ContenderName } from './contenders.ts';
import { walkBare, walkOurs } from './listing.ts';

/**
 * One contender in a process of its own: what its CPU time says is about it alone. It does what the run tells it, one thing at a time.
 */
export type Order =
  | { readonly order: 'logins'; readonly count: number; readonly inFlight: number }
  /** Starts so many logins, and leaves them at the consent page. */
  | { readonly order: 'heap of started'; readonly count: number }
  /** Brings so many logins to where they wait for tokens; the provider holds them. */
  | { readonly order: 'heap of callbacks'; readonly count: number }
  | { readonly order: 'listing'; readonly slow: boolean };

/** What it took. */
export interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

const [name = '', baseURL = ''] = process.argv.slice(2);
const isListing = name === 'list-ours' || name === 'list-bare';
const contender = isListing ? undefined : CONTENDERS[name as ContenderName];
const strategy = await contender?.make(baseURL);

async function measure(work: () => Promise<unknown>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const from = performance.now();
  await work();
  const wallMs = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs, cpuMs: (user + system) / 1000 };
}

async function logins(count: number, inFlight: number): Promise<void> {
  let left = count;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await finish(strategy!, await start(strategy!));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

/** How many bytes of heap each of so many things keeps alive. */
async function measureHeap<T>(
  count: number,
  make: () => Promise<{ readonly made: T }>,
): Promise<{ bytesEach: number; made: T }> {
  const before = await settledHeap();
  const { made } = await make();
  const after = await settledHeap();
  return { bytesEach: (after - before) / count, made };
}

async function settledHeap(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    await sleep(20);
    globalThis.gc?.();
  }
  return process.memoryUsage().heapUsed;
}

const startMany = (count: number) => Promise.all(Array.from({ length: count }, () => start(strategy!)));

async function follow(order: Order): Promise<unknown> {
  switch (order.order) {
    case 'logins':
      return measure(() => logins(order.count, order.inFlight));
    case 'listing':
      return measure(() => (name === 'list-ours' ? walkOurs : walkBare)(baseURL, order.slow));
    case 'heap of started': {
      const { bytesEach, made } = await measureHeap(order.count, async () => ({ made: await startMany(order.count) }));
      for (const login of made) await finish(strategy!, login);
      return { bytesEach };
    }
    case 'heap of callbacks': {
      const started = await startMany(order.count);
      await control('hold');
      const { bytesEach, made } = await measureHeap(order.count, async () => {
        const finished = Promise.all(started.map((login) => finish(strategy!, login)));
        while ((await control('held')) < order.count) await sleep(20);
        return { made: { finished } }; // not the promise itself, which would be awaited
      });
      await control('release');
      await made.finished;
      return { bytesEach };
    }
  }
}

/** Speaks with the provider over a connection of its own. */
function control(what: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.get(`${baseURL}/bench/${what}`, { agent: false }, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      resolve(JSON.parse(text).held);
    });
    request.on('error', reject);
  });
}

process.on('message', (order: Order) => {
  follow(order).then(
    (result) => process.send?.({ result }),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.send?.({ ready: true });

// Whatever ends the run ends this too.
process.on('disconnect', () => process.exit());
