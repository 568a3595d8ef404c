import { expect } from 'chai';
import { inspect } from 'node:util';
import { type RobloxStrategyOptions } from '../../lib/index.ts';
import { FakeRoblox } from '../support/fake-roblox.ts';
import { authenticate, expectError, strategyFor } from '../support/harness.ts';

describe('a relative callbackURL', () => {
  const host = { host: 'app.test:8080' };
  const behindProxy = { ...host, 'x-forwarded-proto': 'https, http', 'x-forwarded-host': 'www.app.test, inner' };
  const express = (trust: (address: string, hop: number) => boolean) => ({
    app: { get: (name: string) => (name === 'trust proxy fn' ? trust : undefined) },
    socket: { remoteAddress: '10.0.0.7' },
  });
  const cases: [name: string, options: Partial<RobloxStrategyOptions>, req: object, expected: string][] = [
    ['follows the request', {}, { headers: host }, 'http://app.test:8080/cb'],
    ['follows a request over TLS', {}, { headers: host, socket: { encrypted: true } }, 'https://app.test:8080/cb'],
    [
      'is found from `connection` too',
      {},
      { headers: host, connection: { encrypted: true } },
      'https://app.test:8080/cb',
    ],
    ['ignores what a client says of its proxy', {}, { headers: behindProxy }, 'http://app.test:8080/cb'],
    ['believes the proxy with proxy: true', { proxy: true }, { headers: behindProxy }, 'https://www.app.test/cb'],
    [
      "believes whom Express's trust proxy trusts",
      {},
      { headers: behindProxy, ...express((a) => a === '10.0.0.7') },
      'https://www.app.test/cb',
    ],
    [
      "believes nobody else under Express's trust proxy",
      {},
      { headers: behindProxy, ...express(() => false) },
      'http://app.test:8080/cb',
    ],
    [
      'is resolved against the path of the route',
      { callbackURL: 'cb' },
      { headers: host, originalUrl: '/auth/roblox?x=1' },
      'http://app.test:8080/auth/cb',
    ],
  ];
  for (const [name, options, req, expected] of cases) {
    it(name, async () => {
      const strategy = strategyFor(new FakeRoblox(), { callbackURL: '/cb', ...options });
      const told = await authenticate(strategy, { session: {}, ...req });
      if (told.verb !== 'redirect') throw new Error(inspect(told));
      expect(told.url.searchParams.get('redirect_uri')).to.equal(expected);
    });
  }

  for (const url of ['//evil.test/auth/roblox', 'http://evil.test/auth/roblox']) {
    it(`never takes its host from the request target ${url}`, async () => {
      const strategy = strategyFor(new FakeRoblox(), { callbackURL: 'cb' });
      const told = await authenticate(strategy, { session: {}, headers: { host: 'app.test' }, url });
      if (told.verb !== 'redirect') throw new Error(inspect(told));
      expect(told.url.searchParams.get('redirect_uri')).to.equal('http://app.test/auth/cb');
    });
  }

  it("follows a request over HTTP/2, whose host is its ':authority'", async () => {
    const strategy = strategyFor(new FakeRoblox(), { callbackURL: '/cb' });
    const told = await authenticate(strategy, { session: {}, headers: { ':authority': 'app.test' } });
    if (told.verb !== 'redirect') throw new Error(inspect(told));
    expect(told.url.searchParams.get('redirect_uri')).to.equal('http://app.test/cb');
  });

  it('is an error when the request does not tell its host', async () => {
    const told = await authenticate(strategyFor(new FakeRoblox(), { callbackURL: '/cb' }), { session: {} });
    expect(expectError(told).message).to.match(/callbackURL is relative/);
  });
});
