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
    let call = () => {};
    const turn = new Promise<void>((resolve) => queue.push((call = resolve)));
    try {
      await waitFor(turn, signal);
    } catch (reason) {
      const place = queue.indexOf(call);
      // When it is not in the queue any more, it got its slot at the same moment: pass the slot on.
      if (place < 0) leave();
      else queue.splice(place, 1);
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
