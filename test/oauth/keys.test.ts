import { expect } from 'chai';
import type { Transport } from '../../lib/http/transport.ts';
import { createKeyCache } from '../../lib/oauth/keys.ts';
import { InternalOAuthError } from '../../lib/errors.ts';
import { CODE, FakeRoblox, json } from '../support/fake-roblox.ts';
import { authenticate, begin, expectError, expectSuccess, signIn, strategyFor } from '../support/harness.ts';
import { catchError } from '../support/thrown.ts';

/** A key cache whose requests the test answers, with the test's clock. */
function scene(options: { isConnected?: () => boolean } = {}) {
  let nowMs = 1_000_000;
  let requests = 0;
  let status = 200;
  let kid = 'first';
  let hold: Promise<void> | undefined;
  const transport: Transport = async () => {
    requests += 1;
    const response = { status, text: JSON.stringify({ keys: [{ kty: 'EC', kid }] }), header: () => null };
    await hold;
    return response;
  };
  return {
    keys: createKeyCache({ url: 'https://roblox.test/certs', transport, now: () => nowMs, ...options }),
    requests: () => requests,
    pass: (ms: number) => (nowMs += ms),
    fail: () => (status = 500),
    heal: () => (status = 200),
    rotate: () => (kid = 'second'),
    /** Holds responses back until the returned function is called. */
    holdResponses() {
      let release = () => {};
      hold = new Promise((resolve) => (release = resolve));
      return () => {
        hold = undefined;
        release();
      };
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const kids = (keys: readonly Readonly<Record<string, unknown>>[] | undefined) => keys?.map(({ kid }) => kid);

describe("Roblox's keys", () => {
  it('are fetched once for all callers, and cached', async () => {
    const { keys, requests } = scene();
    keys.prefetch();
    await Promise.all([keys.get(), keys.get()]);
    await keys.get();
    expect(requests()).to.equal(1);
  });

  it('are fetched again with one request for all tokens that name an unknown key', async () => {
    const { keys, requests, rotate } = scene();
    const known = await keys.get();
    rotate();
    const newer = await Promise.all([1, 2, 3, 4].map(() => keys.getNewer(known)));
    expect(newer.map(kids)).to.deep.equal([['second'], ['second'], ['second'], ['second']]);
    expect(requests()).to.equal(2);
  });

  it('are fetched again also right after the first time, then at most once in 30 seconds', async () => {
    const { keys, requests, pass } = scene();
    const first = await keys.get();
    const second = await keys.getNewer(first);
    expect(second).to.not.equal(undefined);
    pass(29_000);
    expect(await keys.getNewer(second!)).to.equal(undefined);
    pass(2_000);
    expect(await keys.getNewer(second!)).to.not.equal(undefined);
    expect(requests()).to.equal(3);
  });

  it('may be fetched again for a caller who shared a fetch that began before the keys changed', async () => {
    const { keys, pass, rotate, holdResponses } = scene();
    const known = await keys.get();
    pass(11 * 60_000);
    const release = holdResponses();
    keys.prefetch();
    rotate();
    const joined = keys.getNewer(known);
    await settled();
    release();
    expect(kids(await joined)).to.deep.equal(['first']);
    expect(kids(await keys.getNewer((await joined)!))).to.deep.equal(['second']);
  });

  it('may be fetched again at once when the fetch failed', async () => {
    const { keys, fail, heal, rotate } = scene();
    const known = await keys.get();
    fail();
    expect(await catchError(keys.getNewer(known))).to.have.property('code', 'server_error');
    heal();
    rotate();
    expect(kids(await keys.getNewer(known))).to.deep.equal(['second']);
  });

  it('are not fetched at each start of a login while Roblox is not reached', async () => {
    const { keys, requests, pass, fail, heal } = scene({ isConnected: () => false });
    fail();
    for (let start = 0; start < 10; start += 1) {
      keys.prefetch();
      await settled();
    }
    expect(requests()).to.equal(1);
    expect(await catchError(keys.get()), 'a callback does ask').to.have.property('code', 'server_error');
    expect(requests()).to.equal(2);
    heal();
    pass(6_000);
    keys.prefetch();
    await settled();
    expect(requests()).to.equal(3);
    await keys.get();
    expect(requests()).to.equal(3);
  });

  it('are not used for longer than half an hour', async () => {
    const { keys, pass, fail } = scene();
    await keys.get();
    pass(31 * 60_000);
    fail();
    expect(await catchError(keys.get())).to.have.property('code', 'server_error');
  });

  for (const text of ['{}', '{"keys":[]}', '{"keys":[{"kty":"RSA"}]}', '{"keys":{}}']) {
    it(`are an error when the response has no key: ${text}`, async () => {
      const transport: Transport = async () => ({ status: 200, text, header: () => null });
      const keys = createKeyCache({ url: 'https://roblox.test/certs', transport, now: () => 0 });
      expect(await catchError(keys.get())).to.have.property('code', 'invalid_body');
    });
  }
});

describe("Roblox's keys, in a login", () => {
  const CERTS = '/oauth/v1/certs';

  it('are fetched once for many logins', async () => {
    const roblox = new FakeRoblox();
    const strategy = strategyFor(roblox);
    for (let i = 0; i < 10; i += 1) expectSuccess(await signIn(strategy, roblox));
    expect(roblox.count(CERTS)).to.equal(1);
  });

  it('are fetched once for logins that start together', async () => {
    const roblox = new FakeRoblox();
    const strategy = strategyFor(roblox);
    await Promise.all(Array.from({ length: 8 }, () => begin(strategy, roblox, {})));
    expect(roblox.count(CERTS)).to.equal(1);
  });

  it('are fetched again when they were rotated, also right after the first fetch', async () => {
    const roblox = new FakeRoblox();
    const strategy = strategyFor(roblox);
    expectSuccess(await signIn(strategy, roblox));
    roblox.answers[CERTS] = async () => json(await roblox.certs('rotated'));
    roblox.answerWith(() => roblox.idToken({}, { kid: 'rotated' }));
    expectSuccess(await signIn(strategy, roblox));
    expect(roblox.count(CERTS)).to.equal(2);
  });

  it('are fetched again for unknown key IDs at most once in 30 seconds', async () => {
    const roblox = new FakeRoblox();
    const strategy = strategyFor(roblox);
    roblox.answerWith(() => roblox.idToken({}, { kid: `forged-${Math.random()}` }));
    for (let i = 0; i < 5; i += 1) {
      expect(expectError(await signIn(strategy, roblox))['code']).to.equal('unknown_key');
    }
    expect(roblox.count(CERTS)).to.equal(2);
    roblox.answers['/oauth/v1/token'] = (request) => roblox.usual(request);
    expectSuccess(await signIn(strategy, roblox));
  });

  it('are fetched by the callback when the start could not fetch them', async () => {
    const roblox = new FakeRoblox();
    const strategy = strategyFor(roblox);
    const session = {};
    roblox.answers[CERTS] = () => new Error('down');
    const { state } = await begin(strategy, roblox, session);
    delete roblox.answers[CERTS];
    expectSuccess(await authenticate(strategy, { session, query: { code: CODE, state } }));
  });

  it('are an InternalOAuthError when they cannot be fetched after a rotation', async () => {
    const roblox = new FakeRoblox();
    const strategy = strategyFor(roblox);
    expectSuccess(await signIn(strategy, roblox));
    roblox.answers[CERTS] = () => new Response(null, { status: 503 });
    roblox.answerWith(() => roblox.idToken({}, { kid: 'rotated' }));
    expect(expectError(await signIn(strategy, roblox))).to.be.instanceOf(InternalOAuthError);
  });

  const none: [name: string, response: unknown][] = [
    ['a response without keys', {}],
    ['keys that are null', { keys: null }],
    ['no key at all', { keys: [] }],
    ['an error that says 200', { errors: [{ code: 0 }] }],
    ['keys of another kind alone', { keys: [{ kty: 'RSA', kid: 'known', n: 'AQAB', e: 'AQAB' }, null, 7] }],
  ];
  for (const [name, response] of none) {
    it(`are an InternalOAuthError with ${name}, and the next login fetches them again`, async () => {
      const roblox = new FakeRoblox();
      const strategy = strategyFor(roblox);
      roblox.answers[CERTS] = () => json(response);
      const error = expectError(await signIn(strategy, roblox));
      expect(error).to.be.instanceOf(InternalOAuthError).with.nested.property('cause.code', 'invalid_body');
      delete roblox.answers[CERTS];
      expectSuccess(await signIn(strategy, roblox));
    });
  }
});
