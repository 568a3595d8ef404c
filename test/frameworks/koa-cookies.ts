/** The Koa example, with a CookieStore. */
import passport from 'koa-passport';
import { CookieStore, RobloxStrategy } from 'passport-roblox-oauth2';
import { createApp } from '../../examples/koa/app.ts';
import { run } from '../../examples/shared/run.ts';
import { findOrCreateUser } from '../../examples/shared/users.ts';

await run('koa', (blanks, port, host) => {
  const { clientID, clientSecret, callbackURL, baseURL, cookieSecret } = blanks;
  const app = createApp(blanks);
  passport.use(
    new RobloxStrategy({
      clientID,
      clientSecret,
      callbackURL,
      baseURL,
      store: new CookieStore({ secret: cookieSecret }),
      verify: ({ profile, client }) => findOrCreateUser(profile, client),
    }),
  );
  return app.listen(port, host);
});
