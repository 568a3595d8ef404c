import { expect } from 'chai';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import nock from 'nock';
import { RobloxStrategy } from '../../lib/index.ts';
import { CALLBACK_URL, CLIENT_ID, CLIENT_SECRET, CODE, FakeRoblox } from '../support/fake-roblox.ts';
import { authenticate, begin, expectSuccess } from '../support/harness.ts';

/** The fake Roblox on a real server, with its requests and connections. */
async function startRoblox() {
  const fake = new FakeRoblox();
  const asked: string[] = [];
  const connections: Socket[] = [];
  const server = http.createServer(async (req, res) => {
    asked.push(req.url ?? '');
    let body = '';
    for await (const chunk of req.setEncoding('utf8')) body += chunk;
    const init = {
      method: req.method ?? 'GET',
      headers: {},
      body,
      redirect: 'manual',
      signal: new AbortController().signal,
    } as const;
    const answer = await fake.fetch(`${url}${req.url}`, init);
    res.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  });
  server.keepAliveTimeout = 600_000;
  server.on('connection', (socket) => connections.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  fake.answerWith(() => fake.idToken({ iss: `${url}/oauth/` }));
  const strategy = new RobloxStrategy({
    clientID: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    callbackURL: CALLBACK_URL,
    baseURL: url,
    verify: ({ profile }) => profile,
  });
  return {
    asked,
    connections,
    async start() {
      const session = {};
      const { state } = await begin(strategy, fake, session);
      return { session, query: { code: CODE, state } };
    },
    finish: async (callback: { session: object; query: Record<string, unknown> }) =>
      expectSuccess(await authenticate(strategy, callback)),
    /** Waits until the background work of a start is done. */
    async idle(requests: number) {
      while (asked.length < requests) await turn();
      await turn();
    },
    /** Closes idle connections, like a server after an hour. */
    async closeIdle() {
      const closed = connections.filter((socket) => !socket.destroyed).map((socket) => once(socket, 'close'));
      server.closeIdleConnections();
      await Promise.all(closed);
      for (let count = 0; count < 3; count += 1) await turn();
    },
    closeIdleAtOnce: () => server.closeIdleConnections(),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const CERTS = '/oauth/v1/certs';
const CALLBACK = ['/oauth/v1/token', '/oauth/v1/userinfo'];

describe('the connections of a strategy without a fetch', () => {
  let roblox: Awaited<ReturnType<typeof startRoblox>>;
  beforeEach(async () => {
    nock.restore(); // it lets requests through over connections of their own
    roblox = await startRoblox();
  });
  afterEach(() => roblox.close());

  it('are a single one for twenty logins in a row, with the keys fetched once', async () => {
    for (let count = 0; count < 20; count += 1) {
      const callback = await roblox.start();
      await roblox.idle(1);
      await roblox.finish(callback);
    }
    expect(roblox.asked).to.deep.equal([CERTS, ...Array.from({ length: 20 }, () => CALLBACK).flat()]);
    expect(roblox.connections.length).to.be.at.most(2); // the first callback may come while the keys do
  });

  it('are opened again while the user is at the consent page, so that the callback needs two round trips and no handshake', async () => {
    await roblox.finish(await roblox.start());
    await roblox.closeIdle();
    const before = roblox.asked.length;
    const callback = await roblox.start();
    await roblox.idle(before + 1);
    const opened = roblox.connections.length;
    expect(roblox.asked.slice(before)).to.deep.equal([CERTS]);
    await roblox.finish(callback);
    expect(roblox.asked.slice(before + 1)).to.deep.equal(CALLBACK);
    expect(roblox.connections).to.have.length(opened);
  });

  it('lose no login when the provider has closed them right before the callback', async () => {
    for (let count = 0; count < 5; count += 1) {
      await roblox.finish(await roblox.start());
      const callback = await roblox.start();
      roblox.closeIdleAtOnce();
      await roblox.finish(callback);
    }
    expect(roblox.connections.length).to.be.at.least(5);
  });
});
