import { expect } from 'chai';
import { getEventListeners, once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RobloxClient } from '../../lib/client/client.ts';
import type { CallOptions } from '../../lib/cloud/call.ts';
import type { List } from '../../lib/cloud/pages.ts';
import { ConnectionError } from '../../lib/errors.ts';
import { catchError } from '../support/thrown.ts';

const CHANGE = { userId: '2', roleId: '99' };
const FILE = { assetType: 'Decal', displayName: 'a', description: 'b', file: new Blob(['x'], { type: 'image/png' }) };
const NOTE = { source: { universe: 'universes/7' }, payload: { messageId: 'm' } };

const walk = (list: List<unknown>) => list.toArray();

/** Every call of a client that makes a request. */
const CALLS: Readonly<Record<string, (client: RobloxClient, how: CallOptions) => Promise<unknown>>> = {
  'inventory.list': (c, how) => walk(c.inventory.list(how)),
  'inventory.owns': (c, how) => c.inventory.owns({ badgeIds: ['1'], ...how }),
  'groups.get': (c, how) => c.groups.get('7', how),
  'groups.list': (c, how) => walk(c.groups.list(how)),
  'groups.list of users': (c, how) => walk(c.groups.list({ userIds: ['1'], ...how })),
  'groups.roles': (c, how) => walk(c.groups.roles('7', how)),
  'groups.memberships': (c, how) => walk(c.groups.memberships('7', how)),
  'groups.membership': (c, how) => c.groups.membership('7', how),
  'groups.rank': (c, how) => c.groups.rank('7', how),
  'groups.assignRole': (c, how) => c.groups.assignRole('7', { ...CHANGE, ...how }),
  'groups.unassignRole': (c, how) => c.groups.unassignRole('7', { ...CHANGE, ...how }),
  'groups.setRole': (c, how) => c.groups.setRole('7', { ...CHANGE, ...how }),
  'groups.joinRequests': (c, how) => walk(c.groups.joinRequests('7', how)),
  'groups.acceptJoinRequest': (c, how) => c.groups.acceptJoinRequest('7', '2', how),
  'groups.declineJoinRequest': (c, how) => c.groups.declineJoinRequest('7', '2', how),
  'experiences.get': (c, how) => c.experiences.get('7', how),
  'experiences.restartServers': (c, how) => c.experiences.restartServers('7', how),
  'experiences.publish': (c, how) => c.experiences.publish('7', 't', 'm', how),
  'assets.create': (c, how) => c.assets.create({ ...FILE, creator: { userId: '1' }, ...how }),
  'assets.create without a creator': (c, how) => c.assets.create({ ...FILE, ...how }),
  'user.get': (c, how) => c.user.get(how),
  'user.thumbnail': (c, how) => c.user.thumbnail(how),
  'user.notify': (c, how) => c.user.notify({ ...NOTE, ...how }),
  userInfo: (c, how) => c.userInfo(how),
  resources: (c, how) => c.resources(how),
  introspect: (c, how) => c.introspect(how),
  revoke: (c, how) => c.revoke(how),
  request: (c, how) => c.request('GET', '/x', how),
};

/** A call whose request is not ended: a refresh token works once, so the response must be read. */
const UNSTOPPED: typeof CALLS = {
  refresh: (c, how) => c.refresh(how),
};

