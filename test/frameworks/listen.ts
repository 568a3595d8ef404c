import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import passport from 'passport';
import { RobloxStrategy, type RobloxStrategyOptions } from '../../lib/index.ts';
import type { AppSettings, RunningApp } from './suite.ts';

/** The user of these tests. */
export interface User {
  readonly username: string;
  readonly groups: number;
}

/** The strategy of these tests. The app keeps the whole user in its session. */
export function strategyFor(
  { clientID, clientSecret, callbackURL, baseURL }: AppSettings,
  options: Partial<RobloxStrategyOptions> = {},
): RobloxStrategy {
  return new RobloxStrategy({
    clientID,
    clientSecret,
    callbackURL,
    baseURL,
    verify: async ({ profile, client }): Promise<User> => ({
      username: profile.username ?? '',
      groups: (await client.groups.list().toArray()).length,
    }),
    ...options,
  });
}

/** A separate Passport for the app. */
export function passportFor(settings: AppSettings, options: Partial<RobloxStrategyOptions> = {}) {
  const ours = new passport.Passport();
  ours.serializeUser((user, done) => done(null, user));
  ours.deserializeUser<User>((user, done) => done(null, user));
  return ours.use(strategyFor(settings, options));
}

/** Serves an app in this process, on a free port. */
export async function listen(app: RequestListener): Promise<RunningApp> {
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...movableClock(() => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    }),
  };
}

/** Moves the clock of this process forward, until the app is closed. */
export function movableClock(close: () => Promise<void>): Pick<RunningApp, 'advance' | 'close'> {
  const { now } = Date;
  return {
    advance(ms) {
      const before = Date.now;
      Date.now = () => before() + ms;
    },
    close() {
      Date.now = now;
      return close();
    },
  };
}
