import express, { type ErrorRequestHandler, type Express } from 'express';
import session from 'express-session';
import passport from 'passport';
import type { AddressInfo } from 'node:net';
import { RobloxStrategy, type RobloxStrategyOptions, type Verify } from '../../lib/index.ts';
import { createVisitor, DEMO_CLIENT, type Emulator, type Visitor } from '../../lib/emulator/index.ts';

/** A small Express application that signs people in at an emulator. */
export interface TestApp {
  readonly url: string;
  readonly visitor: Visitor;
  /** Errors that reached Express's error handler. */
  readonly errors: unknown[];
  close(): Promise<void>;
}

/**
 * Starts the application; its callback answers 200 with the user and info as JSON, and errors with their status.
 * @param ready a strategy to use instead of one with these options
 * @param prepare changes the application before it gets its routes
 */
export async function startApp(
  roblox: Pick<Emulator, 'url'>,
  options: Partial<RobloxStrategyOptions> & { verify?: Verify } = {},
  ready?: RobloxStrategy,
  prepare?: (app: Express) => unknown,
): Promise<TestApp> {
  const authenticator = new passport.Passport();
  const { clientID, clientSecret } = DEMO_CLIENT;
  const verify: Verify = ({ profile }) => profile;
  const strategy = { clientID, clientSecret, callbackURL: '/auth/roblox/callback', baseURL: roblox.url, verify };
  authenticator.use(ready ?? new RobloxStrategy({ ...strategy, ...options }));
  authenticator.serializeUser((user, done) => done(null, user));
  authenticator.deserializeUser((user, done) => done(null, user as Express.User));

  const errors: unknown[] = [];
  const app: Express = express();
  prepare?.(app);
  app.use(session({ secret: 'test', resave: false, saveUninitialized: false }));
  app.get('/auth/roblox', authenticator.authenticate('roblox', { state: { to: '/shop' } }));
  app.get('/auth/roblox/callback', authenticator.authenticate('roblox', { keepSessionInfo: true }), (req, res) => {
    res.json({ user: req.user, info: req.authInfo });
  });
  const onError: ErrorRequestHandler = (error, _req, res, _next) => {
    errors.push(error);
    res.status(500).json({ name: error.name, code: error.code, message: error.message });
  };
  app.use(onError);

  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const visitor = createVisitor({ baseURL: url });
  return {
    url,
    visitor,
    errors,
    async close() {
      visitor.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
