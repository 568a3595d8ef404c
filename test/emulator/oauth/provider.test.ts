import { expect } from 'chai';
import { decodeJwt, decodeProtectedHeader } from 'jose';

import { DEMO_CLIENT, DEMO_PUBLIC_CLIENT, startEmulator } from '../../../lib/emulator/index.ts';
import type { Emulator } from '../../../lib/emulator/index.ts';
import { knownScopes } from '../../../lib/emulator/oauth/endpoints.ts';
import { buildBasicHeader, createBench, credentials, pkce, verifier, withEmulator } from '../support.ts';
import type { Bench } from '../support.ts';

describe('The token endpoint of the emulator', () => {
  let roblox: Emulator;
  let bench: Bench;
  before(async () => {
    roblox = await startEmulator();
    bench = createBench(roblox);
  });
  after(() => roblox.close());

  it('exchanges a code for tokens as Roblox describes them', async () => {
    const { status, json, headers } = await bench.signIn({ parameters: { nonce: 'n' } });
    expect(status).to.equal(200);
    expect(headers.get('content-type')).to.match(/^application\/json/);
    expect(headers.get('cache-control')).to.equal('no-store');
    expect(json).to.include({ token_type: 'Bearer', expires_in: 899, scope: 'openid profile' });
    expect(json).to.have.all.keys('access_token', 'refresh_token', 'token_type', 'expires_in', 'scope', 'id_token');
  });

  it('all tokens of one response fit in 4,096 bytes, even with every scope', async () => {
    const { json } = await bench.signIn({ parameters: { nonce: 'n'.repeat(43), scope: [...knownScopes].join(' ') } });
    const tokens = [json['access_token'], json['refresh_token'], json['id_token']].map(String);
    expect(tokens.map(encodeURIComponent).join('').length).to.be.within(1, 4096);
  });

  it('issues access tokens that are JWTs as in Roblox’s documentation', async () => {
    const { json } = await bench.signIn({ parameters: { scope: 'openid profile group:read' } });
    const token = String(json['access_token']);
    expect(decodeProtectedHeader(token)).to.include({ alg: 'ES256', typ: 'JWT' }).and.have.property('kid');
    const claims = decodeJwt(token);
    expect(claims).to.have.all.keys('sub', 'aid', 'scope', 'jti', 'nbf', 'exp', 'iat', 'iss', 'aud');
    expect(claims).to.include({ sub: '4100000001', scope: 'openid:read profile:read group:read' });
    expect(claims).to.include({ aud: DEMO_CLIENT.clientID, iss: `${roblox.url}/oauth/` });
    expect(Number(claims.exp) - Number(claims.iat)).to.equal(900);
    expect(claims.jti).to.match(/^AT\./);
    expect(decodeJwt(String(json['id_token'])).jti).to.match(/^ID\./);
    const introspected = await bench.post('/oauth/v1/token/introspect', { ...credentials, token });
    expect(introspected.json['jti']).to.equal(claims.jti);
  });

  it('leaves the profile out of the ID token when openid alone is asked for', async () => {
    const { json } = await bench.signIn({ parameters: { scope: 'openid' } });
    expect(decodeJwt(String(json['id_token']))).to.have.all.keys('sub', 'iss', 'aud', 'exp', 'iat', 'nbf', 'jti');
  });

  it('sends no ID token without openid', async () => {
    const { json } = await bench.signIn({ parameters: { scope: 'group:read' } });
    expect(json).to.include({ scope: 'group:read' }).and.not.have.property('id_token');
  });

  it('does not require the redirect URI in the token request', async () => {
    const form = { ...credentials, grant_type: 'authorization_code', code: await bench.newCode() };
    expect((await bench.post('/oauth/v1/token', form)).status).to.equal(200);
  });

  const ambiguous: [string, Record<string, string>][] = [
    ['the secret', { client_secret: DEMO_CLIENT.clientSecret }],
    ['the ID', { client_id: DEMO_CLIENT.clientID }],
    ['both', credentials],
  ];
  for (const [name, form] of ambiguous) {
    it(`refuses a Basic header together with ${name} in the body as ambiguous`, async () => {
      const header = buildBasicHeader(DEMO_CLIENT.clientID, DEMO_CLIENT.clientSecret);
      const { status, json } = await bench.exchange({ ...form, code: await bench.newCode() }, header);
      expect(status).to.equal(400);
      expect(json['error']).to.equal('invalid_request');
      expect(json['error_description']).to.match(/^Ambiguous request/);
    });
  }

  const refused: [string, Record<string, string>, string, number][] = [
    ['a wrong secret', { client_secret: 'wrong' }, 'invalid_client', 401],
    ['an unknown client', { client_id: '1' }, 'invalid_client', 401],
    ['an unknown code', { code: 'made-up' }, 'invalid_grant', 400],
    ['another redirect URI', { redirect_uri: 'http://localhost:3000/other' }, 'invalid_grant', 400],
    ['a verifier for a code without challenge', { code_verifier: verifier }, 'invalid_grant', 400],
    ['an unknown grant', { grant_type: 'password' }, 'unsupported_grant_type', 400],
  ];
  for (const [name, change, error, expected] of refused) {
    it(`refuses ${name} with ${error}`, async () => {
      const { status, json } = await bench.exchange({ ...credentials, code: await bench.newCode(), ...change });
      expect({ status, error: json['error'] }).to.deep.equal({ status: expected, error });
      expect(json['error_description']).to.be.a('string');
    });
  }

  for (const [name, form] of [
    ['a missing verifier', {}],
    ['a wrong verifier', { code_verifier: `${verifier}x` }],
  ] as const) {
    it(`refuses ${name} with invalid_grant`, async () => {
      const { json } = await bench.exchange({ ...credentials, code: await bench.newCode(pkce), ...form });
      expect(json['error']).to.equal('invalid_grant');
    });
  }

  it('refuses a code of another client', async () => {
    const code = await bench.newCode({ ...pkce, client_id: DEMO_PUBLIC_CLIENT.clientID });
    const { json } = await bench.exchange({ ...credentials, code, code_verifier: verifier });
    expect(json['error']).to.equal('invalid_grant');
  });

  describe('refreshes', () => {
    const refresh = (on: Bench, token: unknown) =>
      on.post('/oauth/v1/token', { ...credentials, grant_type: 'refresh_token', refresh_token: String(token) });

    it('with new tokens of all three kinds', async () => {
      const { json: old } = await bench.signIn();
      const { json } = await refresh(bench, old['refresh_token']);
      expect(json).to.include({ expires_in: 899, scope: 'openid profile' });
      expect(json['access_token']).to.be.a('string').and.not.equal(old['access_token']);
      expect(json['refresh_token']).to.be.a('string').and.not.equal(old['refresh_token']);
      expect(decodeJwt(String(json['id_token'])).sub).to.equal('4100000001');
    });

    it('without an ID token, with refreshWithoutIdToken', async () => {
      await withEmulator({ refreshWithoutIdToken: true }, async (own) => {
        const { json: old } = await own.signIn();
        expect(old).to.have.property('id_token');
        expect((await refresh(own, old['refresh_token'])).json).not.to.have.property('id_token');
      });
    });
  });
});