describe('every call of a client', () => {
  /** The server responds to no request until the test lets it. */
  const waiting: { req: IncomingMessage; answer(json: unknown): void; closed: Promise<unknown> }[] = [];
  let tellArrival = () => {};
  let url: string;
  const server = createServer((req, res) => {
    waiting.push({
      req,
      answer: (json) => res.end(JSON.stringify(json)),
      closed: once(res, 'close'),
    });
    req.resume();
    tellArrival();
  });
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    waiting.length = 0;
  });

  const arrival = async () => {
    if (waiting.length === 0) await new Promise<void>((resolve) => (tellArrival = resolve));
    return waiting[0]!;
  };
  const makeClient = () =>
    new RobloxClient({ accessToken: 'a', refreshToken: 'r', clientID: '1', userId: '42', baseURL: url });

  for (const [name, call] of Object.entries(CALLS)) {
    it(`ends its HTTP request with its signal: ${name}`, async () => {
      const controller = new AbortController();
      const called = catchError(call(makeClient(), { signal: controller.signal }));
      const { closed } = await arrival();
      controller.abort(new Error('enough'));
      expect(await called).to.have.property('message', 'enough');
      await closed;
      expect(waiting).to.have.length(1);
      expect(await catchError(call(makeClient(), { signal: controller.signal }))).to.have.property('message', 'enough');
      expect(waiting).to.have.length(1);
    });

    it(`ends its HTTP request after its time-out, and names it: ${name}`, async () => {
      const called = catchError(call(makeClient(), { timeout: 40 }));
      const { req, closed } = await arrival();
      const error = await called;
      expect(error)
        .to.be.instanceOf(ConnectionError)
        .and.include({
          code: 'timeout',
          method: req.method,
          url: url + new URL(req.url ?? '', url).pathname,
        });
      await closed;
    });
  }

  for (const [name, call] of Object.entries(UNSTOPPED)) {
    it(`ends its wait, and not its request, with its signal: ${name}`, async () => {
      const controller = new AbortController();
      const client = makeClient();
      const called = catchError(call(client, { signal: controller.signal }));
      const { answer, closed } = await arrival();
      controller.abort(new Error('enough'));
      expect(await called).to.have.property('message', 'enough');
      answer({ access_token: 'b', refresh_token: 's', token_type: 'Bearer', expires_in: 900 });
      await closed;
      const fresh = makeClient();
      expect(await catchError(call(fresh, { signal: controller.signal }))).to.have.property('message', 'enough');
      expect(waiting, 'nothing begins with a signal that has ended').to.have.length(1);
    });

    it(`ends its wait after its time-out: ${name}`, async () => {
      const error = await catchError(call(makeClient(), { timeout: 40 }));
      expect(error).to.be.instanceOf(ConnectionError).with.property('code', 'timeout');
    });
  }

  it('renews the tokens for waiting calls when a signal ends a revocation', async () => {
    const controller = new AbortController();
    const client = makeClient();
    const revoked = catchError(client.revoke({ signal: controller.signal }));
    const { closed } = await arrival();
    const renewed = client.refresh();
    controller.abort(new Error('enough'));
    expect(await revoked).to.have.property('message', 'enough');
    await closed;
    while (waiting.length < 2) await new Promise<void>((resolve) => (tellArrival = resolve));
    waiting[1]?.answer({ access_token: 'b', refresh_token: 's', token_type: 'Bearer', expires_in: 900 });
    expect(await renewed).to.include({ accessToken: 'b', refreshToken: 's' });
  });

  it('keeps the tokens of a renewal that nobody waits for any more', async () => {
    const controller = new AbortController();
    const client = makeClient();
    const called = catchError(client.refresh({ signal: controller.signal }));
    const { answer } = await arrival();
    controller.abort(new Error('enough'));
    await called;
    const joined = client.refresh();
    answer({ access_token: 'b', refresh_token: 's', token_type: 'Bearer', expires_in: 900 });
    expect(await joined).to.include({ accessToken: 'b', refreshToken: 's' });
    expect(waiting).to.have.length(1);
  });

  it('has a time-out of its own, longer or shorter than the client’s', async () => {
    const client = new RobloxClient({ accessToken: 'a', baseURL: url, timeout: 30, maxRetries: 0 });
    const slow = client.request('GET', '/slow', { timeout: 5000 });
    const { answer } = await arrival();
    const error = await catchError(client.request('GET', '/x'));
    expect(error).to.be.instanceOf(ConnectionError).with.property('code', 'timeout');
    answer({ ok: true });
    expect(await slow).to.deep.equal({ ok: true });
  });

  it('leaves no listener on a signal that is used for many calls', async () => {
    const { signal } = new AbortController();
    const fetch = async () => new Response('{"groupMemberships":[],"active":true,"resource_infos":[]}');
    const client = new RobloxClient({ accessToken: 'a', clientID: '1', userId: '42', baseURL: url, fetch });
    for (let count = 0; count < 20; count += 1) {
      const how = { signal, timeout: 10_000 };
      await client.groups.rank('7', how);
      await client.groups.list(how).toArray();
      await Promise.all([client.introspect(how), client.resources(how), client.request('GET', '/x', how)]);
    }
    expect(getEventListeners(signal, 'abort')).to.deep.equal([]);
  });

  it("ends only its own wait for the user's ID, which other calls wait for too", async () => {
    const controller = new AbortController();
    const client = new RobloxClient({ accessToken: 'a', baseURL: url });
    const left = catchError(client.user.get({ signal: controller.signal }));
    const stays = client.user.get();
    const { answer } = await arrival();
    controller.abort(new Error('enough'));
    expect(await left).to.have.property('message', 'enough');
    tellArrival = () => waiting[1]?.answer({ id: '5' });
    answer({ sub: '5' });
    expect(await stays).to.include({ id: '5' });
  });
});
