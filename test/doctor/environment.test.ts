import { expect } from 'chai';
import fc from 'fast-check';

import { checkEnvironment, hideSecrets, type Environment } from '../../lib/doctor/environment.ts';
import { about, writeFindings, showFindings, type Finding } from '../../lib/doctor/report.ts';
import { anyCharacter } from '../support/any-text.ts';

const HEALTHY: Environment = {
  ROBLOX_CLIENT_ID: '840974200211308101',
  ROBLOX_CLIENT_SECRET: 'RBX-a-secret-of-the-tests',
  ROBLOX_CALLBACK_URL: 'https://example.com/auth/roblox/callback',
};

/** What is said about one variable when it is set so, and all else is well; each with its level first. */
function saidAbout(name: keyof Environment, value: string | undefined): string {
  const { findings } = checkEnvironment({ ...HEALTHY, [name]: value });
  const others = findings.filter((finding) => finding.about !== name && finding.level === 'problem');
  expect(others).to.deep.equal([]);
  return findings
    .filter((finding) => finding.about === name)
    .map(({ level, message }: Finding) => `${level} ${message}`)
    .join('; ');
}

type Row = readonly [name: string, value: string | undefined, said: RegExp];

const CLIENT_ID: readonly Row[] = [
  ['digits', '840974200211308101', /^ok 840974200211308101$/],
  ['nothing', undefined, /^problem is not set.*dashboard/],
  ['an empty value', '', /^problem is not set/],
  ['a space behind it', '840974200211308101 ', /^problem has white space/],
  ['a line break behind it', '840974200211308101\n', /^problem has white space/],
  ['quotation marks around it', '"840974200211308101"', /^problem has quotation marks/],
  ['a number that YAML rounded', '8.409742002113081e+17', /^problem was rounded/],
  ['the word undefined', 'undefined', /^problem is the word 'undefined'/],
  ['the placeholder of the docs', 'your_client_id_here', /^problem is still a placeholder/],
  ['a secret in its place', 'RBX-abc', /^problem is not a client ID.*digits only/],
];

const CLIENT_SECRET: readonly Row[] = [
  ['a secret, by its length alone', 'RBX-a-secret-of-the-tests', /^ok is set \(25 characters\)$/],
  ['nothing', undefined, /^note is not set.*public client.*PKCE/],
  ['an empty value', '', /^note is not set/],
  ['a line break behind it', 'RBX-abc\n', /^problem has white space/],
  ['quotation marks around it', "'RBX-abc'", /^problem has quotation marks/],
  ['a placeholder', '<secret>', /^problem is still a placeholder/],
  ['a placeholder that a shell left', '${SECRET}', /^problem is still a placeholder/],
  ['the client ID once more', '840974200211308101', /^problem is the client ID once more/],
  ['digits only', '123', /^problem has digits only.*changed places/],
  ['letters that no secret has', 'RBX-ä-abc', /^problem clientSecret must be printable ASCII/],
];

const CALLBACK_URL: readonly Row[] = [
  ['https', 'https://example.com/cb', /^ok https:\/\/example\.com\/cb can be registered, exactly as it is written$/],
  ['https on a port', 'https://example.com:8443/cb', /^ok/],
  ['http on localhost', 'http://localhost:3000/cb', /^ok http:\/\/localhost:3000\/cb can be registered/],
  ['https on localhost', 'https://localhost:3000/cb', /^ok/],
  ['http on localhost without a port', 'http://localhost/cb', /^ok .*note names no port/],
  ['nothing', undefined, /^note is not set/],
  ['a path', '/auth/roblox/callback', /^note is relative.*proxy: true/],
  ["an app's own scheme", 'com.example.app:/cb', /^note has a scheme of its own \(com\.example\.app:\)/],
  ['a host in capitals', 'https://Example.com/cb', /^ok .*note is not written as browsers write it/],
  ['a query of its own', 'https://example.com/cb?tenant=1', /^ok https:\/\/example\.com\/cb can/],
  ['256 characters', `https://example.com/${'a'.repeat(236)}`, /^ok/],
  ['257 characters', `https://example.com/${'a'.repeat(237)}`, /^problem has 257 characters.*256/],
  ['a fragment', 'https://example.com/cb#top', /^problem must have no fragment/],
  ['http elsewhere', 'http://example.com/cb', /^problem begins with http:.*Use https:/],
  ['127.0.0.1', 'http://127.0.0.1:3000/cb', /^problem names 127\.0\.0\.1.*Use http:\/\/localhost:3000\/cb/],
  ['[::1]', 'http://[::1]:3000/cb', /^problem names \[::1\]/],
  ['0.0.0.0', 'http://0.0.0.0:3000/cb', /^problem names 0\.0\.0\.0/],
  ['a host without its protocol', 'example.com:3000/cb', /^problem must be absolute with its protocol/],
  ['a host alone', 'example.com/cb', /^problem must be absolute with its protocol/],
  ['a protocol left open', '//example.com/cb', /^problem must be absolute with its protocol/],
  ['a script', 'javascript:/alert', /^problem begins with javascript:/],
  ['a wildcard', 'https://*.example.com/cb', /^problem has a \*/],
  ['a password', 'https://me:pass@example.com/cb', /^problem has a user name or password/],
  ['a parameter that is Roblox’s', 'https://example.com/cb?state=1', /^problem has the parameter 'state'/],
  ['white space', ' https://example.com/cb', /^problem has white space/],
];

