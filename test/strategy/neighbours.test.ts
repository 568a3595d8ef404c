import { expect } from 'chai';
import { AuthTokenRefresh } from 'passport-oauth2-refresh';
import { InternalOAuthError, OAuthError } from '../../lib/index.ts';
import { DEMO_CLIENT, startEmulator, type Emulator } from '../../lib/emulator/index.ts';
import {
  ACCESS_TOKEN,
  CLIENT_ID,
  CLIENT_SECRET,
  FakeRoblox,
  json,
  REFRESH_TOKEN,
  USERINFO,
} from '../support/fake-roblox.ts';
import { expectNoSecrets, strategyFor } from '../support/harness.ts';

interface Answer {
  error: unknown;
  accessToken?: string;
  refreshToken?: string;
  results?: Record<string, unknown>;
}

const refreshWith = (neighbour: AuthTokenRefresh, refreshToken: string, parameters?: object) =>
  new Promise<Answer>((resolve) => {
    const done = (error: unknown, accessToken?: string, next?: string, results?: object) =>
      resolve({ error, accessToken, refreshToken: next, results } as Answer);
    if (parameters === undefined) neighbour.requestNewAccessToken('roblox', refreshToken, done);
    else neighbour.requestNewAccessToken('roblox', refreshToken, parameters, done);
  });

describe('passport-oauth2-refresh', () => {
  let roblox: Emulator;
  beforeEach(async () => (roblox = await startEmulator({ port: 0 })));
  afterEach(() => roblox.close());

  const neighbourOf = (options: Parameters<typeof strategyFor>[1] = {}) => {
    const neighbour = new AuthTokenRefresh();
    const { clientID, clientSecret } = DEMO_CLIENT;
    const strategy = strategyFor(new FakeRoblox(), {
      clientID,
      clientSecret,
      baseURL: roblox.url,
      fetch: undefined,
      ...options,
    });
    neighbour.use(strategy);
    return neighbour;
  };

  it('renews tokens through the strategy, one refresh token after the other', async () => {
    const { refresh_token: first } = await roblox.issueTokens();
    const neighbour = neighbourOf();
    const second = await refreshWith(neighbour, String(first));
    expect(second.error).to.equal(null);
    expect(second.accessToken).to.be.a('string');
    expect(second.refreshToken).to.be.a('string').that.does.not.equal(first);
    expect(second.results).to.include({ token_type: 'Bearer' }).and.not.have.property('refresh_token');
    const third = await refreshWith(neighbour, String(second.refreshToken), { scope: 'openid' });
    expect(third.error).to.equal(null);
  });

  it('keeps the client authentication that the strategy was given', async () => {
    const { refresh_token: token } = await roblox.issueTokens();
    const answer = await refreshWith(neighbourOf({ clientAuthentication: 'client_secret_basic' }), String(token));
    expect(answer.error).to.equal(null);
    const { form, headers } = roblox.requests.find(({ path }) => path === '/oauth/v1/token') ?? {};
    expect(form).to.not.have.any.keys('client_id', 'client_secret');
    expect(headers?.['authorization']).to.match(/^Basic /);
  });

  it('hears of a refused refresh token with the status and body that it expects', async () => {
    const { error } = await refreshWith(neighbourOf(), 'spent-refresh-token');
    expect(error).to.be.instanceOf(OAuthError).and.include({ error: 'invalid_grant', statusCode: 400 });
    expect(JSON.parse((error as { data: string }).data)).to.include({ error: 'invalid_grant' });
    expectNoSecrets(error, 'spent-refresh-token', DEMO_CLIENT.clientSecret);
  });
});

describe('strategy._oauth2', () => {
  type OAuth2 = {
    get(url: string, token: string, done: (error: unknown, body?: string) => void): void;
    getOAuthAccessToken(code: string, done: (error: unknown, token?: string) => void): void;
    constructor: { name: string };
  };
  const oauth2Of = (roblox: FakeRoblox) => (strategyFor(roblox) as unknown as { _oauth2: OAuth2 })._oauth2;

  it('gets a resource with the token in a header, never in the URL', async () => {
    const roblox = new FakeRoblox();
    const url = 'https://roblox.test/oauth/v1/userinfo';
    const body = await new Promise((resolve) =>
      oauth2Of(roblox).get(url, ACCESS_TOKEN, (_error, text) => resolve(text)),
    );
    expect(JSON.parse(String(body))).to.deep.equal(USERINFO);
    expect(roblox.seen[0]?.init.headers).to.include({ authorization: `Bearer ${ACCESS_TOKEN}` });
  });

  it('hands the status and the body of a refusal over, as the original does', async () => {
    const roblox = new FakeRoblox();
    roblox.answers['/x'] = () => json({ message: 'no' }, { status: 403 });
    const error = await new Promise((resolve) => oauth2Of(roblox).get('https://roblox.test/x', ACCESS_TOKEN, resolve));
    expect(error).to.deep.equal({ statusCode: 403, data: '{"message":"no"}' });
  });

  it('takes a code without further parameters', async () => {
    const roblox = new FakeRoblox();
    const token = await new Promise((resolve) =>
      oauth2Of(roblox).getOAuthAccessToken('c', (_error, value) => resolve(value)),
    );
    expect(token).to.equal(ACCESS_TOKEN);
    expect(Object.fromEntries(roblox.seen[0]?.form ?? [])).to.deep.equal({
      code: 'c',
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
    });
  });
});

describe('strategy.userProfile', () => {
  it("answers on its own, as passport-oauth2's extension point", async () => {
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
  it('makes a client of kept tokens that stores what it renews', async () => {
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

  it('refuses what are no tokens', () => {
    const strategy = strategyFor(new FakeRoblox());
    expect(() => strategy.client({} as never)).to.throw(TypeError, /accessToken is missing/);
    expect(() => strategy.client({ accessToken: REFRESH_TOKEN, expiresAt: 'soon' })).to.throw(TypeError, /expiresAt/);
    expect(() => strategy.client(undefined as never)).to.throw(TypeError, /tokens must be/);
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
