import express, { type Express, type RequestHandler } from 'express';
import { jwtVerify, SignJWT } from 'jose';
import passport from 'passport';
import { CookieStore, RobloxStrategy } from 'passport-roblox-oauth2';
import { homePage } from '../pages.ts';
import type { Blanks } from '../settings.ts';
import { findOrCreateUser, type User } from '../users.ts';

export function createApp({ clientID, clientSecret, callbackURL, cookieSecret, baseURL }: Blanks): Express {
  passport.use(
    new RobloxStrategy({
      clientID,
      clientSecret,
      callbackURL,
      baseURL,
      store: new CookieStore({ secret: cookieSecret }), // until the callback; from then on the JWT says who it is
      verify: ({ profile, client }) => findOrCreateUser(profile, client),
    }),
  );

  const key = new TextEncoder().encode(cookieSecret);
  const signJWT = (user: User) =>
    new SignJWT({ user }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1 hour').sign(key);

  /** Who a request is from: by a cookie where a browser sends it, by a Bearer token where a program does. */
  const readUser: RequestHandler = async (req, _res, next) => {
    const [, jwt] =
      /^Bearer (.+)$/.exec(req.get('authorization') ?? '') ?? /(?:^|; )jwt=([^;]+)/.exec(req.get('cookie') ?? '') ?? [];
    const verified =
      jwt && (await jwtVerify<{ user: User }>(jwt, key, { algorithms: ['HS256'] }).catch(() => undefined));
    if (verified) req.user = verified.payload.user;
    next();
  };

  const app = express();

  app.get('/auth/roblox', passport.authenticate('roblox', { session: false }));
  app.get('/auth/roblox/callback', passport.authenticate('roblox', { session: false }), async (req, res) => {
    const jwt = await signJWT(req.user as User); // what verify returned
    res
      .cookie('jwt', jwt, { httpOnly: true, sameSite: 'lax', secure: req.secure, maxAge: 60 * 60 * 1000 })
      .redirect('/');
  });

  app.get('/', readUser, (req, res) => {
    res.send(homePage(req.user as User | undefined)); // what readUser found
  });

  app.post('/sign-out', (_req, res) => res.clearCookie('jwt').redirect('/'));
  return app;
}
