import { expect } from 'chai';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, get, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { CookieStore, type CookieStoreOptions, type LoginMeta } from '../../lib/index.ts';
import { FakeRoblox, CODE } from '../support/fake-roblox.ts';
import { authenticate, begin, expectError, expectFail403, expectSuccess, strategyFor } from '../support/harness.ts';
import { catchError } from '../support/thrown.ts';
import { HTTPS, Jar, META, SECRET, storeIn } from './cookie-jar.ts';

describe('a CookieStore', () => {
  it('returns a login once, and clears the cookie', async () => {
    const store = new CookieStore({ secret: SECRET });
    const jar = new Jar();
    const handle = await jar.store(store, { verifier: 'my-verifier', state: { to: '/', n: null } });
    expect(handle).to.match(/^[\w-]{32}$/);
    expect(jar.cookies.size).to.equal(1);
    const taken = await jar.verify(store, handle);
    expect(taken).to.deep.equal({ ok: 'my-verifier', state: { to: '/', n: null }, callbackURL: META.callbackURL });
    expect(jar.cookies.size).to.equal(0);
    expect((await jar.verify(store, handle)).ok).to.equal(false);
  });

  it('keeps a state of null, which differs from no state', async () => {
    const store = new CookieStore({ secret: SECRET });
    const jar = new Jar();
    expect((await jar.verify(store, await jar.store(store, { state: null }))).state).to.equal(null);
    expect((await jar.verify(store, await jar.store(store))).state).to.equal(undefined);
  });

  it('shows nothing of a login in its cookie', async () => {
    const jar = new Jar();
    await jar.store(new CookieStore({ secret: SECRET }), { verifier: 'my-verifier', state: 'my-state' });
    const [[, value = '']] = [...jar.cookies] as [[string, string]];
    const readable = value.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    expect(`${jar.headers.join()} ${readable.join()}`).to.not.match(/my-verifier|my-state|localhost/);
  });

  it('sets a cookie for this host, HttpOnly, SameSite=Lax, valid for 15 minutes', async () => {
    const jar = new Jar();
    const handle = await jar.store(new CookieStore({ secret: SECRET }));
    const [header = ''] = jar.headers;
    expect(header).to.match(new RegExp(`^roblox-login\\.[0-9a-z]+\\.${handle}=`));
    expect(header.split('; ').slice(1)).to.have.members(['Max-Age=900', 'Path=/', 'HttpOnly', 'SameSite=Lax']);
  });

  const schemes: [name: string, secure: boolean | 'auto' | undefined, meta: LoginMeta, isSecure: boolean][] = [
    ['on https', undefined, HTTPS, true],
    ['on http', undefined, META, false],
    ["on https with secure: 'auto'", 'auto', HTTPS, true],
    ['with secure: true', true, META, true],
    ['with secure: false', false, HTTPS, false],
  ];
  for (const [name, secure, meta, isSecure] of schemes) {
    it(`${isSecure ? 'is Secure, of __Host- name,' : 'is not Secure'} ${name}, when set and when cleared`, async () => {
      const store = new CookieStore({ secret: SECRET, secure });
      const jar = new Jar();
      const handle = await jar.store(store, { meta });
      expect((await jar.verify(store, handle, meta)).ok).to.equal('verifier');
      expect(jar.headers).to.have.length(2);
      for (const header of jar.headers) {
        expect(header.startsWith('__Host-roblox-login.')).to.equal(isSecure);
        expect(header.includes('; Secure')).to.equal(isSecure);
        expect(header).to.include('; Path=/').and.to.not.include('Domain');
      }
    });
  }

  it('ignores cookies on https that a sibling host could have set', async () => {
    const store = new CookieStore({ secret: SECRET });
    const jar = new Jar();
    const handle = await jar.store(store);
    expect((await jar.verify(store, handle, HTTPS)).ok).to.equal(false);
  });

  it('finds a login that had its own https callback URL, unlike the strategy', async () => {
    const store = new CookieStore({ secret: SECRET });
    const jar = new Jar();
    const handle = await jar.store(store, { meta: HTTPS });
    expect((await jar.verify(store, handle, META)).ok).to.equal('verifier');
    expect(jar.header).to.equal('');
  });

  it('keeps at most 5 logins, the newest, in any order of the cookies', async () => {
    let nowMs = 1_800_000_000_000;
    const store = new CookieStore({ secret: SECRET, now: () => (nowMs += 1000) });
    const jar = new Jar();
    const handles: string[] = [];
    for (let i = 0; i < 7; i += 1) {
      handles.push(await jar.store(store, { verifier: `v${i}` }));
      const shuffled = [...jar.cookies].reverse();
      jar.cookies.clear();
      for (const [name, value] of shuffled) jar.cookies.set(name, value);
      expect(jar.cookies.size).to.equal(Math.min(i + 1, 5));
    }
    const found: unknown[] = [];
    for (const handle of handles) found.push((await jar.verify(store, handle)).ok);
    expect(found).to.deep.equal([false, false, 'v2', 'v3', 'v4', 'v5', 'v6']);
  });

  it('keeps fewer when they are large, so that the server still accepts requests', async () => {
    const store = new CookieStore({ secret: SECRET });
    const jar = new Jar();
    for (let i = 0; i < 5; i += 1) await jar.store(store, { state: 'x'.repeat(2_500) });
    expect(jar.header.length).to.be.below(8192);
    expect(jar.cookies.size).to.equal(2);
  });

  it('forgets a login after 15 minutes, even if the browser keeps the cookie', async () => {
    let nowMs = 1_800_000_000_000;
    const store = new CookieStore({ secret: SECRET, now: () => nowMs });
    const jar = new Jar();
    const young = await jar.store(store);
    nowMs += 15 * 60_000 - 1;
    expect((await jar.verify(store, young)).ok).to.equal('verifier');
    const old = await jar.store(store);
    nowMs += 15 * 60_000;
    expect((await jar.verify(store, old)).ok).to.equal(false);
    expect(jar.cookies.size).to.equal(0);
  });

  it('keeps the other logins when one ends, finished or refused', async () => {
    const store = new CookieStore({ secret: SECRET });
    const jar = new Jar();
    const [first, second, third] = [await jar.store(store), await jar.store(store), await jar.store(store)];
    await jar.verify(store, second);
    await jar.verify(store, 'A'.repeat(32));
    expect(jar.cookies.size).to.equal(2);
    expect((await jar.verify(store, third)).ok).to.equal('verifier');
    expect((await jar.verify(store, first)).ok).to.equal('verifier');
  });

  it('keeps the login of another app on the same host', async () => {
    const store = new CookieStore({ secret: SECRET });
    const jar = new Jar();
    const handle = await jar.store(store);
    expect((await jar.verify(store, handle, { ...META, clientID: '456' })).ok).to.equal(false);
    expect((await jar.verify(store, handle)).ok).to.equal('verifier');
  });

  it("adds its cookie to the app's own cookies", async () => {
    const store = new CookieStore({ secret: SECRET });
    for (const present of ['theme=dark', ['theme=dark', 'lang=en']]) {
      const req = new Jar().exchange();
      req.res.setHeader('Set-Cookie', present);
      await storeIn(store, req);
      const headers = req.res.getHeader('Set-Cookie') as string[];
      expect(headers.slice(0, -1)).to.deep.equal([present].flat());
      expect(headers.at(-1)).to.match(/^roblox-login\./);
    }
  });

  it('does not decrypt a cookie with the name of another', async () => {
    const store = new CookieStore({ secret: SECRET });
    const jar = new Jar();
    const handle = await jar.store(store);
    const [[name, value]] = [...jar.cookies] as [[string, string]];
    const otherHandle = 'B'.repeat(32);
    jar.cookies.set(name.replace(handle, otherHandle), value);
    expect((await jar.verify(store, otherHandle)).ok).to.equal(false);
    const [prefix, , rest] = name.split('.');
    jar.cookies.clear();
    jar.cookies.set(`${prefix}.${(Date.now() + 60_000).toString(36)}.${rest}`, value);
    expect((await jar.verify(store, handle)).ok).to.equal(false);
  });

  it('throws an error that names state when the cookie would be too large for browsers', async () => {
    const store = new CookieStore({ secret: SECRET });
    const largest = { low: 0, high: 4096 };
    while (largest.high - largest.low > 1) {
      const size = (largest.low + largest.high) >> 1;
      const storing = new Jar().store(store, { state: 'x'.repeat(size) });
      const result = await storing.then(
        () => 'low' as const,
        () => 'high' as const,
      );
      largest[result] = size;
    }
    const jar = new Jar();
    await jar.store(store, { state: 'x'.repeat(largest.low) });
    expect(jar.headers[0]?.length).to.be.at.most(4096).and.above(4090);
    const error = await catchError(new Jar().store(store, { state: 'x'.repeat(largest.high) }));
    expect(error)
      .to.be.instanceOf(TypeError)
      .with.property('message')
      .that.matches(/^state is too large/);
  });

  it('says what is missing when it finds no response', async () => {
    const store = new CookieStore({ secret: SECRET });
    const error = await catchError(storeIn(store, { headers: {} }));
    expect(error?.message).to.include('response: (req) =>').and.to.include('Fastify');
    const lost = new CookieStore({ secret: SECRET, response: () => undefined });
    expect((await catchError(storeIn(lost, { headers: {} })))?.message).to.match(/^response must return/);
  });

  it('sets its cookie on what `response` returns: a response of Node, or a reply of Fastify', async () => {
    const jar = new Jar();
    const node = jar.exchange();
    await storeIn(new CookieStore({ secret: SECRET, response: () => node.res }), { headers: {} });
    expect(node.res.getHeader('Set-Cookie')).to.have.length(1);
    const set: string[][] = [];
    const reply = { header: (...values: [string, string]) => set.push(values) };
    await storeIn(new CookieStore({ secret: SECRET, response: () => reply }), { headers: {} });
    expect(set[0]?.[0]).to.equal('Set-Cookie');
  });

  it("prefers Koa's real response to the mock that koa-passport puts on the request", async () => {
    const { res } = new Jar().exchange();
    const mock = { setHeader: () => expect.fail('the mock keeps no header'), getHeader: () => undefined };
    await storeIn(new CookieStore({ secret: SECRET }), { headers: {}, res: mock, ctx: { res } });
    expect(res.getHeader('Set-Cookie')).to.have.length(1);
  });

  it('finds the response of a bare Node server, where Connect leaves it', async () => {
    const store = new CookieStore({ secret: SECRET });
    const server = createServer((req, res) => {
      storeIn(store, req).then(
        (handle) => res.end(handle),
        (error: Error) => res.writeHead(500).end(error.message),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const headers = await new Promise<IncomingHttpHeaders>((resolve, reject) => {
      get({ port, host: '127.0.0.1' }, (res) => resolve(res.resume().headers)).on('error', reject);
    });
    expect(headers['set-cookie']?.[0]).to.match(/^roblox-login\./);
    await new Promise((resolve) => server.close(resolve));
  });

  it('throws when the response has already been sent', async () => {
    const req = new Jar().exchange();
    req.res.writeHead(200);
    expect(await catchError(storeIn(new CookieStore({ secret: SECRET }), req))).to.have.property(
      'code',
      'ERR_HTTP_HEADERS_SENT',
    );
  });

  const refused: [name: string, options: unknown, message: RegExp][] = [
    ['no options', undefined, /needs \{ secret \}/],
    ['no secret', {}, /^secret must be 16 bytes.*missing/],
    ['a short secret', { secret: 'hunter2' }, /^secret must be 16 bytes or more.* has 7/],
    ['short bytes', { secret: new Uint8Array(15) }, /has 15/],
    ['a number', { secret: 1e40 }, /a number/],
    ['no secrets', { secrets: [] }, /^secrets must be an array/],
    ['a string for secrets', { secrets: SECRET }, /^secrets must be an array/],
    ['a short secret among them', { secrets: [SECRET, 'hunter2'] }, /^each of secrets .* has 7/],
    ['both', { secret: SECRET, secrets: [SECRET] }, /both/],
    ['a name that is none', { secret: SECRET, name: 'a b' }, /^name /],
    ['secure as a string', { secret: SECRET, secure: 'yes' }, /^secure /],
    ['response as an object', { secret: SECRET, response: {} }, /^response /],
    ['now as a number', { secret: SECRET, now: 3 }, /^now /],
    ['a misspelt option', { secret: SECRET, nam: 'x' }, /Unknown option 'nam'\. Did you mean 'name'/],
  ];
  for (const [name, options, message] of refused) {
    it(`refuses ${name}, and shows no secret`, () => {
      const construct = () => new CookieStore(options as CookieStoreOptions);
      expect(construct).to.throw(TypeError, message);
      expect(construct).to.not.throw(/hunter2/);
    });
  }

  it('shows no secret when it is inspected', () => {
    const store = new CookieStore({ secret: SECRET });
    expect(inspect(store, { showHidden: true, depth: 9 }) + JSON.stringify(store)).to.not.include(SECRET);
  });
});

describe('a strategy with a CookieStore', () => {
  it('signs in without a session, with the state of the app, and refuses a replay and another browser', async () => {
    const roblox = new FakeRoblox();
    const strategy = strategyFor(roblox, { store: new CookieStore({ secret: SECRET }) });
    const jar = new Jar();
    const request = ({ headers, res }: IncomingMessage & { res: ServerResponse }, query = {}) => ({
      headers: headers as Record<string, string>,
      res,
      query,
    });
    const start = request(jar.exchange());
    const told = await authenticate(strategy, start, { state: { to: '/shop' } });
    if (told.verb !== 'redirect') throw new Error(told.verb);
    jar.read(start.res);
    roblox.nonce = told.url.searchParams.get('nonce') ?? '';
    const query = { code: CODE, state: told.url.searchParams.get('state') };
    expectFail403(await authenticate(strategy, request(new Jar().exchange(), query)));
    const back = request(jar.exchange(), query);
    expect(expectSuccess(await authenticate(strategy, back)).info.state).to.deep.equal({ to: '/shop' });
    jar.read(back.res);
    expectFail403(await authenticate(strategy, request(jar.exchange(), query)));
    expect(roblox.count('/oauth/v1/token')).to.equal(1);
  });

  it('ends with an error instead of a redirect when the state is too large', async () => {
    const strategy = strategyFor(new FakeRoblox(), { store: new CookieStore({ secret: SECRET }) });
    const told = await authenticate(strategy, { res: new Jar().exchange().res }, { state: 'x'.repeat(5000) });
    expect(expectError(told).message).to.match(/^state is too large/);
  });

  it('keeps its logins in the session without one', async () => {
    const roblox = new FakeRoblox();
    expect((await begin(strategyFor(roblox), roblox, {})).state).to.match(/^[\w-]{32}$/);
  });
});
