import { Authenticator } from '@fastify/passport';
import fastifyCookie from '@fastify/cookie';
import secureSession from '@fastify/secure-session';
import fastifySession from '@fastify/session';
import { expect } from 'chai';
import cookieSession from 'cookie-session';
import express, { type RequestHandler } from 'express';
import session from 'express-session';
import Fastify, { type FastifyInstance } from 'fastify';
import Koa from 'koa';
import koaSession from 'koa-session';
import type { IncomingMessage } from 'node:http';
import { SessionStore } from '../../lib/index.ts';
import { createVisitor, DEMO_CLIENT, startEmulator, type Emulator, type Visitor } from '../../lib/emulator/index.ts';
import { listen, passportFor, strategyFor } from '../frameworks/listen.ts';

/** A slow store, like those over a network. It can also fail, or never respond. */
class RemoteStore extends session.MemoryStore {
  delayMs = 0;
  fault: { readonly call: 'get' | 'set'; readonly kind: 'fails' | 'hangs'; readonly after: number } | undefined;
  readonly calls = { get: 0, set: 0 };

  override get(...[id, callback]: Parameters<session.MemoryStore['get']>): void {
    this.#answer('get', callback, () => super.get(id, callback));
  }
  override set(id: string, data: session.SessionData, callback?: (error?: unknown) => void): void {
    // The session at the time of `save` counts.
    const copy = JSON.parse(JSON.stringify(data)) as session.SessionData;
    this.#answer('set', callback, () => super.set(id, copy, callback));
  }
  #answer(call: 'get' | 'set', callback: ((error?: unknown) => void) | undefined, go: () => void): void {
    const count = (this.calls[call] += 1);
    const fault = this.fault?.call === call && count > this.fault.after ? this.fault.kind : undefined;
    if (fault === 'fails') setTimeout(() => callback?.(new Error('redis is down')), this.delayMs);
    else if (fault === undefined) setTimeout(go, this.delayMs);
  }
}

interface App {
  readonly url: string;
  close(): Promise<void> | void;
}

