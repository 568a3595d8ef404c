import { expect } from 'chai';

import { DEMO_CLIENT, DEMO_PUBLIC_CLIENT, startEmulator } from '../../../lib/emulator/index.ts';
import type { Emulator } from '../../../lib/emulator/index.ts';
import { createBench, credentials } from '../support.ts';
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
});
