import { Authenticator } from '@fastify/passport';
import secureSession from '@fastify/secure-session';
import Fastify, { type FastifyInstance } from 'fastify';
import { RobloxStrategy } from 'passport-roblox-oauth2';
import { FILES, homePage, refusalPage } from '../shared/page.ts';
import type { Blanks } from '../shared/run.ts';
import { foreignFormPage, isForeignForm, pageHeaders } from '../shared/security.ts';
import { findOrCreateUser, type User } from '../shared/users.ts';

const SITE = { name: 'Fastify example', about: 'A Fastify app that keeps its session in a sealed cookie.' };

declare module 'fastify' {
  interface PassportUser extends User {}
}

export function createApp({ clientID, clientSecret, callbackURL, cookieSecret, baseURL }: Blanks): FastifyInstance {
  // A sign-in in another tab can still finish.
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
  app.addHook('onRequest', async ({ method, headers }, reply) => {
    reply.headers(pageHeaders(baseURL)).type('text/html; charset=utf-8');
    if (isForeignForm({ method, headers })) return reply.code(403).send(foreignFormPage(SITE));
  });
  for (const { path, type, content } of FILES) app.get(path, (_request, reply) => reply.type(type).send(content));

  const cookie = { path: '/', httpOnly: true, sameSite: 'lax', secure: 'auto' } as const;
  app.register(secureSession, { secret: cookieSecret, salt: 'roblox-example-1', cookie });
  app.register(passport.initialize());
  app.register(passport.secureSession());

  // Passport answers the request itself.
  app.get('/auth/roblox', passport.authenticate('roblox'));
  const finish = passport.authenticate('roblox', async (request, reply, error, user, info, status) => {
    if (error) throw error;
    const { message } = info as { message: string }; // the reason of the refusal
    if (!user) return reply.code(Number(status)).send(refusalPage(SITE, message, request.user ?? undefined));
    await request.logIn(user);
    return reply.redirect('/');
  });
  app.get('/auth/roblox/callback', finish);

  app.get('/', (request, reply) => reply.send(homePage(SITE, request.user ?? undefined)));

  // For the empty body of the sign-out form: by default Fastify accepts JSON only.
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, async () => ({}));
  app.post('/sign-out', async (request, reply) => {
    await request.logout();
    return reply.redirect('/');
  });
  return app;
}
