import { expect } from 'chai';
import { decodeJwt } from 'jose';

import { DEMO_CLIENT, startEmulator } from '../../lib/emulator/index.ts';
import type { EmulatorOptions } from '../../lib/emulator/index.ts';
import { credentials, redirectURI, withEmulator } from './support.ts';

describe('An emulator', () => {
  it('listens on its URL, which has no slash at the end, and several can run at the same time', async () => {
    const [first, second] = await Promise.all([startEmulator(), startEmulator({ port: 0, host: 'localhost' })]);
    expect(first.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(second.url).to.match(/^http:\/\/localhost:\d+$/);
    const page = await fetch(second.url);
    expect(await page.text()).to.include(DEMO_CLIENT.clientID);
    await Promise.all([first.close(), second.close()]);
  });

  it('gives the options of its first app, for a strategy, a client and a vault', async () => {
    const publicClient = { clientID: '7', redirectURIs: 'loopback' } as const;
    await withEmulator({}, async ({ roblox: { credentials, url } }) => {
      const { clientID, clientSecret } = DEMO_CLIENT;
      expect(credentials).to.deep.equal({ clientID, clientSecret, baseURL: url });
    });
    await withEmulator({ clients: [publicClient] }, async ({ roblox: { credentials, url } }) => {
      expect(credentials).to.deep.equal({ clientID: '7', baseURL: url });
    });
  });

  it('can be closed by `await using`, and twice', async () => {
    const roblox = await startEmulator();
    await roblox[Symbol.asyncDispose]();
    await roblox.close();
    const outcome = await fetch(roblox.url).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(TypeError);
  });

  it('accepts other users and clients', async () => {
    const options: EmulatorOptions = {
      users: [
        { id: '12', username: 'ann', displayName: 'Ann', createdAt: new Date(0), picture: 'https://x.example/a.png' },
      ],
      clients: [{ clientID: '34', clientSecret: 'secret', redirectURIs: [redirectURI] }],
    };
    await withEmulator(options, async ({ roblox, authorize, post, get }) => {
      const code = (await authorize({ client_id: '34' })).searchParams.get('code') ?? '';
      const form = { client_id: '34', client_secret: 'secret', grant_type: 'authorization_code', code };
      const { json } = await post('/oauth/v1/token', form);
      const userinfo = await get('/oauth/v1/userinfo', String(json['access_token']));
      expect(userinfo.json).to.include({ sub: '12', created_at: 0, picture: 'https://x.example/a.png' });
      const outcome = await roblox.issueTokens({ user: '1' }).catch((error: unknown) => error);
      expect(outcome).to.be.instanceOf(TypeError);
    });
  });

  it('uses the address of the option url in all its URLs', async () => {
    await withEmulator({ url: 'https://roblox.example/' }, async ({ roblox }) => {
      expect(roblox.url).to.equal('https://roblox.example');
      expect(roblox.address).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
      const response = await fetch(`${roblox.address}/oauth/.well-known/openid-configuration`);
      const discovery = (await response.json()) as Record<string, string>;
      expect(discovery['issuer']).to.equal('https://roblox.example/oauth/');
      const { id_token } = await roblox.issueTokens();
      expect(decodeJwt(id_token ?? '').iss).to.equal('https://roblox.example/oauth/');
    });
  });

  it('answers at /health', async () => {
    await withEmulator({}, async ({ get }) => {
      const { status, json } = await get('/health');
      expect({ status, json }).to.deep.equal({ status: 200, json: { status: 'ok' } });
    });
  });

  it('lets web pages read its responses only with the knob cors', async () => {
    const origin = 'https://app.example';
    for (const cors of [false, true]) {
      await withEmulator({ cors }, async ({ roblox, send, token }) => {
        const authorization = `Bearer ${await token()}`;
        const asked = [
          await send('/oauth/v1/certs', { headers: { origin } }),
          await send('/oauth/v1/userinfo', { headers: { origin, authorization } }),
          await send('/cloud/v2/groups/7001', { headers: { origin, authorization } }),
          await send('/oauth/v1/token', {
            method: 'POST',
            headers: { origin },
            body: new URLSearchParams({
              ...credentials,
              grant_type: 'refresh_token',
              refresh_token: (await roblox.issueTokens()).refresh_token,
            }),
          }),
        ];
        for (const { status, headers } of asked) {
          expect(status).to.equal(200);
          expect(headers.get('access-control-allow-origin')).to.equal(cors ? '*' : null);
        }
        const preflight = await send('/cloud/v2/groups/7001', { method: 'OPTIONS', headers: { origin } });
        expect(preflight.status).to.equal(cors ? 204 : 401);
      });
    }
  });
});
