import { Authenticator } from '@fastify/passport';
import secureSession from '@fastify/secure-session';
import Fastify, { type FastifyInstance } from 'fastify';
import { RobloxStrategy } from 'passport-roblox-oauth2';
import { homePage } from '../pages.ts';
import type { Blanks } from '../settings.ts';
import { findOrCreateUser, type User } from '../users.ts';

declare module 'fastify' {
  interface PassportUser extends User {}
}

export function createApp({ clientID, clientSecret, callbackURL, cookieSecret, baseURL }: Blanks): FastifyInstance {
  // So that a sign-in in another tab can finish, too.
  const passport = new Authenticator({ clearSessionOnLogin: false });
  passport.registerUserSerializer(async (user: User) => user);
  passport.registerUserDeserializer(async (user: User) => user);
  passport.use(
    new RobloxStrategy({
      clientID,
      clientSecret,
      callbackURL,
      baseURL,
      verify: ({ profile, client }) => findOrCreateUser(profile, client),
    }),
  );

  const app = Fastify();
  const cookie = { path: '/', httpOnly: true, sameSite: 'lax', secure: 'auto' } as const;
  app.register(secureSession, { secret: cookieSecret, salt: 'roblox-example-1', cookie });
  app.register(passport.initialize());
  app.register(passport.secureSession());

  // A hook of the route instead of its handler: passport answers by itself.
  app.get('/auth/roblox', passport.authenticate('roblox'));
  app.get('/auth/roblox/callback', { preValidation: passport.authenticate('roblox') }, (_request, reply) =>
    reply.redirect('/'),
  );

  app.get('/', (request, reply) => reply.type('text/html').send(homePage(request.user ?? undefined)));

  // The empty body of the sign-out form: Fastify itself takes JSON only.
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, async () => ({}));
  app.post('/sign-out', async (request, reply) => {
    await request.logout();
    return reply.redirect('/');
  });
  return app;
}
