import { expect } from 'chai';
import { RefusedError, RobloxClient, RobloxStrategy, type Verify } from '../../lib/index.ts';
import { ACCESS_TOKEN, BASE_URL, CALLBACK_URL, CLIENT_ID, FakeRoblox, REFRESH_TOKEN } from '../support/fake-roblox.ts';
import {
  expectError,
  expectFail403,
  expectNoSecrets,
  expectSuccess,
  signIn,
  signInWith,
  signInWithClassic,
} from '../support/harness.ts';

type Done = (error?: unknown, user?: unknown, info?: unknown) => void;

describe('verify with one object', () => {
  it('gets the profile, the tokens and the client', async () => {
    let seen: Parameters<Verify>[0] | undefined;
    expectSuccess(await signInWith((login) => (seen = login)));
    expect(seen?.accessToken).to.equal(ACCESS_TOKEN);
    expect(seen?.refreshToken).to.equal(REFRESH_TOKEN);
    expect(seen?.tokens).to.deep.include({
      accessToken: ACCESS_TOKEN,
      refreshToken: REFRESH_TOKEN,
      tokenType: 'Bearer',
      scope: ['openid', 'profile'],
    });
    expect(seen?.tokens.idToken).to.match(/^ey/);
    expect(Number(seen?.tokens.expiresAt) - Date.now()).to.be.within(890_000, 900_000);
    expect(seen?.client).to.be.instanceOf(RobloxClient);
    expect(seen?.client.tokens).to.deep.equal(seen?.tokens);
    expect(seen?.req).to.have.property('session');
    expectNoSecrets(seen?.profile);
    expectNoSecrets(seen?.client);
  });

  it('returns the user, or a promise of it', async () => {
    expect(expectSuccess(await signInWith(() => 'returned')).user).to.equal('returned');
    expect(expectSuccess(await signInWith(async () => 'resolved')).user).to.equal('resolved');
  });

  for (const user of [false, null, 0, '', NaN]) {
    it(`refuses the login when it resolves to ${JSON.stringify(user)}`, async () => {
      const told = await signInWith(async () => user);
      expect(told.verb).to.equal('fail');
      expect(told).to.have.nested.property('challenge.message').that.is.a('string');
    });
  }

  it('is an error that says so when it returns nothing', async () => {
    for (const verify of [() => undefined, async () => {}, () => Promise.resolve()]) {
      const error = expectError(await signInWith(verify));
      expect(error)
        .to.be.instanceOf(TypeError)
        .with.property('message')
        .that.matches(/^verify returned nothing/);
    }
  });

  it('refuses the login with a message when another copy of the package made the RefusedError', async () => {
    const refused = Object.assign(new Error('Only members may come in.'), { name: 'RefusedError', status: 403 });
    expect(expectFail403(await signInWith(() => Promise.reject(refused)))).to.equal('Only members may come in.');
  });

  it('is an error of the login when it throws or rejects', async () => {
    const failure = new Error('database is down');
    expect(expectError(await signInWith(() => { throw failure; }))).to.equal(failure); // prettier-ignore
    expect(expectError(await signInWith(() => Promise.reject(failure)))).to.equal(failure);
  });

  it('refuses the login with a message for the user when it throws a RefusedError', async () => {
    const told = await signInWith(() => Promise.reject(new RefusedError('Only members may come in.')));
    expect(expectFail403(told)).to.equal('Only members may come in.');
  });
});

describe('the classic verify', () => {
  it('gets its arguments by the options alone', async () => {
    const cases: [options: object, names: string[]][] = [
      [{}, ['token', 'refresh', 'profile', 'done']],
      [{ passReqToCallback: true }, ['req', 'token', 'refresh', 'profile', 'done']],
      [{ passClientToCallback: true }, ['token', 'refresh', 'profile', 'client', 'done']],
      [
        { passReqToCallback: true, passClientToCallback: true },
        ['req', 'token', 'refresh', 'profile', 'client', 'done'],
      ],
    ];
    const nameOf = (value: unknown): string => {
      if (value === ACCESS_TOKEN) return 'token';
      if (value === REFRESH_TOKEN) return 'refresh';
      if (typeof value === 'function') return 'done';
      if (value instanceof RobloxClient) return 'client';
      return (value as { provider?: string }).provider === 'roblox' ? 'profile' : 'req';
    };
    for (const [options, names] of cases) {
      const told = await signInWithClassic(
        (...values: unknown[]) => (values.at(-1) as Done)(null, values.map(nameOf)),
        options,
      );
      expect(expectSuccess(told).user).to.deep.equal(names);
    }
  });

  it('may declare fewer parameters than it gets', async () => {
    function lazy(): void {
      (arguments[3] as Done)(null, 'user');
    }
    expect(expectSuccess(await signInWithClassic(lazy)).user).to.equal('user');
  });

  it('answers with done, also later', async () => {
    const told = await signInWithClassic((_a: string, _r: string, _p: object, done: Done) =>
      setImmediate(done, null, 'user'),
    );
    expect(expectSuccess(told).user).to.equal('user');
  });

  it('signs nobody in with a returned or resolved value', async () => {
    for (const returned of ['user', Promise.resolve('user'), setTimeout(() => {}, 0)]) {
      const told = await signInWithClassic((_a: string, _r: string, _p: object, done: Done) => {
        setTimeout(done, 5, null, false, { message: 'no' });
        return returned;
      });
      expect(told).to.deep.equal({ verb: 'fail', challenge: { message: 'no' }, status: undefined });
    }
  });

  it('counts only the first answer', async () => {
    const told = await signInWithClassic(async (_a: string, _r: string, _p: object, done: Done) => {
      done(null, 'first');
      done(null, 'second');
      done(new Error('third'));
      throw new Error('fourth');
    });
    expect(expectSuccess(told).user).to.equal('first');
  });

  it('is an error of the login when it throws, rejects or gives done an error', async () => {
    const failure = new Error('database is down');
    const verifies = [
      () => { throw failure; }, // prettier-ignore
      async () => { throw failure; }, // prettier-ignore
      (_a: string, _r: string, _p: object, done: Done) => done(failure),
    ];
    for (const verify of verifies) expect(expectError(await signInWithClassic(verify))).to.equal(failure);
  });

  it('adds its info to the app state, and changes no object of its own', async () => {
    const info = Object.freeze({ message: 'welcome' });
    const roblox = new FakeRoblox();
    const strategy = new RobloxStrategy(
      { clientID: CLIENT_ID, callbackURL: CALLBACK_URL, baseURL: BASE_URL, fetch: roblox.fetch },
      (_access, _refresh, profile, done) => done(null, profile, info),
    );
    const told = expectSuccess(await signIn(strategy, roblox, { state: { to: '/' } }));
    expect(told.info).to.deep.equal({ message: 'welcome', state: { to: '/' } });
  });

  it('refuses with its info, like other Passport strategies', async () => {
    const told = await signInWithClassic((_a: string, _r: string, _p: object, done: Done) =>
      done(null, false, { message: 'banned' }),
    );
    expect(told).to.deep.equal({ verb: 'fail', challenge: { message: 'banned' }, status: undefined });
  });

  it('refuses the login with a message when it throws a RefusedError, rejects with it or gives it to done', async () => {
    const refused = new RefusedError('Only members may come in.');
    for (const verify of [
      () => { throw refused; }, // prettier-ignore
      () => Promise.reject(refused),
      (_a: string, _r: string, _p: object, done: Done) => done(refused),
    ]) {
      expect(expectFail403(await signInWithClassic(verify))).to.equal('Only members may come in.');
    }
  });
});
