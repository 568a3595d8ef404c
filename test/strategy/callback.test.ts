import { expect } from 'chai';
import { inspect } from 'node:util';
import {
  AuthorizationError,
  ConnectionError,
  IDTokenError,
  InternalOAuthError,
  OAuthError,
  TokenError,
  type Fetch,
  type RobloxStrategyOptions,
} from '../../lib/index.ts';
import {
  ACCESS_TOKEN,
  BASE_URL,
  CALLBACK_URL,
  CLIENT_ID,
  CLIENT_SECRET,
  CODE,
  FakeRoblox,
  json,
  USERINFO,
  type SeenRequest,
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

describe('a callback that is an error', () => {
  it("is an AuthorizationError with Roblox's code, and the text from the URL is in a separate field", async () => {
    for (const code of ['invalid_scope', 'server_error', 'login_required', 'unauthorized_client']) {
      const roblox = new FakeRoblox();
      const strategy = strategyFor(roblox);
      const session = {};
      const { state } = await begin(strategy, roblox, session);
      const query = { error: code, error_description: 'text from the URL', state };
      const error = expectError(await authenticate(strategy, { session, query }));
      expect(error).to.be.instanceOf(AuthorizationError);
      expect(error['code']).to.equal(code);
      expect(error.message).to.not.include('text from the URL');
      expect(error['error_description']).to.equal('text from the URL');
    }
  });

  for (const status of [200, 400, 401, 403, 429, 500, 503]) {
    it(`is a TokenError when the token endpoint answers ${status} with an OAuth error`, async () => {
      const roblox = new FakeRoblox();
      const description = `bad client ${CLIENT_SECRET}, code ${CODE}`;
      roblox.answers[TOKEN] = () => json({ error: 'invalid_client', error_description: description }, { status });
      const error = expectError(await signIn(strategyFor(roblox), roblox));
      expect(error).to.be.instanceOf(TokenError).with.property('code', 'invalid_client');
      expect(error.message).to.include('bad client [redacted]');
    });
  }

  it('is a TokenError with a message even if Roblox gives none', async () => {
    const roblox = new FakeRoblox();
    roblox.answers[TOKEN] = () => json({ error: 'invalid_client' }, { status: 401 });
    expect(expectError(await signIn(strategyFor(roblox), roblox)).message).to.match(/invalid_client/);
  });

  const large = () => new Response('{"access_token":"' + 'x'.repeat(1024 * 1024) + '"}');
  const hang = () => new Promise<Response>(() => {});
  const echo = ({ init }: SeenRequest) =>
    Object.assign(new Error(`failed to send ${init.body} with ${init.headers['authorization']}`), {
      request: { init },
    });
  const outages: [
    name: string,
    answer: (request: SeenRequest) => Response | Error | Promise<Response>,
    code: string,
  ][] = [
    [
      'a connection that fails',
      () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
      'network',
    ],
    ['a fetch whose error shows the request', echo, 'network'],
    ['no answer in time', hang, 'timeout'],
    ['a 500 in HTML', () => new Response('<h1>oops</h1>', { status: 500 }), 'server_error'],
    ['a 503 that is empty', () => new Response(null, { status: 503 }), 'server_error'],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://evil.test/' } }), 'redirect'],
    ['a body that is no JSON', () => new Response('access_token=x'), 'invalid_body'],
    ['an empty body', () => new Response(''), 'invalid_body'],
    ['a JSON body that is no object', () => json(['x']), 'invalid_body'],
    ['a body larger than 1 MiB', large, 'body_too_large'],
  ];
  for (const endpoint of [TOKEN, '/oauth/v1/userinfo', '/oauth/v1/certs']) {
    for (const [name, answer, code] of outages) {
      it(`is an InternalOAuthError with its cause when ${endpoint} has ${name}`, async () => {
        const roblox = new FakeRoblox();
        roblox.answers[endpoint] = answer;
        let asked = 0;
        // Short only where it is to end, because a busy machine can take longer to read a large body.
        const timeout = code === 'timeout' ? 40 : 10_000;
        const strategy = strategyFor(roblox, { timeout, verify: () => (asked += 1) });
        const error = expectError(await signIn(strategy, roblox));
        expect(error).to.be.instanceOf(InternalOAuthError);
        expect(error.cause).to.be.instanceOf(ConnectionError).with.property('code', code);
        expect(asked).to.equal(0);
      });
    }
  }

  for (const endpoint of ['/oauth/v1/userinfo', '/oauth/v1/certs']) {
    it(`is an InternalOAuthError with Roblox's message when ${endpoint} refuses`, async () => {
      const roblox = new FakeRoblox();
      roblox.answers[endpoint] = () => json({ errors: [{ code: 0, message: 'Too many requests' }] }, { status: 429 });
      const error = expectError(await signIn(strategyFor(roblox), roblox));
      expect(error).to.be.instanceOf(InternalOAuthError);
      expect(error.cause).to.be.instanceOf(ConnectionError).with.property('code', 'unexpected_status');
      expect(String(error.cause)).to.include('Too many requests');
    });
  }

  it('is a TokenError with the message of a gateway that refuses the code', async () => {
    const roblox = new FakeRoblox();
    const message = 'Authorization code may not be used from this device';
    roblox.answers[TOKEN] = () => json({ errors: [{ code: 0, message }] }, { status: 401 });
    const error = expectError(await signIn(strategyFor(roblox), roblox));
    expect(error).to.be.instanceOf(TokenError);
    expect(error.message).to.include(message);
  });

  it('keeps the original error as the cause of the cause', async () => {
    const roblox = new FakeRoblox();
    const original = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    roblox.answers[TOKEN] = () => original;
    const error = expectError(await signIn(strategyFor(roblox), roblox));
    expect((error.cause as Error).cause)
      .to.be.instanceOf(Error)
      .and.include({ message: original.message, code: original.code });
  });

  it('is an IDTokenError when there is no ID token', async () => {
    const roblox = new FakeRoblox();
    roblox.answers[TOKEN] = () => json({ access_token: ACCESS_TOKEN, token_type: 'Bearer', scope: 'openid profile' });
    const error = expectError(await signIn(strategyFor(roblox), roblox));
    expect(error).to.be.instanceOf(IDTokenError).with.property('code', 'missing_id_token');
  });

  it('is an InternalOAuthError when there is no access token', async () => {
    const roblox = new FakeRoblox();
    roblox.answers[TOKEN] = () => json({ id_token: 'x.y.z', token_type: 'Bearer' });
    expect(expectError(await signIn(strategyFor(roblox), roblox))).to.be.instanceOf(InternalOAuthError);
  });

  for (const tokenType of ['mac', 'DPoP', 'Bearer ', '', 7, true, ['Bearer']]) {
    it(`is an InternalOAuthError when the token_type is ${inspect(tokenType)}`, async () => {
      const roblox = new FakeRoblox();
      roblox.answers[TOKEN] = async () => json({ ...(await roblox.tokenAnswer()), token_type: tokenType });
      expect(expectError(await signIn(strategyFor(roblox), roblox))).to.be.instanceOf(InternalOAuthError);
      expect(roblox.count('/oauth/v1/userinfo')).to.equal(0);
    });
  }

  it('accepts a token_type in upper or lower case', async () => {
    const roblox = new FakeRoblox();
    roblox.answers[TOKEN] = async () => json({ ...(await roblox.tokenAnswer()), token_type: 'bearer' });
    expectSuccess(await signIn(strategyFor(roblox), roblox));
  });

  it('keeps the OAuthError, with its HTTP status, as the cause of a TokenError', async () => {
    const roblox = new FakeRoblox();
    roblox.answers[TOKEN] = () => json({ error: 'invalid_client' }, { status: 401 });
    const { cause } = expectError(await signIn(strategyFor(roblox), roblox));
    expect(cause).to.be.instanceOf(OAuthError).and.include({ error: 'invalid_client', status: 401 });
  });

  it('never sends a code twice', async () => {
    const roblox = new FakeRoblox();
    roblox.answers[TOKEN] = () => new Response(null, { status: 503, headers: { 'retry-after': '0' } });
    expectError(await signIn(strategyFor(roblox), roblox));
    expect(roblox.count(TOKEN)).to.equal(1);
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
