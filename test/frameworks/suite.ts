import { expect } from 'chai';
import { createVisitor, DEMO_CLIENT, startEmulator, type Emulator, type Visitor } from '../../lib/emulator/index.ts';

/** The settings of an app under test: its client, and the URL of Roblox. */
export interface AppSettings {
  readonly clientID: string;
  readonly clientSecret: string;
  readonly callbackURL: string;
  readonly baseURL: string;
  readonly cookieSecret: string;
}

/** An app that signs people in at `/auth/roblox`, and shows the username of the signed-in user at `/`. */
export interface RunningApp {
  readonly url: string;
  /** Moves the clock of the app forward. */
  advance(ms: number): Promise<void> | void;
  close(): Promise<void> | void;
}

export interface AppUnderTest {
  start(settings: AppSettings): Promise<RunningApp>;
  /** Whether it shows pages, with the reason of a refusal; false by default. */
  readonly hasPages?: boolean;
  /** Whether its verify asks Open Cloud for the user's groups, and throws when that fails; true by default. */
  readonly asksForGroups?: boolean;
}

// Both are in group 7001, which one example requires.
const USER = '4100000001';
const NAME = 'MangoPilot';
const OTHER_USER = '4100000004';
const OTHER_NAME = 'Ysolde';
const GROUPS = '/cloud/v2/groups/-/memberships';

