import { expect } from 'chai';
import { TokenVault, type TokenStorage, type VerifiedLogin } from '../../lib/index.ts';
import {
  ACCESS_TOKEN,
  BASE_URL,
  CLIENT_ID,
  FakeRoblox,
  json,
  REFRESH_TOKEN,
  USERINFO,
} from '../support/fake-roblox.ts';
import { deriveEndpoints } from '../../lib/oauth/endpoints.ts';
import { buildRecordKey } from '../../lib/vault/records.ts';
import { expectError, expectNoSecrets, expectSuccess, signIn, strategyFor } from '../support/harness.ts';

const APP = {
  credentials: { clientID: CLIENT_ID, clientSecret: undefined, clientAuthentication: 'none' },
  endpoints: deriveEndpoints(BASE_URL),
} as const;
const buildKey = (userId: string) => buildRecordKey(APP, userId);

describe('A login with a vault', () => {
  let roblox: FakeRoblox;
  let stored: Map<string, string>;
  beforeEach(() => {
    roblox = new FakeRoblox();
    stored = new Map();
  });

  it('is saved before verify is called', async () => {
    const seen: unknown[] = [];
    const verify = ({ profile }: VerifiedLogin) => {
      seen.push(JSON.parse(stored.get(buildKey(profile.id)) ?? 'null'));
      return profile;
    };
    const vault = new TokenVault({ storage: stored });
    expectSuccess(await signIn(strategyFor(roblox, { vault, verify }), roblox));
    expect(seen[0]).to.include({ userId: USERINFO.sub, accessToken: ACCESS_TOKEN, refreshToken: REFRESH_TOKEN });
    expect((await vault.client(USERINFO.sub))?.tokens).to.include({ accessToken: ACCESS_TOKEN });
  });

  it("hands verify the vault's client, which stores what it renews", async () => {
    const vault = new TokenVault({ storage: stored });
    const verify = async ({ client }: VerifiedLogin) => {
      roblox.answers['/oauth/v1/token'] = () =>
        json({ access_token: 'the-next-one', refresh_token: 'the-next-refresh-token', expires_in: 899 });
      return client.refresh();
    };
    expectSuccess(await signIn(strategyFor(roblox, { vault, verify }), roblox));
    expect((await vault.client(USERINFO.sub))?.tokens).to.include({ accessToken: 'the-next-one' });
  });

  it('replaces what an earlier login has left', async () => {
    const vault = new TokenVault({ storage: stored });
    const strategy = strategyFor(roblox, { vault });
    await vault.save(USERINFO.sub, { accessToken: 'an-earlier-one', refreshToken: 'an-earlier-refresh-token' });
    expectSuccess(await signIn(strategy, roblox));
    expect((await vault.client(USERINFO.sub))?.tokens).to.include({ accessToken: ACCESS_TOKEN });
  });

  it('stays saved when verify refuses the user', async () => {
    const vault = new TokenVault({ storage: stored });
    const told = await signIn(strategyFor(roblox, { vault, verify: () => false }), roblox);
    expect(told.verb).to.equal('fail');
    expect([...stored.keys()]).to.deep.equal([buildKey(USERINFO.sub)]);
  });

  it('is an error that shows no token when it cannot be saved', async () => {
    const storage: TokenStorage = {
      get: () => undefined,
      set: (_userId, value) => Promise.reject(new Error(`INSERT failed for ${value}`)),
      delete: () => {},
    };
    let asked = 0;
    const verify = () => ++asked;
    const told = await signIn(strategyFor(roblox, { vault: new TokenVault({ storage }), verify }), roblox);
    expect(expectError(told).message).to.include('INSERT failed');
    expect(asked).to.equal(0);
  });

  it('saves nothing of a login that is not believed', async () => {
    roblox.answerWith(() => roblox.idToken({ nonce: 'of another login' }));
    const vault = new TokenVault({ storage: stored });
    expectError(await signIn(strategyFor(roblox, { vault }), roblox));
    expect(stored.size).to.equal(0);
    expectNoSecrets(vault);
  });
});
