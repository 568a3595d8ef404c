import { expect } from 'chai';
import { RobloxClient } from '../../lib/client/client.ts';
import type { RobloxClientOptions } from '../../lib/client/options.ts';
import { ConnectionError, RobloxAPIError } from '../../lib/errors.ts';
import { catchError } from '../support/thrown.ts';
import { serve, type Served } from './support.ts';

describe('on the wire', () => {
  let server: Served;
  let answer: Parameters<typeof serve>[0] = (_, res) => res.end('{}');
  before(async () => {
    server = await serve((req, res, body) => answer(req, res, body));
  });
  after(() => server.close());
  beforeEach(() => {
    server.requests.length = 0;
  });

  const clientOf = (change: Partial<RobloxClientOptions> = {}) =>
    new RobloxClient({ accessToken: 'token-1', userId: '1', baseURL: server.url, maxRetries: 0, ...change });

  for (const status of [301, 302, 303, 307, 308]) {
    it(`a ${status} is never followed, not even to the same host`, async () => {
      answer = (_, res) => res.writeHead(status, { location: '/elsewhere' }).end();
      for (const fetch of [undefined, globalThis.fetch as never]) {
        const error = await catchError(clientOf({ fetch }).request('GET', '/cloud/v2/x'));
        expect(error).to.be.instanceOf(ConnectionError).with.property('code', 'redirect');
      }
      expect(server.requests.map(({ path }) => path)).to.deep.equal(['/cloud/v2/x', '/cloud/v2/x']);
    });
  }

  it('no more than 10 MiB of a body are read', async () => {
    answer = (_, res) => {
      res.on('error', () => {});
      const chunk = Buffer.alloc(1024 * 1024, ' ');
      const more = () => {
        while (!res.destroyed && res.write(chunk));
        if (!res.destroyed) res.once('drain', more);
      };
      more();
    };
    const error = await catchError(clientOf().request('GET', '/x'));
    expect(error).to.be.instanceOf(ConnectionError).with.property('code', 'body_too_large');
  });

  it('10 MiB are read', async () => {
    const text = JSON.stringify('x'.repeat(10 * 1024 * 1024 - 2));
    answer = (_, res) => res.end(text);
    expect(await clientOf().request('GET', '/x')).to.have.length(text.length - 2);
  });

  it('an HTML page and an empty error are errors with their status', async () => {
    answer = (_, res) => res.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>');
    expect(await catchError(clientOf().groups.get('7')))
      .to.be.instanceOf(RobloxAPIError)
      .with.property('status', 502);
    answer = (_, res) => res.writeHead(401).end();
    expect(await catchError(clientOf().groups.get('7')))
      .to.be.instanceOf(RobloxAPIError)
      .with.property('status', 401);
  });

  it('a server that does not respond is an error after the time-out', async () => {
    answer = () => {};
    const error = await catchError(clientOf({ timeout: 20 }).request('GET', '/x'));
    expect(error).to.be.instanceOf(ConnectionError).with.property('code', 'timeout');
  });

  it('a 429 is thrown at once when its wait would end after the time-out of the call', async () => {
    answer = (_, res) => res.writeHead(429, { 'retry-after': '30' }).end();
    const from = performance.now();
    const error = await catchError(clientOf({ maxRetries: 2 }).request('GET', '/x', { timeout: 2000 }));
    expect(error).to.be.instanceOf(RobloxAPIError).and.to.include({ status: 429, retryAfter: 30 });
    expect(performance.now() - from).to.be.below(1000);
    expect(server.requests).to.have.length(1);
  });

  it('a call waits for the 60 s that the server asks', async () => {
    answer = (_, res) => res.writeHead(429, { 'retry-after': '60' }).end();
    const controller = new AbortController();
    const called = catchError(clientOf({ maxRetries: 2 }).request('GET', '/x', { signal: controller.signal }));
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const first = await Promise.race([called, new Promise((resolve) => setTimeout(resolve, 200, 'waits'))]);
    controller.abort(new Error('enough'));
    expect(first).to.equal('waits');
    expect(await called).to.have.property('message', 'enough');
    expect(server.requests).to.have.length(1);
  });

  it('a signal ends a request in flight, and stops one that has not begun', async () => {
    const controller = new AbortController();
    answer = () => controller.abort(new Error('enough'));
    const { signal } = controller;
    expect(await catchError(clientOf().request('GET', '/x', { signal }))).to.have.property('message', 'enough');
    expect(await catchError(clientOf().request('GET', '/x', { signal }))).to.have.property('message', 'enough');
    expect(await catchError(clientOf().inventory.list({ signal }).toArray())).to.have.property('message', 'enough');
    expect(server.requests).to.have.length(1);
  });

  it('no more requests are in flight than maxConcurrency says', async () => {
    let inFlight = 0;
    let most = 0;
    answer = (_, res) => {
      most = Math.max(most, (inFlight += 1));
      setImmediate(() => {
        inFlight -= 1;
        res.end('{}');
      });
    };
    const client = clientOf({ maxConcurrency: 3 });
    await Promise.all(Array.from({ length: 30 }, () => client.request('GET', '/x')));
    expect(server.requests).to.have.length(30);
    expect(most).to.be.at.most(3);
  });

  it('a call is tried again as often as maxRetries says', async () => {
    answer = (_, res) => res.writeHead(429, { 'retry-after': '0' }).end();
    expect(await catchError(clientOf({ maxRetries: 1 }).request('POST', '/x'))).to.include({
      status: 429,
      retryAfter: undefined,
    });
    expect(server.requests).to.have.length(2);
    await catchError(clientOf({ maxRetries: undefined }).request('POST', '/x'));
    expect(server.requests).to.have.length(5);
  });

  it('the token goes to no other host, whatever the path', async () => {
    const paths = [
      'https://evil.test/',
      '//evil.test/',
      '/\\evil.test',
      '/..//evil.test',
      '/x?y',
      '/x#y',
      'x',
      '',
      '/\t/evil.test',
    ];
    for (const path of paths) {
      expect(await catchError(clientOf().request('GET', path)), path).to.be.instanceOf(TypeError);
    }
    expect(server.requests).to.deep.equal([]);
  });

  it('userinfo without a user ID is an error', async () => {
    for (const body of ['{}', '{"sub":""}', '{"sub":7}', '{"sub":"../7"}', '[]', 'null']) {
      answer = (_, res) => res.end(body);
      const error = await catchError(clientOf({ userId: undefined }).user.get());
      expect(error, body).to.be.instanceOf(ConnectionError).with.property('code', 'invalid_body');
    }
    expect(server.count('/cloud')).to.equal(0);
  });

  it('the user ID is asked for again after the first request for it failed', async () => {
    answer = (_, res) => res.writeHead(500).end();
    const client = clientOf({ userId: undefined });
    await catchError(client.user.get());
    answer = (req, res) => res.end(req.url?.endsWith('userinfo') ? '{"sub":"5"}' : '{"id":"5"}');
    expect(await client.user.get()).to.include({ id: '5' });
    expect(await client.user.get()).to.include({ id: '5' });
    expect(server.count('/oauth/v1/userinfo')).to.equal(2);
  });
});
