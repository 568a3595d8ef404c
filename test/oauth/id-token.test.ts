import { expect } from 'chai';
import { UnsecuredJWT } from 'jose';
import { inspect } from 'node:util';
import { IDTokenError, type IDTokenErrorCode, type RobloxStrategyOptions } from '../../lib/index.ts';
import { BASE_URL, CLIENT_ID, CLIENT_SECRET, FakeRoblox, json, USERINFO } from '../support/fake-roblox.ts';
import { expectError, expectSuccess, signIn, strategyFor } from '../support/harness.ts';

const ISSUER = `${BASE_URL}/oauth/`;
const now = () => Math.floor(Date.now() / 1000);
const secretKey = new TextEncoder().encode(CLIENT_SECRET);

/** A login with an ID token of the test. Returns its error, and whether verify was called. */
async function refusal(idToken: (roblox: FakeRoblox) => Promise<string>, options: Partial<RobloxStrategyOptions> = {}) {
  const roblox = new FakeRoblox();
  roblox.answerWith(() => idToken(roblox));
  let asked = 0;
  const strategy = strategyFor(roblox, { ...options, verify: () => (asked += 1) });
  const error = expectError(await signIn(strategy, roblox));
  expect(asked, 'verify was asked').to.equal(0);
  return error;
}

