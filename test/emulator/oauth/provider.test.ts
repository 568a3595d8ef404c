import { expect } from 'chai';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';

import { DEMO_CLIENT, DEMO_PUBLIC_CLIENT, startEmulator } from '../../../lib/emulator/index.ts';
import type { Emulator } from '../../../lib/emulator/index.ts';
import { knownScopes } from '../../../lib/emulator/oauth/endpoints.ts';
import { hashVerifier, createBench, credentials, redirectURI, verifier, withEmulator } from '../support.ts';
import type { Bench } from '../support.ts';

const pkce = { code_challenge: hashVerifier(verifier), code_challenge_method: 'S256' };
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

describe('The token endpoint of the emulator', () => {
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

  it('exchanges a code for tokens as Roblox describes them', async () => {
    const { status, json, headers } = await bench.signIn({ parameters: { nonce: 'n' } });
    expect(status).to.equal(200);
    expect(headers.get('content-type')).to.match(/^application\/json/);
    expect(headers.get('cache-control')).to.equal('no-store');
    expect(json).to.include({ token_type: 'Bearer', expires_in: 899, scope: 'openid profile' });
    expect(json).to.have.all.keys('access_token', 'refresh_token', 'token_type', 'expires_in', 'scope', 'id_token');
  });

  it('all tokens of one answer fit in 4,096 bytes, even with every scope', async () => {
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

  it('accepts no access token that it did not sign, and no ID of a token', async () => {
    const token = await bench.token();
    const [header = '', payload = ''] = token.split('.');
    const { jti = '', ...claims } = decodeJwt(token);
    const other = Buffer.from(JSON.stringify({ ...claims, jti, sub: '4100000002' })).toString('base64url');
    for (const forged of [
      `${header}.${payload}.${'A'.repeat(86)}`,
      `${header}.${other}.${token.split('.')[2]}`,
      jti,
      jti.replace('AT.', ''),
    ]) {
      expect((await bench.get('/oauth/v1/userinfo', forged)).status).to.equal(401);
      expect((await bench.get('/cloud/v2/groups/7001', forged)).status).to.equal(401);
      const { json } = await bench.post('/oauth/v1/token/introspect', { ...credentials, token: forged });
      expect(json).to.deep.equal({ active: false });
      expect((await bench.post('/oauth/v1/token/revoke', { ...credentials, token: forged })).status).to.equal(200);
    }
    expect((await bench.get('/oauth/v1/userinfo', token)).status).to.equal(200);
  });

  it('accepts access tokens of a dropped key until they expire', async () => {
    await withEmulator({}, async (own) => {
      const token = await own.token();
      await own.roblox.rotateKeys({ dropOld: true });
      expect((await own.get('/oauth/v1/userinfo', token)).status).to.equal(200);
    });
  });

  it('signs an ID token that verifies with the certs and carries the profile', async () => {
    const { json } = await bench.signIn({ parameters: { nonce: 'n-1' } });
    const certs = createRemoteJWKSet(new URL(`${roblox.url}/oauth/v1/certs`));
    const { payload, protectedHeader } = await jwtVerify(String(json['id_token']), certs, {
      issuer: `${roblox.url}/oauth/`,
      audience: DEMO_CLIENT.clientID,
      algorithms: ['ES256'],
    });
    expect(protectedHeader.kid).to.be.a('string');
    expect(payload.aud).to.equal(DEMO_CLIENT.clientID);
    expect(payload).to.include({ sub: '4100000001', nonce: 'n-1', preferred_username: 'MangoPilot', name: 'Mango' });
    expect(Number(payload.exp) - Number(payload.iat)).to.equal(36_000);
    expect(payload.nbf).to.equal(payload.iat);
  });

  it('leaves the profile out of the ID token when openid alone is asked for', async () => {
    const { json } = await bench.signIn({ parameters: { scope: 'openid' } });
    expect(decodeJwt(String(json['id_token']))).to.have.all.keys('sub', 'iss', 'aud', 'exp', 'iat', 'nbf', 'jti');
  });

  it('sends no ID token without openid', async () => {
    const { json } = await bench.signIn({ parameters: { scope: 'group:read' } });
    expect(json).to.include({ scope: 'group:read' }).and.not.have.property('id_token');
  });

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

  it('does not require the redirect URI in the token request', async () => {
    const form = { ...credentials, grant_type: 'authorization_code', code: await newCode() };
    expect((await bench.post('/oauth/v1/token', form)).status).to.equal(200);
  });

  const ambiguous: [string, Record<string, string>][] = [
    ['the secret', { client_secret: DEMO_CLIENT.clientSecret }],
    ['the ID', { client_id: DEMO_CLIENT.clientID }],
    ['both', credentials],
  ];
  for (const [name, form] of ambiguous) {
    it(`refuses a Basic header together with ${name} in the body as ambiguous`, async () => {
      const header = basic(DEMO_CLIENT.clientID, DEMO_CLIENT.clientSecret);
      const { status, json } = await exchange({ ...form, code: await newCode() }, header);
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
      const { status, json } = await exchange({ ...credentials, code: await newCode(), ...change });
      expect({ status, error: json['error'] }).to.deep.equal({ status: expected, error });
      expect(json['error_description']).to.be.a('string');
    });
  }

  for (const [name, form] of [
    ['a missing verifier', {}],
    ['a wrong verifier', { code_verifier: `${verifier}x` }],
  ] as const) {
    it(`refuses ${name} with invalid_grant`, async () => {
      const { json } = await exchange({ ...credentials, code: await newCode(pkce), ...form });
      expect(json['error']).to.equal('invalid_grant');
    });
  }

  it('refuses a code of another client', async () => {
    const code = await newCode({ ...pkce, client_id: DEMO_PUBLIC_CLIENT.clientID });
    const { json } = await exchange({ ...credentials, code, code_verifier: verifier });
    expect(json['error']).to.equal('invalid_grant');
  });

  it('accepts a code once, and the tokens of the first use stay valid', async () => {
    const code = await newCode();
    const first = await exchange({ ...credentials, code });
    const second = await exchange({ ...credentials, code });
    expect([first.status, second.status]).to.deep.equal([200, 400]);
    expect(second.json['error']).to.equal('invalid_grant');
    expect((await bench.get('/oauth/v1/userinfo', String(first.json['access_token']))).status).to.equal(200);
  });

  it('accepts a code for one minute', async () => {
    await withEmulator({}, async ({ roblox: own, authorize, post }) => {
      const code = (await authorize()).searchParams.get('code') ?? '';
      const late = (await authorize()).searchParams.get('code') ?? '';
      const form = { ...credentials, grant_type: 'authorization_code' };
      own.clock.advance(59_000);
      expect((await post('/oauth/v1/token', { ...form, code })).status).to.equal(200);
      own.clock.advance(2000);
      expect((await post('/oauth/v1/token', { ...form, code: late })).json['error']).to.equal('invalid_grant');
    });
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

    it('once: a used refresh token is refused, and the new one still works', async () => {
      const { json: old } = await bench.signIn();
      const { json: next } = await refresh(bench, old['refresh_token']);
      const reuse = await refresh(bench, old['refresh_token']);
      expect({ status: reuse.status, error: reuse.json['error'] }).to.deep.equal({
        status: 400,
        error: 'invalid_grant',
      });
      expect((await refresh(bench, next['refresh_token'])).status).to.equal(200);
    });

    it('once, even for ten requests at the same moment', async () => {
      const { refresh_token } = await roblox.issueTokens();
      const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(bench, refresh_token)));
      const outcomes = answers.map(({ status, json }) => json['error'] ?? status).sort();
      expect(outcomes).to.deep.equal([200, ...Array<string>(9).fill('invalid_grant')]);
    });

    it('and with revokeOnReuse ends the authorization when a used token comes again', async () => {
      await withEmulator({ revokeOnReuse: true }, async (own) => {
        const { json: old } = await own.signIn();
        const { json: next } = await refresh(own, old['refresh_token']);
        await refresh(own, old['refresh_token']);
        expect((await refresh(own, next['refresh_token'])).json['error']).to.equal('invalid_grant');
        expect((await own.get('/oauth/v1/userinfo', String(next['access_token']))).status).to.equal(401);
      });
    });

    it('without an ID token, with refreshWithoutIdToken', async () => {
      await withEmulator({ refreshWithoutIdToken: true }, async (own) => {
        const { json: old } = await own.signIn();
        expect(old).to.have.property('id_token');
        expect((await refresh(own, old['refresh_token'])).json).not.to.have.property('id_token');
      });
    });

    it('for 90 days after the last refresh; an access token works for 15 minutes', async () => {
      await withEmulator({}, async (own) => {
        const day = 24 * 60 * 60 * 1000;
        let { json } = await own.signIn();
        own.roblox.clock.advance(14 * 60_000);
        expect((await own.get('/oauth/v1/userinfo', String(json['access_token']))).status).to.equal(200);
        own.roblox.clock.advance(2 * 60_000);
        expect((await own.get('/oauth/v1/userinfo', String(json['access_token']))).status).to.equal(401);
        for (let time = 0; time < 3; time += 1) {
          own.roblox.clock.advance(89 * day);
          ({ json } = await refresh(own, json['refresh_token']));
          expect(json).to.have.property('access_token');
        }
        own.roblox.clock.advance(91 * day);
        expect((await refresh(own, json['refresh_token'])).json['error']).to.equal('invalid_grant');
      });
    });
  });

  it('knobs shorten the lifetimes', async () => {
    await withEmulator({ accessTokenTTL: 60, idTokenTTL: 30 }, async ({ signIn }) => {
      const { json } = await signIn();
      const { iat, exp } = decodeJwt(String(json['id_token']));
      expect(json['expires_in']).to.equal(59);
      expect(Number(exp) - Number(iat)).to.equal(30);
    });
  });

  it('rotates its key on demand: it publishes both keys, or only the new one', async () => {
    await withEmulator({}, async ({ roblox: own, get, signIn }) => {
      const kids = async () => {
        const { json, headers } = await get('/oauth/v1/certs');
        expect(headers.get('content-type')).to.match(/^application\/json/);
        const keys = json['keys'] as Record<string, string>[];
        for (const key of keys) expect(key).to.include({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' });
        for (const key of keys) expect(key).not.to.have.property('d');
        return keys.map((key) => key['kid']);
      };
      const kidOf = async () => decodeProtectedHeader(String((await signIn()).json['id_token'])).kid;
      const [first] = await kids();
      expect(await kidOf()).to.equal(first);
      await own.rotateKeys();
      const [second, ...others] = await kids();
      expect(others).to.deep.equal([first]);
      expect(await kidOf()).to.equal(second);
      await own.rotateKeys({ dropOld: true });
      const all = await kids();
      expect(all).to.have.length(1).and.not.include(second);
      expect(await kidOf()).to.equal(all[0]);
    });
  });
});
