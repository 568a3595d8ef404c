import { expect } from 'chai';
import { Agent, type ClientRequest } from 'node:http';
import { AuthTokenRefresh } from 'passport-oauth2-refresh';
import { OAuthError, RobloxStrategy } from '../../lib/index.ts';
import { DEMO_CLIENT, startEmulator, type Emulator } from '../../lib/emulator/index.ts';
import { startApp } from '../support/app.ts';
import { ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, FakeRoblox, json, USERINFO } from '../support/fake-roblox.ts';
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

  it('gets a refused refresh token as an error with the status and body that it expects', async () => {
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

  it('gives the status and the body of a refusal, like the original', async () => {
    const roblox = new FakeRoblox();
    roblox.answers['/x'] = () => json({ message: 'no' }, { status: 403 });
    const error = await new Promise((resolve) => oauth2Of(roblox).get('https://roblox.test/x', ACCESS_TOKEN, resolve));
    expect(error).to.deep.equal({ statusCode: 403, data: '{"message":"no"}' });
  });

  it('accepts a code without further parameters', async () => {
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

describe('a setting on strategy._oauth2', () => {
  interface OAuth2 {
    _customHeaders: Record<string, string>;
    setAgent(agent: unknown): void;
    setAuthMethod(method: string): void;
    setAccessTokenName(name: string): void;
    get(url: string, token: string, done: (error: unknown, body?: string) => void): void;
  }
  const readOAuth2 = (strategy: RobloxStrategy) => (strategy as unknown as { _oauth2: OAuth2 })._oauth2;
  let roblox: Emulator;
  before(async () => {
    roblox = await startEmulator();
  });
  after(() => roblox.close());
  beforeEach(() => roblox.reset());

  /** An agent that counts the paths that go through it. */
  class CountingAgent extends Agent {
    readonly paths: string[] = [];
    addRequest(req: ClientRequest, ...others: unknown[]): void {
      this.paths.push(req.path);
      (Agent.prototype as unknown as { addRequest: (...values: unknown[]) => void }).addRequest.call(
        this,
        req,
        ...others,
      ); // not in @types/node
    }
  }

  const makeStrategy = (agent?: Agent) =>
    new RobloxStrategy({
      clientID: DEMO_CLIENT.clientID,
      clientSecret: DEMO_CLIENT.clientSecret,
      callbackURL: '/auth/roblox/callback',
      baseURL: roblox.url,
      agent,
      verify: async ({ profile, client }) => ({ profile, groups: await client.groups.list().toArray() }),
    });
  const ALL = ['/cloud/v2/groups/-/memberships', '/oauth/v1/certs', '/oauth/v1/token', '/oauth/v1/userinfo'];
  const ways: [name: string, make: (agent: Agent) => RobloxStrategy][] = [
    ['the option agent', makeStrategy],
    [
      'setAgent',
      (agent) => {
        const strategy = makeStrategy();
        readOAuth2(strategy).setAgent(agent);
        return strategy;
      },
    ],
  ];
  for (const [name, make] of ways) {
    it(`sends the token request, userinfo, the keys and the client's calls through the agent, by ${name}`, async () => {
      const agent = new CountingAgent();
      const app = await startApp(roblox, {}, make(agent));
      expect((await app.visitor.signIn({ user: '4100000001' })).status).to.equal(200);
      expect(agent.paths.map((path) => path.replace(/\?.*/, '')).sort()).to.deep.equal(ALL);
      await app.close();
      agent.destroy();
    });
  }

  it('uses the default agent again after setAgent(undefined)', async () => {
    const agent = new CountingAgent();
    const strategy = makeStrategy(agent);
    readOAuth2(strategy).setAgent(undefined);
    const app = await startApp(roblox, {}, strategy);
    expect((await app.visitor.signIn({ user: '4100000001' })).status).to.equal(200);
    expect(agent.paths).to.deep.equal([]);
    await app.close();
  });

  it('sends its custom headers with every request of a login, and with get', async () => {
    const strategy = makeStrategy();
    const oauth2 = readOAuth2(strategy);
    oauth2._customHeaders['x-app'] = 'mine';
    const app = await startApp(roblox, {}, strategy);
    expect((await app.visitor.signIn({ user: '4100000001' })).status).to.equal(200);
    const { access_token: token } = await roblox.issueTokens();
    await new Promise((resolve) => oauth2.get(`${roblox.url}/oauth/v1/userinfo`, String(token), resolve));
    const own = roblox.requests.filter(({ path }) => /token|certs|userinfo/.test(path));
    expect(own).to.have.length(4);
    for (const { headers } of own) expect(headers['x-app']).to.equal('mine');
    await app.close();
  });

  const refused: [name: string, set: (oauth2: OAuth2) => void, message: RegExp][] = [
    ['no agent', (oauth2) => oauth2.setAgent(true), /^agent must be an http\.Agent/],
    ['another way to send a token', (oauth2) => oauth2.setAuthMethod('MAC'), /^authMethod must be 'Bearer'/],
    ['a token in the URL', (oauth2) => oauth2.setAccessTokenName('token'), /^accessTokenName must be 'access_token'/],
  ];
  for (const [name, set, message] of refused) {
    it(`is refused when it cannot work: ${name}`, () => {
      expect(() => set(readOAuth2(makeStrategy()))).to.throw(TypeError, message);
    });
  }

  it('is refused when it cannot work: an agent together with a fetch', () => {
    const strategy = strategyFor(new FakeRoblox());
    expect(() => readOAuth2(strategy).setAgent(new Agent())).to.throw(
      TypeError,
      /^setAgent cannot be used together with fetch/,
    );
  });
});
