import connect from 'connect';
import session from 'express-session';
import { CookieStore } from '../../lib/index.ts';
import { createVisitor, DEMO_CLIENT, startEmulator, type Emulator } from '../../lib/emulator/index.ts';
import { listen, passportFor } from '../frameworks/listen.ts';
import type { RunningApp } from '../frameworks/suite.ts';

/** An app on https (behind a proxy) that keeps logins in cookies, with a login of an attacker. */
export interface AttackedApp {
  readonly app: RunningApp;
  readonly roblox: Emulator;
  /** The `Cookie` header of each request to the callback. */
  readonly cookies: string[];
  /** The attacker's login, before its callback: the attacker plants it in the victim's browser. */
  prepare(): Promise<{ readonly cookie: string; readonly path: string }>;
  close(): Promise<void>;
}

/** @param host the host of the app's callback URL */
export async function startAttackedApp(host: string): Promise<AttackedApp> {
  const callbackURL = `https://${host}/auth/roblox/callback`;
  const roblox = await startEmulator({ clients: [{ ...DEMO_CLIENT, redirectURIs: [callbackURL] }] });
  const cookieSecret = 'a secret for the cookies of tests only';
  const passport = passportFor(
    { ...DEMO_CLIENT, callbackURL, baseURL: roblox.url, cookieSecret },
    { store: new CookieStore({ secret: cookieSecret }) },
  );
  const cookies: string[] = [];
  const server = connect();
  server.use(session({ secret: cookieSecret, resave: false, saveUninitialized: false }) as connect.NextHandleFunction);
  server.use(passport.session() as connect.NextHandleFunction);
  server.use('/auth/roblox/callback', (req, _res, next) => next(void cookies.push(req.headers.cookie ?? '')));
  server.use('/auth/roblox/callback', passport.authenticate('roblox') as connect.NextHandleFunction);
  server.use('/auth/roblox/callback', (req, res) => res.end(JSON.stringify((req as { user?: unknown }).user)));
  server.use('/auth/roblox', passport.authenticate('roblox') as connect.NextHandleFunction);
  // A page of a sibling host. It sets the cookie in its query, byte for byte.
  server.use('/kitten', (req, res) => {
    const cookie = Buffer.from(new URL(req.url ?? '', 'http://x').searchParams.get('cookie') ?? '', 'base64url');
    res.setHeader('Set-Cookie', `${cookie.toString('latin1')}; Domain=${host}; Path=/`);
    // As bytes: with a string as body, Node would write the headers as UTF-8.
    res.end(Buffer.from('A kitten'));
  });
  const app = await listen(server);
  return {
    app,
    roblox,
    cookies,
    async prepare() {
      const attacker = createVisitor({ baseURL: app.url });
      const { headers } = await attacker.get('/auth/roblox', { redirect: false });
      const [cookie = ''] = headers['set-cookie']?.filter((each) => each.startsWith('__Host-')) ?? [];
      const callback = new URL(await attacker.authorize(headers.location ?? ''));
      attacker.close();
      return { cookie: cookie.slice(0, cookie.indexOf(';')), path: callback.pathname + callback.search };
    },
    async close() {
      await app.close();
      await roblox.close();
    },
  };
}
