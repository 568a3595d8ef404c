import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import session from 'express-session';
import passport from 'passport';
import { InternalOAuthError, RobloxStrategy, type Profile, type RobloxClient } from 'passport-roblox-oauth2';
import { PUBLIC, stillSignedIn } from '../shared/page.ts';
import { guardPages } from '../shared/security.ts';
import { errorPage, profilePage, SITE, welcomePage, type GroupRow } from './views.ts';

/** The settings of the app. Fill them in from your environment. */
export interface Blanks {
  readonly clientID: string;
  readonly clientSecret?: string | undefined;
  readonly callbackURL: string;
  readonly sessionSecret: string;
  /** The emulator's address, if you use it. */
  readonly baseURL?: string | undefined;
}

interface User {
  /** Provider, app and ID: the same person has another Roblox ID in each app. */
  readonly key: string;
  readonly profile: Profile;
  /** Calls Roblox for this user, and renews their tokens by itself. The tokens never leave the server. */
  readonly client: RobloxClient;
}

/** All users. Use a database for them; for the tokens see "Keeping a user's authorization" in the README. */
const users = new Map<string, User>();
passport.serializeUser((user, done) => done(null, (user as User).key)); // what verify returned
passport.deserializeUser((key: string, done) => done(null, users.get(key) ?? false));
const getUser = (req: Request) => req.user as User | undefined; // what deserializeUser found

export function createApp({ clientID, clientSecret, callbackURL, sessionSecret, baseURL }: Blanks): Express {
  const strategy = new RobloxStrategy({
    clientID,
    clientSecret,
    callbackURL,
    baseURL,
    scope: ['openid', 'profile', 'user.inventory-item:read', 'group:read'],
    verify: ({ profile, client }) => {
      const user: User = { key: `${profile.provider}:${clientID}:${profile.id}`, profile, client };
      users.set(user.key, user);
      return user;
    },
  });
  passport.use(strategy);

  const app = express().disable('x-powered-by');
  app.use(express.static(PUBLIC), guardPages(SITE, baseURL));
  const cookie = { sameSite: 'lax', secure: 'auto', maxAge: 24 * 60 * 60 * 1000 } as const;
  app.use(session({ secret: sessionSecret, resave: false, saveUninitialized: false, cookie }));
  app.use(passport.session());

  app.get('/auth/roblox', passport.authenticate('roblox'));
  // keepSessionInfo: a sign-in in another tab can still finish.
  const finish = passport.authenticate('roblox', { keepSessionInfo: true, failureMessage: true, failWithError: true });
  app.get('/auth/roblox/callback', finish, (_req, res) => res.redirect('/'));

  app.get('/', (req, res) => showHome(req, res));

  app.post('/sign-out', (req, res, next) => {
    req.logout((error) => (error ? next(error) : res.redirect('/')));
  });

  app.use((_req, res) => res.status(404).send(errorPage(404)));
  app.use(showError);
  return app;
}

/** @param note a message above the page */
async function showHome(req: Request, res: Response, note?: string): Promise<unknown> {
  const user = getUser(req);
  if (user === undefined) return res.send(welcomePage());
  // Do not wait longer for Roblox than a visitor would.
  const signal = AbortSignal.timeout(4000);
  const [inventory, groups] = await Promise.allSettled([
    user.client.inventory.list({ pageSize: 12, signal }).toArray({ limit: 12 }),
    listGroups(user.client, signal),
  ]);
  return res.send(profilePage(user.profile, inventory, groups, note));
}

/** Lists the user's groups, each with the user's highest role. */
async function listGroups({ groups }: RobloxClient, signal: AbortSignal): Promise<GroupRow[]> {
  const memberships = await groups.list({ signal }).toArray({ limit: 10 });
  return Promise.all(
    memberships.map(async ({ groupId, roleId }) => {
      const [group, roles] = await Promise.all([
        groups.get(groupId, { signal }),
        groups.roles(groupId, { signal }).toArray(),
      ]);
      return { group, role: roles.find(({ id }) => id === roleId) };
    }),
  );
}

/** Shows an error page: 403 with Passport's reason for a failed sign-in, 5xx without a reason for every other error. */
const showError: ErrorRequestHandler = async (error, req, res, next) => {
  if (res.headersSent) return next(error);
  const status: number = error instanceof InternalOAuthError ? 502 : (error.status ?? 500);
  if (status >= 500) console.error(error);
  const reason = req.session?.messages?.at(-1); // failureMessage stores it there
  delete req.session?.messages;
  res.status(status);
  if (status === 403 && getUser(req) !== undefined) await showHome(req, res, reason && stillSignedIn(reason));
  else res.send(errorPage(status, reason));
};

declare module 'express-session' {
  interface SessionData {
    messages?: string[];
  }
}
