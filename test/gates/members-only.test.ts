import { expect } from 'chai';
import { createVisitor, DEMO_CLIENT, startEmulator, type Emulator, type Visitor } from '../../lib/emulator/index.ts';
import { startScript } from '../frameworks/script.ts';
import type { RunningApp } from '../frameworks/suite.ts';
import { readText } from '../login-page/support.ts';

describe('the example for members only', function () {
  this.timeout(30_000);
  let roblox: Emulator;
  let app: RunningApp;
  let visitor: Visitor;

  before(async () => {
    roblox = await startEmulator();
    app = await startScript('examples/members-only/server.ts', {
      ...DEMO_CLIENT,
      callbackURL: '/auth/roblox/callback',
      baseURL: roblox.url,
      cookieSecret: 'a secret for the cookies of tests only',
    });
    visitor = createVisitor({ baseURL: app.url });
  });
  after(async () => {
    visitor?.close();
    await app?.close();
    await roblox?.close();
  });
  afterEach(() => visitor.clearCookies());

  /** @returns the status of a page, and its texts */
  const see = async (path: string) => {
    const { status, body } = await visitor.get(path);
    return [status, readText(/<main>(.*)<\/main>/s.exec(body)?.[1] ?? body)] as const;
  };

  it('tells a refused user who the site is for', async () => {
    const page = await visitor.signIn({ user: '4100000002' });
    expect(page.status).to.equal(403);
    expect(page.body).to.include('This site is for members of our group.').and.to.include('Try again');
    expect((await see('/'))[1]).to.include('Sign in with Roblox');
  });

  it('links to its pages, and says who may see them', async () => {
    const page = await visitor.signIn({ user: '4100000001' });
    expect(page.body).to.include('href="/staff"').and.to.include('href="/lounge"');
    expect(readText(page.body)).to.include('rank of 50 or higher').and.to.include('For owners of our pass');
  });

  it('shows members the pages for their rank and pass', async () => {
    await visitor.signIn({ user: '4100000001' });
    expect((await see('/staff')).join(' ')).to.include('200 Staff room Only our staff can read this.');
    expect((await see('/lounge')).join(' ')).to.include('200 Lounge Thank you for your support.');
    visitor.clearCookies();
    await visitor.signIn({ user: '4100000004' });
    expect((await see('/staff'))[0]).to.equal(200);
    expect((await see('/lounge')).join(' ')).to.match(/^403 This page is for owners of our pass\. .*Hello, Ysölde/);
  });

  it('checks each visitor, even when another one has just passed', async () => {
    const stranger = createVisitor({ baseURL: app.url });
    try {
      await visitor.signIn({ user: '4100000001' });
      await stranger.signIn({ user: '4100000004' });
      const statuses = await Promise.all(
        Array.from({ length: 6 }, async (_, turn) => (await (turn % 2 ? stranger : visitor).get('/lounge')).status),
      );
      expect(statuses).to.deep.equal([200, 403, 200, 403, 200, 403]);
      stranger.clearCookies();
      expect((await stranger.get('/lounge')).status).to.equal(401);
      expect((await stranger.get('/staff')).status).to.equal(401);
    } finally {
      stranger.close();
    }
  });

  it('shows nothing to a visitor who is not signed in', async () => {
    expect((await see('/staff')).join(' ')).to.match(/^401 Please sign in This page is for people who are signed in\./);
    expect((await see('/lounge'))[0]).to.equal(401);
  });

  it('asks for a new sign-in once the user has ended the authorization at Roblox', async () => {
    await visitor.signIn({ user: '4100000001' });
    roblox.revokeAuthorizations('4100000001');
    await app.advance(31_000);
    expect((await see('/staff')).join(' ')).to.match(/^401 Please sign in This page is for people who are signed in\./);
  });
});
