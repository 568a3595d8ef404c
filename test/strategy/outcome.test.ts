import { expect } from 'chai';
import { InternalOAuthError, RobloxStrategy, type Verify } from '../../lib/index.ts';
import { BASE_URL, CALLBACK_URL, CLIENT_ID, CODE, FakeRoblox } from '../support/fake-roblox.ts';
import { begin, expectError, signIn, signInWith, signInWithClassic, strategyFor } from '../support/harness.ts';

describe('a thrown value that is not an Error', () => {
  for (const thrown of [undefined, null, 0, false, '', 'route', 'router']) {
    it(`is an error and lets no request pass: ${String(thrown) || 'nothing'}`, async () => {
      const verifies: Verify[] = [
        () => Promise.reject(thrown),
        () => {
          throw thrown;
        },
      ];
      for (const verify of verifies) {
        const error = expectError(await signInWith(verify));
        expect(error).to.be.instanceOf(Error).with.property('cause', thrown);
      }
      const classic = () => {
        throw thrown;
      };
      expect(expectError(await signInWithClassic(classic))).to.be.instanceOf(Error);
    });
  }

  it('is an error when a subclass calls back without a profile and without an error', async () => {
    class Mine extends RobloxStrategy {
      override userProfile(_accessToken: string, done: (error?: unknown) => void): void {
        done(null);
      }
    }
    const roblox = new FakeRoblox();
    const options = { clientID: CLIENT_ID, callbackURL: CALLBACK_URL, baseURL: BASE_URL, fetch: roblox.fetch };
    const told = await signIn(new Mine({ ...options, verify: () => 'user' }), roblox);
    expect(expectError(told)).to.be.instanceOf(InternalOAuthError);
  });
});

describe("an error that Passport's own verbs throw", () => {
  it('is an error of the request, and does not end the process', async () => {
    const roblox = new FakeRoblox();
    const strategy = strategyFor(roblox);
    const session = {};
    const { state } = await begin(strategy, roblox, session);
    const broken = new TypeError('req.session.regenerate is not a function');
    const perRequest = Object.create(strategy) as Record<string, unknown>;
    perRequest['success'] = () => {
      throw broken;
    };
    const told = await new Promise((resolve) => {
      perRequest['error'] = resolve;
      const req = { headers: {}, url: '/', query: { code: CODE, state }, session };
      (perRequest as unknown as RobloxStrategy).authenticate(req as never);
    });
    expect(told).to.equal(broken);
  });
});
