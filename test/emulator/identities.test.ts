import { decodeJwt } from 'jose';
import { expect } from 'chai';

import { RobloxClient } from '../../lib/index.ts';
import { DEMO_CLIENT, DEMO_GROUPS, DEMO_PEOPLE, DEMO_PUBLIC_CLIENT, startEmulator } from '../../lib/emulator/index.ts';
import type { EmulatedUser, Emulator, EmulatorOptions } from '../../lib/emulator/index.ts';
import { createBench, credentials } from './support.ts';
import type { Bench } from './support.ts';

const MANGO = '4100000001';
const NELL = '4100000002';
const OWNER = '4100000004';
/** In one app Mango has the same ID that Nell has in the other app. */
const SHARED = '77';

const collide = (user: EmulatedUser): EmulatedUser => {
  if (user.id === MANGO) return { ...user, appIds: { [DEMO_CLIENT.clientID]: SHARED } };
  if (user.id === NELL) return { ...user, appIds: { [DEMO_PUBLIC_CLIENT.clientID]: SHARED } };
  return user;
};

describe('Pairwise user IDs', () => {
  const options: EmulatorOptions = { subjectType: 'pairwise', users: DEMO_PEOPLE.map(collide), groups: DEMO_GROUPS };
  let roblox: Emulator;
  let bench: Bench;
  before(async () => {
    roblox = await startEmulator(options);
    bench = createBench(roblox);
  });
  after(() => roblox.close());

  const issue = (user: string, client: string = DEMO_CLIENT.clientID) =>
    roblox.issueTokens({ user, client, scope: 'openid profile group:read asset:read user.inventory-item:read' });
  const readId = async (user: string, client?: string) =>
    String(decodeJwt((await issue(user, client)).id_token ?? '').sub);

  it('differ between apps, and are the same in every run', async () => {
    const own = await readId(OWNER);
    const other = await readId(OWNER, DEMO_PUBLIC_CLIENT.clientID);
    expect(own).to.match(/^\d+$/);
    expect(new Set([own, other, OWNER]).size).to.equal(3);
    const again = await startEmulator(options);
    const { id_token } = await again.issueTokens({ user: OWNER });
    await again.close();
    expect(decodeJwt(id_token ?? '').sub).to.equal(own);
  });

  it('are the same in ID token, access token, userinfo, introspection and resources', async () => {
    const tokens = await issue(OWNER);
    const id = await readId(OWNER);
    const introspect = async (token: string) =>
      (await bench.post('/oauth/v1/token/introspect', { ...credentials, token })).json['sub'];
    const userinfo = await bench.get('/oauth/v1/userinfo', tokens.access_token);
    const resources = await bench.post('/oauth/v1/token/resources', { ...credentials, token: tokens.access_token });
    expect(userinfo.json).to.include({ sub: id, profile: `https://www.roblox.com/users/${id}/profile` });
    expect(decodeJwt(tokens.access_token).sub).to.equal(id);
    for (const token of [tokens.access_token, tokens.refresh_token, tokens.id_token ?? '']) {
      expect(await introspect(token)).to.equal(id);
    }
    expect(resources.text).to.include(`"id":"${id}"`).and.not.include(OWNER);
  });

  it('are the IDs that Open Cloud accepts and sends: it does not know the ID in "users"', async () => {
    const { access_token: token } = await issue(OWNER);
    const [owner, mango, nell] = [await readId(OWNER), await readId(MANGO), await readId(NELL)];
    expect((await bench.get(`/cloud/v2/users/${OWNER}`, token)).status).to.equal(404);
    for (const path of [
      `users/${owner}`,
      `users/${owner}/inventory-items`,
      `users/${owner}:generateThumbnail?shape=ROUND`,
      'groups/7001',
      'groups/7001/memberships',
      'groups/7001/join-requests',
      `groups/-/memberships?filter=${encodeURIComponent(`user in ['users/${owner}', 'users/${mango}']`)}`,
      `groups/7001/memberships?filter=${encodeURIComponent(`user == 'users/${mango}'`)}`,
      'universes/3828411582',
    ]) {
      const { status, text } = await bench.get(`/cloud/v2/${path}`, token);
      expect(status, path).to.equal(200);
      for (const { id } of DEMO_PEOPLE) expect(text.replaceAll(/thumbnails\/\d+/g, ''), path).not.to.include(id);
    }
    const members = await bench.get('/cloud/v2/groups/7001/memberships', token);
    expect((members.json['groupMemberships'] as { user: string }[]).map(({ user }) => user)).to.have.members([
      `users/${mango}`,
      `users/${owner}`,
    ]);
    expect((await bench.get('/cloud/v2/groups/7001/join-requests', token)).text).to.include(`users/${nell}`);
  });

  it('may be the same for two people in two apps', async () => {
    const names: unknown[] = [];
    for (const [user, client] of [
      [MANGO, DEMO_CLIENT.clientID],
      [NELL, DEMO_PUBLIC_CLIENT.clientID],
    ] as const) {
      const { access_token } = await issue(user, client);
      expect((await bench.get('/oauth/v1/userinfo', access_token)).json['sub']).to.equal(SHARED);
      names.push((await bench.get(`/cloud/v2/users/${SHARED}`, access_token)).json['name']);
    }
    expect(names).to.deep.equal(['MangoPilot', 'quiet_nell']);
  });

  it('work with the client', async () => {
    for (const client of [DEMO_CLIENT.clientID, DEMO_PUBLIC_CLIENT.clientID]) {
      const { access_token: accessToken } = await issue(MANGO, client);
      const roblox_ = new RobloxClient({ accessToken, baseURL: roblox.url });
      expect((await roblox_.user.get()).name).to.equal('MangoPilot');
      expect(await roblox_.groups.rank('7001')).to.equal(80);
      expect(await roblox_.inventory.owns({ gamePassIds: ['777'] })).to.equal(true);
    }
  });
});
