import { expect } from 'chai';

import { DEMO_CLIENT, DEMO_PUBLIC_CLIENT, startEmulator } from '../../../lib/emulator/index.ts';
import type { Emulator } from '../../../lib/emulator/index.ts';
import { createBench, credentials, withEmulator } from '../support.ts';
import type { Bench } from '../support.ts';

describe('What the emulator tells about a user and a token', () => {
  let roblox: Emulator;
  let bench: Bench;
  before(async () => {
    roblox = await startEmulator();
    bench = createBench(roblox);
  });
  after(() => roblox.close());

  const introspect = (on: Bench, token: unknown, as: Record<string, string> = credentials) =>
    on.post('/oauth/v1/token/introspect', { ...as, token: String(token) });
  const resources = (token: unknown, as: Record<string, string> = credentials) =>
    bench.post('/oauth/v1/token/resources', { ...as, token: String(token) });

  describe('userinfo', () => {
    it('is only the user ID with openid alone', async () => {
      const { json } = await bench.get('/oauth/v1/userinfo', await bench.token({ scope: 'openid' }));
      expect(json).to.deep.equal({ sub: '4100000001' });
    });

    it('is the profile with openid and profile', async () => {
      const { json } = await bench.get('/oauth/v1/userinfo', await bench.token());
      expect(json).to.deep.equal({
        sub: '4100000001',
        name: 'Mango',
        nickname: 'Mango',
        preferred_username: 'MangoPilot',
        created_at: Date.UTC(2019, 2, 20, 6, 8, 15) / 1000,
        profile: 'https://www.roblox.com/users/4100000001/profile',
        picture: `${roblox.url}/avatars/4100000001.svg`,
      });
    });

    it('has null for a missing picture, and a picture otherwise', async () => {
      const { json } = await bench.get('/oauth/v1/userinfo', await bench.token({ user: '4100000002' }));
      expect(json['picture']).to.equal(null);
      const picture = await bench.get('/avatars/4100000003.svg');
      expect(picture.status).to.equal(200);
      expect(picture.headers.get('content-type')).to.equal('image/svg+xml');
    });

    it('is refused without a token, with a made-up one and without openid', async () => {
      expect((await bench.get('/oauth/v1/userinfo')).status).to.equal(401);
      const { status, json, headers } = await bench.get('/oauth/v1/userinfo', 'made-up');
      expect({ status, error: json['error'] }).to.deep.equal({ status: 401, error: 'invalid_token' });
      expect(headers.get('www-authenticate')).to.match(/^Bearer/);
      const narrow = await bench.get('/oauth/v1/userinfo', await bench.token({ scope: 'group:read' }));
      expect(narrow.json['error']).to.equal('insufficient_scope');
    });
  });

  describe('introspection', () => {
    it('knows access, refresh and ID tokens', async () => {
      const { json: tokens } = await bench.signIn();
      const now = Math.floor(Date.now() / 1000);
      for (const [name, prefix, lifetime] of [
        ['access_token', 'AT.', 900],
        ['refresh_token', 'RT.', 90 * 86_400],
        ['id_token', 'ID.', 36_000],
      ] as const) {
        const { status, json } = await introspect(bench, tokens[name]);
        expect(status, name).to.equal(200);
        expect(json, name).to.include({ active: true, client_id: DEMO_CLIENT.clientID, sub: '4100000001' });
        expect(String(json['jti']).startsWith(prefix), name).to.equal(true);
        expect(Number(json['exp']) - Number(json['iat']), name).to.equal(lifetime);
        expect(Number(json['iat']), name).to.be.within(now - 2, now + 2);
        if (name !== 'id_token') expect(json['scope']).to.equal('openid profile');
      }
    });

    it('reports unknown, used, changed and other apps’ tokens as inactive', async () => {
      const { json: tokens } = await bench.signIn();
      const idToken = String(tokens['id_token']);
      const refreshToken = String(tokens['refresh_token']);
      await bench.post('/oauth/v1/token', { ...credentials, grant_type: 'refresh_token', refresh_token: refreshToken });
      const stranger = { client_id: DEMO_PUBLIC_CLIENT.clientID };
      expect((await introspect(bench, 'made-up')).json).to.deep.equal({ active: false });
      expect((await introspect(bench, refreshToken)).json).to.deep.equal({ active: false });
      expect((await introspect(bench, `${idToken.slice(0, -8)}AAAAAAAA`)).json).to.deep.equal({ active: false });
      expect((await introspect(bench, tokens['access_token'], stranger)).json).to.deep.equal({ active: false });
      expect((await introspect(bench, idToken, stranger)).json).to.deep.equal({ active: false });
    });

    it('is refused to a client with a wrong secret', async () => {
      const { status } = await introspect(bench, 'x', { ...credentials, client_secret: 'wrong' });
      expect(status).to.equal(401);
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

  describe('resources', () => {
    const scope = 'openid asset:write universe-messaging-service:publish';

    it('are the experiences and accounts that the user chose', async () => {
      const chosen = ['universe:3828411583', 'creator:U', 'creator:G7002'];
      const { json: tokens } = await bench.signIn({ parameters: { scope }, resources: chosen });
      const { status, json } = await resources(tokens['access_token']);
      expect(status).to.equal(200);
      expect(json).to.deep.equal({
        resource_infos: [
          { owner: { id: '7002', type: 'Group' }, resources: { universe: { ids: ['3828411583'] } } },
          { owner: { id: '4100000001', type: 'User' }, resources: { creator: { ids: ['U', 'G7002'] } } },
        ],
      });
    });

    it('have no key for a kind that no scope is for', async () => {
      const token = await bench.token({ scope: 'universe-messaging-service:publish' });
      const { json } = await resources(token);
      expect(json).to.deep.equal({
        resource_infos: [
          { owner: { id: '4100000001', type: 'User' }, resources: { universe: { ids: ['3828411582'] } } },
          { owner: { id: '7002', type: 'Group' }, resources: { universe: { ids: ['3828411583'] } } },
        ],
      });
    });

    it('are empty when the user chose none, or there was nothing to choose', async () => {
      const { json: none } = await bench.signIn({ parameters: { scope }, resources: [] });
      expect((await resources(none['access_token'])).json).to.deep.equal({ resource_infos: [] });
      expect((await resources(await bench.token())).json).to.deep.equal({ resource_infos: [] });
    });

    it('never include what was not offered', async () => {
      const callback = await bench.authorize({ scope }, { resources: ['universe:1'] });
      expect(callback.searchParams.has('code')).to.equal(true);
      const page = await fetch(
        `${roblox.url}/oauth/v1/authorize?${new URLSearchParams({
          client_id: DEMO_CLIENT.clientID,
          redirect_uri: 'http://localhost:3000/cb',
          response_type: 'code',
          scope,
        })}`,
        {
          method: 'POST',
          redirect: 'manual',
          body: new URLSearchParams({
            action: 'allow',
            user: '4100000001',
            resources: 'shown',
            'resource-4100000001': 'universe:1',
          }),
        },
      );
      const code = new URL(page.headers.get('location') ?? '').searchParams.get('code') ?? '';
      const { json } = await bench.post('/oauth/v1/token', { ...credentials, grant_type: 'authorization_code', code });
      expect((await resources(json['access_token'])).json).to.deep.equal({ resource_infos: [] });
    });

    it('are refused for an unknown token, another app’s token, and a client with a wrong secret', async () => {
      expect((await resources('made-up')).status).to.equal(401);
      expect((await resources(await bench.token({ client: DEMO_PUBLIC_CLIENT.clientID }))).status).to.equal(401);
      expect((await resources('x', { ...credentials, client_secret: 'wrong' })).status).to.equal(401);
      expect((await bench.post('/oauth/v1/token/resources', credentials)).status).to.equal(400);
    });

    it('are sent to a public client, which has only an ID', async () => {
      const token = await bench.token({ client: DEMO_PUBLIC_CLIENT.clientID, scope });
      expect((await resources(token, { client_id: DEMO_PUBLIC_CLIENT.clientID })).status).to.equal(200);
    });
  });

  it('the discovery document is Roblox’s, with the slash at the end of the issuer', async () => {
    const { json } = await bench.get('/oauth/.well-known/openid-configuration');
    expect(json).to.include({
      issuer: `${roblox.url}/oauth/`,
      authorization_endpoint: `${roblox.url}/oauth/v1/authorize`,
      jwks_uri: `${roblox.url}/oauth/v1/certs`,
      resources_endpoint: `${roblox.url}/oauth/v1/token/resources`,
    });
    expect(json['id_token_signing_alg_values_supported']).to.deep.equal(['ES256']);
    expect(json['token_endpoint_auth_methods_supported']).to.deep.equal(['client_secret_post', 'client_secret_basic']);
    expect(json).not.to.have.property('code_challenge_methods_supported');
    expect(json['claims_supported']).not.to.include('picture');
  });
});
