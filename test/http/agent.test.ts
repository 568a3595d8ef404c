import { expect } from 'chai';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import nock from 'nock';
import { createNodeTransport } from '../../lib/http/node-transport.ts';
import { createTransport, type AgentChoice, type HttpSettings, type Transport } from '../../lib/http/transport.ts';

/** An agent that records the hosts of its connections. */
class NotingAgent extends http.Agent {
  readonly noted: string[] = [];
  override createConnection(...[options, callback]: Parameters<http.Agent['createConnection']>) {
    this.noted.push(`${options.host}:${options.port}`);
    return super.createConnection(options, callback);
  }
}

const transports: [name: string, make: (settings: HttpSettings) => Transport][] = [
  ['node-fetch', (settings) => createTransport(settings)],
  ['node:http', (settings) => createNodeTransport(settings).transport],
];

for (const [name, make] of transports) {
  describe(`the agent of requests over ${name}`, () => {
    const server = http.createServer((_, res) => void res.end('{}'));
    const original = http.globalAgent;
    let host = '';
    before(async () => {
      nock.restore(); // it lets requests through over connections of their own
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterEach(() => void (http.globalAgent = original));
    after(() => {
      server.closeAllConnections();
      server.close();
    });

    const settings = (agent?: AgentChoice) => ({ fetch: undefined, agent, timeoutMs: 5000 });
    const get = (transport: Transport) =>
      transport({ method: 'GET', url: `http://${host}/path`, headers: {}, maxBytes: 100, secrets: [] });

    it('is the one of the settings', async () => {
      const agent = new NotingAgent();
      await get(make(settings(agent)));
      expect(agent.noted).to.deep.equal([host]);
    });

    it('is the one that a function gives for a URL', async () => {
      const agent = new NotingAgent();
      const asked: string[] = [];
      await get(make(settings((url) => (asked.push(url.href), agent))));
      expect(agent.noted).to.deep.equal([host]);
      expect(new Set(asked)).to.deep.equal(new Set([`http://${host}/path`]));
    });

    it('is the default when the function returns none', async () => {
      expect((await get(make(settings(() => undefined)))).status).to.equal(200);
    });

    it('for another protocol is a TypeError that says so', async () => {
      const transport = make(settings(new https.Agent()));
      const error: unknown = await get(transport).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(TypeError);
      expect(String(error)).to.include('agent cannot be used for http://127.0.0.1');
    });

    it('may change between requests', async () => {
      const agent = new NotingAgent();
      const changing = settings();
      const transport = make(changing);
      await get(transport);
      changing.agent = agent;
      await get(transport);
      expect(agent.noted).to.deep.equal([host]);
    });

    it('is http.globalAgent, also when the app replaces it after the first request', async () => {
      const transport = make(settings());
      await get(transport);
      const agent = new NotingAgent();
      http.globalAgent = agent;
      await get(transport);
      expect(agent.noted).to.deep.equal([host]);
      const plain = new http.Agent(); // of Node's own class, but not Node's own agent
      let connections = 0;
      const connect = plain.createConnection.bind(plain);
      plain.createConnection = (...args) => ((connections += 1), connect(...args));
      http.globalAgent = plain;
      await get(transport);
      expect(connections).to.equal(1);
    });
  });
}
