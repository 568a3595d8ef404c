import { expect } from 'chai';
import OAuth2Strategy from 'passport-oauth2';
import { inspect } from 'node:util';
import { checkCallbackURL } from '../../lib/doctor/environment.ts';
import { RobloxStrategy, Strategy } from '../../lib/index.ts';
import { CLIENT_SECRET } from '../support/fake-roblox.ts';

const verify = () => ({});
const options = { clientID: '123', clientSecret: CLIENT_SECRET, callbackURL: 'https://app.test/cb', verify };

/** Makes a strategy from any options, like plain JavaScript. */
const make = (given: Record<string, unknown>, classic?: unknown) =>
  new (RobloxStrategy as unknown as new (...args: unknown[]) => RobloxStrategy)(given, classic);

describe('the options of RobloxStrategy', () => {
  it('make a strategy named roblox that is an OAuth2Strategy', () => {
    const strategy = new RobloxStrategy(options);
    expect(strategy).to.be.instanceOf(OAuth2Strategy);
    expect(strategy.name).to.equal('roblox');
    expect(Strategy).to.equal(RobloxStrategy);
  });

  const refused: [name: string, given: Record<string, unknown>, message: RegExp][] = [
    ['no clientID', { clientID: undefined }, /clientID must be .*missing/],
    ['an empty clientID', { clientID: '' }, /clientID must be/],
    ['a numeric clientID', { clientID: 8165476284095951 }, /clientID must be a string.*number/],
    ['a clientID with a space behind it', { clientID: '123 ' }, /clientID must be printable ASCII/],
    ['a secret with a line break behind it', { clientSecret: 'RBX-secret\n' }, /clientSecret must be printable ASCII/],
    ['a secret that is no string', { clientSecret: 42 }, /clientSecret must be a string/],
    ['no callbackURL', { callbackURL: undefined }, /callbackURL must be .*missing/],
    [
      'a callback URL of 257 characters',
      { callbackURL: `https://app.test/${'x'.repeat(240)}` },
      /callbackURL has 257 .*256/,
    ],
    ['a callback URL with a fragment', { callbackURL: 'https://app.test/#/cb' }, /callbackURL .*fragment/],
    ['a callback URL without its protocol', { callbackURL: 'localhost:3000/cb' }, /callbackURL must be absolute/],
    ['plain http on a foreign host', { baseURL: 'http://apis.roblox.com' }, /baseURL must be https/],
    [
      'plain http on a host that only begins like loopback',
      { baseURL: 'http://127.0.0.1.evil.test' },
      /baseURL must be https/,
    ],
    ['plain http on a host that ends like localhost', { baseURL: 'http://notlocalhost' }, /baseURL must be https/],
    ['a baseURL that is no URL', { baseURL: 'apis.roblox.com' }, /baseURL must be an absolute URL/],
    ['a baseURL with credentials', { baseURL: 'https://user:pw@apis.roblox.com' }, /baseURL must have no credentials/],
    ['PKCE off without a secret', { pkce: false, clientSecret: undefined }, /pkce: false needs a clientSecret/],
    ['PKCE off with an empty secret', { pkce: false, clientSecret: '' }, /pkce: false needs a clientSecret/],
    ['another PKCE method', { pkce: 'plain' }, /pkce must be true or false/],
    ['an unknown client authentication', { clientAuthentication: 'private_key_jwt' }, /clientAuthentication must be/],
    [
      'client authentication by a secret that is not there',
      { clientAuthentication: 'client_secret_basic', clientSecret: undefined },
      /clientAuthentication 'client_secret_basic' needs a clientSecret/,
    ],
    ["client authentication 'none' with a secret", { clientAuthentication: 'none' }, /public clients/],
    ['a scope without openid', { scope: ['profile'] }, /scope must include 'openid'/],
    ['a scope that is no scope', { scope: 7 }, /scope must be/],
    ['a store that is null', { store: null }, /store must be an object with store/],
    ['a store without verify', { store: { store() {} } }, /store must be an object with store/],
    [
      'a store that would lose the verifier',
      { store: { store(_r: 1, _s: 2, _m: 3, _c: 4) {}, verify() {} } },
      /store\.store takes 4/,
    ],
    ['a fetch that is none', { fetch: 'https' }, /fetch must be a function/],
    ['a timeout of nothing', { timeout: 0 }, /timeout must be/],
    ['a timeout in words', { timeout: '10s' }, /timeout must be/],
    ['a negative clockTolerance', { clockTolerance: -1 }, /clockTolerance must be/],
    ['skipUserProfile as a function', { skipUserProfile: () => true }, /skipUserProfile must be true or false/],
    ['a vault that is none', { vault: new Map() }, /vault must be a TokenVault/],
    ['a clockTolerance of days', { clockTolerance: 1e6 }, /clockTolerance must be .*0 to 600/],
    ['a clockTolerance that is NaN', { clockTolerance: NaN }, /clockTolerance must be/],
    ['an agent that is none', { agent: true }, /agent must be/],
    ['an agent beside a fetch', { agent: () => undefined, fetch: globalThis.fetch }, /agent cannot be used together/],
    ['a verify in the classic form', { verify: (_a: 1, _b: 2, _c: 3, _d: 4) => {} }, /gets one object, but declares 4/],
    ['a verify of two parameters', { verify: async (_a: 1, _b: 2) => {} }, /gets one object.*second argument/],
    ['no verify', { verify: undefined }, /verify is missing/],
    ['a verify that is none', { verify: 'me' }, /verify must be a function/],
  ];
  for (const [name, given, message] of refused) {
    it(`refuse ${name}`, () => {
      expect(() => make({ ...options, ...given })).to.throw(TypeError, message);
    });
  }

  const nullable = ['clientID', 'callbackURL', 'baseURL', 'scope', 'pkce', 'proxy', 'skipUserProfile'];
  for (const name of [...nullable, 'clockTolerance', 'timeout', 'fetch', 'agent', 'store', 'vault', 'verify']) {
    it(`refuse null as ${name}`, () => {
      expect(() => make({ ...options, [name]: null })).to.throw(TypeError, name);
    });
  }

  const misspelt: [name: string, right: string][] = [
    ['callbackUrl', "'callbackURL'"],
    ['callback_url', "'callbackURL'"],
    ['callback', "'callbackURL'"],
    ['redirectURI', "'callbackURL'"],
    ['redirect_uri', "'callbackURL'"],
    ['clientId', "'clientID'"],
    ['client_id', "'clientID'"],
    ['client_secret', "'clientSecret'"],
    ['scopes', "'scope'"],
    ['passReqToCallBack', "'passReqToCallback'"],
    ['passClientToCallBack', "'passClientToCallback'"],
    ['skipUserprofile', "'skipUserProfile'"],
    ['clockSkew', 'clockTolerance'],
    ['timeOut', "'timeout'"],
    ['baseUrl', "'baseURL'"],
    ['authorizationURL', "'baseURL'"],
    ['tokenURL', "'baseURL'"],
    ['customHeaders', "'fetch'"],
    ['sessionKey', 'SessionStore'],
    ['state', 'passport.authenticate'],
    ['prompt', 'passport.authenticate'],
    ['name', 'passport.use'],
    ['stores', "'store'"],
  ];
  for (const [name, right] of misspelt) {
    it(`refuse the unknown name ${name}, and say what to use`, () => {
      expect(() => make({ ...options, [name]: 'x' })).to.throw(TypeError, `Unknown option '${name}'.`).with.property('message').that.includes(right); // prettier-ignore
      expect(() => make({ ...options, [name]: undefined })).to.not.throw();
    });
  }

  const scopes: [scope: unknown, message: RegExp][] = [
    ['openid,profile', /^scope must be names with a space between them.*'openid,profile'/],
    ['openid, profile', /^scope must be names with a space between them.*'openid,'/],
    [['openid', 'profile,group:read'], /'profile,group:read'/],
    ['openid\nprofile', /^scope must be names with a space between them/],
    ['openid\tprofile', /^scope must be names with a space between them/],
    ['"openid"', /^scope must be names with a space between them/],
    ['openid \u00a0profile', /^scope must be names with a space between them/],
    ['', /^scope must include 'openid'/],
    [[], /^scope must include 'openid'/],
  ];
  for (const [scope, message] of scopes) {
    it(`refuse the scope ${inspect(scope)}`, () => {
      expect(() => make({ ...options, scope })).to.throw(TypeError, message);
    });
  }

  const callbackURLs: [callbackURL: string, message: RegExp][] = [
    [
      'https://game.example/cb\n',
      /^callbackURL has white space or a line break around it.*'https:\/\/game.example\/cb\\n'/,
    ],
    [' https://game.example/cb', /^callbackURL has white space/],
    ['https://game.example/cb\u00a0', /^callbackURL has white space/],
    ['https://game.example/c b', /^callbackURL must have no white space/],
    ['https://game.example/c\tb', /^callbackURL must have no white space/],
    ['https:\\\\game.example\\cb', /^callbackURL must have no white space, line break or backslash/],
    ['"https://game.example/cb"', /^callbackURL has quotation marks/],
    ['undefined', /^callbackURL is the word 'undefined'/],
    ['<your callback URL>', /^callbackURL is still a placeholder/],
    ['game.example/cb', /^callbackURL must be absolute with its protocol/],
    ['//game.example/cb', /^callbackURL must be absolute with its protocol/],
    ['localhost:3000/cb', /^callbackURL must be absolute with its protocol/],
    ['https://', /^callbackURL must be absolute with its protocol/],
    ['https://me:pass@game.example/cb', /^callbackURL has a user name or password/],
    ['https://*.game.example/cb', /^callbackURL has a \*/],
    ['/cb?code=1', /^callbackURL has the parameter 'code'/],
    ['https://game.example/cb?state=1', /^callbackURL has the parameter 'state'/],
    ['javascript:/alert(1)', /^callbackURL begins with javascript:/],
    ['/cb#top', /^callbackURL must have no fragment/],
  ];
  for (const [callbackURL, message] of callbackURLs) {
    it(`refuse the callback URL ${JSON.stringify(callbackURL)}, as the doctor does`, () => {
      expect(() => make({ ...options, callbackURL })).to.throw(TypeError, message);
      expect(checkCallbackURL(callbackURL).map(({ level }) => level)).to.include('problem');
    });
  }

  for (const callbackURL of [
    '/cb',
    'cb',
    '../cb',
    'cb.php',
    '/cb?tenant=1',
    'http://localhost:3000/cb',
    'my.app:/cb',
  ]) {
    it(`accept the callback URL ${callbackURL}`, () => {
      expect(() => make({ ...options, callbackURL })).to.not.throw();
      expect(checkCallbackURL(callbackURL).map(({ level }) => level)).to.not.include('problem');
    });
  }

  it('accept a vault of another copy of the package', async () => {
    const joined: object[] = [];
    const vault = { client() {}, save() {}, revoke() {}, join: (app: object) => joined.push(app) };
    make({ ...options, vault });
    expect(joined).to.have.length(1);
  });

  it('refuse both forms of verify at once', () => {
    expect(() => make(options, () => {})).to.throw(TypeError, /verify was given twice/);
  });

  it('refuse no options at all', () => {
    expect(() => make(undefined as never)).to.throw(TypeError, /options must be an object/);
  });

  const { verify: _, ...classic } = options;
  it('refuse a classic verify that declares more parameters than it will get, and say which option is missing', () => {
    const five = (_a: 1, _b: 2, _c: 3, _d: 4, _e: 5) => {};
    expect(() => make(classic, five)).to.throw(TypeError, /passReqToCallback: true .*or passClientToCallback: true/);
    expect(() => make({ ...classic, passReqToCallback: true }, five)).to.not.throw();
    expect(() => make({ ...classic, passClientToCallback: true }, five)).to.not.throw();
    const six = (_a: 1, _b: 2, _c: 3, _d: 4, _e: 5, _f: 6) => {};
    expect(() => make({ ...classic, passReqToCallback: true }, six)).to.throw(TypeError, /passClientToCallback: true/);
    expect(() => make({ ...classic, passClientToCallback: true }, six)).to.throw(TypeError, /passReqToCallback: true/);
    expect(() => make({ ...classic, passReqToCallback: true, passClientToCallback: true }, six)).to.not.throw();
  });

  it('accept a variadic verify, as wrappers have', () => {
    expect(() => make(classic, (...values: unknown[]) => values)).to.not.throw();
  });

  it('accept undefined for every option that has a default', () => {
    const absent = Object.fromEntries(
      ['scope', 'pkce', 'baseURL', 'store', 'proxy', 'skipUserProfile', 'clockTolerance', 'timeout', 'fetch'].map(
        (name) => [name, undefined],
      ),
    );
    expect(() => make({ ...options, ...absent })).to.not.throw();
  });

  it('are never changed, so they may be frozen', () => {
    expect(
      () => new RobloxStrategy(Object.freeze({ ...options, scope: Object.freeze(['openid']) as never })),
    ).to.not.throw();
  });

  it('show no secret in the strategy', () => {
    const strategy = new RobloxStrategy(options);
    const shown =
      inspect(strategy, { depth: 12, showHidden: true }) +
      JSON.stringify(strategy) +
      inspect({ strategy }, { depth: 9 });
    expect(shown).to.not.include(CLIENT_SECRET);
    expect(shown).to.include('123');
    const perRequest = Object.create(strategy);
    expect(inspect(perRequest, { depth: 12, showHidden: true })).to.not.include(CLIENT_SECRET);
    const { _oauth2 } = strategy as unknown as { _oauth2: object };
    expect(inspect(_oauth2, { showHidden: true }) + JSON.stringify(_oauth2)).to.not.include(CLIENT_SECRET);
  });
});
