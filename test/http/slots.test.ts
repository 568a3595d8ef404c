import { expect } from 'chai';
import { waitFor } from '../../lib/http/abort.ts';
import { limitInFlight } from '../../lib/http/slots.ts';
import type { HttpRequest, Transport } from '../../lib/http/transport.ts';
import { catchError } from '../support/thrown.ts';

const REQUEST: HttpRequest = { method: 'GET', url: 'http://roblox.test/', headers: {}, maxBytes: 100, secrets: [] };

describe('requests in flight', () => {
  /** A transport whose responses come when the test lets them. */
  function gate() {
    const open: (() => void)[] = [];
    let inFlight = 0;
    let most = 0;
    const transport: Transport = async ({ signal }) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      try {
        await waitFor(new Promise<void>((resolve) => open.push(resolve)), signal);
        return { status: 200, header: () => null, text: '' };
      } finally {
        inFlight -= 1;
      }
    };
    return { transport, open, most: () => most };
  }

  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('are limited, and the others follow in their order', async () => {
    const { transport, open, most } = gate();
    const limited = limitInFlight(transport, 3);
    const done: number[] = [];
    const all = Array.from({ length: 10 }, (_, index) => limited(REQUEST).then(() => done.push(index)));
    await settled();
    expect(open).to.have.length(3);
    while (done.length < 10) {
      open.shift()?.();
      await settled();
    }
    await Promise.all(all);
    expect(most()).to.equal(3);
    expect(done).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('free their slot when they fail, and one that leaves the queue takes none', async () => {
    const { transport, open } = gate();
    const limited = limitInFlight(transport, 1);
    const first = new AbortController();
    const second = new AbortController();
    const one = limited({ ...REQUEST, signal: first.signal });
    const two = limited({ ...REQUEST, signal: second.signal });
    const three = limited(REQUEST);
    second.abort(new Error('not in the mood'));
    expect(await catchError(two)).to.have.property('message', 'not in the mood');
    first.abort(new Error('failed'));
    expect(await catchError(one)).to.have.property('message', 'failed');
    await settled();
    expect(open).to.have.length(2);
    open[1]?.();
    expect((await three).status).to.equal(200);
  });

  it('pass on a slot that they get at the moment of leaving the queue', async () => {
    const { transport, open } = gate();
    const limited = limitInFlight(transport, 1);
    const leaver = new AbortController();
    const one = limited(REQUEST);
    const two = limited({ ...REQUEST, signal: leaver.signal });
    const three = limited(REQUEST);
    await settled();
    open[0]?.();
    one.then(() => leaver.abort(new Error('gone'))).catch(() => {});
    await one;
    await catchError(two).catch(() => {});
    await settled();
    open.forEach((go) => go());
    expect((await three).status).to.equal(200);
  });
});
