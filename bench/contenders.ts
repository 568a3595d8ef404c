import { CALLBACK_URL, CLIENT_ID, CLIENT_SECRET, SUBJECT } from './setting.ts';

/** A request as Express would hand it over, as far as any of the strategies looks. */
export interface BenchRequest {
  readonly method: 'GET';
  readonly url: string;
  readonly originalUrl: string;
  readonly protocol: 'https';
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly session: Record<string, unknown>;
  readonly app: { get(name: string): unknown };
  get(name: string): string | undefined;
}

/** A Passport strategy, as Passport sees it. */
interface AnyStrategy {
  authenticate(req: never, options: object): void;
}

/** One way to sign someone in. */
export interface Contender {
  readonly title: string;
  /** What it checks, and how many round trips a callback makes. */
  readonly does: string;
  readonly make: (baseURL: string) => Promise<AnyStrategy>;
}

type Done = (error: Error | null, user?: object) => void;

const user = { id: SUBJECT };

async function ours(baseURL: string, options: object): Promise<AnyStrategy> {
  const { RobloxStrategy } = await import('passport-roblox-oauth2');
  return new RobloxStrategy(
    { clientID: CLIENT_ID, clientSecret: CLIENT_SECRET, callbackURL: CALLBACK_URL, baseURL, ...options },
    (_accessToken: string, _refreshToken: string, profile: { id: string }, done: Done) =>
      done(null, { id: profile.id }),
  );
}

async function oauth2(baseURL: string, withProfile: boolean): Promise<AnyStrategy> {
  const { default: OAuth2Strategy } = await import('passport-oauth2');
  const strategy = new OAuth2Strategy(
    {
      clientID: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      callbackURL: CALLBACK_URL,
      authorizationURL: `${baseURL}/oauth/v1/authorize`,
      tokenURL: `${baseURL}/oauth/v1/token`,
      scope: ['openid', 'profile'],
      state: true,
      pkce: true,
    },
    (_accessToken: string, _refreshToken: string, _profile: unknown, done: Done) => done(null, user),
  );
  if (withProfile) {
    const { _oauth2 } = strategy as unknown as { _oauth2: Record<'get' | 'useAuthorizationHeaderforGET', Function> }; // protected
    _oauth2.useAuthorizationHeaderforGET(true);
    strategy.userProfile = (accessToken: string, done: Done) =>
      _oauth2.get(`${baseURL}/oauth/v1/userinfo`, accessToken, (error: Error | null, body: string) =>
        error ? done(error) : done(null, JSON.parse(body)),
      );
  }
  return strategy;
}

async function openidClient(baseURL: string, withProfile: boolean): Promise<AnyStrategy> {
  const client = await import('openid-client');
  const { Strategy } = await import('openid-client/passport');
  const config = new client.Configuration(
    {
      issuer: `${baseURL}/oauth/`,
      authorization_endpoint: `${baseURL}/oauth/v1/authorize`,
      token_endpoint: `${baseURL}/oauth/v1/token`,
      userinfo_endpoint: `${baseURL}/oauth/v1/userinfo`,
      jwks_uri: `${baseURL}/oauth/v1/certs`,
      id_token_signing_alg_values_supported: ['ES256'],
      code_challenge_methods_supported: ['S256'],
    },
    CLIENT_ID,
    { id_token_signed_response_alg: 'ES256' },
    client.ClientSecretPost(CLIENT_SECRET),
  );
  client.allowInsecureRequests(config);
  // By default it believes an ID token that came straight from the token endpoint without looking at its signature.
  client.enableNonRepudiationChecks(config);

  class WithNonce extends Strategy {
    override authorizationRequestParams(
      ...given: Parameters<InstanceType<typeof Strategy>['authorizationRequestParams']>
    ) {
      const params = new URLSearchParams(super.authorizationRequestParams(...given));
      params.set('nonce', client.randomNonce());
      params.set('state', client.randomState());
      return params;
    }
  }
  return new WithNonce({ config, callbackURL: CALLBACK_URL, scope: 'openid profile' }, async (tokens, done) => {
    if (!withProfile) return done(null, { id: tokens.claims()!.sub });
    const { sub } = await client.fetchUserInfo(config, tokens.access_token, tokens.claims()!.sub);
    done(null, { id: sub });
  });
}

