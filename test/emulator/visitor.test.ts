import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect } from 'chai';

import { createVisitor, DEMO_CLIENT, startEmulator } from '../../lib/emulator/index.ts';
import type { Emulator, Visitor } from '../../lib/emulator/index.ts';

/** A minimal app: a cookie keeps the state, and the callback compares it. */
function createApp(roblox: Emulator): Server {
  const pages: Record<string, (req: IncomingMessage, res: ServerResponse, url: URL) => void> = {
    '/auth/roblox': (_req, res, url) => {
      const query = new URLSearchParams({
        client_id: DEMO_CLIENT.clientID,
        redirect_uri: `${url.origin}/callback`,
        response_type: 'code',
        scope: 'openid asset:write',
        state: 's1',
      });
      const sameSite = url.searchParams.get('samesite') ?? 'Lax';
      res.setHeader('set-cookie', [
        `state=s1; Path=/; HttpOnly; SameSite=${sameSite}`,
        'narrow=1; Path=/auth',
        'old=1; Max-Age=0',
      ]);
      res.writeHead(302, { location: `${roblox.url}/oauth/v1/authorize?${query}` }).end();
    },
    '/callback': (req, res, url) => {
      const isOwn = /(^|; )state=s1(;|$)/.test(req.headers.cookie ?? '');
      const outcome = url.searchParams.get('error') ?? (url.searchParams.has('code') ? 'code' : 'nothing');
      res.setHeader('set-cookie', 'state=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT');
      res.writeHead(303, { location: `/done?outcome=${outcome}&own=${isOwn}` }).end();
    },
    '/done': (req, res, url) => {
      res.writeHead(200, { 'content-type': 'application/json' });
      res.end(JSON.stringify({ ...Object.fromEntries(url.searchParams), cookie: req.headers.cookie ?? '' }));
    },
    '/loop': (_req, res) => res.writeHead(302, { location: '/loop' }).end(),
    '/echo': (req, res) => {
      let body = '';
      req.on('data', (chunk) => (body += String(chunk))).on('end', () => res.end(`${req.method} ${body}`));
    },
    '/cookies': (req, res) => res.end(req.headers.cookie ?? ''),
    '/keep': (_req, res) => res.writeHead(307, { location: '/echo' }).end(),
  };
  return createServer((req, res) => {
    const url = new URL(req.url ?? '/', `http://${req.headers.host}`);
    const page = pages[url.pathname];
    if (page === undefined) res.writeHead(404).end('nothing here');
    else page(req, res, url);
  });
}

describe('The visitor', () => {
  let roblox: Emulator;
  let app: Server;
  let baseURL: string;
  let visitor: Visitor;
  before(async () => {
    roblox = await startEmulator();
    app = createApp(roblox);
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
    baseURL = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    visitor = createVisitor({ baseURL });
  });
  afterEach(() => visitor.close());
  after(async () => {
    await roblox.close();
    await new Promise((resolve) => app.close(resolve));
  });

  it('signs in across the app and the emulator, with the app’s cookies', async () => {
    const page = await visitor.signIn({ start: '/auth/roblox', user: '4100000003' });
    expect(page.status).to.equal(200);
    expect(page.json()).to.deep.equal({ outcome: 'code', own: 'true', cookie: '' });
    expect(page.history.map((url) => new URL(url).pathname)).to.deep.equal(['/callback', '/done']);
  });

  it('cancels', async () => {
    expect((await visitor.cancel()).json()).to.include({ outcome: 'access_denied', own: 'true' });
  });

  it('can stop before the callback', async () => {
    const callback = await visitor.authorize(await visitor.start(), { user: '4100000002' });
    expect(callback.startsWith(`${baseURL}/callback?code=`)).to.equal(true);
    visitor.clearCookies();
    expect((await visitor.get(callback)).json()).to.include({ own: 'false' });
    const redirect = await visitor.get(callback, { redirect: false });
    expect(redirect.status).to.equal(303);
  });

  it('keeps cookies by path, drops them when they expire, and shows them', async () => {
    await visitor.start();
    expect(visitor.cookies()).to.deep.equal({ state: 's1' });
    expect(visitor.cookies('/auth/roblox')).to.deep.equal({ state: 's1', narrow: '1' });
    expect(visitor.cookies('/authors')).to.deep.equal({ state: 's1' });
    await visitor.get('/callback');
    expect(visitor.cookies()).to.deep.equal({});
  });

  it('sends no SameSite=Strict cookie after the consent page, which is another site', async () => {
    const page = await visitor.signIn({ start: '/auth/roblox?samesite=Strict' });
    expect(page.json()).to.include({ outcome: 'code', own: 'false' });
    const callback = await visitor.authorize(await visitor.start('/auth/roblox?samesite=Strict'));
    expect((await visitor.get(callback)).json()).to.include({ own: 'false' });
    await visitor.start('/auth/roblox?samesite=Strict');
    expect((await visitor.get('/cookies')).body).to.equal('state=s1');
  });

  it('sends no SameSite cookie with a form of another site', async () => {
    await visitor.start();
    const from = 'https://evil.example/page';
    expect((await visitor.post('/cookies', {}, { from })).body).to.equal('');
    expect((await visitor.post('/cookies', {}, { from: baseURL })).body).to.equal('state=s1');
    expect((await visitor.post('/cookies')).body).to.equal('state=s1');
  });

  it('posts forms, and again after a 307', async () => {
    expect((await visitor.post('/echo', { a: '1 &2' })).body).to.equal('POST a=1+%262');
    expect((await visitor.post('/keep', { a: '1' })).body).to.equal('POST a=1');
  });

  it('says what went wrong', async () => {
    const outcome = async (work: Promise<unknown>) => String(await work.catch((error: unknown) => error));
    expect(await outcome(visitor.get('/loop'))).to.match(/More than 20 redirects/);
    expect(await outcome(visitor.start('/missing'))).to.match(/answered 404/);
    expect(await outcome(visitor.authorize(`${roblox.url}/oauth/v1/authorize?client_id=1`))).to.match(/No app is reg/);
    const consent = await visitor.start();
    const nobody = /no user 'Nell' on the consent page; there are 4100000001 \(Mango\), 4100000002 \(Nell\), /;
    expect(await outcome(visitor.authorize(consent, { user: 'Nell' }))).to.match(nobody);
    expect(await outcome(visitor.authorize(consent, { users: [] } as never))).to.match(/authorize takes user, action/);
    expect(await outcome(visitor.signIn({ userId: '1' } as never))).to.match(/signIn takes start, user, .* got userId/);
    expect(await outcome(visitor.cancel({ path: '/' } as never))).to.match(/cancel takes start, user, but got path/);
    expect(await outcome(visitor.get('/', { header: {} } as never))).to.match(/but got header/);
    expect(() => createVisitor({ baseUrl: 'http://localhost' } as never)).to.throw(TypeError, 'takes baseURL');
  });

  it('needs one connection to the app and one to the emulator for many logins, and closes them', async () => {
    roblox.reset();
    for (let time = 0; time < 50; time += 1) await visitor.signIn();
    expect(roblox.connections).to.equal(1);
    const open = () => new Promise<number>((resolve) => app.getConnections((_error, count) => resolve(count)));
    expect(await open()).to.equal(1);
    visitor.close();
    while ((await open()) > 0) await new Promise((resolve) => setImmediate(resolve));
  });
});
