import { expect } from 'chai';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';

import { DEMO_CLIENT } from '../../../lib/emulator/index.ts';
import { readClaims } from '../../../lib/emulator/oauth/keys.ts';
import { withEmulator } from '../support.ts';

describe('The keys of the emulator', () => {
  it('are rotated on demand: both are published, or only the new one', async () => {
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

  it('are not needed by access tokens: those of a dropped key work until they expire', async () => {
    await withEmulator({}, async (own) => {
      const token = await own.token();
      await own.roblox.rotateKeys({ dropOld: true });
      expect((await own.get('/oauth/v1/userinfo', token)).status).to.equal(200);
    });
  });

  it('sign an ID token that verifies with the certs and carries the profile', async () => {
    await withEmulator({}, async ({ roblox, signIn }) => {
      const { json } = await signIn({ parameters: { nonce: 'n-1' } });
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
  });

  it('are not needed to read the claims of a token; what is no token has none', () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    expect(readClaims(`e30.${encode({ sub: '1' })}.`)).to.deep.equal({ sub: '1' });
    for (const text of ['', 'opaque', 'a.b.c', `e30.${encode(7)}.`, `e30.${encode(null)}.`]) {
      expect(readClaims(text), text).to.equal(undefined);
    }
  });
});
