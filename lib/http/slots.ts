import { waitFor } from './abort.ts';
import type { Transport } from './transport.ts';

/** Limits the requests in flight. Further requests wait in order. A request leaves the queue when its signal aborts. */
export function limitInFlight(transport: Transport, max: number): Transport {
  let free = max;
  const queue: (() => void)[] = [];

  async function enter(signal: AbortSignal | undefined): Promise<void> {
    if (free > 0) {
      free -= 1;
      return;
    }
    let called = false;
    let call = () => {};
    const turn = new Promise<void>((resolve) => {
      call = () => {
        called = true;
        resolve();
      };
    });
    queue.push(call);
    try {
      await waitFor(turn, signal);
    } catch (reason) {
      // It may have got its slot at the same moment: pass the slot on.
      if (called) leave();
      else queue.splice(queue.indexOf(call), 1);
      throw reason;
    }
  }

  function leave(): void {
    const next = queue.shift();
    if (next === undefined) free += 1;
    else next();
  }

  return async (request) => {
    await enter(request.signal);
    try {
      return await transport(request);
    } finally {
      leave();
    }
  };
}
