import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import session from 'express-session';
import passport from 'passport';
import { run } from '../settings.ts';
import type { User } from '../users.ts';
import { AppModule } from './app.ts';

await run(async (blanks, port) => {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(blanks), { logger: ['error', 'warn'] });
  const cookie = { sameSite: 'lax', secure: 'auto' } as const;
  app.use(session({ secret: blanks.cookieSecret, resave: false, saveUninitialized: false, cookie }));
  app.use(passport.session());
  passport.serializeUser((user, done) => done(null, user));
  passport.deserializeUser((user: User, done) => done(null, user));

  await app.listen(port);
  const address = app.getHttpServer().address() as AddressInfo; // what a server on a port has
  return { port: address.port, close: () => app.close() };
});
