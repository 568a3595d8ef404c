/**
 * A small program of a user. scripts/matrix.ts compiles it as an ES module and as CommonJS with each TypeScript, and runs the result on
 * each Node. So it has no `await` outside of functions, and imports only installed packages.
 */
import express, { type ErrorRequestHandler, type Express } from 'express';
import { deepStrictEqual, ok } from 'node:assert';
import type { AddressInfo } from 'node:net';
import passport from 'passport';
import {
  CookieStore,
  RobloxAPIError,
  RobloxClient,
  RobloxStrategy,
  Strategy,
  TokenVault,
  type Profile,
  type RobloxAuthenticateOptions,
  type RobloxStrategyOptions,
  type TokenStorage,
  type VerifiedLogin,
} from 'passport-roblox-oauth2';
import { createVisitor, DEMO_CLIENT, startEmulator, type Emulator } from 'passport-roblox-oauth2/emulator';
import { createTableSQL } from 'passport-roblox-oauth2/postgres';
import { redisVault } from 'passport-roblox-oauth2/redis';

interface User {
  readonly id: string;
  readonly name: string;
}

const kept = new Map<string, string>();
const storage: TokenStorage = {
  get: (userId) => kept.get(userId),
  set: (userId, value) => void kept.set(userId, value),
  delete: (userId) => void kept.delete(userId),
};

function makeUser({ id, username = 'nobody' }: Profile): User {
  return { id, name: username };
}

/** Overrides the same methods as subclasses of passport-oauth2. */
class WithNickname extends RobloxStrategy {
  override userProfile(accessToken: string, done: (error?: unknown, profile?: Profile) => void): void {
    super.userProfile(accessToken, (error, profile) => done(error, profile && { ...profile, displayName: 'Nick' }));
  }
  override authorizationParams(options: RobloxAuthenticateOptions): object {
    return { ...super.authorizationParams(options), theme: 'dark' };
  }
}

async function main(): Promise<void> {
  const roblox = await startEmulator({ port: 0 });
  const vault = new TokenVault({ storage, secrets: ['a secret of 32 characters or more'] });
  const options = {
    clientID: DEMO_CLIENT.clientID,
    clientSecret: DEMO_CLIENT.clientSecret,
    callbackURL: '/callback',
    baseURL: roblox.url,
    scope: ['openid', 'profile', 'user.inventory-item:read'],
    store: new CookieStore({ secret: 'a secret of 32 characters or more' }),
  } satisfies RobloxStrategyOptions;
  const verify = ({ profile, client }: VerifiedLogin): User => {
    ok(client instanceof RobloxClient);
    return makeUser(profile);
  };
  // A verify that is shared with other providers.
  const shared = (
    _access: string,
    _refresh: string,
    profile: passport.Profile,
    done: (error: unknown, user?: User) => void,
  ) => done(null, { id: profile.id, name: profile.username ?? 'nobody' });
  const strategies: Readonly<Record<string, RobloxStrategy>> = {
    object: new RobloxStrategy({ ...options, verify, vault, fetch: globalThis.fetch }),
    classic: new Strategy(options, (_accessToken, _refreshToken, profile, done) => done(null, makeUser(profile))),
    shared: new Strategy(options, shared),
    withExpressRequest: new Strategy(
      { ...options, passReqToCallback: true },
      (req: express.Request, _access: string, _refresh: string, profile: passport.Profile, done) =>
        done(null, { id: profile.id, name: req.path === '/callback' ? (profile.username ?? 'nobody') : req.path }),
    ),
    subclass: new WithNickname({ ...options, verify }),
    everything: new Strategy(
      { ...options, passReqToCallback: true, passClientToCallback: true },
      (req, _accessToken, _refreshToken, profile, client, done) => {
        ok(req.path === '/callback' && client instanceof RobloxClient);
        done(null, makeUser(profile));
      },
    ),
  };
  try {
    for (const strategy of Object.values(strategies)) {
      deepStrictEqual(await signIn(strategy, roblox), { id: '4100000001', name: 'MangoPilot' });
    }
    const client = await vault.client('4100000001');
    ok(client !== undefined);
    deepStrictEqual((await client.inventory.list({ gamePasses: true }).toArray())[0]?.id, '777');
    const group = await client.request('GET', '/cloud/v2/groups/{group_id}', { path: { group_id: '7001' } });
    const name: string | undefined = group?.displayName;
    deepStrictEqual(name, 'Sky Island Builders');
    await client.groups.get('1').catch((error: unknown) => ok(error instanceof RobloxAPIError && error.status === 404));
    await vault.revoke('4100000001');
    deepStrictEqual(kept.size, 0);
    ok(typeof redisVault === 'function' && createTableSQL().startsWith('CREATE TABLE'));
  } finally {
    await roblox.close();
  }
  console.log('signed in');
}

/** Signs in over HTTP, like a browser. */
async function signIn(strategy: RobloxStrategy, roblox: Emulator): Promise<unknown> {
  const app: Express = express();
  const fromVariable: RobloxAuthenticateOptions = { prompt: ['login', 'consent'], state: { returnTo: '/' } };
  app.get('/login', passport.authenticate(strategy, { ...fromVariable, session: false }));
  app.get('/callback', passport.authenticate(strategy, { session: false }), (req, res) => void res.json(req.user));
  // Compiled only.
  app.get(
    '/1',
    passport.authenticate('roblox', { state: { returnTo: '/' }, callbackURL: '/callback', prompt: ['login'] }),
  );
  app.get('/2', passport.authenticate('roblox', fromVariable));
  app.get('/3', passport.authenticate(['roblox', 'other'], { failureRedirect: '/' }));
  app.get('/4', passport.authenticate('other', { state: 'a string', scope: ['email'] }));
  const failed: ErrorRequestHandler = (error, _req, res, _next) => void res.status(500).json(String(error));
  app.use(failed);
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  const visitor = createVisitor({ baseURL: `http://127.0.0.1:${port}` });
  try {
    return (await visitor.signIn({ start: '/login', user: '4100000001' })).json();
  } finally {
    visitor.close();
    server.closeAllConnections();
    server.close();
    roblox.reset();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
