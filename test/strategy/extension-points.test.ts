import { expect } from 'chai';
import { RobloxStrategy, type Profile } from '../../lib/index.ts';
import { BASE_URL, CALLBACK_URL, CLIENT_ID, CODE, FakeRoblox } from '../support/fake-roblox.ts';
import { authenticate, begin, expectError, expectSuccess } from '../support/harness.ts';

const TOKEN = '/oauth/v1/token';
type ProfileCallback = (error?: unknown, profile?: Profile) => void;

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
  const make = (fake: FakeRoblox, Class: typeof RobloxStrategy) =>
    new Class({
      clientID: CLIENT_ID,
      callbackURL: CALLBACK_URL,
      baseURL: BASE_URL,
      fetch: fake.fetch,
      verify: ({ profile }) => profile,
    });

  it('is waited for', async () => {
    const fake = new FakeRoblox();
    const strategy = make(fake, AsyncStrategy);
    const session = {};
    const { url, state } = await begin(strategy, fake, session);
    expect(url.searchParams.get('ui_locales')).to.equal('de');
    expectSuccess(await authenticate(strategy, { session, query: { code: CODE, state } }));
    expect(fake.seen.find(({ path }) => path === TOKEN)?.form.get('device')).to.equal('tv');
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
