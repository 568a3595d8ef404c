import { expect } from 'chai';
import { inspect } from 'node:util';
import {
  AuthorizationError,
  ConnectionError,
  IDTokenError,
  InternalOAuthError,
  OAuthError,
  TokenError,
} from '../../lib/index.ts';
import { ACCESS_TOKEN, CLIENT_SECRET, CODE, FakeRoblox, json, type SeenRequest } from '../support/fake-roblox.ts';
import { authenticate, begin, expectError, expectSuccess, signIn, strategyFor } from '../support/harness.ts';

const TOKEN = '/oauth/v1/token';

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
    it(`is a TokenError when the token endpoint responds with ${status} and an OAuth error`, async () => {
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
    ['no response in time', hang, 'timeout'],
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
