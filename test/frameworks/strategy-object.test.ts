import fastifyCookie from '@fastify/cookie';
import { Authenticator } from '@fastify/passport';
import fastifySession from '@fastify/session';
import Router from '@koa/router';
import { expect } from 'chai';
import connect from 'connect';
import express from 'express';
import session from 'express-session';
import Fastify from 'fastify';
import Koa from 'koa';
import koaSession from 'koa-session';
import { createRequire } from 'node:module';
import passport, { type Framework } from 'passport';
import { createVisitor, DEMO_CLIENT, startEmulator, type Emulator, type Visit } from '../../lib/emulator/index.ts';
import { RobloxStrategy } from '../../lib/index.ts';
import { listen, movableClock } from './listen.ts';
import type { RunningApp } from './suite.ts';

const SECRET = 'a secret for the cookies of tests only';
const USERS = [
  { id: '4100000001', username: 'MangoPilot' },
  { id: '4100000004', username: 'Ysolde' },
];

type ServeStrategy = (strategy: RobloxStrategy) => Promise<RunningApp>;

/** A Passport that keeps the whole user in the session. */
function createPassport() {
  const ours = new passport.Passport();
  ours.serializeUser((user, done) => done(null, user));
  ours.deserializeUser<Express.User>((user, done) => done(null, user));
  return ours;
}

const sessions = () => session({ secret: SECRET, resave: false, saveUninitialized: false });

/** Apps that give both routes the strategy object, not its name. */
const FRAMEWORKS: Readonly<Record<string, ServeStrategy>> = {
  Express(strategy) {
    const authenticator = createPassport();
    const app = express();
    app.use(sessions());
    app.get('/auth/roblox', authenticator.authenticate(strategy));
    app.get('/auth/roblox/callback', authenticator.authenticate(strategy), (req, res) => void res.json(req.user));
    return listen(app);
  },

  Connect(strategy) {
    const authenticator = createPassport();
    const app = connect();
    const authenticate = authenticator.authenticate(strategy) as connect.NextHandleFunction; // it asks for Express's request
    app.use(sessions() as connect.NextHandleFunction); // the same
    app.use('/auth/roblox', authenticate);
    app.use((req, res) => res.end(JSON.stringify((req as { user?: unknown }).user)));
    return listen(app);
  },

  async Fastify(strategy) {
    const authenticator = new Authenticator();
    authenticator.registerUserSerializer(async (user: unknown) => user);
    authenticator.registerUserDeserializer(async (user: unknown) => user);
    const app = Fastify();
    app.register(fastifyCookie);
    app.register(fastifySession, { secret: SECRET, cookie: { secure: false }, saveUninitialized: false });
    app.register(authenticator.initialize());
    app.register(authenticator.secureSession());
    const authenticate = authenticator.authenticate(strategy as never); // its type asks for Fastify's request
    app.get('/auth/roblox', authenticate);
    app.get('/auth/roblox/callback', { preValidation: authenticate }, async ({ user }) => user);
    return { url: await app.listen({ port: 0, host: '127.0.0.1' }), ...movableClock(() => app.close()) };
  },

  Koa(strategy) {
    // Like koa-passport's class. The package itself would also change the Passport that all tests share.
    const createFramework = createRequire(import.meta.url)('koa-passport/lib/framework/koa') as () => Framework;
    const authenticator = createPassport().framework(createFramework());
    const app = new Koa();
    app.keys = [SECRET];
    app.use(koaSession({}, app));
    const router = new Router();
    router.get('/auth/roblox', authenticator.authenticate(strategy));
    router.get('/auth/roblox/callback', authenticator.authenticate(strategy), (ctx) => {
      ctx.body = ctx.state['user'];
    });
    app.use(router.routes());
    return listen(app.callback());
  },
};

describe('one strategy object on both routes', () => {
  let roblox: Emulator;
  before(async () => {
    roblox = await startEmulator();
  });
  after(() => roblox.close());

  for (const [framework, serve] of Object.entries(FRAMEWORKS)) {
    for (const [title, order] of [
      ['the first one first', [0, 1]],
      ['the last one first', [1, 0]],
    ] as const) {
      it(`answers each browser for its own user under ${framework}, when two callbacks end with ${title}`, async () => {
        const waiting: (() => void)[] = [];
        const strategy = new RobloxStrategy({
          clientID: DEMO_CLIENT.clientID,
          clientSecret: DEMO_CLIENT.clientSecret,
          callbackURL: '/auth/roblox/callback',
          baseURL: roblox.url,
          verify: ({ profile: { username } }) => new Promise((resolve) => waiting.push(() => resolve({ username }))),
        });
        const app = await serve(strategy);
        const browsers = USERS.map(() => createVisitor({ baseURL: app.url }));
        const pages: Promise<Visit>[] = [];
        for (const [index, browser] of browsers.entries()) {
          const start = await browser.start('/auth/roblox');
          const callback = await browser.authorize(start, { user: USERS[index]!.id, action: 'allow' });
          pages.push(browser.get(callback));
          while (waiting.length <= index) await new Promise((resolve) => setImmediate(resolve));
        }
        for (const index of order) {
          waiting[index]!();
          const page = await pages[index]!;
          expect(page.status, page.body).to.equal(200);
          expect(page.json()).to.deep.equal({ username: USERS[index]!.username });
        }
        for (const browser of browsers) browser.close();
        await app.close();
      });
    }
  }
});
