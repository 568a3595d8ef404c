import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { RobloxStrategy, type RobloxAuthenticateOptions, type RobloxStrategyOptions } from '../../lib/index.ts';
import { BASE_URL, CALLBACK_URL, CLIENT_ID, CLIENT_SECRET, FakeRoblox } from '../support/fake-roblox.ts';
import { authenticate, begin, expectError, strategyFor } from '../support/harness.ts';

const start = async (options: Partial<RobloxStrategyOptions> = {}, login?: RobloxAuthenticateOptions) => {
  const roblox = new FakeRoblox();
  return { roblox, ...(await begin(strategyFor(roblox, options), roblox, {}, login)) };
};

describe('a login that starts', () => {
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