async function openidconnect(baseURL: string): Promise<AnyStrategy> {
  const { default: OpenIDConnectStrategy } = await import('passport-openidconnect');
  return new OpenIDConnectStrategy(
    {
      issuer: `${baseURL}/oauth/`,
      authorizationURL: `${baseURL}/oauth/v1/authorize`,
      tokenURL: `${baseURL}/oauth/v1/token`,
      userInfoURL: `${baseURL}/oauth/v1/userinfo`,
      clientID: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      callbackURL: CALLBACK_URL,
      scope: ['profile'],
      nonce: 'yes',
      skipUserProfile: false,
    },
    (_issuer: string, profile: { id: string }, done: Done) => done(null, { id: profile.id }),
  );
}

/** Everyone, under the names that the table and the README use. */
export const CONTENDERS = {
  ours: {
    title: 'passport-roblox-oauth2',
    does: 'PKCE, state, nonce, signature, userinfo; 2 round trips',
    make: (baseURL) => ours(baseURL, {}),
  },
  'ours-one-trip': {
    title: 'passport-roblox-oauth2, skipUserProfile',
    does: 'PKCE, state, nonce, signature; 1 round trip',
    make: (baseURL) => ours(baseURL, { skipUserProfile: true }),
  },
  oauth2: {
    title: 'passport-oauth2, bare',
    does: 'PKCE, state; knows no user; 1 round trip',
    make: (baseURL) => oauth2(baseURL, false),
  },
  'oauth2-profile': {
    title: 'passport-oauth2 with a profile',
    does: 'PKCE, state, userinfo; 2 round trips',
    make: (baseURL) => oauth2(baseURL, true),
  },
  openidconnect: {
    title: 'passport-openidconnect',
    does: 'state, nonce, userinfo, no signature; 2 round trips',
    make: openidconnect,
  },
  'openid-client': {
    title: "openid-client's strategy",
    does: 'PKCE, state, nonce, signature; 1 round trip',
    make: (baseURL) => openidClient(baseURL, false),
  },
  'openid-client-profile': {
    title: "openid-client's strategy with userinfo",
    does: 'PKCE, state, nonce, signature, userinfo; 2 round trips',
    make: (baseURL) => openidClient(baseURL, true),
  },
} as const satisfies Record<string, Contender>;

export type ContenderName = keyof typeof CONTENDERS;

const HEADERS = { host: 'app.test' };
const APP = { get: (name: string) => (name === 'trust proxy fn' ? () => false : undefined) };
const getHeader = (name: string) => (name === 'host' ? 'app.test' : undefined);

function request(path: string, query: Record<string, string>, session: Record<string, unknown>): BenchRequest {
  const common = { method: 'GET', protocol: 'https', headers: HEADERS, app: APP, get: getHeader } as const;
  return { ...common, url: path, originalUrl: path, query, session };
}

/** Runs `authenticate` as Passport does, on an object that inherits from the strategy. */
function authenticate(strategy: AnyStrategy, req: BenchRequest): Promise<{ url?: string; user?: unknown }> {
  return new Promise((resolve, reject) => {
    const perRequest = Object.create(strategy);
    perRequest.redirect = (url: string) => resolve({ url });
    perRequest.success = (user: unknown) => resolve({ user });
    perRequest.fail = (challenge: unknown) => reject(new Error(`failed: ${JSON.stringify(challenge)}`));
    perRequest.error = reject;
    perRequest.authenticate(req, {});
  });
}

/** A login that waits at the consent page. */
export interface StartedLogin {
  readonly session: Record<string, unknown>;
  readonly state: string;
  readonly nonce: string;
}

export async function start(strategy: AnyStrategy): Promise<StartedLogin> {
  const session = {};
  const { url = '' } = await authenticate(strategy, request('/auth/roblox', {}, session));
  const parameter = (name: string) => decodeURIComponent(new RegExp(`[?&]${name}=([^&]*)`).exec(url)?.[1] ?? '');
  return { session, state: parameter('state'), nonce: parameter('nonce') };
}

/** Comes back from the consent page, and makes sure that the right user is signed in. */
export async function finish(strategy: AnyStrategy, login: StartedLogin): Promise<void> {
  const { session, state } = login;
  const code = login.nonce || 'none';
  const path = `/auth/roblox/callback?code=${code}&state=${state}`;
  const { user } = await authenticate(strategy, request(path, { code, state }, session));
  if ((user as { id?: unknown } | undefined)?.id !== SUBJECT) throw new Error('somebody else was signed in');
}
