import { expect } from 'chai';
import { decodeJwt } from 'jose';

import { DEMO_PUBLIC_CLIENT, startEmulator, type Emulator } from '../../../lib/emulator/index.ts';
import { createBench, credentials, withEmulator, type Bench } from '../support.ts';

describe('The storage of codes and tokens', () => {
  let roblox: Emulator;
  let bench: Bench;
  before(async () => {
    roblox = await startEmulator();
    bench = createBench(roblox);
  });
  after(() => roblox.close());

  const introspect = (on: Bench, token: unknown) =>
    on.post('/oauth/v1/token/introspect', { ...credentials, token: String(token) });

  it('keeps only the newest authorizations of a user', async () => {
    await withEmulator({ authorizationsKept: 2 }, async ({ roblox, get }) => {
      const tokens = [await roblox.issueTokens(), await roblox.issueTokens(), await roblox.issueTokens()];
      const other = await roblox.issueTokens({ user: '4100000002' });
      const statuses: number[] = [];
      for (const { access_token } of [...tokens, other]) {
        statuses.push((await get('/oauth/v1/userinfo', access_token)).status);
      }
      expect(statuses).to.deep.equal([401, 200, 200, 200]);
    });
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

  it('accepts a code once, and the tokens of the first use stay valid', async () => {
    const code = (await bench.authorize()).searchParams.get('code') ?? '';
    const exchange = () => bench.post('/oauth/v1/token', { ...credentials, grant_type: 'authorization_code', code });
    const first = await exchange();
    const second = await exchange();
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

  it('can expire all access tokens, while their refresh tokens work', async () => {
    await withEmulator({}, async (own) => {
      const tokens = await own.roblox.issueTokens();
      own.roblox.expireAccessTokens();
      expect((await own.get('/cloud/v2/groups/7001', tokens.access_token)).status).to.equal(401);
      const { json } = await own.post('/oauth/v1/token', {
        ...credentials,
        grant_type: 'refresh_token',
        refresh_token: tokens.refresh_token,
      });
      expect((await own.get('/cloud/v2/groups/7001', String(json['access_token']))).status).to.equal(200);
    });
  });

  describe('accepts a refresh token', () => {
    const refresh = (on: Bench, token: unknown) =>
      on.post('/oauth/v1/token', { ...credentials, grant_type: 'refresh_token', refresh_token: String(token) });

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
      const responses = await Promise.all(Array.from({ length: 10 }, () => refresh(bench, refresh_token)));
      const outcomes = responses.map(({ status, json }) => json['error'] ?? status).sort();
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

  describe('revocation', () => {
    it('answers 200 with an empty body, and ends both tokens', async () => {
      const { json: tokens } = await bench.signIn();
      const token = String(tokens['refresh_token']);
      const { status, text } = await bench.post('/oauth/v1/token/revoke', { ...credentials, token });
      expect({ status, text }).to.deep.equal({ status: 200, text: '' });
      expect((await bench.get('/oauth/v1/userinfo', String(tokens['access_token']))).status).to.equal(401);
      expect((await bench.get('/cloud/v2/groups/7001', String(tokens['access_token']))).status).to.equal(401);
      const again = { ...credentials, grant_type: 'refresh_token', refresh_token: token };
      expect((await bench.post('/oauth/v1/token', again)).json['error']).to.equal('invalid_grant');
    });

    it('takes an access token too, and answers 200 to an unknown one', async () => {
      const { json: tokens } = await bench.signIn();
      const revoke = (token: string) => bench.post('/oauth/v1/token/revoke', { ...credentials, token });
      expect((await revoke(String(tokens['access_token']))).status).to.equal(200);
      const refresh_token = String(tokens['refresh_token']);
      const again = await bench.post('/oauth/v1/token', { ...credentials, grant_type: 'refresh_token', refresh_token });
      expect(again.json['error']).to.equal('invalid_grant');
      expect((await revoke('made-up')).status).to.equal(200);
    });

    it('works for a public client, on its own tokens only', async () => {
      const as = { client_id: DEMO_PUBLIC_CLIENT.clientID };
      const own = await roblox.issueTokens({ client: DEMO_PUBLIC_CLIENT.clientID });
      const other = await roblox.issueTokens();
      for (const { refresh_token: token } of [own, other]) {
        expect((await bench.post('/oauth/v1/token/revoke', { ...as, token })).status).to.equal(200);
      }
      expect((await bench.get('/oauth/v1/userinfo', own.access_token)).status).to.equal(401);
      expect((await bench.get('/oauth/v1/userinfo', other.access_token)).status).to.equal(200);
    });

    it('leaves other logins of the same user alone', async () => {
      const [first, second] = [await roblox.issueTokens(), await roblox.issueTokens()];
      await bench.post('/oauth/v1/token/revoke', { ...credentials, token: first.refresh_token });
      expect((await bench.get('/oauth/v1/userinfo', second.access_token)).status).to.equal(200);
    });

    it('is not seen by introspection before the access token would have expired', async () => {
      await withEmulator({}, async (own) => {
        const tokens = await own.roblox.issueTokens();
        await own.post('/oauth/v1/token/revoke', { ...credentials, token: tokens.refresh_token });
        expect((await introspect(own, tokens.access_token)).json['active']).to.equal(true);
        expect((await introspect(own, tokens.refresh_token)).json['active']).to.equal(false);
        own.roblox.clock.advance(15 * 60_000);
        expect((await introspect(own, tokens.access_token)).json['active']).to.equal(false);
      });
    });

    it('can be done by the user', async () => {
      const tokens = await roblox.issueTokens({ user: '4100000003' });
      roblox.revokeAuthorizations('4100000003');
      expect((await bench.get('/oauth/v1/userinfo', tokens.access_token)).status).to.equal(401);
    });
  });
});
