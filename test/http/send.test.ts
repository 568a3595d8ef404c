import { expect } from 'chai';
import { ConnectionError } from '../../lib/errors.ts';
import { endedByEither, sleep, waitFor } from '../../lib/http/abort.ts';
import { patientTransport } from '../../lib/http/send.ts';
import { limitInFlight } from '../../lib/http/slots.ts';
import { connectionError, type HttpRequest, type HttpResponse, type Transport } from '../../lib/http/transport.ts';

const REQUEST: HttpRequest = {
  method: 'GET',
  url: 'http://roblox.test/x?token=1',
  headers: {},
  maxBytes: 100,
  secrets: [],
};

function answer(status: number, fields: Record<string, string> = {}): HttpResponse {
  return { status, header: (name) => fields[name] ?? null, text: '' };
}

/** A transport that gives these answers, and a clock that only waiting moves. */
function scene(...answers: (HttpResponse | Error)[]) {
  const waits: number[] = [];
  const requests: HttpRequest[] = [];
  let now = 1000;
  const inner: Transport = async (request) => {
    requests.push(request);
    const next = answers[requests.length - 1];
    if (next instanceof Error) throw next;
    if (next === undefined) throw new Error('one request too many');
    return next;
  };
  const transport = patientTransport({
    transport: inner,
    now: () => now,
    random: () => 0.5,
    sleep: async (delayMs) => {
      waits.push(delayMs);
      now += delayMs;
    },
  });
  return { transport, waits, requests };
}

/** What a promise throws. */
async function thrown(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('nothing was thrown'),
    (error: unknown) => error,
  );
}

describe('a patient transport', () => {
  it('hands over the first answer without waiting', async () => {
    const { transport, waits } = scene(answer(200));
    expect((await transport(REQUEST)).status).to.equal(200);
    expect(waits).to.deep.equal([]);
  });

  it('waits longer each time, and hands over the last answer when its patience ends', async () => {
    const { transport, waits } = scene(answer(503), answer(503), answer(503));
    expect((await transport(REQUEST)).status).to.equal(503);
    expect(waits).to.deep.equal([375, 750]);
  });

  it('throws the last failure when its patience ends', async () => {
    const last = connectionError('network', REQUEST);
    const { transport, waits } = scene(connectionError('timeout', REQUEST), answer(502), last);
    expect(await thrown(transport(REQUEST))).to.equal(last);
    expect(waits).to.have.length(2);
  });

  it('keeps to the time that the server names', async () => {
    const { transport, waits } = scene(
      answer(429, { 'retry-after': '20' }),
      answer(429, { 'x-ratelimit-reset': '30' }),
      answer(200),
    );
    expect((await transport(REQUEST)).status).to.equal(200);
    expect(waits).to.deep.equal([20_000, 30_000]);
  });

  it('counts the waits into its minute', async () => {
    const { transport, waits } = scene(answer(429, { 'retry-after': '35' }), answer(429, { 'retry-after': '35' }));
    expect((await transport(REQUEST)).status).to.equal(429);
    expect(waits).to.deep.equal([35_000]);
  });

  it('leaves a wait at once when its caller does', async () => {
    const controller = new AbortController();
    const transport = patientTransport({
      transport: async () => answer(429, { 'retry-after': '30' }),
      sleep: async (delayMs, signal) => {
        queueMicrotask(() => controller.abort(new Error('changed my mind')));
        await sleep(delayMs, signal);
      },
    });
    const error = await thrown(transport({ ...REQUEST, signal: controller.signal }));
    expect(error).to.have.property('message', 'changed my mind');
  });

  it('does not try again what its caller has ended', async () => {
    const controller = new AbortController();
    let requests = 0;
    const transport = patientTransport({
      transport: async (request) => {
        requests += 1;
        if (requests === 2) controller.abort(new Error('changed my mind'));
        request.signal?.throwIfAborted();
        return answer(503);
      },
      sleep: async () => {},
    });
    const error = await thrown(transport({ ...REQUEST, signal: controller.signal }));
    expect(error).to.have.property('message', 'changed my mind');
    expect(requests).to.equal(2);
  });

  it('ends an attempt with its minute, although the attempt had longer', async () => {
    let now = 0;
    const transport = patientTransport({
      transport: async ({ signal }) => {
        // The first attempt took nearly all of the minute.
        if (now === 0) {
          now = 59_000;
          return answer(503);
        }
        return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
      },
      now: () => now,
      sleep: async () => {},
      random: () => 0,
      patience: { maxRetries: 2, budgetMs: 59_300 },
    });
    const error = await thrown(transport(REQUEST));
    expect(error).to.be.instanceOf(ConnectionError).with.property('code', 'timeout');
    expect(error).to.have.property('url', 'http://roblox.test/x');
  });
});

describe('requests in flight', () => {
  /** A transport whose answers come when they are let go. */
  function gate() {
    const open: (() => void)[] = [];
    let inFlight = 0;
    let most = 0;
    const transport: Transport = async ({ signal }) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      try {
        await waitFor(new Promise<void>((resolve) => open.push(resolve)), signal);
        return answer(200);
      } finally {
        inFlight -= 1;
      }
    };
    return { transport, open, most: () => most };
  }

  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('are so many at the most, and the others follow in their order', async () => {
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

  it('give their place back when they fail, and one who leaves the queue takes none', async () => {
    const { transport, open } = gate();
    const limited = limitInFlight(transport, 1);
    const first = new AbortController();
    const second = new AbortController();
    const one = limited({ ...REQUEST, signal: first.signal });
    const two = limited({ ...REQUEST, signal: second.signal });
    const three = limited(REQUEST);
    second.abort(new Error('not in the mood'));
    expect(await thrown(two)).to.have.property('message', 'not in the mood');
    first.abort(new Error('failed'));
    expect(await thrown(one)).to.have.property('message', 'failed');
    await settled();
    expect(open).to.have.length(2);
    open[1]?.();
    expect((await three).status).to.equal(200);
  });

  it('pass a place on that came in the very moment of leaving', async () => {
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
    await thrown(two).catch(() => {});
    await settled();
    open.forEach((go) => go());
    expect((await three).status).to.equal(200);
  });
});

describe('work that either of two signals ends', () => {
  const hang = (signal: AbortSignal | undefined) =>
    new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));

  for (const first of [0, 1]) {
    it(`ends with the reason of the ${['one', 'other'][first]}`, async () => {
      const controllers = [new AbortController(), new AbortController()];
      const work = endedByEither(controllers[0]!.signal, controllers[1]!.signal, hang);
      controllers[first]!.abort(new Error('enough'));
      expect(await thrown(work)).to.have.property('message', 'enough');
    });

    it(`begins with a signal that has ended where the ${['one', 'other'][first]} has`, async () => {
      const signals = [new AbortController().signal, new AbortController().signal];
      signals[first] = AbortSignal.abort(new Error('enough'));
      const seen = await endedByEither(signals[0], signals[1], async (signal) => signal);
      expect(seen?.reason).to.have.property('message', 'enough');
    });
  }

  it('gets the one signal itself where there is no other', async () => {
    const { signal } = new AbortController();
    expect(await endedByEither(signal, undefined, async (given) => given)).to.equal(signal);
    expect(await endedByEither(undefined, signal, async (given) => given)).to.equal(signal);
    expect(await endedByEither(undefined, undefined, async (given) => given)).to.equal(undefined);
  });
});