const BASE_URL: readonly Row[] = [
  ['nothing', undefined, /^ok is not set, so https:\/\/apis\.roblox\.com$/],
  ['Roblox itself', 'https://apis.roblox.com', /^ok https:\/\/apis\.roblox\.com$/],
  ['a slash behind it', 'https://apis.roblox.com/', /^ok https:\/\/apis\.roblox\.com$/],
  ['an emulator', 'http://127.0.0.1:4000', /^note is http:\/\/127\.0\.0\.1:4000, so not Roblox itself/],
  ['http elsewhere', 'http://example.com', /^problem baseURL must be https:/],
  ['no protocol', 'apis.roblox.com', /^problem is not an absolute URL/],
  ['a password', 'https://me:pass@example.com', /^problem baseURL must have no credentials/],
  ['quotation marks', '"https://apis.roblox.com"', /^problem has quotation marks/],
];

describe("the doctor's look at the environment", () => {
  const tables: Readonly<Record<keyof Environment, readonly Row[]>> = {
    ROBLOX_CLIENT_ID: CLIENT_ID,
    ROBLOX_CLIENT_SECRET: CLIENT_SECRET,
    ROBLOX_CALLBACK_URL: CALLBACK_URL,
    ROBLOX_BASE_URL: BASE_URL,
  };
  for (const name of Object.keys(tables) as (keyof Environment)[]) {
    for (const [what, value, said] of tables[name]) {
      it(`says what it thinks of ${name} with ${what}`, () => expect(saidAbout(name, value)).to.match(said));
    }
  }

  it('names several faults of one URL, each for itself', () => {
    const said = saidAbout('ROBLOX_CALLBACK_URL', 'http://me:pass@127.0.0.1/*?code=1');
    expect(said.match(/problem/g)).to.have.length(4);
  });

  it('shows neither the secret nor what stands in the place of the ID, whatever they are', () => {
    // A secret that is a word of our own sentences would be found in them, and give nothing away.
    const own = showFindings(checkEnvironment(HEALTHY).findings) + showFindings([about('x').problem('')]);
    const odd = fc.oneof(fc.string({ minLength: 4 }), fc.string({ minLength: 4, unit: anyCharacter }), fc.webUrl());
    fc.assert(
      fc.property(odd, odd, odd, (clientID, clientSecret, callbackURL) => {
        const environment = {
          ROBLOX_CLIENT_ID: `${clientID}§1`,
          ROBLOX_CLIENT_SECRET: `${clientSecret}§2`,
          ROBLOX_CALLBACK_URL: callbackURL,
        };
        const { findings } = checkEnvironment(environment);
        const { ROBLOX_CLIENT_ID: id, ROBLOX_CLIENT_SECRET: secret } = environment;
        const secrets = [id, id.trim(), secret, secret.trim()];
        const told = hideSecrets(findings, environment);
        for (const shown of [showFindings(told), writeFindings(told)]) {
          for (const secret of secrets.filter((secret) => !own.includes(secret))) expect(shown).not.to.include(secret);
        }
      }),
    );
  });
});