describe('an ID token', () => {
  const faults: [name: string, code: IDTokenErrorCode, forge: (roblox: FakeRoblox) => Promise<string>][] = [
    ['signed with a wrong key', 'invalid_signature', (r) => r.idToken({}, { key: r.foreignKey })],
    [
      'signed with a key that Roblox does not have',
      'unknown_key',
      (r) => r.idToken({}, { key: r.foreignKey, kid: 'foreign' }),
    ],
    [
      'not signed at all (alg none)',
      'invalid_algorithm',
      async (r) =>
        new UnsecuredJWT({ nonce: r.nonce, iat: now() })
          .setIssuer(ISSUER)
          .setAudience(CLIENT_ID)
          .setSubject(USERINFO.sub)
          .setExpirationTime('10h')
          .encode(),
    ],
    [
      'signed with HS256 and the client secret',
      'invalid_algorithm',
      (r) => r.idToken({}, { key: secretKey, alg: 'HS256' }),
    ],
    ['of a wrong issuer', 'invalid_issuer', (r) => r.idToken({ iss: 'https://evil.test/oauth/' })],
    ['of an issuer without its slash', 'invalid_issuer', (r) => r.idToken({ iss: `${BASE_URL}/oauth` })],
    ['for another app', 'invalid_audience', (r) => r.idToken({ aud: '999' })],
    ['for several apps without azp', 'invalid_audience', (r) => r.idToken({ aud: [CLIENT_ID, '999'] })],
    ['for several apps, azp another', 'invalid_audience', (r) => r.idToken({ aud: [CLIENT_ID, '999'], azp: '999' })],
    ['for several other apps', 'invalid_audience', (r) => r.idToken({ aud: ['998', '999'], azp: CLIENT_ID })],
    ['for this app, azp another', 'invalid_audience', (r) => r.idToken({ azp: '999' })],
    ['that has expired', 'expired', (r) => r.idToken({ exp: now() - 61 })],
    ['that was issued in the future', 'issued_in_future', (r) => r.idToken({ iat: now() + 90 })],
    ['that is not valid yet', 'not_yet_valid', (r) => r.idToken({ nbf: now() + 90 })],
    ['with the nonce of another login', 'invalid_nonce', (r) => r.idToken({ nonce: 'another' })],
    ...['', '1 or', "1' or '1'='1", '../1', '-1', '1e3', '0', '01', '१२', ' 1', '1'.repeat(20)].map(
      (sub): [string, IDTokenErrorCode, (roblox: FakeRoblox) => Promise<string>] => [
        `with the sub ${inspect(sub)}, which is no user ID`,
        'invalid_claim',
        (r) => r.idToken({ sub }),
      ],
    ),
    ['with a numeric sub', 'invalid_claim', (r) => r.idToken({ sub: 1516563360 })],
    ['with an exp in words', 'invalid_claim', (r) => r.idToken({ exp: 'tomorrow' })],
    ['that is no JWT', 'malformed', async () => 'not.a.jwt'],
    ['that is a word', 'malformed', async () => 'token'],
    ['with a tail', 'malformed', async (r) => `${await r.idToken()}.x`],
    [
      'whose payload was changed',
      'invalid_signature',
      async (r) => swapPayload(await r.idToken(), await r.idToken({ sub: '1' })),
    ],
  ];
  for (const [name, code, forge] of faults) {
    it(`is refused: ${name}`, async () => {
      const error = await refusal(forge);
      expect(error).to.be.instanceOf(IDTokenError).with.property('code', code);
    });
  }

  it('is not believed with a sub that is no user ID, when userinfo is not asked', async () => {
    const roblox = new FakeRoblox();
    roblox.answerWith(() => roblox.idToken({ sub: "1' or '1'='1" }));
    const error = expectError(await signIn(strategyFor(roblox, { skipUserProfile: true }), roblox));
    expect(error).to.be.instanceOf(IDTokenError).with.property('code', 'invalid_claim');
  });

  for (const claim of ['iss', 'aud', 'sub', 'exp', 'iat', 'nonce']) {
    it(`is refused without ${claim}`, async () => {
      const error = await refusal((roblox) => roblox.idToken({ [claim]: undefined }));
      expect(error).to.be.instanceOf(IDTokenError).with.property('code', 'missing_claim');
      expect(error['claim']).to.equal(claim);
    });
  }

  it('is refused when userinfo names another user, or none', async () => {
    for (const sub of ['1', 1516563360, undefined, '']) {
      const roblox = new FakeRoblox();
      roblox.answers['/oauth/v1/userinfo'] = () => json({ ...USERINFO, sub });
      const error = expectError(await signIn(strategyFor(roblox), roblox));
      expect(error).to.be.instanceOf(IDTokenError).with.property('code', 'subject_mismatch');
    }
  });

  it('causes the error when both it and userinfo are wrong', async () => {
    const roblox = new FakeRoblox();
    roblox.answerWith(() => roblox.idToken({ nonce: 'another' }));
    roblox.answers['/oauth/v1/userinfo'] = () => new Response(null, { status: 500 });
    expect(expectError(await signIn(strategyFor(roblox), roblox))).to.be.instanceOf(IDTokenError);
  });

  it('is also checked with skipUserProfile', async () => {
    const error = await refusal((roblox) => roblox.idToken({ nonce: 'another' }), { skipUserProfile: true });
    expect(error).to.be.instanceOf(IDTokenError).with.property('code', 'invalid_nonce');
  });

  it('is not shown in the error', async () => {
    const roblox = new FakeRoblox();
    const token = await roblox.idToken({ nonce: 'x', iss: 'https://evil.test/' });
    const error = await refusal(async () => token);
    expect(JSON.stringify(error) + String(error.stack) + String(error.cause)).to.not.include(token.split('.')[1]);
  });

  const believed: [
    name: string,
    options: Partial<RobloxStrategyOptions>,
    make: (roblox: FakeRoblox) => Promise<string>,
  ][] = [
    ['for several apps with the right azp', {}, (r) => r.idToken({ aud: [CLIENT_ID, '999'], azp: CLIENT_ID })],
    ['for this app in an array', {}, (r) => r.idToken({ aud: [CLIENT_ID] })],
    ['that expired within the tolerance', {}, (r) => r.idToken({ exp: now() - 50 })],
    ['that was issued in the future within the tolerance', {}, (r) => r.idToken({ iat: now() + 50, nbf: now() + 50 })],
    ['that expired within a larger tolerance', { clockTolerance: 180 }, (r) => r.idToken({ exp: now() - 170 })],
    ['without nbf', {}, (r) => r.idToken({ nbf: undefined })],
  ];
  for (const [name, options, make] of believed) {
    it(`is accepted: ${name}`, async () => {
      const roblox = new FakeRoblox();
      roblox.answerWith(() => make(roblox));
      expectSuccess(await signIn(strategyFor(roblox, options), roblox));
    });
  }

  it('is refused with any difference when clockTolerance is 0', async () => {
    const error = await refusal((roblox) => roblox.idToken({ exp: now() - 2 }), { clockTolerance: 0 });
    expect(error['code']).to.equal('expired');
  });
});

/** Makes a token with the payload of another one. */
function swapPayload(token: string, other: string): string {
  const [header, , signature] = token.split('.');
  return [header, other.split('.')[1], signature].join('.');
}
