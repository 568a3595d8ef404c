import Router from '@koa/router';
import Koa from 'koa';
import passport from 'koa-passport';
import session from 'koa-session';
import { RobloxStrategy } from 'passport-roblox-oauth2';
import { homePage } from '../pages.ts';
import type { Blanks } from '../settings.ts';
import { findOrCreateUser, type User } from '../users.ts';

export function createApp({ clientID, clientSecret, callbackURL, cookieSecret, baseURL }: Blanks): Koa {
  passport.serializeUser<User>((user, done) => done(null, user));
  passport.deserializeUser<User>((user, done) => done(null, user));
  passport.use(
    new RobloxStrategy({
      clientID,
      clientSecret,
      callbackURL,
      baseURL,
      verify: ({ profile, client }) => findOrCreateUser(profile, client),
    }),
  );

  const app = new Koa();
  app.keys = [cookieSecret];
  app.use(session({ sameSite: 'lax' }, app));
  app.use(passport.initialize());
  app.use(passport.session());

  const router = new Router();
  router.get('/auth/roblox', passport.authenticate('roblox'));
  router.get('/auth/roblox/callback', passport.authenticate('roblox', { keepSessionInfo: true }), (ctx) =>
    ctx.redirect('/'),
  );

  router.get('/', (ctx) => {
    ctx.type = 'html';
    ctx.body = homePage(ctx.state['user']);
  });

  router.post('/sign-out', async (ctx) => {
    await ctx.logout();
    ctx.redirect('/');
  });
  app.use(router.routes());
  return app;
}

declare module 'koa' {
  interface ExtendableContext {
    /** What koa-passport adds. */
    logout(): Promise<void>;
  }
}
