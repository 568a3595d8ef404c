import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import {
  RobloxStrategy,
  type RobloxAuthenticateOptions,
  type Fetch,
  type RobloxStrategyOptions,
} from '../../lib/index.ts';
import {
  BASE_URL,
  CALLBACK_URL,
  CLIENT_ID,
  CLIENT_SECRET,
  CODE,
  FakeRoblox,
  json,
  USERINFO,
} from '../support/fake-roblox.ts';
import {
  authenticate,
  begin,
  expectError,
  expectFail403,
  expectSuccess,
  signIn,
  strategyFor,
  type TestRequest,
} from '../support/harness.ts';
import { installFakeTimers } from '../support/fake-timers.ts';

const TOKEN = '/oauth/v1/token';

describe('a login that starts', () => {
  const start = async (options: Partial<RobloxStrategyOptions> = {}, login?: RobloxAuthenticateOptions) => {
    const roblox = new FakeRoblox();
    return { roblox, ...(await begin(strategyFor(roblox, options), roblox, {}, login)) };
  };

  it('redirects to the authorization endpoint with all parameters', async () => {
    const { url } = await start();
    expect(url.origin + url.pathname).to.equal(`${BASE_URL}/oauth/v1/authorize`);
    const { state, nonce, code_challenge: challenge, ...rest } = Object.fromEntries(url.searchParams);
    expect(rest).to.deep.equal({
      client_id: CLIENT_ID,
      redirect_uri: CALLBACK_URL,
      response_type: 'code',
      scope: 'openid profile',
      code_challenge_method: 'S256',
    });
    for (const value of [state, nonce, challenge]) expect(value).to.match(/^[\w-]{32,}$/);
    expect(url.search).to.include('scope=openid%20profile').and.not.include(CLIENT_SECRET);
  });

  it('keeps the verifier of its challenge in the session, and its nonce differs from the challenge', async () => {
    const roblox = new FakeRoblox();
    const session: Record<string, [{ verifier: string }]> = {};
    const { url, nonce } = await begin(strategyFor(roblox), roblox, session);
    const verifier = session['oauth2:roblox']?.[0].verifier ?? '';
    expect(verifier).to.match(/^[\w.~-]{43,128}$/);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    expect(url.searchParams.get('code_challenge')).to.equal(challenge);
    expect(nonce).to.not.equal(challenge).and.not.equal(verifier);
  });

  it('never repeats a state, a nonce or a challenge', async () => {
    const roblox = new FakeRoblox();
    const strategy = strategyFor(roblox);
    const values = new Set<string | null>();
    for (let i = 0; i < 20; i += 1) {
      const { url } = await begin(strategy, roblox, {});
      for (const name of ['state', 'nonce', 'code_challenge']) values.add(url.searchParams.get(name));
    }
    expect(values.size).to.equal(60);
  });

  it('sends no challenge with pkce: false, and still a nonce', async () => {
    const { url, nonce } = await start({ pkce: false });
    expect(url.searchParams.has('code_challenge')).to.equal(false);
    expect(nonce).to.not.equal('');
  });

  it('never uses a string state as the state parameter', async () => {
    const { url } = await start({}, { state: 'my-own-state' });
    expect(url.searchParams.get('state')).to.not.equal('my-own-state');
    expect(url.href).to.not.include('my-own-state');
  });

  it('uses the scope of the login if it has one, an array or a string', async () => {
    for (const scope of ['openid group:read', ['openid', 'group:read']]) {
      const { url } = await start({}, { scope });
      expect(url.searchParams.get('scope')).to.equal('openid group:read');
    }
  });

  it('accepts one prompt or several', async () => {
    for (const prompt of ['consent', 'login consent', 'none', 'select_account']) {
      expect((await start({}, { prompt })).url.searchParams.get('prompt')).to.equal(prompt);
    }
    expect((await start({}, { prompt: ['login', 'select_account'] })).url.searchParams.get('prompt')).to.equal(
      'login select_account',
    );
  });

  const refused: [name: string, options: Record<string, unknown>, message: RegExp][] = [
    ['an unknown prompt', { prompt: 'create' }, /prompt must be/],
    ['prompt none with another', { prompt: 'none login' }, /prompt must be/],
    ['a scope without openid', { scope: ['profile'] }, /scope must include 'openid'/],
    ['a state that is no JSON value', { state: () => {} }, /state must be a JSON value/],
    ['a state that goes in circles', { state: Object.assign([], { toJSON: () => 1n }) }, /state must be a JSON value/],
    ['a callbackURL that is too long', { callbackURL: `https://app.test/${'x'.repeat(256)}` }, /callbackURL has/],
  ];
  for (const [name, options, message] of refused) {
    it(`is an error with ${name}`, async () => {
      const told = await authenticate(strategyFor(new FakeRoblox()), { session: {} }, options);
      expect(expectError(told)).to.be.instanceOf(TypeError).with.property('message').that.matches(message);
    });
  }

  it('is an error that names the middleware to add when there is no session', async () => {
    const told = await authenticate(strategyFor(new FakeRoblox()), {});
    expect(expectError(told).message).to.include('express-session').and.include('CookieStore');
  });

  it('fetches the keys, so that the callback need not wait for them', async () => {
    const { roblox } = await start();
    expect(roblox.count('/oauth/v1/certs')).to.equal(1);
  });

  it('redirects even if the keys cannot be fetched', async () => {
    const roblox = new FakeRoblox();
    roblox.answers['/oauth/v1/certs'] = () => new Error('connect ECONNREFUSED');
    expect((await begin(strategyFor(roblox), roblox, {})).state).to.not.equal('');
  });

  it('can have more parameters of a subclass, but no other state, nonce or challenge', async () => {
    class Mine extends RobloxStrategy {
      override authorizationParams(options: RobloxAuthenticateOptions): object {
        return { ...super.authorizationParams(options), ui_locales: 'de', state: 'x', nonce: 'x', code_challenge: 'x' };
      }
    }
    const roblox = new FakeRoblox();
    const strategy = new Mine({
      clientID: CLIENT_ID,
      callbackURL: CALLBACK_URL,
      baseURL: BASE_URL,
      fetch: roblox.fetch,
      verify: () => ({}),
    });
    const { url } = await begin(strategy, roblox, {}, { prompt: 'login' });
    expect(url.searchParams.get('ui_locales')).to.equal('de');
    expect(url.searchParams.get('prompt')).to.equal('login');
    for (const name of ['state', 'nonce', 'code_challenge']) expect(url.searchParams.get(name)).to.not.equal('x');
  });
});

