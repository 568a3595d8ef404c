import { waitFor } from './abort.ts';
import type { Transport } from './transport.ts';

/** Lets at most so many requests be in flight at once; the others wait in their order, and leave the queue when their signal says so. */
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
      // The slot may have come in the very moment of leaving: then it goes on to the next.
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
