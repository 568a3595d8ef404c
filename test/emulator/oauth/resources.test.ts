import { expect } from 'chai';

import { DEMO_CLIENT, DEMO_PUBLIC_CLIENT, startEmulator, type Emulator } from '../../../lib/emulator/index.ts';
import { createBench, credentials, type Bench } from '../support.ts';

describe('The resources that an app may use', () => {
  let roblox: Emulator;
  let bench: Bench;
  before(async () => {
    roblox = await startEmulator();
    bench = createBench(roblox);
  });
  after(() => roblox.close());

  const resources = (token: unknown, as: Record<string, string> = credentials) =>
    bench.post('/oauth/v1/token/resources', { ...as, token: String(token) });

  const scope = 'openid asset:write universe-messaging-service:publish';

  it('are the experiences and accounts that the user chose', async () => {
    const chosen = ['universe:3828411583', 'creator:U', 'creator:G7002'];
    const { json: tokens } = await bench.signIn({ parameters: { scope }, resources: chosen });
    const { status, json } = await resources(tokens['access_token']);
    expect(status).to.equal(200);
    expect(json).to.deep.equal({
      resource_infos: [
        { owner: { id: '7002', type: 'Group' }, resources: { universe: { ids: ['3828411583'] } } },
        { owner: { id: '4100000001', type: 'User' }, resources: { creator: { ids: ['U', 'G7002'] } } },
      ],
    });
  });

  it('have no key for a kind that no scope is for', async () => {
    const token = await bench.token({ scope: 'universe-messaging-service:publish' });
    const { json } = await resources(token);
    expect(json).to.deep.equal({
      resource_infos: [
        { owner: { id: '4100000001', type: 'User' }, resources: { universe: { ids: ['3828411582'] } } },
        { owner: { id: '7002', type: 'Group' }, resources: { universe: { ids: ['3828411583'] } } },
      ],
    });
  });

  it('are empty when the user chose none, or there was nothing to choose', async () => {
    const { json: none } = await bench.signIn({ parameters: { scope }, resources: [] });
    expect((await resources(none['access_token'])).json).to.deep.equal({ resource_infos: [] });
    expect((await resources(await bench.token())).json).to.deep.equal({ resource_infos: [] });
  });

  it('never include what was not offered', async () => {
    const callback = await bench.authorize({ scope }, { resources: ['universe:1'] });
    expect(callback.searchParams.has('code')).to.equal(true);
    const page = await fetch(
      `${roblox.url}/oauth/v1/authorize?${new URLSearchParams({
        client_id: DEMO_CLIENT.clientID,
        redirect_uri: 'http://localhost:3000/cb',
        response_type: 'code',
        scope,
      })}`,
      {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({
          action: 'allow',
          user: '4100000001',
          resources: 'shown',
          'resource-4100000001': 'universe:1',
        }),
      },
    );
    const code = new URL(page.headers.get('location') ?? '').searchParams.get('code') ?? '';
    const { json } = await bench.post('/oauth/v1/token', { ...credentials, grant_type: 'authorization_code', code });
    expect((await resources(json['access_token'])).json).to.deep.equal({ resource_infos: [] });
  });

  it('are refused for an unknown token, another app’s token, and a client with a wrong secret', async () => {
    expect((await resources('made-up')).status).to.equal(401);
    expect((await resources(await bench.token({ client: DEMO_PUBLIC_CLIENT.clientID }))).status).to.equal(401);
    expect((await resources('x', { ...credentials, client_secret: 'wrong' })).status).to.equal(401);
    expect((await bench.post('/oauth/v1/token/resources', credentials)).status).to.equal(400);
  });

  it('are sent to a public client, which has only an ID', async () => {
    const token = await bench.token({ client: DEMO_PUBLIC_CLIENT.clientID, scope });
    expect((await resources(token, { client_id: DEMO_PUBLIC_CLIENT.clientID })).status).to.equal(200);
  });
});
