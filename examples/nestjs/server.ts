import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import session from 'express-session';
import passport from 'passport';
import { PUBLIC } from '../shared/page.ts';
import { run } from '../shared/run.ts';
import type { User } from '../shared/users.ts';
import { guardPages } from '../shared/security.ts';
import { AppModule, SITE } from './app.ts';

await run('nestjs', async (blanks, port, host) => {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(blanks), {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  app.useStaticAssets(PUBLIC);
  app.use(guardPages(SITE, blanks.baseURL));
  const cookie = { sameSite: 'lax', secure: 'auto' } as const;
  app.use(session({ secret: blanks.cookieSecret, resave: false, saveUninitialized: false, cookie }));
  app.use(passport.session());
  passport.serializeUser((user, done) => done(null, user));
  passport.deserializeUser((user: User, done) => done(null, user));
  await app.listen(port, host);
  return app.getHttpServer();
});
