import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import session from 'express-session';
import passport from 'passport';
import {
  OAuthError,
  requireGroupRank,
  requireItem,
  RobloxStrategy,
  TokenVault,
  type Gate,
} from 'passport-roblox-oauth2';
import { homePage, PUBLIC, refusalPage, signInLink, textPage, type Site } from '../shared/page.ts';
import type { Blanks } from '../shared/run.ts';
import { guardPages } from '../shared/security.ts';
import { findOrCreateUser, type User } from '../shared/users.ts';

/** Your group and game pass. */
export interface Community {
  readonly groupId: string;
  readonly staffRank: number;
  readonly gamePassId: string;
  /** The people to choose at the emulator, and what each may see. */
  readonly people?: readonly string[];
}

export function createApp(blanks: Blanks, { groupId, staffRank, gamePassId, people = [] }: Community): Express {
  const { clientID, clientSecret, callbackURL, cookieSecret, baseURL } = blanks;
  const site: Site = {
    name: 'Members only',
    about: 'This site is for members of our group. Some of its pages are for our staff, or for owners of our pass.',
    links: [
      { href: '/staff', text: 'Staff room', who: `For members of our group with a rank of ${staffRank} or higher` },
      { href: '/lounge', text: 'Lounge', who: 'For owners of our pass' },
    ],
    people,
  };
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

  const app = express().disable('x-powered-by');
  app.use(express.static(PUBLIC), guardPages(site, baseURL));
  const cookie = { sameSite: 'lax', secure: 'auto' } as const;
  app.use(session({ secret: cookieSecret, resave: false, saveUninitialized: false, cookie }));
  app.use(passport.session());

  app.get('/auth/roblox', passport.authenticate('roblox'));
  const finish = passport.authenticate('roblox', { keepSessionInfo: true, failureMessage: true, failWithError: true });
  app.get('/auth/roblox/callback', finish, (_req, res) => res.redirect('/'));

  const getUser = (req: Request) => req.user as User | undefined; // what deserializeUser gave

  /** Like `gate.middleware`, but it throws, so that the error handler can show a page instead of plain text. */
  const only = (gate: Gate): RequestHandler => {
    return async (req, _res, next) => {
      const user = getUser(req);
      const client = user && (await vault.client(user.id));
      if (client === undefined) throw new NotSignedInError();
      await gate.check(client);
      next();
    };
  };
  app.get('/', (req, res) => res.send(homePage(site, getUser(req))));
  app.get('/staff', only(staff), (_req, res) =>
    res.send(textPage(site, 'Staff room', 'Only our staff can read this.')),
  );
  app.get('/lounge', only(supporters), (_req, res) =>
    res.send(textPage(site, 'Lounge', 'Thank you for your support.')),
  );

  app.post('/sign-out', (req, res, next) => {
    req.logout((error) => (error ? next(error) : res.redirect('/')));
  });

  const showRefusal: ErrorRequestHandler = (error, req, res, next) => {
    // An OAuthError: the user has ended the authorization at Roblox.
    const refusal = error instanceof OAuthError ? new NotSignedInError() : error;
    if (refusal.status !== 403 && refusal.status !== 401) return next(error);
    res.status(refusal.status);
    // `failureMessage` stores the reason of a failed sign-in there.
    const reason = req.session.messages?.at(-1);
    delete req.session.messages;
    if (reason !== undefined) res.send(refusalPage(site, reason, getUser(req)));
    else if (refusal.status === 403) res.send(homePage(site, getUser(req), refusal.message));
    else res.send(textPage(site, 'Please sign in', refusal.message, signInLink('Sign in with Roblox')));
  };
  return app.use(showRefusal);
}

class NotSignedInError extends Error {
  readonly status = 401;
  constructor() {
    super('This page is for people who are signed in.');
  }
}

declare module 'express-session' {
  interface SessionData {
    messages?: string[];
  }
}
