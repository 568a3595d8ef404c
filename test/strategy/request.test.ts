import fastifyCookie from '@fastify/cookie';
import { Authenticator } from '@fastify/passport';
import fastifySession from '@fastify/session';
import { expect } from 'chai';
import type { Express } from 'express';
import Fastify from 'fastify';
import { createVisitor, DEMO_CLIENT, startEmulator, type Emulator } from '../../lib/emulator/index.ts';
import { RobloxStrategy } from '../../lib/index.ts';
import { startApp } from '../support/app.ts';
import { CODE, FakeRoblox } from '../support/fake-roblox.ts';
import { authenticate, begin, expectSuccess, strategyFor } from '../support/harness.ts';

const START = { start: '/auth/roblox', user: '4100000001' };
const TOKEN = '/oauth/v1/token';

let roblox: Emulator;
before(async () => {
  roblox = await startEmulator();
});
after(() => roblox.close());
beforeEach(() => roblox.reset());

describe('the query of a callback', () => {
  const parsers: [name: string, parser: unknown][] = [
    ['off', false],
    ['one that makes a URLSearchParams', (query: string) => new URLSearchParams(query)],
    ['one that makes a Map', (query: string) => new Map(new URLSearchParams(query))],
    ['one that gives nothing', () => undefined],
    ['one that keeps what it knows', () => ({ page: '1', code: undefined })],
    ['simple', 'simple'],
    ['extended', 'extended'],
  ];
  for (const [name, parser] of parsers) {
    it(`finishes the login with Express's query parser: ${name}`, async () => {
      const app = await startApp(roblox, {}, undefined, (express: Express) => express.set('query parser', parser));
      const page = await app.visitor.signIn(START);
      expect(page.status, page.body).to.equal(200);
      expect(page.json()).to.have.nested.property('user.username', 'MangoPilot');
      await app.close();
    });
  }

  it('is completed from the URL when a schema of Fastify removed a parameter', async () => {
    const passport = new Authenticator();
    const strategy = new RobloxStrategy({
      clientID: DEMO_CLIENT.clientID,
      clientSecret: DEMO_CLIENT.clientSecret,
      callbackURL: '/callback',
      baseURL: roblox.url,
      verify: ({ profile: { username } }) => ({ username }),
    });
    const app = Fastify();
    app.register(fastifyCookie);
    const cookie = { secure: false };
    app.register(fastifySession, {
      secret: 'a secret for the cookies of tests only',
      cookie,
      saveUninitialized: false,
    });
    app.register(passport.initialize());
    app.get('/login', passport.use(strategy).authenticate('roblox', { session: false }));
    const querystring = { type: 'object', properties: { code: { type: 'string' } }, additionalProperties: false };
    const preHandler = passport.authenticate('roblox', { session: false, assignProperty: 'user' });
    app.get('/callback', { schema: { querystring }, preHandler }, async ({ user }) => user);
    const visitor = createVisitor({ baseURL: await app.listen({ port: 0, host: '127.0.0.1' }) });
    const page = await visitor.signIn({ ...START, start: '/login' });
    expect(page.status, page.body).to.equal(200);
    expect(page.json()).to.deep.equal({ username: 'MangoPilot' });
    visitor.close();
    await app.close();
  });
});

describe('a request with another method than GET', () => {
  it('uses no code when a link checker requests the callback with HEAD before the person comes', async () => {
    const app = await startApp(roblox);
    const start = await app.visitor.start('/auth/roblox');
    const callback = await app.visitor.authorize(start, { user: START.user, action: 'allow' });
    const cookie = Object.entries(app.visitor.cookies()).map((pair) => pair.join('='));
    const checked = await fetch(callback, { method: 'HEAD', headers: { cookie: cookie.join('; ') } });
    expect(checked.status).to.equal(405);
    expect(roblox.count(TOKEN)).to.equal(0);
    expect((await app.visitor.get(callback)).status).to.equal(200);
    await app.close();
  });

  it('starts no login with HEAD', async () => {
    const session = {};
    const told = await authenticate(strategyFor(new FakeRoblox()), { session, method: 'HEAD' });
    expect(told).to.deep.include({ verb: 'fail', status: 405 });
    expect(session).to.deep.equal({});
  });

  it('may start a login with POST', async () => {
    expect(await authenticate(strategyFor(new FakeRoblox()), { session: {}, method: 'POST' })).to.include({
      verb: 'redirect',
    });
  });

  for (const method of ['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'post']) {
    it(`finishes no login and consumes none with ${method}`, async () => {
      const fake = new FakeRoblox();
      const strategy = strategyFor(fake);
      const session = {};
      const { state } = await begin(strategy, fake, session);
      for (const query of [{ code: CODE, state }, { error: 'access_denied', state }, { code: CODE }]) {
        const told = await authenticate(strategy, { session, query, method });
        expect(told).to.deep.include({ verb: 'fail', status: 405 });
        expect(told).to.have.nested.property('challenge.message').that.includes('GET');
      }
      expect(fake.count(TOKEN)).to.equal(0);
      expectSuccess(await authenticate(strategy, { session, query: { code: CODE, state }, method: 'GET' }));
    });
  }
});
