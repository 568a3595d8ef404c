import { expect } from 'chai';

import { findScopeProblem } from '../../../lib/emulator/oauth/endpoints.ts';
import { withEmulator } from '../support.ts';

describe('What the emulator publishes about its OAuth', () => {
  it('is Roblox’s discovery document, with the slash at the end of the issuer', async () => {
    await withEmulator({}, async ({ roblox, get }) => {
      const { json } = await get('/oauth/.well-known/openid-configuration');
      expect(json).to.include({
        issuer: `${roblox.url}/oauth/`,
        authorization_endpoint: `${roblox.url}/oauth/v1/authorize`,
        jwks_uri: `${roblox.url}/oauth/v1/certs`,
        resources_endpoint: `${roblox.url}/oauth/v1/token/resources`,
      });
      expect(json['id_token_signing_alg_values_supported']).to.deep.equal(['ES256']);
      expect(json['token_endpoint_auth_methods_supported']).to.deep.equal([
        'client_secret_post',
        'client_secret_basic',
      ]);
      expect(json).not.to.have.property('code_challenge_methods_supported');
      expect(json['claims_supported']).not.to.include('picture');
    });
  });

  for (const [scopes, extra, problem] of [
    [['openid', 'profile', 'group:read'], [], undefined],
    [['openid', 'groups'], [], 'Roblox has no scope groups'],
    [['openid', 'email'], [], 'Roblox has no scope email'],
    [['openid', 'groups'], ['groups'], undefined],
    [['profile'], [], 'the scope profile needs openid'],
  ] as const) {
    it(`lets an app ask for ${scopes.join(' ')}${extra.length > 0 ? ', if it is new' : ''}: ${problem ?? 'yes'}`, () => {
      expect(findScopeProblem(scopes, extra)).to.equal(problem);
    });
  }
});
