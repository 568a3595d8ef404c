import { Authenticator } from '@fastify/passport';
import fastifyCookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import connect from 'connect';
import cookieSession from 'cookie-session';
import express, { type RequestHandler } from 'express';
import session from 'express-session';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { CookieStore } from '../../lib/index.ts';
import { listen, movableClock, passportFor, strategyFor, type User } from './listen.ts';
import { startScript } from './script.ts';
import { describeSignIn, type AppSettings, type RunningApp } from './suite.ts';

// Typed like Express 5, which is enough for this test.
const express4 = createRequire(import.meta.url)('express4') as typeof express;

const readUsername = (req: { user?: unknown }) => (req.user as User | undefined)?.username ?? 'nobody';
const memorySession = ({ cookieSecret }: AppSettings) =>
  session({ secret: cookieSecret, resave: false, saveUninitialized: false });

/** An app on any version of Express, with any session. */
function expressApp(framework: typeof express, settings: AppSettings, sessions: readonly RequestHandler[]) {
  const passport = passportFor(settings);
  const app = framework();
  app.use(...(sessions as [RequestHandler]), passport.session() as RequestHandler);
  app.get('/auth/roblox', passport.authenticate('roblox') as RequestHandler);
  const finish = passport.authenticate('roblox', { keepSessionInfo: true }) as RequestHandler;
  app.get('/auth/roblox/callback', finish, (_req, res) => res.redirect('/'));
  app.get('/', (req, res) => void res.send(readUsername(req)));
  app.post('/sign-out', (req, res, next) => req.logout((error) => (error ? next(error) : res.redirect('/'))));
  app.use(quiet as unknown as RequestHandler); // Express tells error handlers by their length
  return listen(app);
}

/** Shows an error to the user of the app. */
function quiet(_error: unknown, _req: IncomingMessage, res: ServerResponse, _next: unknown): void {
  res.writeHead(500).end('Something went wrong.');
}

describeSignIn('Express 4', {
  start: (settings) => expressApp(express4, settings, [memorySession(settings)]),
});

describeSignIn('Express 5', {
  start: (settings) => expressApp(express, settings, [memorySession(settings)]),
});

describeSignIn('cookie-session', {
  start(settings) {
    /** Adds the methods of a session that Passport calls since 0.6, and that cookie-session does not have. */
    const shim: RequestHandler = (req, _res, next) => {
      const done = (callback: () => void) => callback();
      if (req.session) Object.defineProperties(req.session, { regenerate: { value: done }, save: { value: done } });
      next();
    };
    return expressApp(express, settings, [cookieSession({ keys: [settings.cookieSecret] }), shim]);
  },
});

describeSignIn('Connect', {
  start(settings) {
    const passport = passportFor(settings);
    return listen(
      connectApp(memorySession(settings), passport.session(), (options) => passport.authenticate('roblox', options)),
    );
  },
});

describeSignIn('Connect, with a CookieStore', {
  start(settings) {
    // The login is kept in its own cookie, the signed-in user in a session.
    const passport = passportFor(settings, { store: new CookieStore({ secret: settings.cookieSecret }) });
    return listen(
      connectApp(memorySession(settings), passport.session(), (options) => passport.authenticate('roblox', options)),
    );
  },
});

type Middleware = (req: never, res: never, next: never) => unknown;

function connectApp(sessions: Middleware, passportSession: Middleware, authenticate: (options: object) => Middleware) {
  const app = connect();
  const toHome = (_req: unknown, res: ServerResponse) => res.writeHead(302, { location: '/' }).end();
  for (const middleware of [sessions, passportSession] as connect.NextHandleFunction[]) app.use(middleware);
  app.use('/auth/roblox/callback', authenticate({ keepSessionInfo: true }) as connect.NextHandleFunction);
  app.use('/auth/roblox/callback', toHome);
  app.use('/auth/roblox', authenticate({}) as connect.NextHandleFunction);
  app.use('/sign-out', (req, res, next) => {
    (req as unknown as Express.Request).logout((error) => (error ? next(error) : toHome(req, res)));
  });
  app.use('/', (req, res) => res.end(readUsername(req as { user?: unknown })));
  app.use(quiet);
  return app;
}

describeSignIn('@fastify/session', {
  start: (settings) =>
    fastifyApp(settings, (app) => {
      app.register(fastifyCookie);
      app.register(fastifySession, {
        secret: settings.cookieSecret,
        cookie: { secure: false },
        saveUninitialized: false,
      });
    }),
});

describeSignIn('Fastify, with a CookieStore', {
  start(settings) {
    const replies = new WeakMap<object, FastifyReply>();
    const store = new CookieStore({ secret: settings.cookieSecret, response: (req: object) => replies.get(req) });
    return fastifyApp(
      settings,
      (app) => {
        app.addHook('onRequest', async (request, reply) => void replies.set(request, reply));
        app.register(fastifyCookie);
        app.register(fastifySession, {
          secret: settings.cookieSecret,
          cookie: { secure: false },
          saveUninitialized: false,
        });
      },
      store,
    );
  },
});

async function fastifyApp(
  settings: AppSettings,
  addSessions: (app: FastifyInstance) => void,
  store?: CookieStore,
): Promise<RunningApp> {
  const passport = new Authenticator();
  passport.registerUserSerializer(async (user: User) => user);
  passport.registerUserDeserializer(async (user: User) => user);
  passport.use(strategyFor(settings, { store }));
  const app = Fastify();
  addSessions(app);
  app.register(passport.initialize());
  app.register(passport.secureSession());
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, async () => ({}));
  app.get('/auth/roblox', passport.authenticate('roblox'));
  app.get(
    '/auth/roblox/callback',
    { preValidation: passport.authenticate('roblox', { keepSessionInfo: true }) },
    (_request, reply) => reply.redirect('/'),
  );
  app.get('/', async (request) => readUsername(request));
  app.post('/sign-out', async (request, reply) => {
    await request.logout();
    return reply.redirect('/');
  });
  return { url: await app.listen({ port: 0, host: '127.0.0.1' }), ...movableClock(() => app.close()) };
}

describeSignIn('Koa, with a CookieStore', {
  // In its own process: koa-passport changes the Passport that all tests share.
  start: (settings) => startScript('test/frameworks/koa-cookies.ts', settings),
});