describe('a callback that succeeds', () => {
  it('signs a user in with two requests, when the keys are cached', async () => {
    const roblox = new FakeRoblox();
    const { user } = expectSuccess(await signIn(strategyFor(roblox), roblox));
    expect(user).to.deep.include({
      provider: 'roblox',
      id: '1516563360',
      username: 'ExampleUser',
      displayName: 'exampleuser',
      profileUrl: 'https://www.roblox.com/users/1516563360/profile',
      createdAt: new Date('2020-03-20T05:34:55Z'),
      photos: [{ value: USERINFO.picture }],
      _json: USERINFO,
    });
    expect(roblox.seen.map(({ path }) => path)).to.deep.equal(['/oauth/v1/certs', TOKEN, '/oauth/v1/userinfo']);
  });

  it('needs one request with skipUserProfile, and takes the profile from the ID token', async () => {
    const roblox = new FakeRoblox();
    roblox.answerWith(() => roblox.idToken(USERINFO));
    const { user } = expectSuccess(await signIn(strategyFor(roblox, { skipUserProfile: true }), roblox));
    expect(user).to.deep.include({ id: '1516563360', username: 'ExampleUser', photos: [{ value: USERINFO.picture }] });
    expect(roblox.count('/oauth/v1/userinfo')).to.equal(0);
  });

  const authentications: [Partial<RobloxStrategyOptions>, { body: object; basic?: string }][] = [
    [{}, { body: { client_id: CLIENT_ID, client_secret: CLIENT_SECRET } }],
    [{ clientAuthentication: 'client_secret_basic' }, { body: {}, basic: `${CLIENT_ID}:${CLIENT_SECRET}` }],
    [{ clientSecret: undefined }, { body: { client_id: CLIENT_ID } }],
    [{ clientSecret: '' }, { body: { client_id: CLIENT_ID } }],
  ];
  for (const [options, { body, basic }] of authentications) {
    it(`sends the credentials in one place only, with ${inspect(options)}`, async () => {
      const roblox = new FakeRoblox();
      expectSuccess(await signIn(strategyFor(roblox, options), roblox));
      const request = roblox.seen.find(({ path }) => path === TOKEN);
      const { code_verifier: verifier, ...form } = Object.fromEntries(request?.form ?? []);
      expect(form).to.deep.equal({ grant_type: 'authorization_code', code: CODE, redirect_uri: CALLBACK_URL, ...body });
      expect(verifier).to.match(/^[\w.~-]{43,128}$/);
      const { authorization } = request?.init.headers ?? {};
      expect(authorization).to.equal(basic && `Basic ${Buffer.from(basic).toString('base64')}`);
    });
  }

  it('sends no verifier with pkce: false', async () => {
    const roblox = new FakeRoblox();
    expectSuccess(await signIn(strategyFor(roblox, { pkce: false }), roblox));
    expect(roblox.seen.find(({ path }) => path === TOKEN)?.form.has('code_verifier')).to.equal(false);
  });

  it('sends the redirect URI that the login was started with, even if the callback route has another', async () => {
    const roblox = new FakeRoblox();
    const strategy = strategyFor(roblox);
    const session = {};
    const other = 'https://app.test/auth/roblox/link/callback';
    const { state } = await begin(strategy, roblox, session, { callbackURL: other });
    expectSuccess(await authenticate(strategy, { session, query: { code: CODE, state } }));
    expect(roblox.seen.find(({ path }) => path === TOKEN)?.form.get('redirect_uri')).to.equal(other);
  });

  for (const state of ['back to /shop', { to: '/shop', items: [1, 2] }, ['a'], 7, 0, false, null, '']) {
    it(`brings the app's state back as info.state: ${JSON.stringify(state)}`, async () => {
      const roblox = new FakeRoblox();
      const { info } = expectSuccess(await signIn(strategyFor(roblox), roblox, { state }));
      expect(info).to.deep.equal({ state });
    });
  }

  it('has an empty info when the app gave no state', async () => {
    const roblox = new FakeRoblox();
    expect(expectSuccess(await signIn(strategyFor(roblox), roblox)).info).to.deep.equal({});
  });

  it("signs in under Jest's fake timers, whose clock stands still", async () => {
    const roblox = new FakeRoblox();
    // The platform's own Response needs the global timers, so these are plain objects.
    const fetch: Fetch = async (url) => {
      const answers = {
        token: () => roblox.tokenAnswer(),
        userinfo: async () => USERINFO,
        certs: () => roblox.certs(),
      };
      const answer = await answers[url.slice(url.lastIndexOf('/') + 1) as keyof typeof answers]();
      return { status: 200, headers: new Headers(), text: async () => JSON.stringify(answer) };
    };
    const strategy = strategyFor(roblox, { fetch });
    const restore = installFakeTimers();
    try {
      expectSuccess(await signIn(strategy, roblox));
    } finally {
      restore();
    }
  });

  it('is read from the URL when no framework reads queries', async () => {
    const roblox = new FakeRoblox();
    const strategy = strategyFor(roblox);
    const session = {};
    const { state } = await begin(strategy, roblox, session);
    expectSuccess(
      await authenticate(strategy, { session, query: undefined as never, url: `/cb?code=${CODE}&state=${state}` }),
    );
  });
});

