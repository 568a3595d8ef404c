import { expect } from 'chai';
import express, { type Request } from 'express';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import {
  OAuthError,
  RefusedError,
  requireAccountAge,
  requireGroupRank,
  requireItem,
  RobloxAPIError,
  RobloxClient,
  RobloxStrategy,
  TokenVault,
  type Gate,
} from '../../lib/index.ts';
import { DEMO_CLIENT, type Emulator } from '../../lib/emulator/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { installFakeTimers } from '../support/fake-timers.ts';
import { catchError } from '../support/thrown.ts';
import { clientFor, MANGO, MEMBERSHIPS, NELL, useEmulator } from './support.ts';

let roblox: Emulator;

describe('a gate', () => {
  useEmulator((started) => (roblox = started));
  const gates: [name: string, gate: () => Gate, user: string, passes: boolean][] = [
    ['a member of a group', () => requireGroupRank({ groupId: '7001' }), MANGO, true],
    ['a stranger to a group', () => requireGroupRank({ groupId: '7001' }), NELL, false],
    ['the rank asked for', () => requireGroupRank({ groupId: '7001', minRank: 80 }), MANGO, true],
    ['a rank below', () => requireGroupRank({ groupId: '7001', minRank: 81 }), MANGO, false],
    ['the owner', () => requireGroupRank({ groupId: 7002, minRank: 255 }), MANGO, true],
    ['the owner of a pass', () => requireItem({ gamePassIds: ['777'] }), MANGO, true],
    ['who has no pass', () => requireItem({ gamePassIds: ['777'] }), NELL, false],
    ['who has one of two passes', () => requireItem({ gamePassIds: ['777', '778'] }), MANGO, false],
    ['who has a pass and lacks the badge', () => requireItem({ gamePassIds: ['777'], badgeIds: ['1'] }), MANGO, false],
  ];
  for (const [name, gate, user, passes] of gates) {
    it(`${passes ? 'lets' : 'does not let'} ${name} pass`, async () => {
      const client = await clientFor(roblox, user);
      expect(await gate().allows(client)).to.equal(passes);
      if (passes) return gate().check(client);
      const error = await catchError(gate().check(client));
      expect(error).to.be.instanceOf(RefusedError).with.property('status', 403);
    });
  }

  it('needs one request for a member, and a second only for a rank above 1', async () => {
    const requests = () => roblox.count(/^\/cloud\//);
    for (const [minRank, user, cost] of [
      [1, MANGO, 1],
      [1, NELL, 1],
      [2, MANGO, 2],
      [2, NELL, 1],
    ] as const) {
      const client = await clientFor(roblox, user);
      const before = requests();
      await requireGroupRank({ groupId: '7001', minRank }).allows(client);
      expect(requests() - before, `${minRank} ${user}`).to.equal(cost);
    }
  });

  for (const [days, passes] of [
    [1, true],
    [36_500, false],
  ] as const) {
    it(`${passes ? 'lets' : 'does not let'} an account pass that must be ${days} days old, by one request`, async () => {
      const gate = requireAccountAge({ days });
      const client = await clientFor(roblox, MANGO);
      expect(await gate.allows(client)).to.equal(passes);
      expect(await gate.allows(client)).to.equal(passes);
      expect(roblox.count('/oauth/v1/userinfo')).to.equal(1);
    });
  }

  it('counts the age of an account to the millisecond', async () => {
    const createdAt = new Date('2020-03-20T05:34:55Z');
    const client = {
      toJSON: () => ({ userId: '1' }),
      userInfo: async () => ({ sub: '1', created_at: +createdAt / 1000 }),
    };
    let nowMs = createdAt.getTime() + 30 * 86_400_000 - 1;
    const gate = requireAccountAge({ days: 30, cacheSeconds: 0, now: () => nowMs });
    expect(await gate.allows(client as unknown as RobloxClient)).to.equal(false);
    nowMs += 1;
    expect(await gate.allows(client as unknown as RobloxClient)).to.equal(true);
  });

  it('lets nobody pass when Roblox does not say when the account was made', async () => {
    const gate = requireAccountAge({ days: 1 });
    const { access_token: accessToken } = await roblox.issueTokens({ user: MANGO, scope: 'openid' });
    const client = new RobloxClient({ accessToken, userId: MANGO, baseURL: roblox.url });
    expect(await catchError(gate.allows(client)))
      .to.be.instanceOf(Error)
      .with.property('message')
      .that.includes("'profile'");
    const profile = { createdAt: null };
    expect(
      await catchError(gate.verify(() => 'user')({ profile, client } as never) as Promise<unknown>),
    ).to.be.instanceOf(Error);
  });

  it('refuses with its own message', async () => {
    const gate = requireItem({ gamePassIds: ['1'], message: 'Ask Mango.' });
    expect(await catchError(gate.check(await clientFor(roblox, NELL)))).to.have.property('message', 'Ask Mango.');
  });

  it('finds out whose client it is', async () => {
    const { access_token: accessToken } = await roblox.issueTokens({ user: MANGO });
    expect(
      await requireGroupRank({ groupId: '7001' }).allows(new RobloxClient({ accessToken, baseURL: roblox.url })),
    ).to.equal(true);
  });

  const refused: [name: string, make: () => unknown, message: RegExp][] = [
    ['no group', () => requireGroupRank({} as never), /^groupId/],
    ['a group that is no ID', () => requireGroupRank({ groupId: '7/roles' }), /^groupId/],
    ['rank 0, which is everybody', () => requireGroupRank({ groupId: '7', minRank: 0 }), /^minRank/],
    ['rank 256', () => requireGroupRank({ groupId: '7', minRank: 256 }), /^minRank/],
    ['a rank as a string', () => requireGroupRank({ groupId: '7', minRank: '5' as never }), /^minRank/],
    ['a rank that is NaN', () => requireGroupRank({ groupId: '7', minRank: NaN }), /^minRank/],
    ['no item', () => requireItem({}), /^requireItem needs/],
    ['an empty list of items', () => requireItem({ gamePassIds: [] }), /^gamePassIds/],
    ['an item that is no ID', () => requireItem({ badgeIds: ['x'] }), /^badgeIds/],
    ['a single ID', () => requireItem({ assetIds: '7' as never }), /^assetIds/],
    ['an empty message', () => requireItem({ gamePassIds: ['7'], message: '' }), /^message/],
    ['a negative time', () => requireItem({ gamePassIds: ['7'], cacheSeconds: -1 }), /^cacheSeconds/],
    ['a time that is NaN', () => requireItem({ gamePassIds: ['7'], cacheSeconds: NaN }), /^cacheSeconds/],
    ['a clock that is none', () => requireItem({ gamePassIds: ['7'], now: 7 as never }), /^now/],
    ['a time that never ends', () => requireItem({ gamePassIds: ['7'], cacheSeconds: Infinity }), /^cacheSeconds/],
    ['a time in words', () => requireItem({ gamePassIds: ['7'], cacheSeconds: '30' as never }), /^cacheSeconds/],
    [
      'another spelling of minRank',
      () => requireGroupRank({ groupId: '7', minrank: 200 } as never),
      /'minrank'.*'minRank'/,
    ],
    ['another spelling of groupId', () => requireGroupRank({ groupID: '7' } as never), /'groupID'.*'groupId'/],
    ['rank in place of minRank', () => requireGroupRank({ groupId: '7', rank: 200 } as never), /'rank'.*minRank/],
    ['one ID in place of a list', () => requireItem({ gamePassId: '7' } as never), /'gamePassId'.*'gamePassIds'/],
    [
      'an option of another gate',
      () => requireItem({ gamePassIds: ['7'], minRank: 1 } as never),
      /'minRank'.*gamePassIds/,
    ],
    [
      'another spelling of cacheSeconds',
      () => requireAccountAge({ days: 1, cacheSecond: 0 } as never),
      /'cacheSecond'.*'cacheSeconds'/,
    ],
    [
      'no options for a group',
      () => requireGroupRank(undefined as never),
      /^options must be an object: requireGroupRank\({ groupId/,
    ],
    ['no options for an item', () => requireItem(null as never), /^options must be an object: requireItem/],
    ['no options for an age', () => requireAccountAge('30' as never), /^options must be an object: requireAccountAge/],
    ...[0, -1, NaN, Infinity, '30', undefined].map((days): [string, () => unknown, RegExp] => [
      `an age of ${inspect(days)} days`,
      () => requireAccountAge({ days: days as never }),
      /^days must be a number of days greater than 0/,
    ]),
    ['no verify', () => requireItem({ gamePassIds: ['7'] }).verify(undefined as never), /^verify/],
    ['no way to a client', () => requireItem({ gamePassIds: ['7'] }).middleware(undefined as never), /^middleware/],
  ];
  for (const [name, make, message] of refused) {
    it(`cannot be made with ${name}`, () => {
      expect(make).to.throw(TypeError, message);
    });
  }

  it('does not change when the list that it was made with changes', async () => {
    const gamePassIds = ['777', '778'];
    const gate = requireItem({ gamePassIds });
    gamePassIds.pop();
    expect(await gate.allows(await clientFor(roblox, MANGO))).to.equal(false);
  });
});

describe('a gate before verify', () => {
  useEmulator((started) => (roblox = started));
  const START = { start: '/auth/roblox' };
  let app: TestApp | undefined;
  afterEach(() => app?.close());

  it('lets members sign in, and refuses others with 403 and no error', async () => {
    let verified = 0;
    const gate = requireGroupRank({ groupId: '7001', message: 'Only members of the builders.' });
    app = await startApp(roblox, { verify: gate.verify(({ profile }) => ((verified += 1), profile)) });
    const page = await app.visitor.signIn({ ...START, user: MANGO });
    expect(page.status).to.equal(200);
    expect(page.json()).to.have.nested.property('user.username', 'MangoPilot');
    app.visitor.clearCookies();
    expect((await app.visitor.signIn({ ...START, user: NELL })).status).to.equal(403);
    expect(verified).to.equal(1);
    expect(app.errors).to.deep.equal([]);
  });

  it('asks again at each login, so that a user who was just promoted need not wait', async () => {
    const gate = requireGroupRank({ groupId: '7001' });
    app = await startApp(roblox, { verify: gate.verify(({ profile }) => profile) });
    await app.visitor.signIn({ ...START, user: MANGO });
    await app.visitor.signIn({ ...START, user: MANGO });
    expect(roblox.count(MEMBERSHIPS)).to.equal(2);
  });

  it('is an error of the login when Roblox does not respond', async () => {
    const gate = requireGroupRank({ groupId: '7001' });
    app = await startApp(roblox, { verify: gate.verify(({ profile }) => profile) });
    roblox.faults.status(MEMBERSHIPS, 500);
    expect((await app.visitor.signIn({ ...START, user: MANGO })).status).to.equal(500);
    expect(app.errors[0]).to.be.instanceOf(RobloxAPIError);
  });

  it('lets old accounts sign in, without a request, and refuses new ones', async () => {
    for (const [days, status] of [
      [1, 200],
      [36_500, 403],
    ] as const) {
      const gate = requireAccountAge({ days });
      app = await startApp(roblox, { verify: gate.verify(({ profile }) => profile) });
      roblox.reset();
      expect((await app.visitor.signIn({ ...START, user: MANGO })).status).to.equal(status);
      expect(roblox.count('/oauth/v1/userinfo')).to.equal(1);
      await app.close();
    }
  });

  it('works in a classic verify with check', async () => {
    const gate = requireItem({ gamePassIds: ['777'], message: 'Only supporters.' });
    const strategy = new RobloxStrategy(
      {
        clientID: DEMO_CLIENT.clientID,
        clientSecret: DEMO_CLIENT.clientSecret,
        callbackURL: '/auth/roblox/callback',
        baseURL: roblox.url,
        scope: 'openid profile user.inventory-item:read',
        passClientToCallback: true,
      },
      async (_accessToken, _refreshToken, profile, client, done) => {
        await gate.check(client);
        done(null, profile);
      },
    );
    app = await startApp(roblox, {}, strategy);
    expect((await app.visitor.signIn({ ...START, user: NELL })).status).to.equal(403);
    expect((await app.visitor.signIn({ ...START, user: MANGO })).status).to.equal(200);
    expect(app.errors).to.deep.equal([]);
  });
});

describe('a gate before a route', () => {
  useEmulator((started) => (roblox = started));
  type FindClient = (req: Request) => RobloxClient | undefined | Promise<RobloxClient | undefined>;

  /** Serves a route behind a gate. */
  async function get(gate: Gate, findClient: FindClient) {
    const app = express();
    app.get('/', gate.middleware(findClient), (_req, res) => void res.send('inside'));
    app.get('/', (_req, res) => void res.send('a later route'));
    app.use(((error: Error, _req: unknown, res: express.Response, _next: unknown) => {
      res.status(500).send(error.constructor.name);
    }) as unknown as express.RequestHandler); // Express tells error handlers by their length
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      return { status: answer.status, body: await answer.text(), headers: answer.headers };
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  it('lets a user pass who may', async () => {
    const client = await clientFor(roblox, MANGO);
    expect(await get(requireGroupRank({ groupId: '7001' }), () => client)).to.include({ status: 200, body: 'inside' });
  });

  it('responds with 403 and its message to other users, and forbids caching', async () => {
    const gate = requireGroupRank({ groupId: '7001', message: 'Builders only <3' });
    const answer = await get(gate, () => clientFor(roblox, NELL));
    expect(answer).to.include({ status: 403, body: 'Builders only <3' });
    expect(answer.headers.get('content-type')).to.equal('text/plain; charset=utf-8');
    expect(answer.headers.get('cache-control')).to.equal('no-store');
  });

  const nobodies: [name: string, findClient: FindClient, body: string][] = [
    ['there is no client', () => undefined, 'Please sign in first.'],
    ['the vault has none', async () => undefined, 'Please sign in first.'],
    ['the user is null', (req) => void Object.assign(req, { user: null }), 'Please sign in first.'],
    ['there is no client for a user', (req) => void Object.assign(req, { user: {} }), 'Please sign in again.'],
  ];
  for (const [name, findClient, body] of nobodies) {
    it(`responds with 401 where ${name}`, async () => {
      expect(await get(requireGroupRank({ groupId: '7001' }), findClient)).to.include({ status: 401, body });
      expect(roblox.requests).to.deep.equal([]);
    });
  }

  for (const wrong of ['route', {}, 1, true, { groups: {} }]) {
    it(`lets nobody pass where findClient returns ${JSON.stringify(wrong)}, and says what it must return`, async () => {
      const errors: unknown[] = [];
      const gate = requireGroupRank({ groupId: '7001' });
      await new Promise<void>((resolve) => {
        gate.middleware(() => wrong as never)({} as never, {} as never, (error) => resolve(void errors.push(error)));
      });
      expect(String(errors[0])).to.match(/^TypeError: what findClient returns must be a RobloxClient, or undefined/);
    });
  }

  it('refuses a classic function in verify', () => {
    const classic = (_accessToken: string, _refreshToken: string) => ({});
    expect(() => requireGroupRank({ groupId: '7001' }).verify(classic as never)).to.throw(TypeError, 'gets one object');
  });

  const ended: [name: string, error: () => unknown][] = [
    ['has ended', () => new OAuthError({ error: 'invalid_grant', status: 400 })],
    ['ran out', () => new RobloxAPIError('no', { status: 401, method: 'GET', url: 'x' })],
    [
      'has ended, as an error of another copy of the package says',
      () => Object.assign(new Error('no'), { name: 'OAuthError', error: 'invalid_grant', status: 400 }),
    ],
    [
      'ran out, as an error of another copy of the package says',
      () => Object.assign(new Error('no'), { name: 'RobloxAPIError', status: 401 }),
    ],
  ];
  for (const [name, error] of ended) {
    it(`responds with 401 where the user's authorization ${name}`, async () => {
      const client = { toJSON: () => ({ userId: MANGO }), groups: { rank: () => Promise.reject(error()) } };
      const answer = await get(requireGroupRank({ groupId: '7001' }), () => client as unknown as RobloxClient);
      expect(answer).to.include({ status: 401, body: 'Please sign in again.' });
    });
  }

  for (const thrown of [undefined, null, 0, false, NaN, '', 'route', 'router', 'no']) {
    const reject = () => Promise.reject(thrown);
    const { clientID, clientSecret } = DEMO_CLIENT;
    const vault = new TokenVault({ clientID, clientSecret, storage: { get: reject, set: reject, delete: reject } });
    const client = { toJSON: () => ({ userId: MANGO }), groups: { rank: reject } } as unknown as RobloxClient;
    const finders: [name: string, findClient: () => never][] = [
      ['the function rejects', reject as never],
      ['the function throws', () => { throw thrown; }], // prettier-ignore
      ["the vault's storage rejects", (() => vault.client(MANGO)) as never],
      ['Roblox is asked by a client that rejects', (() => client) as never],
    ];
    for (const [name, findClient] of finders) {
      it(`lets nobody pass, and ends with an error, when ${name} with ${inspect(thrown)}`, async () => {
        const answer = await get(requireGroupRank({ groupId: '7001' }), findClient);
        expect(answer.status).to.equal(500);
        expect(answer.body).to.match(/^(TokenVault)?Error$/);
      });
    }

    it(`rejects check and allows with an Error, for a guard of the app's own, when Roblox's client rejects with ${inspect(thrown)}`, async () => {
      const gate = requireGroupRank({ groupId: '7001' });
      for (const refusal of [gate.check(client), gate.allows(client)]) {
        expect(await catchError(refusal))
          .to.be.instanceOf(Error)
          .with.deep.property('cause', thrown);
      }
    });
  }

  it("responds under Jest's fake timers, whose clock stands still", async () => {
    const client = { toJSON: () => ({ userId: MANGO }), groups: { rank: async () => 1 } } as unknown as RobloxClient;
    const guard = requireGroupRank({ groupId: '7001' }).middleware(() => client);
    const restore = installFakeTimers();
    try {
      const passed = await new Promise((resolve) =>
        guard({} as never, {} as never, (error) => resolve(error ?? 'passed')),
      );
      expect(passed).to.equal('passed');
    } finally {
      restore();
    }
  });

  it('gives next the errors of Roblox, and those of findClient', async () => {
    const gate = requireGroupRank({ groupId: '7001' });
    roblox.faults.status(MEMBERSHIPS, 500);
    expect(await get(gate, () => clientFor(roblox, MANGO))).to.include({ status: 500, body: 'RobloxAPIError' });
    const broken = () => Promise.reject(new RangeError('database is down'));
    expect(await get(gate, broken)).to.include({ status: 500, body: 'RangeError' });
    expect(await get(gate, () => { throw new RangeError(); })).to.include({ status: 500, body: 'RangeError' }); // prettier-ignore
  });
});
