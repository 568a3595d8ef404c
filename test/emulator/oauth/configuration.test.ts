import { expect } from 'chai';
import { decodeJwt } from 'jose';

import { DEMO_CLIENT, DEMO_PUBLIC_CLIENT, startEmulator, type Emulator } from '../../../lib/emulator/index.ts';
import { createBench, credentials, hashVerifier, redirectURI, verifier, withEmulator, type Bench } from '../support.ts';

const pkce = { code_challenge: hashVerifier(verifier), code_challenge_method: 'S256' };
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

describe('oidc-provider is configured so that it', () => {
  let roblox: Emulator;
  let bench: Bench;
  before(async () => {
    roblox = await startEmulator();
    bench = createBench(roblox);
  });
  after(() => roblox.close());

  async function newCode(parameters: Record<string, string | undefined> = {}): Promise<string> {
    return (await bench.authorize(parameters)).searchParams.get('code') ?? '';
  }
  const exchange = (form: Record<string, string>, headers: Record<string, string> = {}) =>
    bench.post('/oauth/v1/token', { grant_type: 'authorization_code', redirect_uri: redirectURI, ...form }, headers);

  it('authenticates a client by body or Basic header, with or without PKCE', async () => {
    const id = { client_id: DEMO_CLIENT.clientID };
    const header = basic(DEMO_CLIENT.clientID, DEMO_CLIENT.clientSecret);
    const withVerifier = { code_verifier: verifier };
    expect((await exchange({ ...credentials, code: await newCode() })).status).to.equal(200);
    expect((await exchange({ ...credentials, ...withVerifier, code: await newCode(pkce) })).status).to.equal(200);
    expect((await exchange({ code: await newCode() }, header)).status).to.equal(200);
    expect((await exchange({ ...withVerifier, code: await newCode(pkce) }, header)).status).to.equal(200);
    expect((await exchange({ ...id, code: await newCode() })).json['error']).to.equal('invalid_client');
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
