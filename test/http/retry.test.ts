import { expect } from 'chai';
import fc from 'fast-check';
import { ConnectionError, type ConnectionErrorCode } from '../../lib/errors.ts';
import { sleep } from '../../lib/http/abort.ts';
import { createPatientTransport, decideRetry, readWaitMs, type Attempt } from '../../lib/http/retry.ts';
import {
  createConnectionError,
  type HttpRequest,
  type HttpResponse,
  type Transport,
} from '../../lib/http/transport.ts';
import { catchError } from '../support/thrown.ts';

const REQUEST: HttpRequest = {
  method: 'GET',
  url: 'http://roblox.test/x?token=1',
  headers: {},
  maxBytes: 100,
  secrets: [],
};

function response(status: number, fields: Record<string, string> = {}): HttpResponse {
  return { status, header: (name) => fields[name] ?? null, text: '' };
}

/** A transport with these responses, and a clock that only moves with waits. */
function scene(...responses: (HttpResponse | Error)[]) {
  const waits: number[] = [];
  const requests: HttpRequest[] = [];
  let now = 1000;
  const inner: Transport = async (request) => {
    requests.push(request);
    const next = responses[requests.length - 1];
    if (next instanceof Error) throw next;
    if (next === undefined) throw new Error('one request too many');
    return next;
  };
  const transport = createPatientTransport({
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

describe('a patient transport', () => {
  it('returns the first response without waiting', async () => {
    const { transport, waits } = scene(response(200));
    expect((await transport(REQUEST)).status).to.equal(200);
    expect(waits).to.deep.equal([]);
  });

  it('waits longer each time, and returns the last response when it stops', async () => {
    const { transport, waits } = scene(response(503), response(503), response(503));
    expect((await transport(REQUEST)).status).to.equal(503);
    expect(waits).to.deep.equal([375, 750]);
  });

  it('throws the last error when it stops', async () => {
    const last = createConnectionError('network', REQUEST);
    const { transport, waits } = scene(createConnectionError('timeout', REQUEST), response(502), last);
    expect(await catchError(transport(REQUEST))).to.equal(last);
    expect(waits).to.have.length(2);
  });

  it('waits as long as the server asks', async () => {
    const { transport, waits } = scene(
      response(429, { 'retry-after': '20' }),
      response(429, { 'x-ratelimit-reset': '30' }),
      response(200),
    );
    expect((await transport(REQUEST)).status).to.equal(200);
    expect(waits).to.deep.equal([20_000, 30_000]);
  });

  it('counts all waits towards its minute', async () => {
    const { transport, waits } = scene(response(429, { 'retry-after': '35' }), response(429, { 'retry-after': '35' }));
    expect((await transport(REQUEST)).status).to.equal(429);
    expect(waits).to.deep.equal([35_000]);
  });

  it('ends a wait at once when its signal aborts', async () => {
    const controller = new AbortController();
    const transport = createPatientTransport({
      transport: async () => response(429, { 'retry-after': '30' }),
      sleep: async (delayMs, signal) => {
        queueMicrotask(() => controller.abort(new Error('changed my mind')));
        await sleep(delayMs, signal);
      },
    });
    const error = await catchError(transport({ ...REQUEST, signal: controller.signal }));
    expect(error).to.have.property('message', 'changed my mind');
  });

  it('does not retry after its signal has aborted', async () => {
    const controller = new AbortController();
    let requests = 0;
    const transport = createPatientTransport({
      transport: async (request) => {
        requests += 1;
        if (requests === 2) controller.abort(new Error('changed my mind'));
        request.signal?.throwIfAborted();
        return response(503);
      },
      sleep: async () => {},
    });
    const error = await catchError(transport({ ...REQUEST, signal: controller.signal }));
    expect(error).to.have.property('message', 'changed my mind');
    expect(requests).to.equal(2);
  });

  it('gives each attempt its own time-out, however long the call has waited', async () => {
    const { transport, waits, requests } = scene(response(429, { 'retry-after': '60' }), response(200));
    expect((await transport(REQUEST)).status).to.equal(200);
    expect(waits).to.deep.equal([60_000]);
    expect(requests).to.deep.equal([REQUEST, REQUEST]);
  });

  it('returns the last 429 when the next wait is too long', async () => {
    const refused = response(429, { 'retry-after': '3600' });
    const { transport, waits } = scene(response(429, { 'retry-after': '60' }), refused);
    expect(await transport(REQUEST)).to.equal(refused);
    expect(waits).to.deep.equal([60_000]);
  });

  it('returns the 429 when the next wait would end after the time-out of the call', async () => {
    for (const [timeoutMs, waited] of [
      [5000, []],
      [5001, [5000]],
      [undefined, [5000]],
    ] as const) {
      const { transport, waits } = scene(response(429, { 'retry-after': '5' }), response(200));
      const { status } = await transport({ ...REQUEST, timeoutMs });
      expect([status, waits]).to.deep.equal([waited.length === 0 ? 429 : 200, waited]);
    }
  });

  it('backs off when the server names no time, or zero', async () => {
    const { transport, waits } = scene(
      response(429, { 'retry-after': '0' }),
      response(429, { 'x-ratelimit-reset': '0' }),
      response(200),
    );
    expect((await transport(REQUEST)).status).to.equal(200);
    expect(waits).to.deep.equal([375, 750]);
  });
});

function broken(code: ConnectionErrorCode): Attempt['result'] {
  return { error: new ConnectionError('it broke', { code, method: 'GET', url: 'http://roblox.test/' }) };
}

function attempt(change: Partial<Attempt>): Attempt {
  return { method: 'GET', result: response(503), retries: 0, waitedMs: 0, nowMs: 0, random: () => 0, ...change };
}

describe('whether a call is tried again', () => {
  const cases: [string, Partial<Attempt>, number | undefined][] = [
    ['a GET after a 502', { result: response(502) }, 250],
    ['a GET after a 503', { result: response(503) }, 250],
    ['a GET after a 504', { result: response(504) }, 250],
    ['a PUT after a 503', { method: 'PUT' }, 250],
    ['a DELETE after a 503', { method: 'DELETE' }, 250],
    ['a POST after a 503: it may have been heard', { method: 'POST' }, undefined],
    ['a PATCH after a 503: it may have been heard', { method: 'PATCH' }, undefined],
    ['a POST after a 429: it was turned away', { method: 'POST', result: response(429) }, 250],
    ['a GET after a 500', { result: response(500) }, undefined],
    ['a GET after a 404', { result: response(404) }, undefined],
    ['a GET after a 200', { result: response(200) }, undefined],
    ['a GET after a broken connection', { result: broken('network') }, 250],
    ['a GET after a time-out', { result: broken('timeout') }, 250],
    ['a POST after a broken connection', { method: 'POST', result: broken('network') }, undefined],
    ['a GET after a redirect', { result: broken('redirect') }, undefined],
    ['a GET after a body that is too large', { result: broken('body_too_large') }, undefined],
    ['a GET that was cancelled', { result: { error: new DOMException('stop', 'AbortError') } }, undefined],
    ['the second retry waits up to twice as long', { retries: 1 }, 500],
    ['no third retry', { retries: 2 }, undefined],
    ['as long as the server says', { result: response(429, { 'retry-after': '12' }) }, 12_000],
    ['as long as the quota needs', { result: response(429, { 'x-ratelimit-reset': '40' }) }, 40_000],
    ['a wait of a full minute', { result: response(429, { 'retry-after': '60' }) }, 60_000],
    ['a wait of more than a minute', { result: response(429, { 'retry-after': '61' }) }, undefined],
    ['a wait of no time at all', { result: response(429, { 'retry-after': '0' }) }, 250],
    [
      'a wait that fits into what is left',
      { waitedMs: 31_000, result: response(429, { 'retry-after': '29' }) },
      29_000,
    ],
    ['a wait beyond what is left', { waitedMs: 31_001, result: response(429, { 'retry-after': '29' }) }, undefined],
    ['a backoff when the budget is used up', { waitedMs: 59_900 }, undefined],
  ];
  for (const [name, change, delayMs] of cases) {
    it(`${name}: ${delayMs === undefined ? 'no' : `after ${delayMs} ms`}`, () => {
      expect(decideRetry(attempt(change))).to.equal(delayMs);
    });
  }

  it('backs off between a half and the whole of a step that doubles', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(random, fc.integer({ min: 0, max: 9 }), (chance, retries) => {
        const decision = decideRetry(attempt({ retries, random: () => chance }), 10);
        const stepMs = Math.min(20_000, 500 * 2 ** retries);
        expect(decision).to.be.within(stepMs / 2, stepMs);
      }),
    );
  });

  it('never waits beyond the budget, whatever the server says', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(70_000), (seconds, waitedMs) => {
        const result = response(429, { 'retry-after': String(seconds) });
        const decision = decideRetry(attempt({ result, waitedMs }));
        expect(waitedMs + (decision ?? -waitedMs)).to.be.at.most(60_000);
      }),
    );
  });

  it('never happens with maxRetries: 0', () => {
    expect(decideRetry(attempt({}), 0)).to.equal(undefined);
  });
});

