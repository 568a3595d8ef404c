import { expect } from 'chai';
import fc from 'fast-check';
import { readQuotas, readWaitMs } from '../../lib/http/rate-limit.ts';

const NOW = Date.UTC(2026, 7, 22, 12, 0, 0);

function headers(fields: Record<string, string>): (name: string) => string | null {
  return (name) => fields[name] ?? null;
}

describe('how long an answer asks to wait', () => {
  const cases: [string, number, Record<string, string>, number | undefined][] = [
    ['Retry-After in seconds', 429, { 'retry-after': '7' }, 7000],
    ['Retry-After of no time at all', 429, { 'retry-after': '0' }, 0],
    ['Retry-After with spaces around it', 429, { 'retry-after': ' 3 ' }, 3000],
    ['Retry-After as a date', 429, { 'retry-after': 'Sat, 22 Aug 2026 12:00:09 GMT' }, 9000],
    ['Retry-After as a date of the obsolete form', 503, { 'retry-after': 'Saturday, 22-Aug-26 12:00:09 GMT' }, 9000],
    ["Retry-After as a date of asctime's form", 503, { 'retry-after': 'Sat Aug 22 12:00:09 2026' }, 9000],
    ['a date that is over', 429, { 'retry-after': 'Sat, 22 Aug 2026 11:00:00 GMT' }, 0],
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
    [
      'a 503 with quota left: the reset is not about it',
      503,
      { 'x-ratelimit-reset': '30', 'x-ratelimit-remaining': '5' },
      undefined,
    ],
    ['a 503 without quota', 503, { 'x-ratelimit-reset': '30', 'x-ratelimit-remaining': '0' }, 30_000],
    ['a negative Retry-After', 429, { 'retry-after': '-5' }, undefined],
    ['a Retry-After of words', 429, { 'retry-after': 'soon' }, undefined],
    ['a Retry-After of words and a reset', 429, { 'retry-after': 'soon', 'x-ratelimit-reset': '4' }, 4000],
    ['a date that a lenient parser would take', 429, { 'retry-after': '2026' + '-08-22' }, undefined],
    ['nothing', 429, {}, undefined],
  ];
  for (const [name, status, fields, expected] of cases) {
    it(`${name}: ${expected === undefined ? 'unsaid' : `${expected} ms`}`, () => {
      expect(readWaitMs(status, headers(fields), NOW)).to.equal(expected);
    });
  }

  it('is never negative and never NaN, whatever a server sends', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (after, reset, date) => {
        const wait = readWaitMs(429, headers({ 'retry-after': after, 'x-ratelimit-reset': reset, date }), NOW);
        expect(wait === undefined || wait >= 0).to.equal(true);
      }),
    );
  });
});

describe('quotas', () => {
  it('are a list, with the window of each where it is named', () => {
    expect(readQuotas('1000, 1000;w=60, 20;w=3600')).to.deep.equal([
      { limit: 1000, windowSeconds: undefined },
      { limit: 1000, windowSeconds: 60 },
      { limit: 20, windowSeconds: 3600 },
    ]);
  });

  it('are none where there is no list', () => {
    expect(readQuotas(null)).to.deep.equal([]);
    expect(readQuotas('plenty')).to.deep.equal([]);
  });
});
