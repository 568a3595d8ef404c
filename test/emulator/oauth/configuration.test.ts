import { expect } from 'chai';
import { decodeJwt } from 'jose';

import { DEMO_CLIENT, DEMO_PUBLIC_CLIENT, startEmulator, type Emulator } from '../../../lib/emulator/index.ts';
import { buildBasicHeader, createBench, credentials, pkce, verifier, withEmulator, type Bench } from '../support.ts';

describe('oidc-provider is configured so that it', () => {
  let roblox: Emulator;
  let bench: Bench;
  before(async () => {
    roblox = await startEmulator();
    bench = createBench(roblox);
  });
  after(() => roblox.close());

  it('authenticates a client by body or Basic header, with or without PKCE', async () => {
    const id = { client_id: DEMO_CLIENT.clientID };
    const header = buildBasicHeader(DEMO_CLIENT.clientID, DEMO_CLIENT.clientSecret);
    const withVerifier = { code_verifier: verifier };
    expect((await bench.exchange({ ...credentials, code: await bench.newCode() })).status).to.equal(200);
    expect(
      (await bench.exchange({ ...credentials, ...withVerifier, code: await bench.newCode(pkce) })).status,
    ).to.equal(200);
    expect((await bench.exchange({ code: await bench.newCode() }, header)).status).to.equal(200);
    expect((await bench.exchange({ ...withVerifier, code: await bench.newCode(pkce) }, header)).status).to.equal(200);
    expect((await bench.exchange({ ...id, code: await bench.newCode() })).json['error']).to.equal('invalid_client');
  });

  it('authenticates a public client by its ID and verifier', async () => {
    const parameters = { ...pkce, client_id: DEMO_PUBLIC_CLIENT.clientID };
    const { status, json } = await bench.signIn({ parameters, client: DEMO_PUBLIC_CLIENT, verifier });
    expect(status).to.equal(200);
    const refresh = { grant_type: 'refresh_token', client_id: DEMO_PUBLIC_CLIENT.clientID };
    const again = await bench.post('/oauth/v1/token', { ...refresh, refresh_token: String(json['refresh_token']) });
    expect(again.status).to.equal(200);
  });

  it('lets knobs shorten the lifetimes', async () => {
    await withEmulator({ accessTokenTTL: 60, idTokenTTL: 30 }, async ({ signIn }) => {
      const { json } = await signIn();
      const { iat, exp } = decodeJwt(String(json['id_token']));
      expect(json['expires_in']).to.equal(59);
      expect(Number(exp) - Number(iat)).to.equal(30);
    });
  });
});
