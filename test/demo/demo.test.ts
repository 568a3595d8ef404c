import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../examples/express/app.ts';
import { createVisitor, DEMO_CLIENT, DEMO_GROUPS, DEMO_PEOPLE, startEmulator } from '../../lib/emulator/index.ts';
import type { EmulatedUser, Emulator, Visitor } from '../../lib/emulator/index.ts';

const MANGO = '4100000001';
const NELL = '4100000002';

/** A user with markup in their names. */
const MALLORY: EmulatedUser = {
  id: '4100000009',
  username: 'Mallory',
  displayName: '<img src=x onerror=alert(1)>',
  createdAt: new Date(),
  picture: 'https://pictures.test/1.png?"><script>alert(1)</script>',
  inventory: [{ assetDetails: { assetId: '1', inventoryItemAssetType: '<b>HAT</b>', instanceId: '1' } }],
  groups: [
    { id: '7099', displayName: '</a><script>', roleIds: ['1'], roles: [{ id: '1', displayName: '"&<i>', rank: 1 }] },
  ],
};

describe('the Express demo', () => {
  let roblox: Emulator;
  let server: Server;
  let url: string;
  let visitor: Visitor;

  before(async () => {
    roblox = await startEmulator({ users: [...DEMO_PEOPLE, MALLORY], groups: DEMO_GROUPS });
    const app = createApp({
      ...DEMO_CLIENT,
      baseURL: roblox.url,
      callbackURL: '/auth/roblox/callback',
      sessionSecret: 'test',
    });
    server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await roblox.close();
  });
  beforeEach(() => {
    roblox.reset();
    visitor = createVisitor({ baseURL: url });
  });
  afterEach(() => visitor.close());

  it('shows a visitor a link to sign in', async () => {
    const page = await visitor.get('/');
    expect(page.status).to.equal(200);
    expect(page.body)
      .to.match(/<a [^>]*href="\/auth\/roblox"/)
      .and.to.include('Sign in with Roblox');
    expect(page.headers['set-cookie'], 'a cookie before there is a need for one').to.equal(undefined);
  });

  it('shows who signed in, what they own and which groups they are in', async () => {
    const page = await visitor.signIn({ user: MANGO });
    expect(page.status).to.equal(200);
    expect(page.url).to.equal(`${url}/`);
    expect(page.body).to.include(`src="${roblox.url}/avatars/${MANGO}.svg"`.replaceAll('&', '&amp;'));
    for (const text of ['Mango', '@MangoPilot', 'Mar 20, 2019', 'Hat', 'Limited', 'Classic T-shirt', 'Mar 14, 2021']) {
      expect(page.body).to.include(text);
    }
    for (const text of [
      'Game pass',
      'Sky Island Builders',
      'Event Host',
      'Rank 80',
      'Lantern Street Cafe',
      'Rank 255',
    ]) {
      expect(page.body).to.include(text);
    }
    expect((await visitor.get('/')).body, 'after a reload').to.include('@MangoPilot');
  });

  it('fetches no more of a long inventory than it shows', async () => {
    const page = await visitor.signIn({ user: '4100000003' });
    expect(page.body.match(/>ID \d+/g)).to.have.length(12);
    expect(roblox.count('/cloud/v2/users/4100000003/inventory-items')).to.equal(1);
  });

  it('draws a placeholder for a user without a picture, and says when there is nothing to list', async () => {
    const page = await visitor.signIn({ user: NELL });
    expect(page.body).to.include('<span class="headshot" aria-hidden="true">N</span>');
    expect(page.body).to.include('Nothing in the inventory yet.').and.to.include('Not in any group yet.');
  });

  it('shows markup in names as text', async () => {
    const page = await visitor.signIn({ user: MALLORY.id });
    expect(page.body).to.include('&#60;img src=x onerror=alert(1)&#62;');
    expect(page.body).to.include('&#34;&#38;&#60;i&#62;');
    expect(page.body).not.to.match(/<script|<img src=x|<b>|<i>/);
  });

  it('loads only its own style and pictures, and cannot be framed or cached', async () => {
    for (const page of [await visitor.get('/'), await visitor.signIn({ user: MANGO }), await visitor.get('/nowhere')]) {
      const policy = String(page.headers['content-security-policy']);
      expect(policy).to.include("default-src 'none'").and.to.include("frame-ancestors 'none'");
      expect(policy).not.to.include('unsafe');
      expect(page.headers['cache-control']).to.equal('no-store');
      expect(page.headers).not.to.have.property('x-powered-by');
    }
    expect(String((await visitor.get('/style.css')).headers['content-type'])).to.include('text/css');
  });

  it('answers 403 with a link to try again when the user cancels', async () => {
    const page = await visitor.cancel();
    expect(page.status).to.equal(403);
    expect(page.body).to.include('cancelled').and.to.include('href="/auth/roblox"');
  });

  it('shows the reason of a refusal only once', async () => {
    await visitor.cancel();
    const page = await visitor.get('/nowhere');
    expect(page.status).to.equal(404);
    expect((await visitor.get('/auth/roblox/callback?state=unknown&code=1')).body).not.to.include('cancelled');
  });

  it('refuses a replayed callback with 403, and leaves the person signed in', async () => {
    const callback = await visitor.authorize(await visitor.start(), { user: MANGO });
    await visitor.get(callback);
    const replayed = await visitor.get(callback);
    expect(replayed.status).to.equal(403);
    expect(replayed.body).not.to.include(new URL(callback).searchParams.get('code'));
    expect((await visitor.get('/')).body).to.include('@MangoPilot');
  });

  it("refuses another browser's callback with 403, which still works in its own browser", async () => {
    const callback = await visitor.authorize(await visitor.start(), { user: MANGO });
    const stranger = createVisitor({ baseURL: url });
    expect((await stranger.get(callback)).status).to.equal(403);
    expect(stranger.cookies(), 'a session for a stranger').to.deep.equal({});
    stranger.close();
    expect((await visitor.get(callback)).body).to.include('@MangoPilot');
  });

  it('signs out by POST only', async () => {
    await visitor.signIn({ user: MANGO });
    expect((await visitor.get('/sign-out')).status).to.equal(404);
    expect((await visitor.get('/')).body).to.include('@MangoPilot');
    const page = await visitor.post('/sign-out');
    expect(page.url).to.equal(`${url}/`);
    expect(page.body).to.include('Sign in with Roblox');
    expect((await visitor.get('/')).body).not.to.include('@MangoPilot');
  });

  it('shows the profile, with a note, while Open Cloud is down', async () => {
    await visitor.signIn({ user: MANGO });
    roblox.faults.status('/cloud/*', 500, { times: Infinity });
    const page = await visitor.get('/');
    expect(page.status).to.equal(200);
    expect(page.body).to.include('@MangoPilot');
    expect(page.body.match(/class="note"/g)).to.have.length(2);
  });

  it('does not wait for a slow Open Cloud for ever', async () => {
    await visitor.signIn({ user: MANGO });
    roblox.faults.hang('/cloud/v2/groups/*');
    const { timeout } = AbortSignal;
    AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms / 4);
    const page = await visitor.get('/').finally(() => (AbortSignal.timeout = timeout));
    expect(page.body).to.include('@MangoPilot').and.to.include('Classic T-shirt');
    expect(page.body.match(/class="note"/g)).to.have.length(1);
  });

  it('asks to sign in again when the user has withdrawn the authorization at Roblox', async () => {
    await visitor.signIn({ user: MANGO });
    roblox.revokeAuthorizations(MANGO);
    const page = await visitor.get('/');
    expect(page.body).to.include('@MangoPilot').and.to.include('Sign in again');
  });

  it('answers 502 without a stack trace when Roblox fails in the middle of a sign-in', async () => {
    const callback = await visitor.authorize(await visitor.start(), { user: MANGO });
    roblox.faults.destroy('/oauth/v1/token');
    const logged: unknown[] = [];
    const { error } = console;
    console.error = (...values: unknown[]) => void logged.push(...values);
    const page = await visitor.get(callback).finally(() => (console.error = error));
    expect(page.status).to.equal(502);
    expect(page.body).not.to.match(/ at .*:\d+|Error/);
    expect(logged).to.have.length(1);
  });
});
