import { expect } from 'chai';
import fc from 'fast-check';

import { checkClock, checkDiscovery, checkKeys, type ClockSample } from '../../lib/doctor/service.ts';
import { buildDiscovery } from '../../lib/emulator/oauth/endpoints.ts';
import { deriveEndpoints } from '../../lib/oauth/endpoints.ts';

const ENDPOINTS = deriveEndpoints();
const DOCUMENT = buildDiscovery(ENDPOINTS.baseURL);
const said = (document: Record<string, unknown>, hasSecret = true) =>
  checkDiscovery(document, ENDPOINTS, hasSecret).map(({ level, message }) => `${level} ${message}`);

describe("the doctor's look at the discovery document", () => {
  it("finds nothing in Roblox's own", () => {
    expect(said(DOCUMENT)).to.deep.equal(['ok the discovery document is what this package expects']);
  });

  for (const name of [
    'issuer',
    'authorization_endpoint',
    'token_endpoint',
    'revocation_endpoint',
    'introspection_endpoint',
    'resources_endpoint',
    'userinfo_endpoint',
    'jwks_uri',
  ]) {
    it(`names ${name} where it is another, and where it is missing`, () => {
      expect(said({ ...DOCUMENT, [name]: 'https://example.com/' })).to.deep.equal([
        `problem ${name} is 'https://example.com/' and should be '${String(DOCUMENT[name])}'`,
      ]);
      expect(said({ ...DOCUMENT, [name]: undefined })[0]).to.include(`${name} is missing and should be`);
    });
  }

  it('knows an issuer that lost its slash', () => {
    expect(said({ ...DOCUMENT, issuer: 'https://apis.roblox.com/oauth' })[0]).to.match(/its last slash is missing$/);
  });

  for (const [name, value] of [
    ['id_token_signing_alg_values_supported', 'ES256'],
    ['response_types_supported', 'code'],
    ['token_endpoint_auth_methods_supported', 'client_secret_post'],
  ] as const) {
    it(`names ${name} where it does not list '${value}'`, () => {
      expect(said({ ...DOCUMENT, [name]: ['other'] })).to.deep.equal([
        `problem ${name} is [ 'other' ] and should list '${value}'`,
      ]);
      expect(said({ ...DOCUMENT, [name]: value })[0]).to.include('should list');
    });
  }

  it('asks for no way to send a secret where there is none', () => {
    expect(said({ ...DOCUMENT, token_endpoint_auth_methods_supported: [] }, false)[0]).to.match(/^ok/);
  });

  it('names every difference, and each only once', () => {
    expect(said({})).to.have.length(13);
  });

  it('shows no control character of what it was sent, and not all of it', () => {
    const [first = ''] = said({ ...DOCUMENT, issuer: `\u001b[2J\u009b${'x'.repeat(10_000)}` });
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(first).not.to.match(/[\u0000-\u001f\u007f-\u009f]/);
    expect(first.length).to.be.below(400);
  });
});

describe("the doctor's look at the keys", () => {
  const key = { kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid: '1', x: 'x', y: 'y' };
  const saidOf = (keys: unknown) => checkKeys({ keys }).map(({ level, message }) => `${level} ${message}`);

  it('counts the keys for ES256', () => expect(saidOf([key, { ...key, kid: '2' }])).to.deep.equal(['ok 2 for ES256']));

  it('takes a key that names neither its algorithm nor its use', () => {
    expect(saidOf([{ kty: 'EC', crv: 'P-256', kid: '1', x: 'x', y: 'y' }])).to.deep.equal(['ok 1 for ES256']);
  });

  it('mentions a key of another kind beside a good one, as nothing to worry about', () => {
    expect(saidOf([key, { kty: 'RSA', kid: '2' }])).to.deep.equal([
      'ok 1 for ES256',
      "note key 2 is of the type 'RSA' missing and should be 'EC' 'P-256', and is not used",
    ]);
  });

  for (const [what, keys, problem] of [
    ['no list', undefined, /there are none/],
    ['an empty list', [], /there are none/],
    ['another algorithm alone', [{ ...key, alg: 'ES384' }], /key 1 is for 'ES384'/],
    ['another curve alone', [{ ...key, crv: 'P-384' }], /key 1 is of the type 'EC' 'P-384'/],
    ['keys to encrypt with', [{ ...key, use: 'enc' }], /key 1 is for the use 'enc'/],
    ['keys without a name', [{ ...key, kid: undefined }], /key 1 has no kid/],
    ['keys without coordinates', [{ ...key, y: undefined }], /key 1 lacks its coordinates/],
    ['no keys at all', ['key'], /key 1 is no JSON object/],
  ] as const) {
    it(`finds ${what} a problem`, () => {
      const [only = '', ...more] = saidOf(keys);
      expect(more).to.deep.equal([]);
      expect(only)
        .to.match(/^problem/)
        .and.to.match(problem);
    });
  }
});

describe("the doctor's look at the clock", () => {
  const SERVER_MS = Date.parse('2026-08-22T12:00:00Z');
  const sample = (offsetMs: number, more: { roundTripMs?: number; age?: string } = {}): ClockSample => ({
    sentMs: SERVER_MS + offsetMs,
    receivedMs: SERVER_MS + offsetMs + (more.roundTripMs ?? 0),
    date: new Date(SERVER_MS).toUTCString(),
    age: more.age ?? null,
  });
  const saidOf = (...samples: ClockSample[]) => {
    const { level, message } = checkClock(samples);
    return `${level} ${message}`;
  };

  for (const [what, samples, expected] of [
    ['a clock that is right', [sample(0)], /^ok within 1 s/],
    ['a clock that is 59 s ahead', [sample(59_000)], /^ok/],
    ['a clock that is 2 minutes ahead', [sample(120_000)], /^problem .*about 120 seconds ahead/],
    ['a clock that is 5 minutes behind', [sample(-300_000)], /^problem .*about 5 minutes behind/],
    ['a clock in another time zone', [sample(7_200_000)], /^problem .*about 120 minutes ahead/],
    ['a clock that is hours off', [sample(36_000_000)], /^problem .*about 10 hours ahead/],
    ['a clock that lost its battery', [sample(-9 * 365 * 86_400_000)], /^problem .*about 3285 days behind/],
    ['a response that took long', [sample(-100_000, { roundTripMs: 100_000 })], /^ok/],
    [
      'a slow response and a quick one',
      [sample(-90_000, { roundTripMs: 90_000 }), sample(-90_000)],
      /^problem .*behind/,
    ],
    ["a cache's response of an hour ago", [sample(3_600_000, { age: '3600' })], /^ok/],
    ['an age that is none', [sample(3_600_000, { age: 'old' })], /^problem/],
    ['no time at all', [{ ...sample(0), date: null }], /^note could not be compared/],
    ['a time that is none', [{ ...sample(0), date: 'noon' }], /^note could not be compared/],
    ['no response', [], /^note could not be compared/],
  ] as const) {
    it(`judges ${what}`, () => expect(saidOf(...samples)).to.match(expected));
  }

  it('never blames a clock that is right, however slow the network is', () => {
    const millis = fc.integer({ min: 0, max: 600_000 });
    fc.assert(
      fc.property(millis, millis, fc.integer({ min: 0, max: 999 }), (thereMs, backMs, fractionMs) => {
        const respondedMs = SERVER_MS + fractionMs;
        const right = {
          sentMs: respondedMs - thereMs,
          receivedMs: respondedMs + backMs,
          date: new Date(SERVER_MS).toUTCString(),
          age: null,
        };
        expect(saidOf(right)).to.match(/^ok/);
      }),
    );
  });
});
