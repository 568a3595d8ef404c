import { expect } from 'chai';
import { createVisitor, DEMO_CLIENT, startEmulator, type Emulator, type Visitor } from '../../lib/emulator/index.ts';
import { startScript } from '../frameworks/script.ts';
import type { RunningApp } from '../frameworks/suite.ts';

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

  const see = async (path: string) => {
    const { status, body } = await visitor.get(path);
    return { status, body };
  };

  it('says who it is for to whom it does not let in', async () => {
    const page = await visitor.signIn({ user: '4100000002' });
    expect(page.status).to.equal(403);
    expect(page.body).to.equal('This site is for members of our group.');
    expect((await see('/')).body).to.include('Sign in with Roblox');
  });

  it('opens to members what their rank and their pass open', async () => {
    await visitor.signIn({ user: '4100000001' });
    expect(await see('/staff')).to.deep.equal({ status: 200, body: 'The keys are under the mat.' });
    expect(await see('/lounge')).to.deep.equal({ status: 200, body: 'Thank you for your support.' });
    visitor.clearCookies();
    await visitor.signIn({ user: '4100000004' });
    expect((await see('/staff')).status).to.equal(200);
    expect(await see('/lounge')).to.deep.equal({ status: 403, body: 'This page is for owners of our pass.' });
  });

  it('opens nothing to who is not signed in', async () => {
    expect((await see('/staff')).status).to.equal(401);
  });

  it('asks for a new sign-in once the user has ended the authorization at Roblox', async () => {
    await visitor.signIn({ user: '4100000001' });
    roblox.revokeAuthorizations('4100000001');
    await app.advance(31_000);
    expect((await see('/staff')).status).to.equal(401);
  });
});
