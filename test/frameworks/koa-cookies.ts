/** The Koa example, with its sign-ins kept in cookies of their own. */
import passport from 'koa-passport';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CookieStore, RobloxStrategy } from 'passport-roblox-oauth2';
import { createApp } from '../../examples/koa/app.ts';
import { run } from '../../examples/settings.ts';
import { findOrCreateUser } from '../../examples/users.ts';

await run(async (blanks, port) => {
  const app = createApp(blanks);
  passport.use(
    new RobloxStrategy({
      ...blanks,
      store: new CookieStore({ secret: blanks.cookieSecret }),
      verify: ({ profile, client }) => findOrCreateUser(profile, client),
    }),
  );
  const server = app.listen(port);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
});
