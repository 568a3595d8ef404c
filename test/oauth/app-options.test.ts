import { expect } from 'chai';
import { Agent } from 'node:http';
import { findSlip, readApp, readCredentials } from '../../lib/oauth/app-options.ts';

const SECRET = 'RBX-a-secret';

/** An app from any options, like plain JavaScript. */
const make = (options: object) => readApp({ clientID: '1', ...options });

describe('the options of an app', () => {
  const refused: [name: string, options: object, message: RegExp][] = [
    ['an empty client ID', { clientID: ' ' }, /^clientID must be the app's client ID as a string/],
    ['a client ID that is a number', { clientID: 8165476284095951 }, /^clientID must be a string.*in quotes/],
    ['a client ID with a line break', { clientID: '1\n' }, /^clientID must be printable ASCII/],
    ['a secret with a space behind it', { clientSecret: `${SECRET} ` }, /^clientSecret must be printable ASCII/],
    ['a secret that is no string', { clientSecret: 7 }, /^clientSecret must be a string/],
    ['an unknown authentication', { clientAuthentication: 'basic' }, /^clientAuthentication must be/],
    ['an authentication without its secret', { clientAuthentication: 'client_secret_basic' }, /needs a clientSecret$/],
    ['a secret for a public client', { clientAuthentication: 'none', clientSecret: SECRET }, /leave out clientSecret$/],
    ['a base URL without TLS', { baseURL: 'http://apis.roblox.com' }, /^baseURL must be https:/],
    ['a fetch that is none', { fetch: {} }, /^fetch must be a function/],
    ['an agent that is none', { agent: 'http://proxy.test' }, /^agent must be an http.Agent/],
    ['an agent beside a fetch', { agent: new Agent(), fetch }, /^agent cannot be used together with fetch/],
    ['a time-out of nothing', { timeout: 0 }, /^timeout must be a number of milliseconds/],
    ['a time-out that no timer accepts', { timeout: 2 ** 31 }, /^timeout must be a number of milliseconds/],
  ];
  for (const [name, options, message] of refused) {
    it(`refuse ${name}, and show no secret`, () => {
      expect(() => make(options))
        .to.throw(TypeError, message)
        .with.property('message')
        .that.does.not.include(SECRET);
    });
  }

  for (const [name, options, clientAuthentication] of [
    ['the body with a secret', { clientSecret: SECRET }, 'client_secret_post'],
    ['none without a secret', {}, 'none'],
    ['none with an empty secret, as of a variable that is not set', { clientSecret: '' }, 'none'],
    ['what was chosen', { clientSecret: SECRET, clientAuthentication: 'client_secret_basic' }, 'client_secret_basic'],
  ] as const) {
    it(`authenticate the app by ${name}`, () => {
      expect(readCredentials({ clientID: '1', ...options }).clientAuthentication).to.equal(clientAuthentication);
    });
  }

  it("are Roblox's own endpoints and ten seconds for a request by default", () => {
    const { endpoints, timeoutMs } = make({});
    expect(endpoints.baseURL).to.equal('https://apis.roblox.com');
    expect(timeoutMs).to.equal(10_000);
  });

  it('need no credentials for a client with an access token only', () => {
    expect(readApp({})).to.have.keys('endpoints', 'transport');
  });
});

describe('a mistake of copying', () => {
  for (const [value, mistake] of [
    [' 1', /^has white space/],
    ['"1"', /^has quotation marks/],
    ['`1`', /^has quotation marks/],
    ['undefined', /^is the word 'undefined'/],
    ['[object Object]', /^is the word/],
    ['<your client ID>', /^is still a placeholder/],
    ['${CLIENT_ID}', /^is still a placeholder/],
    ['change_me', /^is still a placeholder/],
    ['xxxx', /^is still a placeholder/],
  ] as const) {
    it(`is found in ${value}`, () => expect(findSlip(value)).to.match(mistake));
  }

  for (const value of ['840974200211308101', 'RBX-"', 'https://example.com/cb', 'undefined1']) {
    it(`is not found in ${value}`, () => expect(findSlip(value)).to.equal(undefined));
  }
});
