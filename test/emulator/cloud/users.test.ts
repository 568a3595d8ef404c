import { expect } from 'chai';

import { startEmulator } from '../../../lib/emulator/index.ts';
import type { Emulator } from '../../../lib/emulator/index.ts';
import { createBench } from '../support.ts';
import type { Bench } from '../support.ts';

describe('Emulated users', () => {
  let roblox: Emulator;
  let bench: Bench;
  let token: string;
  before(async () => {
    roblox = await startEmulator();
    bench = createBench(roblox);
    token = await bench.token({ scope: 'openid' });
  });
  after(() => roblox.close());

  it('a user can be read without a scope, and has more fields with more scopes', async () => {
    const { json } = await bench.get('/cloud/v2/users/4100000004', token);
    expect(json).to.include({ path: 'users/4100000004', id: '4100000004', name: 'Ysolde' });
    expect(json).not.to.have.any.keys('idVerified', 'socialNetworkProfiles');
    const advanced = await bench.token({ user: '4100000004', scope: 'user.advanced:read user.social:read' });
    const own = await bench.get('/cloud/v2/users/4100000004', advanced);
    expect(own.json).to.include({ idVerified: true }).and.have.property('socialNetworkProfiles');
    expect((await bench.get('/cloud/v2/users/1', token)).status).to.equal(404);
  });

  it('a thumbnail is an operation that is done at the second poll', async () => {
    const query = 'size=420&shape=SQUARE&format=PNG';
    const started = await bench.get(`/cloud/v2/users/4100000001:generateThumbnail?${query}`, token);
    expect(started.json['done']).to.equal(false);
    expect(started.json['path']).to.match(/^users\/4100000001\/operations\/[\w-]+$/);
    const finished = await bench.get(`/cloud/v2/${String(started.json['path'])}`, token);
    expect(finished.json['done']).to.equal(true);
    const { imageUri } = finished.json['response'] as Record<string, string>;
    const picture = await fetch(String(imageUri));
    expect(picture.status).to.equal(200);
    expect(await picture.text())
      .to.include('width="420"')
      .and.include('<rect');
  });

  for (const query of ['size=1', 'size=big', 'shape=OVAL', 'format=GIF', 'format=png']) {
    it(`refuses a thumbnail with ${query}`, async () => {
      const { status, json } = await bench.get(`/cloud/v2/users/4100000001:generateThumbnail?${query}`, token);
      expect({ status, code: json['code'] }).to.deep.equal({ status: 400, code: 'INVALID_ARGUMENT' });
    });
  }

  describe('sending a notification', () => {
    const path = '/cloud/v2/users/4100000001/notifications';
    const scope = 'openid user.user-notification:write';
    const body = {
      source: { universe: 'universes/3828411582' },
      payload: { type: 'MOMENT', messageId: 'm1', parameters: { egg: { stringValue: 'royal egg' } } },
    };

    it('answers with its ID, and records the notification', async () => {
      const { status, json } = await bench.postJson(path, body, await bench.token({ scope }));
      expect(status).to.equal(200);
      expect(json).to.deep.equal({ path: `users/4100000001/notifications/${String(json['id'])}`, id: json['id'] });
      expect(roblox.notifications.at(-1)).to.deep.equal({ userId: '4100000001', id: json['id'], ...body });
    });

    it('is refused without the scope, to another person, and to an unknown one', async () => {
      expect((await bench.postJson(path, body, token)).status).to.equal(403);
      const bearer = await bench.token({ scope });
      const to = (id: string) => bench.postJson(path.replace('4100000001', id), body, bearer);
      expect((await to('4100000002')).status).to.equal(403);
      expect((await to('1')).status).to.equal(404);
    });

    const { source, payload } = body;
    const wrong: [string, unknown][] = [
      ['no source', { payload }],
      ['no payload', { source }],
      ['an experience that does not exist', { source: { universe: 'universes/1' }, payload }],
      ['a source that is no path', { source: { universe: '3828411582' }, payload }],
      ['another type', { source, payload: { ...payload, type: 'OTHER' } }],
      ['no message', { source, payload: { type: 'MOMENT' } }],
      ['a parameter without value', { source, payload: { ...payload, parameters: { egg: {} } } }],
      [
        'a parameter with two values',
        { source, payload: { ...payload, parameters: { egg: { stringValue: 'x', int64Value: 1 } } } },
      ],
      [
        'launch data over 200 bytes',
        { source, payload: { ...payload, joinExperience: { launchData: 'é'.repeat(101) } } },
      ],
    ];
    for (const [name, given] of wrong) {
      it(`is refused with ${name}`, async () => {
        const { status, json } = await bench.postJson(path, given, await bench.token({ scope }));
        expect({ status, code: json['code'] }).to.deep.equal({ status: 400, code: 'INVALID_ARGUMENT' });
      });
    }
  });
});
