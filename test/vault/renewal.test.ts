import { expect } from 'chai';
import { ConnectionError, OAuthError, type TokenLock } from '../../lib/index.ts';
import { createMemoryLock } from '../../lib/vault/storage.ts';
import { catchError } from '../support/thrown.ts';
import { expectNoTokens, LONG_AGO, openBench, USER, type Bench } from './support.ts';

/** For tests of what happens where a lock did not hold. */
const noLock: TokenLock = (_userId, task) => task();

describe('A client of a vault', () => {
  let bench: Bench;
  beforeEach(async () => (bench = await openBench()));
  afterEach(() => bench.close());

  it('renews expired tokens, and has stored the new ones before they are used', async () => {
    const seen: unknown[] = [];
    const look = async (url: string, init: object) => {
      if (url.endsWith('/userinfo')) seen.push(bench.record()['accessToken']);
      return fetch(url, init);
    };
    const vault = bench.vault({ fetch: look });
    const client = await vault.save(USER, await bench.tokens({ expiresAt: LONG_AGO }));
    expect(await client.userInfo()).to.include({ sub: USER });
    expect(seen).to.deep.equal([client.tokens.accessToken]);
    expect(bench.tokenRequests).to.equal(1);
  });

  it('uses what another process has renewed meanwhile', async () => {
    const lock = createMemoryLock();
    const [here, there] = [bench.vault({ lock }), bench.vault({ lock })];
    await here.save(USER, await bench.tokens({ expiresAt: LONG_AGO }));
    const [one, two] = await Promise.all([here.client(USER), there.client(USER)]);
    await Promise.all([one?.userInfo(), two?.userInfo()]);
    expect(bench.tokenRequests).to.equal(1);
    expect(one?.tokens.accessToken).to.equal(two?.tokens.accessToken);
  });

  it('renews once after Roblox has refused an access token to all', async () => {
    const lock = createMemoryLock();
    const [here, there] = [bench.vault({ lock }), bench.vault({ lock })];
    await here.save(USER, await bench.tokens());
    const clients = await Promise.all([here.client(USER), here.client(USER), there.client(USER)]);
    bench.roblox.expireAccessTokens();
    await Promise.all(clients.map((client) => client?.userInfo()));
    expect(bench.tokenRequests).to.equal(1);
  });

  it('renews when asked to, unless another process has just done so', async () => {
    const [here, there] = [bench.vault(), bench.vault()];
    const one = await here.save(USER, await bench.tokens());
    const two = await there.client(USER);
    const renewed = await one.refresh();
    expect(await two?.refresh()).to.deep.equal(renewed);
    expect(bench.tokenRequests).to.equal(1);
    expect((await two?.refresh())?.accessToken).to.not.equal(renewed.accessToken);
    expect(bench.tokenRequests).to.equal(2);
  });

  it('goes on with the tokens of a newer login at the next renewal', async () => {
    const vault = bench.vault();
    const client = await vault.save(USER, await bench.tokens({ expiresAt: LONG_AGO }));
    const login = await bench.tokens();
    await vault.save(USER, login);
    await client.userInfo();
    expect(client.tokens.accessToken).to.equal(login.accessToken);
    expect(bench.tokenRequests).to.equal(0);
  });

  it('keeps what a refresh leaves out: the ID token', async () => {
    bench.roblox.knobs.refreshWithoutIdToken = true;
    const vault = bench.vault();
    const tokens = await bench.tokens({ expiresAt: LONG_AGO });
    await (await vault.save(USER, tokens)).refresh();
    expect((await vault.client(USER))?.tokens).to.include({ idToken: tokens.idToken });
  });

  it('does not let a renewal overwrite a login that comes meanwhile', async () => {
    let login: Promise<unknown> | undefined;
    const tokens = await bench.tokens();
    const loginMeanwhile = async (url: string, init: object) => {
      const response = await fetch(url, init);
      login ??= vault.save(USER, tokens);
      return response;
    };
    const vault = bench.vault({ fetch: loginMeanwhile });
    const client = await vault.save(USER, await bench.tokens({ expiresAt: LONG_AGO }));
    await client.userInfo();
    await login;
    expect((await vault.client(USER))?.tokens.accessToken).to.equal(tokens.accessToken);
  });

  describe('whose refresh token is refused', () => {
    it('looks once more, and goes on with what another process stored although there was a lock', async () => {
      const there = bench.vault({ lock: noLock });
      let isFirst = true;
      const beOvertaken = async (url: string, init: object) => {
        if (url.endsWith('/token') && isFirst) {
          isFirst = false;
          // As where the lock guaranteed nothing: the intent of this renewal was overwritten.
          bench.stored.set(bench.key(), before);
          await (await there.client(USER))?.refresh();
        }
        return fetch(url, init);
      };
      const here = bench.vault({ lock: noLock, fetch: beOvertaken });
      const client = await here.save(USER, await bench.tokens({ expiresAt: LONG_AGO }));
      const before = bench.stored.get(bench.key()) ?? '';
      expect(await client.userInfo()).to.include({ sub: USER });
      expect(bench.tokenRequests).to.equal(2);
      expect(bench.lost).to.deep.equal([]);
    });

    it('works again for a user who has signed in anew', async () => {
      const vault = bench.vault();
      const client = await vault.save(USER, await bench.tokens({ expiresAt: LONG_AGO }));
      bench.roblox.revokeAuthorizations(USER);
      await catchError(client.userInfo());
      await vault.save(USER, await bench.tokens());
      expect(await (await vault.client(USER))?.userInfo()).to.include({ sub: USER });
    });
  });

  it('counts tokens without a refresh token as lost when they have run out', async () => {
    const { accessToken } = await bench.tokens();
    const client = await bench.vault().save(USER, { accessToken, expiresAt: LONG_AGO });
    expect(await catchError(client.userInfo()))
      .to.be.instanceOf(OAuthError)
      .with.property('error', 'invalid_grant');
    expect(bench.lost).to.deep.equal([USER]);
  });

  const NO_LOSS = {
    'Roblox cannot be reached': () => bench.roblox.faults.destroy('POST /oauth/v1/token'),
    'Roblox fails': () => bench.roblox.faults.status('POST /oauth/v1/token', 503),
    'Roblox does not know the app': () =>
      bench.roblox.faults.status('POST /oauth/v1/token', 401, { body: '{"error":"invalid_client"}' }),
  };
  for (const [what, befall] of Object.entries(NO_LOSS)) {
    it(`loses nothing when ${what}, and renews with the next call`, async () => {
      const client = await bench.vault().save(USER, await bench.tokens({ expiresAt: LONG_AGO }));
      befall();
      const error = await catchError(client.userInfo());
      expect(error instanceof ConnectionError || error instanceof OAuthError).to.equal(true);
      expectNoTokens(error, bench);
      expect(await client.userInfo()).to.include({ sub: USER });
      expect(bench.lost).to.deep.equal([]);
    });
  }
});