const NOW = Date.UTC(2026, 7, 22, 12, 0, 0);

describe('how long a response asks to wait', () => {
  const cases: [string, number, Record<string, string>, number | undefined][] = [
    ['Retry-After in seconds', 429, { 'retry-after': '7' }, 7000],
    ['Retry-After of no time at all', 429, { 'retry-after': '0' }, undefined],
    ['Retry-After of no time at all and a reset', 429, { 'retry-after': '0', 'x-ratelimit-reset': '4' }, 4000],
    ['Retry-After with spaces around it', 429, { 'retry-after': ' 3 ' }, 3000],
    ['Retry-After as a date', 429, { 'retry-after': 'Sat, 22 Aug 2026 12:00:09 GMT' }, 9000],
    ['Retry-After as a date of the obsolete form', 503, { 'retry-after': 'Saturday, 22-Aug-26 12:00:09 GMT' }, 9000],
    ["Retry-After as a date of asctime's form", 503, { 'retry-after': 'Sat Aug 22 12:00:09 2026' }, 9000],
    ['a date that is over', 429, { 'retry-after': 'Sat, 22 Aug 2026 11:00:00 GMT' }, undefined],
    [
      "a date by the server's clock, which is an hour ahead of ours",
      429,
      { 'retry-after': 'Sat, 22 Aug 2026 13:00:09 GMT', date: 'Sat, 22 Aug 2026 13:00:00 GMT' },
      9000,
    ],
    ['both headers: Retry-After', 429, { 'retry-after': '2', 'x-ratelimit-reset': '30' }, 2000],
    ['x-ratelimit-reset in seconds left', 429, { 'x-ratelimit-reset': '30' }, 30_000],
    ['a list in x-ratelimit-reset: the last window to open', 429, { 'x-ratelimit-reset': '3, 30;w=60' }, 30_000],
    ['a reset within this second: no time named', 429, { 'x-ratelimit-reset': '0' }, undefined],
    ...[429, 503].map((status): (typeof cases)[number] => [
      `a ${status} with quota left: the reset is not about it`,
      status,
      { 'x-ratelimit-reset': '36000', 'x-ratelimit-remaining': '5' },
      undefined,
    ]),
    ['a 429 without quota', 429, { 'x-ratelimit-reset': '30', 'x-ratelimit-remaining': '0' }, 30_000],
    ['a 503 without quota', 503, { 'x-ratelimit-reset': '30', 'x-ratelimit-remaining': '0' }, 30_000],
    ['a negative Retry-After', 429, { 'retry-after': '-5' }, undefined],
    ['a Retry-After of words', 429, { 'retry-after': 'soon' }, undefined],
    ['a Retry-After of words and a reset', 429, { 'retry-after': 'soon', 'x-ratelimit-reset': '4' }, 4000],
    ['a date that a lenient parser would take', 429, { 'retry-after': '2026' + '-08-22' }, undefined],
    ['nothing', 429, {}, undefined],
  ];
  for (const [name, status, fields, expected] of cases) {
    it(`${name}: ${expected === undefined ? 'unsaid' : `${expected} ms`}`, () => {
      expect(readWaitMs(response(status, fields), NOW)).to.equal(expected);
    });
  }

  it('is never zero, negative or NaN, for any header', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (after, reset, date) => {
        const wait = readWaitMs(response(429, { 'retry-after': after, 'x-ratelimit-reset': reset, date }), NOW);
        expect(wait === undefined || wait > 0).to.equal(true);
      }),
    );
  });
});