describe('a callback that is refused', () => {
  const doubled = { query: undefined as never, url: `/cb?code=${CODE}&code=${CODE}` };
  /** Wrong callbacks, with the state of a login in flight. None may cause a token request. */
  const faults: [name: string, forge: (state: string) => TestRequest][] = [
    ['no state', () => ({ query: { code: CODE } })],
    ['an empty state', () => ({ query: { code: CODE, state: '' } })],
    ['a state that was never issued', () => ({ query: { code: CODE, state: 'forged-by-an-attacker' } })],
    ['a state given twice', (state) => ({ query: { code: CODE, state: [state, state] } })],
    [
      'a state given twice in the URL',
      (state) => ({ ...doubled, url: `/cb?code=${CODE}&state=${state}&state=${state}` }),
    ],
    ['a state that is an object', (state) => ({ query: { code: CODE, state: { toString: () => state } } })],
    ['a state that is __proto__', () => ({ query: { code: CODE, state: '__proto__' } })],
    ['a state that is constructor', () => ({ query: { code: CODE, state: 'constructor' } })],
    ['a state that is an index', () => ({ query: { code: CODE, state: '0' } })],
    ['a state with a tail', (state) => ({ query: { code: CODE, state: `${state}x` } })],
    ['an error without a state', () => ({ query: { error: 'access_denied', error_description: 'attacker text' } })],
    ['an error with a forged state', () => ({ query: { error: 'server_error', state: 'forged-by-an-attacker' } })],
    ['an error and a code with a forged state', () => ({ query: { error: 'x', code: CODE, state: 'forged' } })],
  ];
  for (const [name, forge] of faults) {
    it(`fails with 403, echoes nothing, makes no request and keeps the login in flight: ${name}`, async () => {
      const roblox = new FakeRoblox();
      const strategy = strategyFor(roblox);
      const session = {};
      const { state } = await begin(strategy, roblox, session);
      const told = await authenticate(strategy, { session, ...forge(state) });
      expectFail403(told, 'attacker', 'forged', state, CODE);
      expect(roblox.count(TOKEN)).to.equal(0);
      expectSuccess(await authenticate(strategy, { session, query: { code: CODE, state } }));
    });
  }

  const hosts: [name: string, req: TestRequest, options?: Partial<RobloxStrategyOptions>][] = [
    ['no Host', {}],
    ['a Host that is none', { headers: { host: 'a b' } }],
    ['a Host too long for a callback URL', { headers: { host: `${'x'.repeat(260)}.test` } }],
    [
      'a protocol after what is no white space',
      { headers: { host: 'app.test', 'x-forwarded-proto': '\xa0https' } },
      { proxy: true },
    ],
    ['an odd protocol', { headers: { host: 'app.test', 'x-forwarded-proto': 'ws' } }, { proxy: true }],
  ];
  for (const [name, req, options] of hosts) {
    it(`fails with 403 even if its URL is unknown: ${name}`, async () => {
      const strategy = strategyFor(new FakeRoblox(), { callbackURL: '/cb', ...options });
      expectFail403(await authenticate(strategy, { session: {}, query: { code: CODE, state: 'forged' }, ...req }));
    });
  }

  const malformed: [name: string, query: (state: string) => Record<string, unknown>][] = [
    ['a code given twice', (state) => ({ code: [CODE, CODE], state })],
    ['a code that is an object', (state) => ({ code: { 0: CODE }, state })],
    ['an empty code', (state) => ({ code: '', state })],
    ['an error given twice', (state) => ({ error: ['access_denied', 'access_denied'], state })],
  ];
  for (const [name, query] of malformed) {
    it(`fails with 403 and makes no request, with a valid state and ${name}`, async () => {
      const roblox = new FakeRoblox();
      const strategy = strategyFor(roblox);
      const session = {};
      const { state } = await begin(strategy, roblox, session);
      expectFail403(await authenticate(strategy, { session, query: query(state) }), CODE);
      expect(roblox.count(TOKEN)).to.equal(0);
    });
  }

  it("fails with 403 in another browser, and consumes neither browser's login", async () => {
    const roblox = new FakeRoblox();
    const strategy = strategyFor(roblox);
    const mine = {};
    const theirs = {};
    const myLogin = await begin(strategy, roblox, mine);
    const theirLogin = await begin(strategy, roblox, theirs);
    expectFail403(await authenticate(strategy, { session: theirs, query: { code: CODE, state: myLogin.state } }));
    expect(roblox.count(TOKEN)).to.equal(0);
    expectSuccess(await authenticate(strategy, { session: theirs, query: { code: CODE, state: theirLogin.state } }));
    roblox.nonce = myLogin.nonce;
    expectSuccess(await authenticate(strategy, { session: mine, query: { code: CODE, state: myLogin.state } }));
  });

  it('fails with 403 in a browser without a session of logins', async () => {
    const roblox = new FakeRoblox();
    const told = await authenticate(strategyFor(roblox), { session: {}, query: { code: CODE, state: 'forged' } });
    expectFail403(told, 'forged');
  });

  it('fails when replayed, because its login was consumed', async () => {
    const roblox = new FakeRoblox();
    const strategy = strategyFor(roblox);
    const session = {};
    const { state } = await begin(strategy, roblox, session);
    expectSuccess(await authenticate(strategy, { session, query: { code: CODE, state } }));
    expectFail403(await authenticate(strategy, { session, query: { code: CODE, state } }));
    expect(roblox.count(TOKEN)).to.equal(1);
    expect(session).to.deep.equal({});
  });

  it('fails when the user pressed cancel, and consumes that login', async () => {
    const roblox = new FakeRoblox();
    const strategy = strategyFor(roblox);
    const session = {};
    const { state } = await begin(strategy, roblox, session);
    const query = { error: 'access_denied', error_description: 'attacker text', state };
    expect(expectFail403(await authenticate(strategy, { session, query }), 'attacker')).to.match(/cancelled/);
    expectFail403(await authenticate(strategy, { session, query: { code: CODE, state } }));
    expect(roblox.count(TOKEN)).to.equal(0);
  });

  const issuers: [name: string, iss: unknown][] = [
    ['another issuer', 'https://evil.test/oauth/'],
    ["Roblox's issuer without its slash", `${BASE_URL}/oauth`],
    ['two issuers', [`${BASE_URL}/oauth/`, `${BASE_URL}/oauth/`]],
    ['an empty issuer', ''],
  ];
  for (const [name, iss] of issuers) {
    it(`fails when its iss is ${name}, and the code is not sent`, async () => {
      for (const query of [{ code: CODE }, { error: 'server_error', error_description: 'attacker text' }]) {
        const roblox = new FakeRoblox();
        const strategy = strategyFor(roblox);
        const session = {};
        const { state } = await begin(strategy, roblox, session);
        expectFail403(await authenticate(strategy, { session, query: { ...query, state, iss } }), 'evil', 'attacker');
        expect(roblox.count(TOKEN)).to.equal(0);
      }
    });
  }

  it('does not fail when its iss is the issuer of baseURL', async () => {
    const roblox = new FakeRoblox();
    const strategy = strategyFor(roblox);
    const session = {};
    const { state } = await begin(strategy, roblox, session);
    const query = { code: CODE, state, iss: `${BASE_URL}/oauth/` };
    expectSuccess(await authenticate(strategy, { session, query }));
  });

  it("has Roblox's reason for a refused code in addition to the message, for the developer", async () => {
    const roblox = new FakeRoblox();
    const refusal = { error: 'invalid_grant', error_description: 'Authorization code was already used' };
    roblox.answers[TOKEN] = () => json(refusal, { status: 400 });
    const told = await signIn(strategyFor(roblox), roblox);
    expect(expectFail403(told)).to.not.include('Authorization code');
    expect(told).to.have.property('challenge').that.deep.includes(refusal);
  });

  it('fails when the code was refused', async () => {
    for (const status of [400, 401, 200, 500]) {
      const roblox = new FakeRoblox();
      roblox.answers[TOKEN] = () => json({ error: 'invalid_grant', error_description: `${CODE} is spent` }, { status });
      expectFail403(await signIn(strategyFor(roblox), roblox), CODE);
    }
  });
});

describe('logins in flight', () => {
  it('can be several in one session, and finish in any order', async () => {
    const roblox = new FakeRoblox();
    const strategy = strategyFor(roblox);
    const session = {};
    const first = await begin(strategy, roblox, session);
    const second = await begin(strategy, roblox, session);
    for (const { state, nonce } of [second, first]) {
      roblox.nonce = nonce;
      expectSuccess(await authenticate(strategy, { session, query: { code: CODE, state } }));
    }
  });

  it('are kept when one of them fails', async () => {
    const roblox = new FakeRoblox();
    const strategy = strategyFor(roblox);
    const session = {};
    const first = await begin(strategy, roblox, session);
    const second = await begin(strategy, roblox, session);
    roblox.nonce = 'wrong';
    expectError(await authenticate(strategy, { session, query: { code: CODE, state: second.state } }));
    roblox.nonce = first.nonce;
    expectSuccess(await authenticate(strategy, { session, query: { code: CODE, state: first.state } }));
  });
});
