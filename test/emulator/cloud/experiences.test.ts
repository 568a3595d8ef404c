import { expect } from 'chai';

import { startEmulator } from '../../../lib/emulator/index.ts';
import type { Emulator } from '../../../lib/emulator/index.ts';
import { createBench } from '../support.ts';
import type { Bench } from '../support.ts';

describe('Emulated experiences', () => {
  let roblox: Emulator;
  let bench: Bench;
  before(async () => {
    roblox = await startEmulator();
    bench = createBench(roblox);
  });
  after(() => roblox.close());

  it('can be read without a scope, with the person or the group that owns them', async () => {
    const token = await bench.token({ user: '4100000002', scope: 'openid' });
    const { json } = await bench.get('/cloud/v2/universes/3828411582', token);
    expect(json).to.include({
      path: 'universes/3828411582',
      displayName: 'Paper Plane Derby',
      user: 'users/4100000001',
      visibility: 'PUBLIC',
    });
    expect(json).not.to.have.property('group');
    const other = await bench.get('/cloud/v2/universes/3828411583', token);
    expect(other.json).to.include({ group: 'groups/7002' }).and.not.have.property('user');
    expect((await bench.get('/cloud/v2/universes/1', token)).status).to.equal(404);
  });

  for (const [verb, scope, body, outcome] of [
    ['publishMessage', 'universe-messaging-service:publish', { topic: 'news', message: 'Hello!' }, ''],
    ['restartServers', 'universe:write', { bleedOffServers: true, bleedOffDurationMinutes: 5 }, '{}'],
  ] as const) {
    const path = `/cloud/v2/universes/3828411582:${verb}`;

    it(`${verb} answers 200, and the request is recorded`, async () => {
      const { status, text } = await bench.postJson(path, body, await bench.token({ scope }));
      expect({ status, text }).to.deep.equal({ status: 200, text: outcome });
      const universeId = '3828411582';
      const seen = verb === 'publishMessage' ? roblox.messages.at(-1) : roblox.restarts.at(-1);
      expect(seen).to.deep.equal(verb === 'publishMessage' ? { universeId, ...body } : { universeId, request: body });
    });

    it(`${verb} is refused without the scope, for an experience that was not chosen, and without JSON`, async () => {
      const narrow = await bench.postJson(path, body, await bench.token());
      expect(narrow.status).to.equal(403);
      expect(narrow.json['message']).to.include(scope);
      const bearer = await bench.token({ scope });
      expect((await bench.postJson(path.replace('582:', '590:'), body, bearer)).status).to.equal(403);
      const headers = { authorization: `Bearer ${bearer}` };
      for (const init of [{ body: '{' }, { body: JSON.stringify(body) }, {}]) {
        const type = init.body === '{' ? { 'content-type': 'application/json' } : {};
        const { status } = await bench.send(path, { method: 'POST', ...init, headers: { ...headers, ...type } });
        expect(status, JSON.stringify(init)).to.equal(400);
      }
    });
  }

  const message = { topic: 'news', message: 'x' };
  const refused: [string, unknown][] = [
    ['publishMessage', {}],
    ['publishMessage', { ...message, topic: '' }],
    ['publishMessage', { ...message, topic: 'x'.repeat(81) }],
    ['publishMessage', { topic: 'x' }],
    ['publishMessage', { ...message, message: 'x'.repeat(1025) }],
    ['publishMessage', 7],
    ['restartServers', []],
    ['restartServers', { placeIds: '1' }],
    ['restartServers', { placeIds: ['x'] }],
    ['restartServers', { closeAllVersions: 'yes' }],
    ['restartServers', { bleedOffDurationMinutes: 0 }],
    ['restartServers', { bleedOffDurationMinutes: 61 }],
    ['restartServers', { bleedOffDurationMinutes: 1.5 }],
  ];
  for (const [verb, body] of refused) {
    it(`${verb} refuses ${JSON.stringify(body).slice(0, 60)}`, async () => {
      const bearer = await bench.token({ scope: 'universe:write universe-messaging-service:publish' });
      const { status, json } = await bench.postJson(`/cloud/v2/universes/3828411582:${verb}`, body, bearer);
      expect({ status, code: json['code'] }).to.deep.equal({ status: 400, code: 'INVALID_ARGUMENT' });
    });
  }

  it('accept a message of 1,024 characters of any size in bytes', async () => {
    const bearer = await bench.token({ scope: 'universe-messaging-service:publish' });
    const body = { topic: 'news', message: 'é'.repeat(1024) };
    const { status } = await bench.postJson('/cloud/v2/universes/3828411582:publishMessage', body, bearer);
    expect(status).to.equal(200);
  });
});
