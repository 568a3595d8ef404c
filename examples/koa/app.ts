import Router from '@koa/router';
import Koa from 'koa';
import passport from 'koa-passport';
import session from 'koa-session';
import { RobloxStrategy } from 'passport-roblox-oauth2';
import { FILES, homePage, refusalPage } from '../shared/page.ts';
import type { Blanks } from '../shared/run.ts';
import { foreignFormPage, isForeignForm, pageHeaders } from '../shared/security.ts';
import { findOrCreateUser, type User } from '../shared/users.ts';

const SITE = { name: 'Koa example', about: 'A Koa app that keeps its session in a signed cookie.' };

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
  app.use(async (ctx, next) => {
    ctx.set(pageHeaders(baseURL));
    ctx.type = 'html';
    if (isForeignForm(ctx)) Object.assign(ctx, { status: 403, body: foreignFormPage(SITE) });
    else await next();
  });
  app.use(session({ sameSite: 'lax' }, app));
  app.use(passport.initialize());
  app.use(passport.session());

  const router = new Router();
  for (const { path, type, content } of FILES) {
    router.get(path, (ctx) => {
      ctx.type = type;
      ctx.body = content;
    });
  }

  router.get('/auth/roblox', passport.authenticate('roblox'));
  router.get('/auth/roblox/callback', (ctx, next) =>
    passport.authenticate<User>('roblox', async (error, user, info, status) => {
      if (error) throw error;
      if (user) {
        await ctx.login(user, { keepSessionInfo: true });
        return ctx.redirect('/');
      }
      ctx.status = status ?? 401;
      ctx.body = refusalPage(SITE, info.message, ctx.state['user']);
    })(ctx, next),
  );

  router.get('/', (ctx) => {
    ctx.body = homePage(SITE, ctx.state['user']);
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
    /** koa-passport adds these. */
    login(user: User, options: { keepSessionInfo: boolean }): Promise<void>;
    logout(): Promise<void>;
  }
}
