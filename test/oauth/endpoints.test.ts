import { expect } from 'chai';
import { deriveEndpoints } from '../../lib/oauth/endpoints.ts';

describe('the endpoints', () => {
  it("are Roblox's own by default", () => {
    expect(deriveEndpoints()).to.deep.equal({
      baseURL: 'https://apis.roblox.com',
      issuer: 'https://apis.roblox.com/oauth/',
      authorization: 'https://apis.roblox.com/oauth/v1/authorize',
      token: 'https://apis.roblox.com/oauth/v1/token',
      revocation: 'https://apis.roblox.com/oauth/v1/token/revoke',
      introspection: 'https://apis.roblox.com/oauth/v1/token/introspect',
      resources: 'https://apis.roblox.com/oauth/v1/token/resources',
      userinfo: 'https://apis.roblox.com/oauth/v1/userinfo',
      certs: 'https://apis.roblox.com/oauth/v1/certs',
    });
  });

  for (const base of [
    'http://127.0.0.1:4000',
    'http://127.9.8.7',
    'http://localhost:1',
    'http://[::1]:9',
    'http://a.localhost',
  ]) {
    it(`may be on loopback over plain http: ${base}`, () => {
      expect(deriveEndpoints(`${base}/`).token).to.equal(`${base}/oauth/v1/token`);
    });
  }
});
