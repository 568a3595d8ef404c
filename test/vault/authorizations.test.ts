import { expect } from 'chai';
import { ConnectionError, OAuthError, type TokenStorage } from '../../lib/index.ts';
import { catchError } from '../support/thrown.ts';
import { expectNoTokens, LONG_AGO, openBench, USER, type Bench } from './support.ts';

describe('A client of a vault', () => {
  let bench: Bench;
  beforeEach(async () => (bench = await openBench()));
  afterEach(() => bench.close());

  it('is undefined for a user of whom nothing is stored', async () => {
    expect(await bench.vault().client(USER)).to.equal(undefined);
  });

  it('uses the stored tokens, and knows whose they are', async () => {
    const vault = bench.vault();
    const tokens = await bench.tokens();
    await vault.save(USER, tokens);
    const client = await vault.client(Number(USER));
    expect(client?.tokens).to.deep.equal({ ...tokens, tokenType: 'Bearer', scope: ['openid', 'profile'] });
    expect(client?.toJSON()).to.have.property('userId', USER);
    expect(bench.roblox.requests).to.deep.equal([]);
  });

  it('renews once for 200 calls at once of 50 clients', async () => {
    const vault = bench.vault();
    await vault.save(USER, await bench.tokens({ expiresAt: LONG_AGO }));
    const clients = await Promise.all(Array.from({ length: 50 }, () => vault.client(USER)));
    const calls = Array.from({ length: 200 }, (_, index) => clients[index % 50]?.userInfo());
    for (const info of await Promise.all(calls)) expect(info).to.include({ sub: USER });
    expect(bench.tokenRequests).to.equal(1);
  });

  it('uses what another client of the same vault has renewed before', async () => {
    const vault = bench.vault();
    const one = await vault.save(USER, await bench.tokens());
    const two = await vault.client(USER);
    const renewed = await one.refresh();
    expect(await two?.refresh()).to.deep.equal(renewed);
    expect(bench.tokenRequests).to.equal(1);
  });

  it('renews for itself when the renewal that it waited for only found what it holds', async () => {
    let release: (() => void) | undefined;
    const slowly = new Promise<void>((resolve) => (release = resolve));
    let isSlow = false;
    const storage: TokenStorage = {
      get: async (userId) => (isSlow && (await slowly), bench.stored.get(userId)),
      set: (userId, value) => bench.stored.set(userId, value),
      delete: (userId) => bench.stored.delete(userId),
    };
    const vault = bench.vault({ storage });
    const old = await vault.save(USER, await bench.tokens());
    const login = await bench.tokens();
    const latest = await vault.save(USER, login);
    isSlow = true;
    const refreshed = [old.refresh(), latest.refresh()] as const;
    release?.();
    expect((await refreshed[0]).accessToken).to.equal(login.accessToken);
    expect((await refreshed[1]).accessToken).to.not.equal(login.accessToken);
    expect(bench.tokenRequests).to.equal(1);
  });
});

describe('A token vault that revokes', () => {
  let bench: Bench;
  beforeEach(async () => (bench = await openBench()));
  afterEach(() => bench.close());

  it("ends the user's authorization at Roblox, then forgets it", async () => {
    const vault = bench.vault();
    const tokens = await bench.tokens();
    const client = await vault.save(USER, tokens);
    await vault.revoke(USER);
    expect(bench.stored.size).to.equal(0);
    expect(bench.roblox.requests.at(-1)).to.deep.include({ path: '/oauth/v1/token/revoke', status: 200 });
    expect(bench.roblox.requests.at(-1)?.form).to.include({ token: tokens.refreshToken });
    expect(await catchError(client.userInfo()))
      .to.be.instanceOf(OAuthError)
      .with.property('error', 'invalid_grant');
    expect(bench.lost).to.deep.equal([]);
  });

  it('does nothing where nothing is stored', async () => {
    await bench.vault().revoke(USER);
    expect(bench.roblox.requests).to.deep.equal([]);
  });

  it('forgets also when it is the client that revokes', async () => {
    const vault = bench.vault();
    const client = await vault.save(USER, await bench.tokens());
    await client.revoke();
    expect(bench.stored.size).to.equal(0);
    expect(bench.roblox.count('/oauth/v1/token/revoke')).to.equal(1);
    expect(await catchError(client.userInfo())).to.be.instanceOf(OAuthError);
  });

  it('forgets nothing when the signal of its call has ended the request', async () => {
    const vault = bench.vault();
    const client = await vault.save(USER, await bench.tokens());
    bench.roblox.faults.hang('/oauth/v1/token/revoke');
    const controller = new AbortController();
    const revoked = catchError(client.revoke({ signal: controller.signal }));
    while (bench.roblox.count('/oauth/v1/token/revoke') === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort(new Error('enough'));
    expect(await revoked).to.have.property('message', 'enough');
    await vault.idle();
    expect(await (await vault.client(USER))?.refresh()).to.have.property('accessToken');
    await client.revoke();
    expect(bench.stored.size).to.equal(0);
  });

  it('revokes what another process has renewed, and not what this one last saw', async () => {
    const vault = bench.vault();
    const client = await vault.save(USER, await bench.tokens());
    const renewed = await (await bench.vault().client(USER))?.refresh();
    await client.revoke();
    expect(bench.roblox.requests.at(-1)?.form).to.include({ token: renewed?.refreshToken });
  });

  const ENDED = { invalid_grant: 400, invalid_token: 401 };
  for (const [error, status] of Object.entries(ENDED)) {
    it(`forgets tokens that Roblox calls ${error}: they have ended before`, async () => {
      const vault = bench.vault();
      await vault.save(USER, await bench.tokens());
      bench.roblox.faults.status('/oauth/v1/token/revoke', status, { body: JSON.stringify({ error }) });
      await vault.revoke(USER);
      expect(bench.stored.size).to.equal(0);
    });
  }

  const REMEMBERED: Record<string, { befall: () => unknown; type: typeof OAuthError | typeof ConnectionError }> = {
    'is out of reach': {
      befall: () => bench.roblox.faults.destroy('/oauth/v1/token/revoke'),
      type: ConnectionError,
    },
    fails: { befall: () => bench.roblox.faults.status('/oauth/v1/token/revoke', 503), type: ConnectionError },
    'does not know the app': {
      befall: () => bench.roblox.faults.status('/oauth/v1/token/revoke', 401, { body: '{"error":"invalid_client"}' }),
      type: OAuthError,
    },
  };
  for (const [what, { befall, type }] of Object.entries(REMEMBERED)) {
    it(`forgets nothing when Roblox ${what}`, async () => {
      const vault = bench.vault();
      const client = await vault.save(USER, await bench.tokens());
      befall();
      const error = await catchError(vault.revoke(USER));
      expect(error).to.be.instanceOf(type);
      expectNoTokens(error, bench);
      expect(await client.userInfo()).to.include({ sub: USER });
      expect(await (await vault.client(USER))?.userInfo()).to.include({ sub: USER });
      await vault.revoke(USER);
      expect(bench.stored.size).to.equal(0);
    });
  }
});
