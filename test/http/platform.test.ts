import { expect } from 'chai';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sleep } from '../../lib/http/abort.ts';
import { createNodeTransport } from '../../lib/http/node-transport.ts';
import { runOutsidePromise } from '../../lib/http/platform.ts';
import { createTransport } from '../../lib/http/transport.ts';
import { installFakeTimers } from '../support/fake-timers.ts';

describe('with fake timers in place of the global ones', () => {
  const server = createServer((_, res) => void res.end('{}'));
  let url = '';
  let restore = () => {};
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  after(() => server.close());
  afterEach(() => restore());

  const request = () => ({ method: 'GET', url, headers: {}, maxBytes: 100, secrets: [] });
  const transports = {
    'node-fetch': createTransport({ fetch: undefined, agent: undefined, timeoutMs: 5000 }),
    'node:http': createNodeTransport({ timeoutMs: 5000 }).transport,
  };
  for (const [name, transport] of Object.entries(transports)) {
    it(`a request over ${name} is answered`, async () => {
      await transport(request()); // node-fetch is loaded, as in any process that made a request before
      restore = installFakeTimers();
      expect((await transport(request())).status).to.equal(200);
    });
  }

  it('a wait ends, and a callback is called', async () => {
    restore = installFakeTimers();
    await sleep(1);
    await new Promise((resolve) => runOutsidePromise(resolve, undefined));
  });
});
