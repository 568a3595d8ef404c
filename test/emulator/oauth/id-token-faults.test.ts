import { expect } from 'chai';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';

import { DEMO_CLIENT, startEmulator, type Emulator, type IdTokenFault } from '../../../lib/emulator/index.ts';
import { createBench, credentials, type Bench } from '../support.ts';

const certsPath = '/oauth/v1/certs';

describe('A fault in an ID token', () => {
  let roblox: Emulator;
  let bench: Bench;
  before(async () => {
    roblox = await startEmulator();
    bench = createBench(roblox);
  });
  afterEach(() => roblox.reset());
  after(() => roblox.close());

  const refusals: [IdTokenFault, RegExp][] = [
    ['wrong_key', /signature/],
    ['unknown_kid', /no applicable key/],
    ['alg_none', /alg/i],
    ['hs256', /alg/i],
    ['issuer', /"iss"/],
    ['slashless_issuer', /"iss"/],
    ['audience', /"aud"/],
    ['expired', /"exp"/],
    ['future_iat', /"iat"/],
    ['not_before', /"nbf"/],
    ['missing_iss', /"iss"/],
    ['missing_sub', /"sub"/],
    ['missing_aud', /"aud"/],
    ['missing_exp', /"exp"/],
    ['missing_iat', /"iat"/],
    ['garbage', /./],
  ];
  for (const [kind, reason] of refusals) {
    it(`"${kind}" is refused by a verifier for the right reason`, async () => {
      roblox.faults.idToken(kind);
      const { json } = await bench.signIn({ parameters: { nonce: 'n' } });
      const certs = createRemoteJWKSet(new URL(roblox.url + certsPath));
      const outcome = await jwtVerify(String(json['id_token']), certs, {
        issuer: `${roblox.url}/oauth/`,
        audience: DEMO_CLIENT.clientID,
        algorithms: ['ES256'],
        requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
        maxTokenAge: 60,
      }).then(
        () => 'believed',
        (error: unknown) => String(error),
      );
      expect(outcome).to.match(reason).and.not.equal('believed');
    });
  }

  it('of the other kinds does what its name says', async () => {
    const claims = async (kind: IdTokenFault) => {
      roblox.faults.idToken(kind);
      return decodeJwt(String((await bench.signIn({ parameters: { nonce: 'n' } })).json['id_token']));
    };
    const id = DEMO_CLIENT.clientID;
    expect((await claims('wrong_nonce')).nonce).to.equal('nx');
    expect(await claims('missing_nonce')).not.to.have.property('nonce');
    expect((await claims('several_audiences')).aud).to.deep.equal([id, `${id}0`]);
    expect(await claims('several_audiences')).not.to.have.property('azp');
    expect((await claims('several_audiences_azp')).azp).to.equal(id);
    expect((await claims('several_audiences_foreign_azp')).azp).to.equal(`${id}0`);
    roblox.faults.idToken('missing');
    expect((await bench.signIn()).json).not.to.have.property('id_token');
  });

  it('"unknown_kid" names a key that is not in the certs, "wrong_key" one that is', async () => {
    const { json } = await bench.get(certsPath);
    const [key] = json['keys'] as Record<string, string>[];
    for (const [kind, isKnown] of [
      ['unknown_kid', false],
      ['wrong_key', true],
    ] as const) {
      roblox.faults.idToken(kind);
      const { kid } = decodeProtectedHeader(String((await bench.signIn()).json['id_token']));
      expect(kid === key?.['kid'], kind).to.equal(isKnown);
    }
  });

  it('is used for refreshes too', async () => {
    const { refresh_token } = await roblox.issueTokens();
    roblox.faults.idToken('audience');
    const form = { ...credentials, grant_type: 'refresh_token', refresh_token };
    const { json } = await bench.post('/oauth/v1/token', form);
    expect(decodeJwt(String(json['id_token'])).aud).to.equal(`${DEMO_CLIENT.clientID}0`);
  });
});
