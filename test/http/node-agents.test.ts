import { expect } from 'chai';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import nock from 'nock';
import { createNodeTransport } from '../../lib/http/node-transport.ts';

/** A server that counts its connections. */
async function startServer(options: { headers?: Record<string, string>; keepAliveTimeout?: number } = {}) {
  const connections: Socket[] = [];
  const server = http.createServer((req, res) => {
    req.resume().on('end', () => res.writeHead(200, options.headers).end('{"keys":[]}'));
  });
  server.keepAliveTimeout = options.keepAliveTimeout ?? 600_000;
  server.on('connection', (socket) => connections.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    connections,
    /** Closes the idle connections, as providers do after some time. */
    closeIdle: () => server.closeIdleConnections(),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const post = (to: ReturnType<typeof createNodeTransport>, url: string) =>
  to.transport({ method: 'POST', url, headers: {}, body: 'code=1', maxBytes: 1000, secrets: [] });

describe('the connections of logins', () => {
  let now = 0;
  const { now: realNow } = Date;
  beforeEach(() => {
    nock.restore(); // it lets requests through over connections of their own
    now = realNow();
    Date.now = () => now;
  });
  afterEach(() => {
    Date.now = realNow;
  });

  it('are a single one for requests one after the other, of all transports', async () => {
    const server = await startServer();
    for (let count = 0; count < 5; count += 1) await post(createNodeTransport({ timeoutMs: 5000 }), server.url);
    expect(server.connections).to.have.length(1);
    await server.close();
  });

  it('are opened again when the server has closed them, and no request is lost', async () => {
    const server = await startServer();
    const transport = createNodeTransport({ timeoutMs: 5000 });
    for (let count = 1; count < 6; count += 1) {
      expect((await post(transport, server.url)).status).to.equal(200);
      expect(server.connections).to.have.length(count);
      server.closeIdle(); // in the same turn as the next request
    }
    await server.close();
  });

  it('are closed after 55 idle seconds by the wall clock, for a machine that slept', async () => {
    const server = await startServer();
    const transport = createNodeTransport({ timeoutMs: 5000 });
    await post(transport, server.url);
    now += 54_000;
    await post(transport, server.url);
    expect(server.connections).to.have.length(1);
    now += 56_000;
    await post(transport, server.url);
    expect(server.connections).to.have.length(2);
    await server.close();
  });

  it('are closed before the time that the server announces', async () => {
    const server = await startServer({ headers: { 'keep-alive': 'timeout=5' } });
    const transport = createNodeTransport({ timeoutMs: 5000 });
    await post(transport, server.url);
    now += 3000;
    await post(transport, server.url);
    expect(server.connections).to.have.length(1);
    now += 4500;
    await post(transport, server.url);
    expect(server.connections).to.have.length(2);
    await server.close();
  });

  it('are known to be open or not', async () => {
    const server = await startServer();
    const other = await startServer();
    const transport = createNodeTransport({ timeoutMs: 5000 });
    expect(transport.isConnected(server.url)).to.equal(false);
    const response = post(transport, server.url);
    await turn();
    expect(transport.isConnected(server.url), 'in use').to.equal(true);
    await response;
    await turn();
    expect(transport.isConnected(server.url), 'idle').to.equal(true);
    expect(transport.isConnected(other.url)).to.equal(false);
    const [connection] = server.connections;
    server.closeIdle();
    await once(connection!, 'close');
    await turn();
    await turn();
    expect(transport.isConnected(server.url), 'closed').to.equal(false);
    await Promise.all([server.close(), other.close()]);
  });

  it('are not expected when the server keeps none', async () => {
    const server = await startServer({ headers: { connection: 'close' } });
    const transport = createNodeTransport({ timeoutMs: 5000 });
    await post(transport, server.url);
    await turn();
    expect(transport.isConnected(server.url)).to.equal(true);
    await server.close();
  });
});
