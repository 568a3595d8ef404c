import { expect } from 'chai';
import { EventEmitter, once } from 'node:events';
import {
  CookieStore,
  RobloxStrategy,
  requireAccountAge,
  requireGroupRank,
  requireItem,
  TokenVault,
} from '../../lib/index.ts';
import type { PassportAuthenticateOptions } from '../../lib/strategy/passport.ts';
import { postgresVault } from '../../lib/vault/postgres.ts';
import { redisVault } from '../../lib/vault/redis.ts';
import { authenticate, expectError } from '../support/harness.ts';

const base = { clientID: '840974200211308101', clientSecret: 'secret', callbackURL: '/auth/roblox/callback' };
const verify = () => ({ id: '1' });
const make = (options: object, classic?: (...values: never[]) => unknown) => () =>
  new RobloxStrategy({ ...base, ...(classic === undefined ? { verify } : {}), ...options }, classic as never);

/** In place of the client of a database, which is not an object of options. */
const client = new EventEmitter() as never;
const staff = requireGroupRank({ groupId: '7' });

/** Mistakes of beginners, and their messages. */
const MISTAKES: readonly (readonly [mistake: string, make: () => unknown, told: RegExp])[] = [
  [
    'a client ID that is a number',
    make({ clientID: 840974200211308101 }),
    /clientID must be a string.*put it in quotes/,
  ],
  ['a missing client ID', make({ clientID: undefined }), /clientID must be .*Creator Dashboard/],
  ['a client ID with a line break', make({ clientID: '123\n' }), /clientID .*stray space or line break/],
  ['a secret with a line break', make({ clientSecret: 'RBX-secret\n' }), /clientSecret .*stray line break/],
  ['clientId for clientID', make({ clientID: undefined, clientId: '1' }), /clientID/],
  ['callbackUrl for callbackURL', make({ callbackUrl: '/x' }), /Did you mean 'callbackURL'/],
  ['scopes for scope', make({ scopes: ['openid'] }), /Did you mean 'scope'/],
  ['passReqToCallBack for passReqToCallback', make({ passReqToCallBack: true }), /Did you mean 'passReqToCallback'/],
  ['a missing callback URL', make({ callbackURL: undefined }), /callbackURL must be .*registered/],
  [
    'a callback URL without its protocol',
    make({ callbackURL: 'localhost:3000/callback' }),
    /callbackURL must be absolute/,
  ],
  [
    'a callback URL with a line break',
    make({ callbackURL: 'https://game.example/cb\n' }),
    /callbackURL .*(white space|line break)/,
  ],
  ['a callback URL with a fragment', make({ callbackURL: 'https://game.example/#cb' }), /callbackURL .*fragment/],
  ['a callback URL that is too long', make({ callbackURL: `/${'a'.repeat(300)}` }), /callbackURL .*256/],
  ['commas between scopes', make({ scope: 'openid,profile' }), /space between them/],
  ['scopes without openid', make({ scope: 'profile' }), /must include 'openid'/],
  [
    'a prompt that Roblox does not know',
    () => new RobloxStrategy({ ...base, verify }).authorizationParams({ prompt: 'signin' }),
    /prompt must be/,
  ],
  ['PKCE off without a secret', make({ clientSecret: undefined, pkce: false }), /needs a clientSecret/],
  ['a time-out of nothing', make({ timeout: 0 }), /timeout must be .*milliseconds/],
  ['a clock tolerance in milliseconds', make({ clockTolerance: 60_000 }), /clockTolerance must be .*seconds/],
  ['the address of Roblox by http', make({ baseURL: 'http://apis.roblox.com' }), /baseURL must be https/],
  ['a store that keeps nothing', make({ store: {} }), /store must be/],
  ['a vault that is none', make({ vault: {} }), /vault must be/],
  ['the parts of a vault for the vault', make({ vault: { storage: {}, lock: {} } }), /vault .*\.\.\.redisVault\(/],
  ['a gate for verify', make({ verify: staff }), /verify must be a function: write gate\.verify\(/],
  ['the client for the options of redisVault', () => redisVault(client), /as in redisVault\(\{ client \}\)/],
  ['no options for redisVault', () => redisVault(undefined as never), /as in redisVault\(\{ client \}\)/],
  ['the pool for the options of postgresVault', () => postgresVault(client), /as in postgresVault\(\{ pool \}\)/],
  ['a client for the storage', () => new TokenVault({ storage: client }), /storage must be .*\.\.\.redisVault\(/],
  [
    'the parts of a vault for its storage',
    () => new TokenVault({ storage: {} as never }),
    /storage .*\.\.\.redisVault\(/,
  ],
  ['a client among the options of the vault', () => new TokenVault({ client } as never), /\.\.\.redisVault\(\{ client/],
  [
    "the token endpoint's response for tokens",
    () => new RobloxStrategy({ ...base, verify }).client({ access_token: 'a', refresh_token: 'r' } as never),
    /accessToken is missing: write \{ accessToken: tokens\.access_token,/,
  ],
  ['no verify', () => new RobloxStrategy(base as never), /verify is missing/],
  [
    'a classic verify among the options',
    make({ verify: (_a: string, _b: string, _c: object, _d: () => void) => {} }),
    /verify/,
  ],
  ['a classic verify with a place for the request', make({}, (_r, _a, _b, _c, _d) => {}), /passReqToCallback: true/],
  ['a verify that is no function', make({ verify: 'findOrCreateUser' }), /verify must be a function/],
  ['a short secret for cookies', () => new CookieStore({ secret: 'short' }), /secret must be 16 bytes or more/],
  ['no secret for cookies', () => new CookieStore({} as never), /secret/],
  ['a short secret for the vault', () => new TokenVault({ secrets: ['short'] }), /secrets must be 16 bytes or more/],
  ['minrank for minRank', () => requireGroupRank({ groupId: '7', minrank: 200 } as never), /Did you mean 'minRank'/],
  ['a rank that is a role ID', () => requireGroupRank({ groupId: '7', minRank: 99513316 }), /minRank must be .*1.*255/],
  ['a gate without an item', () => requireItem({}), /needs gamePassIds/],
  ['an age that is no number', () => requireAccountAge({ days: '30' as never }), /days must be/],
];

describe('a mistake of a beginner', () => {
  for (const [mistake, attempt, told] of MISTAKES) {
    it(`has a clear message: ${mistake}`, () => {
      expect(attempt).to.throw(TypeError, told);
    });
  }

  for (const [misspelt, right] of [
    ['scopes', 'scope'],
    ['callbackUrl', 'callbackURL'],
    ['promt', 'prompt'],
  ] as const) {
    it(`is an error of the login: ${misspelt} for ${right} in passport.authenticate`, async () => {
      const options = { [misspelt]: 'openid' } as never;
      const error = expectError(await authenticate(new RobloxStrategy({ ...base, verify }), { session: {} }, options));
      expect(error).to.be.instanceOf(TypeError).with.property('message').that.includes(`Did you mean '${right}'?`);
    });
  }

  it('is not an option of Passport or of another strategy', async () => {
    const passports: Required<PassportAuthenticateOptions> = {
      ...{ authInfo: true, assignProperty: 'a', failureFlash: true, failureMessage: true, failureRedirect: '/' },
      ...{ failWithError: true, keepSessionInfo: true, session: true, successFlash: true, successMessage: true },
      ...{ successRedirect: '/', successReturnToOrRedirect: '/', pauseStream: true, userProperty: 'user' },
    };
    const google = { accessType: 'offline', includeGrantedScopes: true, loginHint: 'a', hd: 'b', display: 'popup' };
    const strategy = new RobloxStrategy({ ...base, callbackURL: 'https://game.example/cb', verify });
    const told = await authenticate(strategy, { session: {} }, { ...passports, ...google } as never);
    expect(told.verb).to.equal('redirect');
  });

  for (const [scope, meant] of [
    ['groups:read', 'group:read'],
    ['user.inventory-items:read', 'user.inventory-item:read'],
    ['inventory-item:read', 'user.inventory-item:read'],
    ['user.inventory:read', 'user.inventory-item:read'],
    ['messaging-service:publish', 'universe-messaging-service:publish'],
  ] as const) {
    it(`is a warning, once: the scope ${scope}`, async () => {
      const warning = once(process, 'warning') as Promise<[Error]>;
      make({ scope: ['openid', scope] })();
      make({ scope: ['openid', scope] })();
      expect((await warning)[0].message).to.equal(`The scope '${scope}' is not known. Did you mean '${meant}'?`);
    });
  }

  it('is no warning: a scope that Roblox may have added', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => void warnings.push(warning);
    process.on('warning', listen);
    for (const scope of ['user.friend-list:read', 'user:read', 'read', '*', '(']) make({ scope: ['openid', scope] })();
    await new Promise(setImmediate);
    process.off('warning', listen);
    expect(warnings).to.deep.equal([]);
  });
});
