import { expect } from 'chai';
import { RobloxClient } from '../../lib/client/client.ts';
import { catchError } from '../support/thrown.ts';

describe('the options of a client', () => {
  const refused: [string, unknown, RegExp][] = [
    ['nothing', undefined, /options/],
    ['null', null, /options/],
    ['no access token', {}, /^accessToken/],
    ['an empty access token', { accessToken: '' }, /^accessToken/],
    ['an access token with a line break', { accessToken: 'a\r\nx: y' }, /^accessToken/],
    ['a numeric clientID', { accessToken: 'a', clientID: 7 }, /^clientID/],
    ['a user ID that is none', { accessToken: 'a', userId: 'me' }, /^userId/],
    ['a user ID that lost digits', { accessToken: 'a', userId: 2 ** 60 }, /^userId/],
    ['a base URL without TLS', { accessToken: 'a', baseURL: 'http://apis.roblox.com' }, /^baseURL/],
    ['onTokens that is none', { accessToken: 'a', onTokens: {} }, /^onTokens/],
    ['a fetch that is none', { accessToken: 'a', fetch: 'node-fetch' }, /^fetch/],
    ['a timeout of nothing', { accessToken: 'a', timeout: 0 }, /^timeout/],
    ['retries below none', { accessToken: 'a', maxRetries: -1 }, /^maxRetries/],
    ['retries without end', { accessToken: 'a', maxRetries: Infinity }, /^maxRetries/],
    ['no place for a request', { accessToken: 'a', maxConcurrency: 0 }, /^maxConcurrency/],
    ['an end that is no time', { accessToken: 'a', expiresAt: 'soon' }, /^expiresAt/],
    ['a scope that is none', { accessToken: 'a', scope: 7 }, /^scope/],
    ['a scope that is null', { accessToken: 'a', scope: null }, /^scope/],
    ['scopes that are no strings', { accessToken: 'a', scope: [7] }, /^scope/],
    ['a misspelled clientID', { accessToken: 'a', clientId: '1' }, /'clientId'.*'clientID'/],
    ['a misspelled baseURL', { accessToken: 'a', baseUrl: 'https://x.test' }, /'baseUrl'.*'baseURL'/],
    ['a misspelled onTokens', { accessToken: 'a', ontokens() {} }, /'ontokens'.*'onTokens'/],
    ['tokens that are not spread', { tokens: { accessToken: 'a' } }, /'tokens'.*spread/],
    ['an agent that is none', { accessToken: 'a', agent: 'http://proxy.test' }, /^agent/],
    ['an agent beside a fetch', { accessToken: 'a', agent: () => undefined, fetch() {} }, /^agent.*fetch/],
    ['a token type other than Bearer', { accessToken: 'a', tokenType: 'mac' }, /^tokenType/],
  ];
  for (const [name, options, message] of refused) {
    it(`refuse ${name}`, () => {
      expect(() => new RobloxClient(options as never)).to.throw(TypeError, message);
    });
  }

  for (const name of ['scope', 'maxRetries', 'maxConcurrency', 'timeout', 'baseURL', 'clientID', 'onTokens', 'fetch']) {
    it(`refuse null as ${name}`, () => {
      expect(() => new RobloxClient({ accessToken: 'a', [name]: null })).to.throw(TypeError, name);
    });
  }

  it('need no more than an access token', () => {
    const { tokens } = new RobloxClient({ accessToken: 'a' });
    expect(tokens).to.deep.equal({
      accessToken: 'a',
      refreshToken: undefined,
      idToken: undefined,
      tokenType: 'Bearer',
      scope: [],
      expiresAt: undefined,
    });
  });

  it('accept tokens as JSON or a database returns them', () => {
    const time = new Date(1_800_000_000_000);
    for (const expiresAt of [time, time.getTime(), time.toISOString()]) {
      const kept = {
        accessToken: 'a',
        refreshToken: null as never,
        idToken: null as never,
        expiresAt,
        scope: 'openid profile',
      };
      expect(new RobloxClient(kept).tokens).to.deep.include({
        refreshToken: undefined,
        scope: ['openid', 'profile'],
        expiresAt: time,
      });
    }
  });

  it('may be undefined if they have a default, and are not changed', () => {
    const options = Object.freeze({
      accessToken: 'a',
      baseURL: undefined,
      timeout: undefined,
      fetch: undefined,
      maxRetries: undefined,
      maxConcurrency: undefined,
      userId: undefined,
    });
    expect(new RobloxClient(options)).to.be.instanceOf(RobloxClient);
  });

  it('are named in the error of a method that needs them', async () => {
    const client = new RobloxClient({ accessToken: 'a' });
    for (const call of [() => client.revoke(), () => client.introspect(), () => client.resources()]) {
      expect(await catchError(call()))
        .to.be.instanceOf(TypeError)
        .with.property('message')
        .that.matches(/clientID/);
    }
    for (const options of [
      { accessToken: 'a' },
      { accessToken: 'a', refreshToken: 'r' },
      { accessToken: 'a', clientID: '1' },
    ]) {
      expect(await catchError(new RobloxClient(options).refresh()))
        .to.be.instanceOf(TypeError)
        .with.property('message')
        .that.matches(/refreshToken.*clientID/);
    }
  });
});
