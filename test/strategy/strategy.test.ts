import { expect } from 'chai';
import { InternalOAuthError } from '../../lib/index.ts';
import { DEMO_CLIENT, startEmulator } from '../../lib/emulator/index.ts';
import { ACCESS_TOKEN, FakeRoblox, json, REFRESH_TOKEN } from '../support/fake-roblox.ts';
import { expectNoSecrets, strategyFor } from '../support/harness.ts';

describe('strategy.userProfile', () => {
  it("can be called directly, as passport-oauth2's extension point", async () => {
    const roblox = new FakeRoblox();
    const profile = await new Promise<unknown>((resolve) =>
      strategyFor(roblox).userProfile(ACCESS_TOKEN, (_e, p) => resolve(p)),
    );
    expect(profile).to.include({ provider: 'roblox', id: '1516563360' });
  });

  it('is an InternalOAuthError with its cause when Roblox refuses the token', async () => {
    const roblox = new FakeRoblox();
    roblox.answers['/oauth/v1/userinfo'] = () => json({ error: 'invalid_token' }, { status: 401 });
    const error = await new Promise((resolve) => strategyFor(roblox).userProfile(ACCESS_TOKEN, resolve));
    expect(error).to.be.instanceOf(InternalOAuthError).with.nested.property('cause.status', 401);
    expectNoSecrets(error);
  });
});

describe('strategy.client', () => {
  it('makes a client of stored tokens that stores renewed ones', async () => {
    const roblox = await startEmulator({ port: 0 });
    const { clientID, clientSecret } = DEMO_CLIENT;
    const strategy = strategyFor(new FakeRoblox(), { clientID, clientSecret, baseURL: roblox.url, fetch: undefined });
    const issued = await roblox.issueTokens({ scope: 'openid profile' });
    const kept = JSON.parse(
      JSON.stringify({ accessToken: issued.access_token, refreshToken: issued.refresh_token, expiresAt: new Date(0) }),
    );
    const stored: object[] = [];
    const client = strategy.client(kept, { onTokens: (tokens) => void stored.push(tokens) });
    expect((await client.userInfo()).preferred_username).to.equal('MangoPilot');
    expect(stored).to.deep.equal([client.tokens]);
    await roblox.close();
  });

  it('refuses values that are not tokens', () => {
    const strategy = strategyFor(new FakeRoblox());
    expect(() => strategy.client({} as never)).to.throw(TypeError, /accessToken is missing/);
    expect(() => strategy.client({ accessToken: REFRESH_TOKEN, expiresAt: 'soon' })).to.throw(TypeError, /expiresAt/);
    expect(() => strategy.client(undefined as never)).to.throw(TypeError, /tokens must be/);
    expect(() => strategy.client({ accessToken: 'a token' }, { onToken: () => {} } as never)).to.throw(
      TypeError,
      "Did you mean 'onTokens'?",
    );
    const tokens = { accessToken: ACCESS_TOKEN };
    for (const userId of ["1'] || true || user in ['users/2", '', 2 ** 60, '../1']) {
      expect(() => strategy.client({ ...tokens, userId })).to.throw(TypeError, /userId/);
    }
    expect(() => strategy.client(tokens, { onTokens: 'x' as never })).to.throw(
      TypeError,
      /onTokens must be a function/,
    );
    expect(strategy.client(tokens, null as never).tokens.accessToken).to.equal(ACCESS_TOKEN);
  });
});
