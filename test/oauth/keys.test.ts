import { expect } from 'chai';
import type { Transport } from '../../lib/http/transport.ts';
import { createKeyCache } from '../../lib/oauth/keys.ts';
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
