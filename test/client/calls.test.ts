import { createReadStream } from 'node:fs';
import { expect } from 'chai';
import { RobloxClient } from '../../lib/client/client.ts';
import type { NewAsset } from '../../lib/cloud/assets.ts';
import { DEMO_CLIENT, startEmulator, type Emulator } from '../../lib/emulator/index.ts';
import { ConnectionError, RobloxAPIError } from '../../lib/errors.ts';
import { sleep } from '../../lib/http/abort.ts';
import { catchError } from '../support/thrown.ts';

const MANGO = '4100000001';
const NELL = '4100000002';
const CASPER = '4100000003';
/** Owns group 7001, where Mango is a member and Nell asks to join. */
const YSOLDE = '4100000004';
const ALL_SCOPES =
  'openid profile group:read group:write asset:read asset:write universe:write user.user-notification:write';

const FILE = new URL('../../package.json', import.meta.url);
const DECAL = {
  assetType: 'Decal',
  displayName: 'A lantern',
  description: '',
  file: new Blob(['pixels'], { type: 'image/png' }),
} satisfies NewAsset;

for (const subjectType of ['public', 'pairwise'] as const) {
  describe(`the calls that change something, at the emulator with ${subjectType} IDs`, () => {
    let roblox: Emulator;
    /** IDs of the people in this app's domain. */
    let ids: Readonly<Record<string, string>>;
    before(async () => {
      roblox = await startEmulator({ subjectType });
    });
    after(() => roblox.close());
    beforeEach(async () => {
      roblox.reset();
      ids = Object.fromEntries(
        await Promise.all(
          [MANGO, NELL, CASPER, YSOLDE].map(async (user) => [user, (await (await makeClient(user)).userInfo()).sub]),
        ),
      );
    });

    async function makeClient(user: string, scope = ALL_SCOPES): Promise<RobloxClient> {
      const { access_token: accessToken } = await roblox.issueTokens({ user, scope });
      const { clientID, clientSecret } = DEMO_CLIENT;
      const options = { accessToken, clientID, clientSecret, baseURL: roblox.url, scope };
      return new RobloxClient(options, { sleep: (delayMs, signal) => sleep(delayMs / 50, signal) });
    }
    const idOf = (user: string) => ids[user] ?? '';

    it('list the memberships of several users in one request', async () => {
      const client = await makeClient(YSOLDE);
      const before = roblox.count(/memberships/);
      const memberships = await client.groups.list({ userIds: [MANGO, CASPER, NELL].map(idOf) }).toArray();
      expect(roblox.count(/memberships/) - before).to.equal(1);
      const pairs = memberships.map(({ userId, groupId }) => `${userId} in ${groupId}`);
      expect(pairs).to.have.members([`${idOf(MANGO)} in 7001`, `${idOf(MANGO)} in 7002`, `${idOf(CASPER)} in 7003`]);
      const inBuilders = memberships.find(({ groupId }) => groupId === '7001');
      // The base role, "Member", and two that were assigned.
      expect(inBuilders?.roleIds).to.have.members(['700101', '700102', '700103']);
      expect(inBuilders?.roleId).to.equal('700103');
    });

    it('give a member a role, take it away, and set one', async () => {
      const { groups } = await makeClient(YSOLDE);
      const change = { userId: idOf(MANGO), roleId: '700104' };
      const assigned = await groups.assignRole('7001', change);
      expect(assigned).to.include({ groupId: '7001', userId: idOf(MANGO), roleId: '700104' });
      expect(assigned.roleIds).to.have.members(['700101', '700102', '700103', '700104']);
      expect(await (await makeClient(MANGO)).groups.rank('7001')).to.equal(200);
      expect((await groups.assignRole('7001', change)).roleIds).to.have.members([...assigned.roleIds]);
      const unassigned = await groups.unassignRole('7001', change);
      expect(unassigned.roleIds).to.have.members(['700101', '700102', '700103']);
      const set = await groups.setRole('7001', { userId: idOf(MANGO), roleId: '700102' });
      expect(set).to.include({ roleId: '700102' });
      await groups.assignRole('7001', { userId: idOf(MANGO), roleId: '700103' });
    });

    const refusals: [string, string, { userId: () => string; roleId: string }, number][] = [
      ['the role of a guest', YSOLDE, { userId: () => idOf(MANGO), roleId: '700100' }, 400],
      ['the role of the owner', YSOLDE, { userId: () => idOf(MANGO), roleId: '700105' }, 400],
      ['a role that is not there', YSOLDE, { userId: () => idOf(MANGO), roleId: '999' }, 404],
      ['a role to a stranger', YSOLDE, { userId: () => idOf(NELL), roleId: '700102' }, 404],
      ['a role without the permission to', MANGO, { userId: () => idOf(YSOLDE), roleId: '700102' }, 403],
    ];
    for (const [name, who, { userId, roleId }, status] of refusals) {
      it(`cannot give ${name}`, async () => {
        const { groups } = await makeClient(who);
        const error = await catchError(groups.assignRole('7001', { userId: userId(), roleId }));
        expect(error).to.be.instanceOf(RobloxAPIError).with.property('status', status);
      });
    }

    it('list join requests, and accept and decline them', async () => {
      const { groups } = await makeClient(YSOLDE);
      const [request, ...more] = await groups.joinRequests('7001').toArray();
      expect(more).to.deep.equal([]);
      expect(request).to.deep.include({ userId: idOf(NELL) });
      expect(request?.createdAt.getTime()).to.be.a('number').and.not.NaN;
      expect(await groups.joinRequests('7001', { user: idOf(MANGO) }).toArray()).to.deep.equal([]);
      expect(await groups.acceptJoinRequest('7001', idOf(NELL))).to.equal(undefined);
      expect(await (await makeClient(NELL)).groups.rank('7001')).to.equal(1);
      for (const verb of ['acceptJoinRequest', 'declineJoinRequest'] as const) {
        const error = await catchError(groups[verb]('7001', idOf(NELL)));
        expect(error).to.be.instanceOf(RobloxAPIError).with.property('status', 404);
      }
    });

    it('name the scope that is missing', async () => {
      const client = await makeClient(YSOLDE, 'openid profile');
      const calls: [string, () => Promise<unknown>][] = [
        ['group:read', () => client.groups.joinRequests('7001').toArray()],
        ['group:write', () => client.groups.acceptJoinRequest('7001', idOf(NELL))],
        ['group:write', () => client.groups.assignRole('7001', { userId: idOf(MANGO), roleId: '700104' })],
        ['universe:write', () => client.experiences.restartServers('3828411590')],
        ['asset:write', () => client.assets.create({ ...DECAL, creator: { userId: idOf(YSOLDE) } })],
        [
          'user.user-notification:write',
          () => client.user.notify({ source: { universe: 'universes/3828411590' }, payload: { messageId: 'm' } }),
        ],
      ];
      for (const [scope, call] of calls) {
        const error = await catchError(call());
        expect(error, scope).to.be.instanceOf(RobloxAPIError).with.property('status', 403);
        expect(error.message).to.include(scope);
      }
    });

    it('upload a file for the account that the user chose, and return the asset', async () => {
      const asset = await (await makeClient(MANGO)).assets.create(DECAL);
      expect(asset).to.deep.include({
        assetType: 'Decal',
        displayName: 'A lantern',
        creator: { type: 'User', id: idOf(MANGO) },
        moderationState: 'MODERATION_STATE_APPROVED',
      });
      expect(asset.id).to.match(/^\d+$/);
      expect(asset.revisionCreatedAt).to.be.instanceOf(Date);
      expect(roblox.count(/^\/assets\/v1\/operations\//)).to.equal(1);
    });

    it('upload a stream of a file for a group', async () => {
      const { assets } = await makeClient(MANGO);
      const file = createReadStream(FILE);
      const model = { ...DECAL, assetType: 'Model', contentType: 'model/fbx', creator: { groupId: '7002' }, file };
      expect(await assets.create(model)).to.deep.include({ creator: { type: 'Group', id: '7002' } });
      const other = { ...DECAL, creator: { type: 'Group', id: '7003' } } as const;
      expect(await catchError(assets.create(other)))
        .to.be.instanceOf(RobloxAPIError)
        .with.property('status', 403);
    });

    it('upload again after a 429, also during the wait for the asset, but not after a 503 or a lost response', async () => {
      const { assets } = await makeClient(MANGO);
      const uploads = () => roblox.count('/assets/v1/assets');
      const soon = { headers: { 'retry-after': '0' } };
      roblox.faults.status('POST /assets/v1/assets', 429, soon);
      roblox.faults.status(/^\/assets\/v1\/operations\//, 429, soon);
      expect(await assets.create(DECAL)).to.have.property('id');
      expect(uploads()).to.equal(2);
      roblox.faults.status('POST /assets/v1/assets', 503, soon);
      expect(await catchError(assets.create(DECAL))).to.have.property('status', 503);
      expect(uploads()).to.equal(3);
      roblox.faults.destroy('POST /assets/v1/assets');
      expect(await catchError(assets.create(DECAL))).to.be.instanceOf(ConnectionError);
      expect(uploads()).to.equal(4);
    });

    it('say why an upload failed, and give up one that never ends', async () => {
      const { assets } = await makeClient(MANGO);
      roblox.faults.operation('fails', { code: 400, message: 'The picture is moderated.' });
      const failed = await catchError(assets.create(DECAL));
      expect(failed).to.be.instanceOf(RobloxAPIError).and.include({
        status: 400,
        message: 'The picture is moderated.',
      });
      roblox.faults.operation('never_ends');
      const endless = await catchError(assets.create({ ...DECAL, timeout: 600 }));
      expect(endless).to.be.instanceOf(ConnectionError).with.property('code', 'timeout');
      expect((endless as ConnectionError).url).to.match(/\/assets\/v1\/operations\/[^/]+$/);
    });

    it('read an experience, restart its servers, and explain a refusal', async () => {
      const { experiences } = await makeClient(MANGO);
      expect(await experiences.get('3828411582')).to.deep.include({
        id: '3828411582',
        displayName: 'Paper Plane Derby',
        owner: { type: 'User', id: idOf(MANGO) },
      });
      expect((await experiences.get('3828411583')).owner).to.deep.equal({ type: 'Group', id: '7002' });
      await experiences.restartServers('3828411582', { placeIds: ['1'], closeAllVersions: true });
      expect(roblox.restarts.at(-1)).to.deep.include({ universeId: '3828411582' });
      expect(await catchError(experiences.restartServers('3828411590'))).to.have.property('status', 403);
      expect(await catchError(experiences.get('1'))).to.have.property('status', 404);
    });

    it('notify the user', async () => {
      const { user } = await makeClient(MANGO);
      const source = { universe: 'universes/3828411582' };
      const payload = { messageId: 'egg', parameters: { name: { stringValue: 'golden' } } };
      const { id } = await user.notify({ source, payload });
      expect(roblox.notifications.at(-1)).to.deep.include({
        userId: MANGO,
        id,
        source,
        payload: { type: 'MOMENT', ...payload },
      });
    });
  });
}
