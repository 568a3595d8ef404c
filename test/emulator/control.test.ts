import { connect } from 'node:net';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';

import { expect } from 'chai';

import { startEmulator } from '../../lib/emulator/index.ts';
import type { Emulator } from '../../lib/emulator/index.ts';
import { createBench, credentials, withEmulator } from './support.ts';
import type { Bench, ParsedResponse } from './support.ts';

const MANGO = '4100000001';
const NELL = '4100000002';
const ana = { id: '12', username: 'ana', displayName: 'Ana', createdAt: '2020-02-03T04:05:06Z' };

describe('Control over HTTP', () => {
  let roblox: Emulator;
  let bench: Bench;
  beforeEach(async () => {
    roblox = await startEmulator({ control: true });
    bench = createBench(roblox);
  });
  afterEach(() => roblox.close());

  const post = (word: string, body: unknown = {}): Promise<ParsedResponse> =>
    bench.send(`/control/${word}`, { method: 'POST', body: JSON.stringify(body) });

  async function change(word: string, body: unknown = {}): Promise<unknown> {
    const { status, json, text } = await post(word, body);
    expect(status, text).to.equal(200);
    return json['result'];
  }

  async function readRank(userId: string): Promise<number> {
    const filter = encodeURIComponent(`user == 'users/${userId}'`);
    const token = await bench.token();
    const { json } = await bench.get(`/cloud/v2/groups/7001/memberships?filter=${filter}`, token);
    const [row] = json['groupMemberships'] as { role: string }[];
    if (row === undefined) return 0;
    return Number((await bench.get(`/cloud/v2/${row.role}`, token)).json['rank']);
  }

  async function listItems(userId: string): Promise<unknown[]> {
    const token = await bench.token({ user: userId, scope: 'openid user.inventory-item:read' });
    return (await bench.get(`/cloud/v2/users/${userId}/inventory-items`, token)).json['inventoryItems'] as unknown[];
  }

  it('adds, changes and removes people', async () => {
    await change('addUser', { ...ana, groups: [{ id: '7001', roleIds: ['700102'] }] });
    const tokens = await roblox.issueTokens({ user: '12' });
    expect((await bench.get('/oauth/v1/userinfo', tokens.access_token)).json).to.include({
      sub: '12',
      created_at: Date.UTC(2020, 1, 3, 4, 5, 6) / 1000,
    });
    expect(await readRank('12')).to.equal(50);
    await change('changeUser', { id: '12', displayName: 'Ana Maria' });
    expect((await bench.get('/oauth/v1/userinfo', tokens.access_token)).json['name']).to.equal('Ana Maria');
    expect(await readRank('12')).to.equal(50);
    await change('removeUser', { id: '12' });
    expect((await bench.get('/oauth/v1/userinfo', tokens.access_token)).status).to.equal(401);
    expect((await bench.get('/cloud/v2/groups/7001', tokens.access_token)).status).to.equal(401);
    const refresh = { ...credentials, grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
    expect((await bench.post('/oauth/v1/token', refresh)).json['error']).to.equal('invalid_grant');
  });

  it('adds groups, and changes roles and ranks', async () => {
    expect(await readRank(NELL)).to.equal(0);
    await change('setRank', { groupId: '7001', userId: NELL, rank: 200 });
    expect(await readRank(NELL)).to.equal(200);
    await change('setRoles', { groupId: '7001', userId: NELL, roleIds: [] });
    expect(await readRank(NELL)).to.equal(1);
    await change('removeMember', { groupId: '7001', userId: NELL });
    expect(await readRank(NELL)).to.equal(0);
    await change('addGroup', { id: '8', displayName: 'Eight', createdAt: '2020-02-03T04:05:06Z' });
    const { json } = await bench.get('/cloud/v2/groups/8', await bench.token());
    expect(json).to.include({ displayName: 'Eight', createTime: '2020-02-03T04:05:06.000Z' });
  });

  it('puts items into an inventory and takes them out', async () => {
    await change('addItem', { userId: NELL, item: { gamePassDetails: { gamePassId: '5' } } });
    expect(await listItems(NELL)).to.have.length(1);
    await change('removeItem', { userId: NELL, itemId: '5' });
    expect(await listItems(NELL)).to.have.length(0);
    expect(await listItems(MANGO)).to.have.length(6);
  });

  it('uses up quotas: of one user and app, or of all', async () => {
    const path = '/cloud/v2/groups/7001';
    const [mango, nell] = [await bench.token(), await bench.token({ user: NELL })];
    await change('spendQuota', { path, userId: MANGO, left: 1 });
    const statuses = async (token: string) => [
      (await bench.get(path, token)).status,
      (await bench.get(path, token)).status,
    ];
    expect(await statuses(mango)).to.deep.equal([200, 429]);
    expect(await statuses(nell)).to.deep.equal([200, 200]);
    const { headers } = await bench.get(path, mango);
    expect(Number(headers.get('retry-after'))).to.be.within(1, 60);
    await change('spendQuota', { path: '/cloud/v2/groups/{group_id}' });
    expect(await statuses(nell)).to.deep.equal([429, 429]);
    await change('clock/advance', { ms: 61_000 });
    expect(await statuses(nell)).to.deep.equal([200, 200]);
  });

  it('rotates keys, ends authorizations, issues and expires tokens, and sets knobs', async () => {
    const kids = async () =>
      ((await bench.get('/oauth/v1/certs')).json['keys'] as { kid: string }[]).map(({ kid }) => kid);
    const before = await kids();
    await change('rotateKeys');
    expect(await kids()).to.have.length(2);
    await change('rotateKeys', { dropOld: true });
    expect(await kids())
      .to.have.length(1)
      .and.not.deep.equal(before);
    const issue = async () => (await change('issueTokens', { scope: 'openid' })) as { access_token: string };
    const [first, second] = [await issue(), await issue()];
    const ask = async ({ access_token }: { access_token: string }) =>
      (await bench.get('/oauth/v1/userinfo', access_token)).status;
    expect([await ask(first), await ask(second)]).to.deep.equal([200, 200]);
    await change('expireAccessTokens');
    expect(await ask(first)).to.equal(401);
    const third = await issue();
    await change('revokeAuthorizations', { userId: MANGO });
    expect(await ask(third)).to.equal(401);
    expect(await change('knobs', { accessTokenTTL: 5 })).to.include({ accessTokenTTL: 5, rateLimits: false });
    expect(await issue()).to.include({ expires_in: 4 });
  });

  it('arms faults by their names, and clears them', async () => {
    const path = '/oauth/v1/certs';
    await change('faults/status', {
      target: path,
      status: 503,
      times: 2,
      headers: { 'retry-after': '9' },
      body: { a: 1 },
    });
    const bad = await bench.get(path);
    expect({ status: bad.status, json: bad.json }).to.deep.equal({ status: 503, json: { a: 1 } });
    expect(bad.headers.get('retry-after')).to.equal('9');
    await change('faults/clear');
    expect((await bench.get(path)).status).to.equal(200);
    await change('faults/redirect', { target: path, location: 'https://a.example/', times: 'always' });
    for (let time = 0; time < 3; time += 1) expect((await bench.get(path)).status).to.equal(302);
    await change('faults/clear');
    await change('faults/rewrite', { target: path, change: { keys: [] } });
    expect((await bench.get(path)).json).to.deep.equal({ keys: [] });
    await change('faults/html', { target: path, status: 502, page: '<p>' });
    expect(await bench.get(path)).to.include({ status: 502, text: '<p>' });
    await change('faults/destroy', { target: path });
    expect(await bench.get(path).catch(() => 'broken')).to.equal('broken');
    await change('faults/idToken', { kind: 'missing' });
    expect((await bench.signIn()).json).not.to.have.property('id_token');
    await change('faults/userInfoOf', { userId: NELL });
    expect((await bench.get('/oauth/v1/userinfo', await bench.token())).json['sub']).to.equal(NELL);
  });

  it('lists requests and what they changed', async () => {
    await bench.get('/oauth/v1/certs?x=1');
    const scope = 'universe-messaging-service:publish';
    const message = { topic: 'news', message: 'Hi' };
    await bench.postJson('/cloud/v2/universes/3828411582:publishMessage', message, await bench.token({ scope }));
    const look = async (word: string) => JSON.parse((await bench.get(`/control/${word}`)).text) as unknown[];
    const requests = await look('requests');
    expect(requests).to.have.length(2);
    expect(requests[0]).to.deep.include({ method: 'GET', path: '/oauth/v1/certs', status: 200, query: { x: '1' } });
    expect(await look('messages')).to.deep.equal([{ universeId: '3828411582', ...message }]);
    expect(await look('notifications')).to.deep.equal([]);
    expect(await look('restarts')).to.deep.equal([]);
    expect((await look('users'))[0]).to.include({ id: MANGO, createdAt: '2019-03-20T06:08:15.000Z' });
    expect(await change('count', { path: '/oauth/v1/certs' })).to.equal(1);
    await change('reset');
    expect(await look('requests')).to.deep.equal([]);
  });

  const mistakes: [string, unknown, RegExp][] = [
    ['addUser', { ...ana, createdAt: 'yesterday' }, /users\[0\]\.createdAt must be a valid Date/],
    ['addUser', { ...ana, displayname: 'Ana' }, /users\[0\]\.displayname is not a field here/],
    ['changeUser', { id: '1' }, /id is not the ID of a person: 1/],
    ['changeUser', { id: MANGO, createdAt: '' }, /createdAt must be a valid Date/],
    ['removeUser', {}, /id must be a string/],
    ['addGroup', { id: 8 }, /groups\[0\]\.id must be a string of digits/],
    ['setRank', { groupId: '7001', userId: MANGO, rank: 3 }, /rank 3 is no rank of group 7001/],
    ['setRank', { groupId: '1', userId: MANGO, rank: 3 }, /No group has the ID 1/],
    ['setRank', { groupId: '7001', userId: MANGO, rank: '50' }, /rank must be a number/],
    ['setRoles', { groupId: '7001', userId: MANGO, roleIds: ['9'] }, /no role 9/],
    ['setRoles', { groupId: '7001', userId: MANGO }, /roleIds must be an array/],
    ['addItem', { userId: MANGO, item: {} }, /inventory\[6\] needs assetDetails/],
    ['spendQuota', { path: '/cloud/v2/planets' }, /not an operation of the emulator/],
    ['issueTokens', { user: '1' }, /no user '1'; there are 4100000001 \(Mango\), /],
    ['issueTokens', { scopes: ['openid'] }, /issueTokens takes user, client, scope, but got scopes/],
    ['issueTokens', { scope: 'groups' }, /no scope groups/],
    ['knobs', { rateLimit: true }, /rateLimit is not a knob/],
    ['knobs', { rateLimits: 'yes' }, /rateLimits is not a knob/],
    ['faults/status', { target: '*' }, /status must be a number/],
    ['faults/status', { target: 7, status: 500 }, /target must be a string/],
    ['faults/status', { status: 500 }, /target must be a string/],
    ['faults/hang', {}, /target must be a string/],
    ['faults/hang', { target: '' }, /target of a fault must be a path/],
    ['faults/status', { target: '*', status: 5 }, /from 200 to 599, but is 5/],
    ['faults/html', { target: '*', status: 1000 }, /from 200 to 599, but is 1000/],
    ['faults/status', { target: '*', status: 500, headers: { 'a\n': 'b' } }, /Header name must be a valid HTTP token/],
    ['faults/redirect', { target: '*', location: '/\n' }, /Invalid character in header content/],
    ['faults/hang', { target: '*', times: 'x' }, /times must be a whole number above 0, or 'always'/],
    ['faults/idToken', { kind: 'wrong' }, /must be one of wrong_key/],
    ['faults/operation', { kind: 'slow' }, /fails, never_ends/],
    ['faults/rewrite', { target: '*' }, /change must be an object/],
    ['setRank', [], /body must be an object/],
  ];
  for (const [word, body, message] of mistakes) {
    it(`${word} says what is wrong with ${JSON.stringify(body)}`, async () => {
      const { status, json } = await post(word, body);
      expect(status).to.equal(400);
      expect(json['error']).to.match(message);
    });
  }

  it('lists the valid paths when one is unknown', async () => {
    const unknown = await post('makeRich');
    expect(unknown.status).to.equal(404);
    expect(unknown.json['error']).to.match(/setRank.*faults\/status/);
    expect((await bench.get('/control/secrets')).json['error']).to.match(/requests, messages/);
    expect((await post('constructor')).status).to.equal(404);
    expect((await post('faults/constructor')).status).to.equal(404);
  });

  it('has a path for each method in JavaScript, and no others', () => {
    const methods = Object.entries(roblox)
      .filter(([name, value]) => typeof value === 'function' && name !== 'close')
      .map(([name]) => name);
    const faults = Object.getOwnPropertyNames(Object.getPrototypeOf(roblox.faults)).filter(
      (name) => !/^(?:constructor|next|apply)/.test(name),
    );
    const words = [...methods, 'knobs', 'clock/advance', ...faults.map((name) => `faults/${name}`)];
    return post('').then(({ json }) => {
      const named = String(json['error'])
        .replace(/^.*For POST: /, '')
        .split(', ');
      expect(named).to.have.members(words);
    });
  });

  it('is not for web pages', async () => {
    for (const headers of [
      { origin: 'http://localhost:3000' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      const { status } = await bench.send('/control/reset', {
        method: 'POST',
        headers: headers,
      });
      expect(status).to.equal(403);
    }
  });

  it('is off by default', async () => {
    await withEmulator({}, async ({ send, get }) => {
      expect((await send('/control/reset', { method: 'POST' })).status).to.equal(404);
      expect((await get('/control/requests')).status).to.equal(404);
    });
  });

  it('accepts requests from this machine only, even if the emulator listens on other addresses', async () => {
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4')?.address;
    if (outside === undefined) return; // nothing but loopback on this machine
    await withEmulator({ control: true, host: '0.0.0.0', port: 0 }, async ({ roblox: open }) => {
      const port = Number(new URL(open.address).port);
      const socket = connect({ port, host: outside, localAddress: outside });
      socket.write(`GET /control/requests HTTP/1.1\r\nHost: ${outside}\r\n\r\n`);
      const [response] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      expect(response.toString()).to.match(/^HTTP\/1\.1 403 /);
    });
  });
});
