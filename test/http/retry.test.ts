import { expect } from 'chai';
import fc from 'fast-check';
import { ConnectionError, type ConnectionErrorCode } from '../../lib/errors.ts';
import { decideRetry, type Attempt, type Outcome } from '../../lib/http/retry.ts';

function answer(status: number, fields: Record<string, string> = {}): Outcome {
  return { status, header: (name) => fields[name] ?? null };
}

function broken(code: ConnectionErrorCode): Outcome {
  return { error: new ConnectionError('it broke', { code, method: 'GET', url: 'http://roblox.test/' }) };
}

function attempt(change: Partial<Attempt>): Attempt {
  return { method: 'GET', outcome: answer(503), retries: 0, elapsedMs: 0, nowMs: 0, random: () => 0, ...change };
}

describe('whether a call is tried again', () => {
  const cases: [string, Partial<Attempt>, number | undefined][] = [
    ['a GET after a 502', { outcome: answer(502) }, 250],
    ['a GET after a 503', { outcome: answer(503) }, 250],
    ['a GET after a 504', { outcome: answer(504) }, 250],
    ['a PUT after a 503', { method: 'PUT' }, 250],
    ['a DELETE after a 503', { method: 'DELETE' }, 250],
    ['a POST after a 503: it may have been heard', { method: 'POST' }, undefined],
    ['a PATCH after a 503: it may have been heard', { method: 'PATCH' }, undefined],
    ['a POST after a 429: it was turned away', { method: 'POST', outcome: answer(429) }, 250],
    ['a GET after a 500', { outcome: answer(500) }, undefined],
    ['a GET after a 404', { outcome: answer(404) }, undefined],
    ['a GET after a 200', { outcome: answer(200) }, undefined],
    ['a GET after a broken connection', { outcome: broken('network') }, 250],
    ['a GET after a time-out', { outcome: broken('timeout') }, 250],
    ['a POST after a broken connection', { method: 'POST', outcome: broken('network') }, undefined],
    ['a GET after a redirect', { outcome: broken('redirect') }, undefined],
    ['a GET after a body that is too large', { outcome: broken('body_too_large') }, undefined],
    ['a GET that was cancelled', { outcome: { error: new DOMException('stop', 'AbortError') } }, undefined],
    ['the second retry waits up to twice as long', { retries: 1 }, 500],
    ['no third retry', { retries: 2 }, undefined],
    ['as long as the server says', { outcome: answer(429, { 'retry-after': '12' }) }, 12_000],
    ['as long as the quota needs', { outcome: answer(429, { 'x-ratelimit-reset': '40' }) }, 40_000],
    ['a wait that ends with the budget', { outcome: answer(429, { 'retry-after': '60' }) }, undefined],
    [
      'a wait that fits into what is left',
      { elapsedMs: 30_000, outcome: answer(429, { 'retry-after': '29' }) },
      29_000,
    ],
    ['a wait beyond what is left', { elapsedMs: 31_000, outcome: answer(429, { 'retry-after': '29' }) }, undefined],
    ['a backoff when the budget is used up', { elapsedMs: 59_900 }, undefined],
  ];
  for (const [name, change, delayMs] of cases) {
    it(`${name}: ${delayMs === undefined ? 'no' : `after ${delayMs} ms`}`, () => {
      expect(decideRetry(attempt(change))).to.deep.equal(delayMs === undefined ? undefined : { delayMs });
    });
  }

  it('backs off between a half and the whole of a step that doubles', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(random, fc.integer({ min: 0, max: 9 }), (chance, retries) => {
        const patience = { maxRetries: 10, budgetMs: 60_000 };
        const decision = decideRetry(attempt({ retries, random: () => chance }), patience);
        const stepMs = Math.min(20_000, 500 * 2 ** retries);
        expect(decision?.delayMs).to.be.within(stepMs / 2, stepMs);
      }),
    );
  });

  it('never waits beyond the budget, whatever the server says', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(70_000), (seconds, elapsedMs) => {
        const outcome = answer(429, { 'retry-after': String(seconds) });
        const decision = decideRetry(attempt({ outcome, elapsedMs }));
        expect(elapsedMs + (decision?.delayMs ?? -elapsedMs)).to.be.lessThan(60_000);
      }),
    );
  });

  it('never happens where nobody wants it', () => {
    expect(decideRetry(attempt({}), { maxRetries: 0, budgetMs: 60_000 })).to.equal(undefined);
  });
});