describe('logins in a session of its middleware', () => {
  let roblox: Emulator;
  let visitor: Visitor;
  let app: App;

  before(async () => (roblox = await startEmulator()));
  after(() => roblox.close());
  beforeEach(() => roblox.reset());
  afterEach(async () => {
    visitor?.close();
    await app?.close();
  });

  const settings = () => ({
    ...DEMO_CLIENT,
    callbackURL: '/auth/roblox/callback',
    baseURL: roblox.url,
    cookieSecret: 'a secret for the cookies of tests only',
  });
  const visit = (running: App) => {
    app = running;
    visitor = createVisitor({ baseURL: app.url });
  };
  const finish = async (authorizationURL: string) => visitor.get(await visitor.authorize(authorizationURL));

  interface ExpressOptions {
    readonly sessions: RequestHandler;
    readonly before?: RequestHandler;
    readonly timeout?: number;
    readonly state?: unknown;
  }
  /** Shows the app's own session data at `/`. */
  async function startExpress({ sessions, before, timeout, state }: ExpressOptions): Promise<void> {
    const passport = passportFor(settings(), { store: new SessionStore({ timeout }) });
    const server = express();
    server.use(sessions, passport.session());
    if (before !== undefined) server.use(before);
    server.get('/auth/roblox', passport.authenticate('roblox', { state }));
    const callback = passport.authenticate('roblox', { keepSessionInfo: true }) as RequestHandler;
    server.get('/auth/roblox/callback', callback, (req, res) => void res.json(req.authInfo));
    server.get('/', (req, res) => void res.json({ ...req.session, cookie: undefined, passport: undefined }));
    server.use(((error: Error, _req, res, _next) => {
      res.status(500).send(error.message);
    }) as express.ErrorRequestHandler);
    visit(await listen(server));
  }
  const expressSession = (store: session.Store, options: Partial<session.SessionOptions> = {}) =>
    session({ secret: 'test', resave: false, saveUninitialized: false, store, ...options });

  describe('express-session', () => {
    type Save = (callback?: (error?: unknown) => void) => unknown;
    const wrappers: [name: string, wrap: (save: Save) => Save][] = [
      ['as it is', (save) => save],
      ['wrapped with rest parameters', (save) => (...all) => save(...all)],
      ['wrapped by an async function', (save) => async (...all) => save(...all)],
      ['wrapped by an async function with a callback', (save) => async (callback) => save(callback)],
      ['made a promise', (save) => () => new Promise<void>((resolve, reject) => save((e) => (e ? reject(e) : resolve())))],
      ['bound', (save) => save.bind(undefined)],
    ]; // prettier-ignore
    for (const [name, wrap] of wrappers) {
      // Passport waits for a callback, so a `save` without one is possible only at the start.
      const before: RequestHandler = ({ session: own, path }, _res, next) => {
        if (path === '/auth/roblox') own.save = wrap(own.save.bind(own)) as typeof own.save;
        next();
      };

      it(`signs in even if the store needs 60 ms and the user no time, with save ${name}`, async () => {
        const store = new RemoteStore();
        store.delayMs = 60;
        await startExpress({ sessions: expressSession(store), before });
        const authorizationURL = await visitor.start();
        expect(JSON.stringify(store)).to.include(new URL(authorizationURL).searchParams.get('state'));
        expect((await finish(authorizationURL)).status).to.equal(200);
      });

      it(`sends nobody to Roblox when the session was not saved, with save ${name}`, async () => {
        const store = new RemoteStore();
        store.fault = { call: 'set', kind: 'fails', after: 0 };
        await startExpress({ sessions: expressSession(store), before });
        const page = await visitor.get('/auth/roblox', { redirect: false });
        expect([page.status, page.body]).to.deep.equal([500, 'redis is down']);
      });

      it(`sends nobody to Roblox when the store never responds, with save ${name}`, async () => {
        const store = new RemoteStore();
        store.fault = { call: 'set', kind: 'hangs', after: 0 };
        await startExpress({ sessions: expressSession(store), before, timeout: 50 });
        const page = await visitor.get('/auth/roblox', { redirect: false });
        expect(page.status).to.equal(500);
        expect(page.body).to.match(/ has neither called back nor failed within 50 ms$/);
      });
    }

    for (const kind of ['fails', 'hangs'] as const) {
      it(`is an error when the session can be read at first, and the second read ${kind}`, async () => {
        const store = new RemoteStore();
        await startExpress({ sessions: expressSession(store), timeout: 500 });
        await visitor.start();
        store.fault = { call: 'get', kind, after: store.calls.get + 1 };
        const page = await visitor.get('/auth/roblox', { redirect: false });
        expect(page.status).to.equal(500);
        expect(page.body).to.match(kind === 'fails' ? /^redis is down$/ : /store's get has neither/);
      });
    }

    for (const options of [{}, { resave: true }, { rolling: true, cookie: { maxAge: 60_000 } }]) {
      it(`keeps three logins that start at once in one session, with ${JSON.stringify(options)}`, async () => {
        const store = new RemoteStore();
        store.delayMs = 5;
        await startExpress({ sessions: expressSession(store, options) });
        await visitor.start(); // the session is there
        const tabs = await Promise.all([visitor.start(), visitor.start(), visitor.start()]);
        const statuses: number[] = [];
        for (const tab of tabs) statuses.push((await finish(tab)).status);
        expect(statuses).to.deep.equal([200, 200, 200]);
      });
    }

    it('keeps the changes of the app to the session in the same requests', async () => {
      const store = new RemoteStore();
      store.delayMs = 5;
      const before: RequestHandler = (req, _res, next) => {
        const { tab } = req.query;
        if (typeof tab === 'string') Object.assign(req.session, { tab });
        next();
      };
      await startExpress({ sessions: expressSession(store), before });
      await visitor.start('/auth/roblox?tab=1');
      const tabs = await Promise.all(['2', '3'].map((tab) => visitor.start(`/auth/roblox?tab=${tab}`)));
      expect((await visitor.get('/')).json())
        .to.have.property('tab')
        .that.is.oneOf(['2', '3']);
      for (const tab of tabs) expect((await finish(tab)).status).to.equal(200);
      expect((await visitor.get('/')).json())
        .to.have.property('tab')
        .that.is.oneOf(['2', '3']);
    });

    it('finishes two logins whose callbacks come at the same time', async () => {
      const store = new RemoteStore();
      store.delayMs = 5;
      await startExpress({ sessions: expressSession(store) });
      const tabs = [await visitor.start(), await visitor.start()];
      const callbacks = await Promise.all(tabs.map((tab) => visitor.authorize(tab)));
      const pages = await Promise.all(callbacks.map((callback) => visitor.get(callback)));
      expect(pages.map(({ status }) => status)).to.deep.equal([200, 200]);
    });

    it('finishes a login once when its callback comes twice at the same time', async () => {
      const store = new RemoteStore();
      store.delayMs = 5;
      await startExpress({ sessions: expressSession(store) });
      const callback = await visitor.authorize(await visitor.start());
      const pages = await Promise.all([visitor.get(callback), visitor.get(callback)]);
      expect(pages.map(({ status }) => status)).to.have.members([200, 403]);
      expect(roblox.count('/oauth/v1/token')).to.equal(1);
    });
  });

  const remote: [name: string, start: (store: RemoteStore) => Promise<void>][] = [
    ['@fastify/session', (store) => startFastify({}, (server) => addFastifySession(server, store))],
    [
      'koa-session with a store',
      (store) => {
        const call = <T>(go: (done: (error?: unknown, value?: T) => void) => void) =>
          new Promise<T | undefined>((resolve, reject) =>
            go((error, value) => (error ? reject(error) : resolve(value))),
          );
        return startKoa({
          store: {
            get: (id: string) => call((done) => store.get(id, done)),
            // As express-session's stores require.
            set: (id: string, data: object) => call((done) => store.set(id, { cookie: {}, ...data } as never, done)),
            destroy: (id: string) => call((done) => store.destroy(id, done)),
          },
        });
      },
    ],
  ];
  for (const [name, start] of remote) {
    it(`signs in even if the store of ${name} needs 60 ms`, async () => {
      const store = new RemoteStore();
      store.delayMs = 60;
      await start(store);
      const authorizationURL = await visitor.start();
      expect(JSON.stringify(store)).to.include(new URL(authorizationURL).searchParams.get('state'));
      expect((await finish(authorizationURL)).status).to.equal(200);
    });

    it(`sends nobody to Roblox when the store of ${name} is down`, async () => {
      const store = new RemoteStore();
      store.fault = { call: 'set', kind: 'fails', after: 0 };
      await start(store);
      const page = await visitor.get('/auth/roblox', { redirect: false });
      expect(page.status).to.equal(500);
      expect(page.headers).not.to.have.property('location');
    });
  }

  it('keeps three logins that start at once in one @fastify/session that is not `rolling`', async () => {
    await startFastify({}, (server) => addFastifySession(server, new RemoteStore()));
    await visitor.start();
    const tabs = await Promise.all([visitor.start(), visitor.start(), visitor.start()]);
    for (const tab of tabs) expect((await finish(tab)).status).to.equal(200);
  });

  function addFastifySession(server: FastifyInstance, store: RemoteStore): void {
    server.register(fastifyCookie);
    server.register(fastifySession, {
      secret: settings().cookieSecret,
      cookie: { secure: false },
      saveUninitialized: false,
      rolling: false,
      store,
    });
  }

  async function startFastify(
    options: ConstructorParameters<typeof Authenticator>[0],
    addSessions: (server: FastifyInstance) => void,
    state?: unknown,
  ): Promise<void> {
    const passport = new Authenticator(options);
    passport.registerUserSerializer(async (user: unknown) => user);
    passport.registerUserDeserializer(async (user: unknown) => user);
    passport.use(strategyFor(settings()));
    const server = Fastify();
    addSessions(server);
    server.register(passport.initialize());
    server.register(passport.secureSession());
    server.get('/auth/roblox', {
      preValidation: async (request) => void Object.assign(request.session, { cart: APP_SESSION }),
      // @fastify/passport's own types declare `state` as a string.
      handler: passport.authenticate('roblox', { state } as object),
    });
    const callback = passport.authenticate('roblox', { keepSessionInfo: true });
    server.get('/auth/roblox/callback', { preValidation: callback }, async (request) => request.authInfo);
    visit({ url: await server.listen({ port: 0, host: '127.0.0.1' }), close: () => server.close() });
  }

  async function startKoa(options: Parameters<typeof koaSession>[0], state?: unknown): Promise<void> {
    const server = new Koa();
    server.silent = true;
    server.keys = [settings().cookieSecret];
    server.use(koaSession(options, server));
    const strategy = strategyFor(settings());
    server.use(async (ctx) => {
      const own = ctx['session'] as object;
      Object.assign(own, { cart: APP_SESSION });
      // Without koa-passport, which would change the Passport of all tests.
      const request = Object.assign(ctx.req, { session: own, query: ctx.query }) as IncomingMessage;
      await new Promise<void>((resolve) => {
        const verbs = {
          redirect: (url: string) => resolve(ctx.redirect(url)),
          success: (_user: unknown, info: unknown) => resolve(void (ctx.body = info)),
          fail: () => resolve(void (ctx.status = 403)),
          error: (error: Error) => resolve(void Object.assign(ctx, { status: 500, body: error.message })),
        };
        const each = Object.assign(Object.create(strategy) as typeof strategy, verbs);
        each.authenticate(request as never, { state });
      });
    });
    visit(await listen(server.callback()));
  }

  /** The app's own session data: 0.3 KB. */
  const APP_SESSION = 'x'.repeat(300);

  const cookieSessions: [name: string, start: (state: unknown) => Promise<void>][] = [
    [
      'cookie-session',
      (state) => {
        const inCookie = cookieSession({ keys: [settings().cookieSecret] });
        const before: RequestHandler = ({ session: own }, _res, next) => {
          const done = (callback: () => void) => callback();
          Object.defineProperties(own, { regenerate: { value: done }, save: { value: done } });
          Object.assign(own as object, { cart: APP_SESSION });
          next();
        };
        return startExpress({ sessions: (req, res, next) => inCookie(req, res, () => before(req, res, next)), state });
      },
    ],
    ['koa-session', (state) => startKoa({}, state)],
    [
      '@fastify/secure-session',
      (state) =>
        startFastify(
          { clearSessionOnLogin: false },
          (server) => void server.register(secureSession, { key: Buffer.alloc(32, 7), cookie: { path: '/' } }),
          state,
        ),
    ],
  ];
  for (const [name, start] of cookieSessions) {
    describe(name, () => {
      for (const [kind, returnTo] of [
        ['ASCII', 'x'.repeat(350)],
        ['Cyrillic', 'я'.repeat(350)],
      ] as const) {
        it(`finishes the last of five logins with a state of 350 ${kind} letters, in cookies of 4,096 bytes`, async () => {
          await start({ returnTo });
          const sizes: number[] = [];
          let last = '';
          for (let i = 0; i < 5; i += 1) {
            const { headers } = await visitor.get('/auth/roblox', { redirect: false });
            sizes.push(...(headers['set-cookie'] ?? []).map((cookie) => Buffer.byteLength(cookie)));
            last = headers.location ?? '';
          }
          expect(Math.max(...sizes)).to.be.within(1024, 4096);
          const page = await finish(last);
          expect(page.status, page.body).to.equal(200);
          expect(page.json()).to.deep.include({ state: { returnTo } });
        });
      }

      it('refuses a state that can never fit, and says so', async () => {
        await start({ returnTo: 'x'.repeat(2000) });
        const page = await visitor.get('/auth/roblox', { redirect: false });
        expect(page.status).to.equal(500);
        expect(page.body).to.include('state is too large');
      });
    });
  }
});
