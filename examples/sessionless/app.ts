import express, { type Express, type RequestHandler } from 'express';
import { jwtVerify, SignJWT } from 'jose';
import passport from 'passport';
import { CookieStore, RobloxStrategy } from 'passport-roblox-oauth2';
import { homePage, PUBLIC, refusalPage } from '../shared/page.ts';
import type { Blanks } from '../shared/run.ts';
import { guardPages } from '../shared/security.ts';
import { findOrCreateUser, type User } from '../shared/users.ts';

const SITE = {
  name: 'Example without sessions',
  about: 'An Express app that keeps who is signed in as a JWT in a cookie.',
};

export function createApp({ clientID, clientSecret, callbackURL, cookieSecret, baseURL }: Blanks): Express {
  passport.use(
    new RobloxStrategy({
      clientID,
      clientSecret,
      callbackURL,
      baseURL,
      store: new CookieStore({ secret: cookieSecret }), // keeps the login until the callback; after it the JWT names the user
      verify: ({ profile, client }) => findOrCreateUser(profile, client),
    }),
  );

  const key = new TextEncoder().encode(cookieSecret);
  const signJWT = (user: User) =>
    new SignJWT({ user }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1 hour').sign(key);

  /** Finds out who sent a request. Browsers send the JWT in a cookie, programs as a Bearer token. */
  const checkJWT: RequestHandler = async (req, _res, next) => {
    const [, jwt] =
      /^Bearer (.+)$/.exec(req.get('authorization') ?? '') ?? /(?:^|; )jwt=([^;]+)/.exec(req.get('cookie') ?? '') ?? [];
    const verified =
      jwt && (await jwtVerify<{ user: User }>(jwt, key, { algorithms: ['HS256'] }).catch(() => undefined));
    if (verified) req.user = verified.payload.user;
    next();
  };

  const app = express().disable('x-powered-by');
  app.use(express.static(PUBLIC), guardPages(SITE, baseURL));
  app.use(checkJWT);
  const getUser = (req: { user?: unknown }) => req.user as User | undefined; // checkJWT sets it

  app.get('/auth/roblox', passport.authenticate('roblox', { session: false }));
  app.get('/auth/roblox/callback', (req, res, next) => {
    const answer: passport.AuthenticateCallback = async (error, user, info, status) => {
      if (error) return next(error);
      if (!user) {
        const { message } = info as { message: string }; // the reason of the refusal
        return res.status(Number(status)).send(refusalPage(SITE, message, getUser(req)));
      }
      const jwt = await signJWT(user as User); // verify returned it
      res
        .cookie('jwt', jwt, { httpOnly: true, sameSite: 'lax', secure: req.secure, maxAge: 60 * 60 * 1000 })
        .redirect('/');
    };
    passport.authenticate('roblox', { session: false }, answer)(req, res, next);
  });

  app.get('/', (req, res) => {
    res.send(homePage(SITE, getUser(req)));
  });

  app.post('/sign-out', (_req, res) => res.clearCookie('jwt').redirect('/'));
  return app;
}
