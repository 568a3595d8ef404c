import express, { type ErrorRequestHandler, type Express, type Request } from 'express';
import session from 'express-session';
import passport from 'passport';
import { requireGroupRank, requireItem, RobloxStrategy, TokenVault } from 'passport-roblox-oauth2';
import { homePage } from '../pages.ts';
import type { Blanks } from '../settings.ts';
import { findOrCreateUser, type User } from '../users.ts';

/** Whose app it is: fill in your own. */
export interface Community {
  readonly groupId: string;
  readonly staffRank: number;
  readonly gamePassId: string;
}

export function createApp(blanks: Blanks, { groupId, staffRank, gamePassId }: Community): Express {
  const { clientID, clientSecret, callbackURL, cookieSecret, baseURL } = blanks;
  const members = requireGroupRank({ groupId, message: 'This site is for members of our group.' });
  const staff = requireGroupRank({ groupId, minRank: staffRank, message: 'This page is for our staff.' });
  const supporters = requireItem({ gamePassIds: [gamePassId], message: 'This page is for owners of our pass.' });

  const vault = new TokenVault();
  passport.serializeUser((user, done) => done(null, user));
  passport.deserializeUser<User>((user, done) => done(null, user));
  passport.use(
    new RobloxStrategy({
      clientID,
      clientSecret,
      callbackURL,
      baseURL,
      scope: ['openid', 'profile', 'user.inventory-item:read'],
      vault,
      verify: members.verify(({ profile, client }) => findOrCreateUser(profile, client)),
    }),
  );

  const app = express();
  const cookie = { sameSite: 'lax', secure: 'auto' } as const;
  app.use(session({ secret: cookieSecret, resave: false, saveUninitialized: false, cookie }));
  app.use(passport.session());

  app.get('/auth/roblox', passport.authenticate('roblox'));
  const finish = passport.authenticate('roblox', { keepSessionInfo: true, failureMessage: true, failWithError: true });
  app.get('/auth/roblox/callback', finish, (_req, res) => res.redirect('/'));

  const userOf = (req: Request) => req.user as User | undefined; // what deserializeUser gave
  const clientOf = (req: Request) => userOf(req) && vault.client(userOf(req)!.id);
  app.get('/', (req, res) => res.send(homePage(userOf(req))));
  app.get('/staff', staff.middleware(clientOf), (_req, res) => res.send('The keys are under the mat.'));
  app.get('/lounge', supporters.middleware(clientOf), (_req, res) => res.send('Thank you for your support.'));

  app.post('/sign-out', (req, res, next) => {
    req.logout((error) => (error ? next(error) : res.redirect('/')));
  });

  /** Says why a sign-in was refused; the reason is where failureMessage has put it. */
  const showRefusal: ErrorRequestHandler = (error, req, res, next) => {
    if (error.status !== 403 && error.status !== 401) return next(error);
    const reason = req.session.messages?.pop() ?? 'You are not signed in.';
    res.status(error.status).type('text').send(reason);
  };
  return app.use(showRefusal);
}

declare module 'express-session' {
  interface SessionData {
    messages?: string[];
  }
}