/** Tests that every framework must pass, with an app, a browser and Roblox. */
export function describeSignIn(
  framework: string,
  { start, hasPages = false, asksForGroups = true }: AppUnderTest,
): void {
  describe(`signing in with ${framework}`, function () {
    this.timeout(30_000);
    let roblox: Emulator;
    let app: RunningApp;
    let visitor: Visitor;

    before(async () => {
      roblox = await startEmulator();
      app = await start({
        ...DEMO_CLIENT,
        callbackURL: '/auth/roblox/callback',
        baseURL: roblox.url,
        cookieSecret: 'a secret for the cookies of tests only',
      });
    });
    after(async () => {
      await app?.close();
      await roblox?.close();
    });
    beforeEach(() => {
      roblox.reset();
      roblox.faults.clear();
      visitor = createVisitor({ baseURL: app.url });
    });
    afterEach(() => visitor.close());

    const whoIsSignedIn = async (browser = visitor) => {
      const { status, body } = await browser.get('/');
      expect(status).to.equal(200);
      return [NAME, OTHER_NAME].find((name) => body.includes(name));
    };
    /** @returns the callback's URL, which the browser has not visited yet */
    const comeBack = async (user = USER) =>
      visitor.authorize(await visitor.start('/auth/roblox'), { user, action: 'allow' });
    /** Opens a page with other cookies. @returns its status */
    const statusWith = async (cookies: Readonly<Record<string, string>>, url: string) => {
      const cookie = Object.entries(cookies).map((pair) => pair.join('='));
      return (await fetch(url, { headers: { cookie: cookie.join('; ') }, redirect: 'manual' })).status;
    };

    it('signs a person in, and out again', async () => {
      expect(await whoIsSignedIn()).to.equal(undefined);
      const page = await visitor.signIn({ user: USER });
      expect(page.status, page.body).to.equal(200);
      expect(page.url).to.equal(`${app.url}/`);
      expect(await whoIsSignedIn()).to.equal(NAME);
      await visitor.post('/sign-out');
      expect(await whoIsSignedIn()).to.equal(undefined);
    });

    it('answers 403 when the person cancels, and the next sign-in works', async () => {
      expect((await visitor.cancel()).status).to.equal(403);
      expect(await whoIsSignedIn()).to.equal(undefined);
      expect(roblox.count('/oauth/v1/token')).to.equal(0);
      expect((await visitor.signIn({ user: USER })).status).to.equal(200);
    });

    it('answers 403 to a replayed callback, and the person stays signed in', async () => {
      const callback = await comeBack();
      const cookiesBefore = visitor.cookies();
      expect((await visitor.get(callback)).status).to.equal(200);
      expect((await visitor.get(callback)).status).to.equal(403);
      expect(roblox.count('/oauth/v1/token')).to.equal(1);
      expect(await whoIsSignedIn()).to.equal(NAME);
      // With the old cookies: a session in a cookie then has the finished login again.
      expect(await statusWith(cookiesBefore, callback)).to.equal(403);
    });

    it("answers 403 to another browser's callback, and does not use up its login", async () => {
      const callback = await comeBack();
      const stranger = createVisitor({ baseURL: app.url });
      expect((await stranger.get(callback)).status).to.equal(403);
      // The other browser's own login in flight is not used up either.
      const own = await stranger.authorize(await stranger.start('/auth/roblox'), { user: OTHER_USER, action: 'allow' });
      expect((await stranger.get(callback)).status).to.equal(403);
      expect(roblox.count('/oauth/v1/token')).to.equal(0);
      expect((await stranger.get(own)).status).to.equal(200);
      expect(await whoIsSignedIn(stranger)).to.equal(OTHER_NAME);
      expect((await visitor.get(callback)).status).to.equal(200);
      stranger.close();
    });

    for (const query of [
      'code=a&state=b',
      'code=a&code=b&state=c',
      'code=a&state=b&state=c',
      'code=a&state[]=b',
      'code=a&state=__proto__',
      'code=a',
      'error=access_denied',
      'error=server_error&state=b',
      'error=access_denied&state=constructor',
    ]) {
      it(`answers 403 to a made-up callback, ?${query}`, async () => {
        await visitor.start('/auth/roblox');
        const page = await visitor.get(`/auth/roblox/callback?${query}`);
        expect(page.status, page.body).to.equal(403);
        expect(roblox.count('/oauth/v1/token')).to.equal(0);
      });
    }

    if (asksForGroups) {
      it('answers with an error when verify throws, and still works', async () => {
        const fault = roblox.faults.status(GROUPS, 500, { times: Infinity });
        const page = await visitor.signIn({ user: USER });
        expect(page.status).to.equal(500);
        expect(fault.hits).to.be.at.least(1);
        expect(await whoIsSignedIn()).to.equal(undefined);
        fault.clear();
        expect((await visitor.signIn({ user: USER })).status).to.equal(200);
        expect(await whoIsSignedIn()).to.equal(NAME);
      });
    }

    if (hasPages) {
      it('shows why a cancelled sign-in has failed, with a link to try again', async () => {
        const page = await visitor.cancel();
        expect(page.headers['content-type']).to.include('text/html');
        expect(page.body).to.include('The sign-in was cancelled at Roblox.').and.to.include('Try again');
      });

      it('shows their own page to a signed-in person whose callback comes again', async () => {
        const callback = await comeBack();
        await visitor.get(callback);
        const page = await visitor.get(callback);
        expect(page.status).to.equal(403);
        expect(page.body).to.include(NAME).and.to.include('You are still signed in.');
      });

      const foreign: [name: string, headers: Record<string, string>][] = [
        ['which the browser says', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
        ['a sibling, which the browser says', { 'sec-fetch-site': 'same-site', origin: 'https://evil.example' }],
        ['which an older browser says', { origin: 'https://evil.example' }],
        ['of another port, which an older browser says', { origin: 'http://127.0.0.1:1' }],
        ['which hides itself', { origin: 'null' }],
      ];
      for (const [name, headers] of foreign) {
        it(`ignores a sign-out form of another site, ${name}`, async () => {
          await visitor.signIn({ user: USER });
          // Without the cookie, as with SameSite=Lax. The browser would accept the cookies of the response all the same.
          const stranger = createVisitor({ baseURL: app.url });
          const page = await stranger.post('/sign-out', {}, { headers, redirect: false });
          stranger.close();
          expect(page.status).to.equal(403);
          expect(page.headers).not.to.have.property('set-cookie');
          // With the cookie, as without SameSite.
          const withCookie = await visitor.post('/sign-out', {}, { headers, redirect: false });
          expect(withCookie.status).to.equal(403);
          expect(await whoIsSignedIn()).to.equal(NAME);
        });
      }

      it('lets no other site frame its pages, and loads its style', async () => {
        const page = await visitor.get('/');
        expect(page.headers['content-security-policy']).to.include("frame-ancestors 'none'");
        expect(page.headers['cache-control']).to.equal('no-store');
        for (const [path, type] of [
          ['/style.css', 'text/css'],
          ['/icon.svg', 'image/svg+xml'],
        ] as const) {
          expect(page.body).to.include(`href="${path}"`);
          const { status, headers } = await visitor.get(path);
          expect(status).to.equal(200);
          expect(headers['content-type']).to.include(type);
        }
      });
    }

    it('finishes two tabs that were opened side by side, in the other order', async () => {
      const first = await visitor.start('/auth/roblox');
      const second = await visitor.start('/auth/roblox');
      for (const [tab, user, name] of [
        [second, OTHER_USER, OTHER_NAME],
        [first, USER, NAME],
      ] as const) {
        const page = await visitor.get(await visitor.authorize(tab, { user, action: 'allow' }));
        expect(page.status, page.body).to.equal(200);
        expect(await whoIsSignedIn()).to.equal(name);
      }
    });

    it('lets one tab finish after another was cancelled', async () => {
      const first = await visitor.start('/auth/roblox');
      expect((await visitor.cancel()).status).to.equal(403);
      const page = await visitor.get(await visitor.authorize(first, { user: USER, action: 'allow' }));
      expect(page.status, page.body).to.equal(200);
    });

    it('answers 403 when a sign-in took longer than 15 minutes', async () => {
      const authorizationURL = await visitor.start('/auth/roblox');
      await app.advance(15 * 60_000);
      const callback = await visitor.authorize(authorizationURL, { user: USER, action: 'allow' });
      expect((await visitor.get(callback)).status).to.equal(403);
      expect(roblox.count('/oauth/v1/token')).to.equal(0);
    });
  });
}
