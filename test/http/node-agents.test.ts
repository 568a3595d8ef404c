import { expect } from 'chai';
import nock from 'nock';
import { createNodeTransport } from '../../lib/http/node-transport.ts';
import { post, startServer } from './support.ts';

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
});
