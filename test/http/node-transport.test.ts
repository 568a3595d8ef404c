import { expect } from 'chai';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import nock from 'nock';
import { createNodeTransport } from '../../lib/http/node-transport.ts';
import { post, startServer } from './support.ts';

// What it has in common with the transport over node-fetch: transport.test.ts.
describe('the transport of logins', () => {
  beforeEach(() => nock.restore()); // it lets requests through over connections of their own

  it('knows whether it has a connection to a host', async () => {
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

  it('expects no connection of a server that keeps none', async () => {
    const server = await startServer({ headers: { connection: 'close' } });
    const transport = createNodeTransport({ timeoutMs: 5000 });
    await post(transport, server.url);
    await turn();
    expect(transport.isConnected(server.url)).to.equal(true);
    await server.close();
  });

  it("knows nothing of the connections of an app's own fetch, and so never opens one ahead of time", () => {
    const { isConnected } = createNodeTransport({ timeoutMs: 5000, fetch: globalThis.fetch });
    expect(isConnected('https://roblox.test/')).to.equal(true);
  });
});
