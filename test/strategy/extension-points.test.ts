import { expect } from 'chai';
import { InternalOAuthError, OAuthError, RobloxStrategy, type Profile } from '../../lib/index.ts';
import { BASE_URL, CALLBACK_URL, CLIENT_ID, CODE, FakeRoblox, json } from '../support/fake-roblox.ts';
import {
  authenticate,
  begin,
  expectError,
  expectFail403,
  expectNoSecrets,
  expectSuccess,
  signIn,
} from '../support/harness.ts';

const TOKEN = '/oauth/v1/token';
type ProfileCallback = (error?: unknown, profile?: Profile) => void;

const make = (fake: FakeRoblox, Class: typeof RobloxStrategy) =>
  new Class({
    clientID: CLIENT_ID,
    callbackURL: CALLBACK_URL,
    baseURL: BASE_URL,
    fetch: fake.fetch,
    verify: ({ profile }) => profile,
  });

describe('a subclass whose extension point is async', () => {
  const broken = new Error('the database is down');
  class AsyncStrategy extends RobloxStrategy {
    override async authorizationParams(): Promise<object> {
      return { ui_locales: 'de' };
    }
    override async tokenParams(): Promise<object> {
      return { device: 'tv' };
    }
    override async userProfile(accessToken: string, done: ProfileCallback): Promise<void> {
      await Promise.resolve();
      super.userProfile(accessToken, done);
    }
  }

  it('is awaited', async () => {
    const fake = new FakeRoblox();
    const strategy = make(fake, AsyncStrategy);
    const session = {};
    const { url, state } = await begin(strategy, fake, session);
    expect(url.searchParams.get('ui_locales')).to.equal('de');
    expectSuccess(await authenticate(strategy, { session, query: { code: CODE, state } }));
    expect(fake.seen.find(({ path }) => path === TOKEN)?.form.get('device')).to.equal('tv');
  });

  it('is an error of the login when it throws after the profile', async () => {
    class Enriching extends RobloxStrategy {
      override userProfile(accessToken: string, done: ProfileCallback): void {
        super.userProfile(accessToken, (error, profile) => {
          if (error) return done(error);
          done(null, { ...profile!, ...(JSON.parse('{') as object) });
        });
      }
    }
    const fake = new FakeRoblox();
    expect(expectError(await signIn(make(fake, Enriching), fake))).to.be.instanceOf(SyntaxError);
  });

  const rejecting: [name: string, Class: typeof RobloxStrategy][] = [
    ['authorizationParams', class extends RobloxStrategy { override authorizationParams = () => Promise.reject(broken); }], // prettier-ignore
    ['tokenParams', class extends RobloxStrategy { override tokenParams = () => Promise.reject(broken); }], // prettier-ignore
    ['userProfile', class extends RobloxStrategy { override userProfile = () => Promise.reject(broken); }], // prettier-ignore
    ['userProfile, which throws', class extends RobloxStrategy { override userProfile = () => { throw broken; }; }], // prettier-ignore
  ];
  for (const [name, Class] of rejecting) {
    it(`is an error of the login when it rejects: ${name}`, async () => {
      const fake = new FakeRoblox();
      const strategy = make(fake, Class);
      const session = {};
      const started = await authenticate(strategy, { session });
      if (started.verb === 'error') return void expect(started.error).to.equal(broken);
      if (started.verb !== 'redirect') throw new Error(started.verb);
      const { state, nonce } = Object.fromEntries(started.url.searchParams);
      fake.nonce = nonce ?? '';
      expect(expectError(await authenticate(strategy, { session, query: { code: CODE, state } }))).to.equal(broken);
    });
  }
});

describe('parseErrorResponse of a subclass', () => {
  const refused = { error: 'invalid_client', error_description: 'The secret is wrong' };
  const seen: [body: string, status: number][] = [];
  beforeEach(() => (seen.length = 0));

  function signInWith(parse: (body: string, status: number) => unknown, answer: object = refused, status = 401) {
    class Parsing extends RobloxStrategy {
      override parseErrorResponse(...values: [body: string, status: number]): Error | null {
        seen.push(values);
        return parse(...values) as Error | null; // plain JavaScript returns what it likes
      }
    }
    const fake = new FakeRoblox();
    fake.answers[TOKEN] = () => json(answer, { status });
    return signIn(make(fake, Parsing), fake);
  }

  it("gets Roblox's refusal as JSON without secrets, and its status, and returns the error", async () => {
    const own = new Error('mine');
    const answer = { ...refused, error_description: `The secret is wrong for ${CODE}` };
    expect(expectError(await signInWith(() => own, answer))).to.equal(own);
    expectNoSecrets(seen);
    const [[body, status]] = seen as [[string, number]];
    expect(JSON.parse(body)).to.deep.equal({ ...refused, error_description: 'The secret is wrong for [redacted]' });
    expect(status).to.equal(401);
  });

  it('may be async', async () => {
    const own = new Error('mine');
    expect(expectError(await signInWith(async () => own))).to.equal(own);
  });

  for (const [name, parse] of [
    ['returns null', () => null],
    ['throws', () => JSON.parse('<html>')],
    ['rejects', () => Promise.reject(new Error('no'))],
  ] as const) {
    it(`leaves an InternalOAuthError, as passport-oauth2 does, when it ${name}`, async () => {
      const error = expectError(await signInWith(parse));
      expect(error).to.be.instanceOf(InternalOAuthError).with.property('cause').that.is.instanceOf(OAuthError);
    });
  }

  it('may return a TokenError of another copy of passport-oauth2, and a refused code is still a refusal', async () => {
    const foreign = () => Object.assign(new Error('spent'), { name: 'TokenError', code: 'invalid_grant' });
    expectFail403(await signInWith(foreign, { error: 'invalid_grant' }, 400));
    const own = new Error('mine');
    expect(expectError(await signInWith(() => own, { error: 'invalid_grant' }, 400))).to.equal(own);
  });

  it('is not called when Roblox was not reached', async () => {
    class Parsing extends RobloxStrategy {
      override parseErrorResponse(): never {
        throw new Error('asked');
      }
    }
    const fake = new FakeRoblox();
    fake.answers[TOKEN] = () => new Response('<h1>oops</h1>', { status: 502 });
    expect(expectError(await signIn(make(fake, Parsing), fake))).to.be.instanceOf(InternalOAuthError);
  });
});
