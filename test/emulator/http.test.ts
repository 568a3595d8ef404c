import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';

import { expect } from 'chai';

import { createVisitor, startEmulator } from '../../lib/emulator/index.ts';
import { credentials, withEmulator } from './support.ts';

describe('The HTTP server of the emulator', () => {
  it('says that its port is taken', async () => {
    await withEmulator({}, async ({ roblox }) => {
      const outcome = await startEmulator({ port: Number(new URL(roblox.url).port) }).catch((error: unknown) => error);
      expect(outcome).to.have.property('code', 'EADDRINUSE');
    });
  });

  it('closes at once, with open connections too', async () => {
    const roblox = await startEmulator();
    roblox.faults.hang('/oauth/v1/certs');
    roblox.faults.delay('/slow', 60_000);
    const visitor = createVisitor({ baseURL: roblox.url });
    await visitor.get('/');
    const pending = [fetch(`${roblox.url}/oauth/v1/certs`), fetch(`${roblox.url}/slow`)];
    const outcomes = Promise.allSettled(pending);
    const idle = connect(Number(new URL(roblox.url).port), '127.0.0.1');
    await once(idle, 'connect');
    idle.on('error', () => undefined);
    while (roblox.count(/slow|certs/) < 2) await new Promise((resolve) => setImmediate(resolve));
    await roblox.close();
    expect((await outcomes).map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    visitor.close();
  });

  it('answers 413 to a body over 1 MiB, everywhere, while it is still being sent', async () => {
    await withEmulator({}, async ({ roblox, token, send }) => {
      const authorization = `Bearer ${await token()}`;
      const paths = ['/oauth/v1/token', '/oauth/v1/token/introspect', '/oauth/v1/token/revoke', '/oauth/v1/authorize'];
      for (const path of [...paths, '/oauth/v1/userinfo', '/cloud/v2/universes/1:publishMessage', '/nowhere']) {
        const body = 'x'.repeat(1024 * 1024 + 1);
        const { status } = await send(path, { method: 'POST', body, headers: { authorization } });
        expect(status, path).to.equal(413);
        expect(roblox.requests.at(-1)).to.include({ path, status: 413 });
      }
      const { port, hostname } = new URL(roblox.url);
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.write('POST /oauth/v1/token HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n');
      socket.write(`200000\r\n${'x'.repeat(0x200000)}\r\n`);
      const [response] = (await once(socket, 'data')) as [Buffer];
      expect(response.toString()).to.match(/^HTTP\/1\.1 413 /);
      socket.destroy();
    });
  });

  it('keeps a log of requests and counters, and forgets them on reset', async () => {
    await withEmulator({ requestsKept: 3 }, async ({ roblox, get, post }) => {
      await post('/oauth/v1/token?x=1', { ...credentials, grant_type: 'nothing' });
      await get('/oauth/v1/certs');
      await get('/oauth/v1/certs');
      const [first] = roblox.requests;
      expect(first).to.include({ method: 'POST', path: '/oauth/v1/token', status: 400 });
      expect(first?.query.get('x')).to.equal('1');
      expect(first?.form).to.deep.equal({ ...credentials, grant_type: 'nothing' });
      expect(roblox.count('/oauth/v1/certs')).to.equal(2);
      expect(roblox.count(/^\/oauth\//)).to.equal(3);
      await get('/');
      expect(roblox.requests).to.have.length(3);
      expect(roblox.requests.at(-1)).to.include({ path: '/', status: 200 });
      expect(roblox.connections).to.be.within(1, 4);
      roblox.reset();
      expect(roblox.requests).to.have.length(0);
      expect(roblox.count(/./)).to.equal(0);
      expect(roblox.connections).to.equal(0);
    });
  });

  it('accepts only known host names and IP addresses, so that no web page can reach it by DNS rebinding', async () => {
    await withEmulator({ url: 'http://roblox.internal:4000', hosts: ['roblox'] }, async ({ roblox }) => {
      const ask = async (host: string) => {
        const request = get(`${roblox.address}/oauth/v1/certs`, { headers: { host } });
        const [response] = (await once(request, 'response')) as [IncomingMessage];
        response.resume();
        return response.statusCode;
      };
      for (const host of ['localhost', 'localhost:1', 'app.localhost', '127.0.0.1:80', '[::1]:80', '10.0.0.7']) {
        expect(await ask(host), host).to.equal(200);
      }
      for (const host of ['roblox', 'roblox:4000', 'roblox.internal:4000']) expect(await ask(host), host).to.equal(200);
      for (const host of ['evil.example', 'localhost.evil.example', 'roblox.evil.example', '127.0.0.1.evil.example']) {
        expect(await ask(host), host).to.equal(421);
      }
    });
  });
});
