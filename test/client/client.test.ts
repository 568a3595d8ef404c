import { expect } from 'chai';
import { RobloxClient } from '../../lib/client/client.ts';
import type { RobloxClientOptions } from '../../lib/client/options.ts';
import { DEMO_CLIENT, startEmulator, type Emulator } from '../../lib/emulator/index.ts';
import { OAuthError, RobloxAPIError } from '../../lib/errors.ts';
import type { Tokens } from '../../lib/oauth/tokens.ts';
import { CASPER, collidingPeople, idInApp, MANGO, NELL, OTHER_CLIENT } from '../support/colliding-people.ts';
import { catchError } from '../support/thrown.ts';

const SCOPE = 'openid profile user.inventory-item:read group:read universe-messaging-service:publish';

for (const subjectType of ['public', 'pairwise'] as const) {
  describe(`a client, at the emulator with ${subjectType} IDs`, () => {
    let roblox: Emulator;
    before(async () => {
      roblox = await startEmulator(collidingPeople(subjectType));
    });
    after(() => roblox.close());
    beforeEach(() => roblox.reset());

    const idOf = (user: string) => idInApp(subjectType, user);

    /** A client of a user who has just signed in. */
    async function clientOf(user: string, change: Partial<RobloxClientOptions> = {}): Promise<RobloxClient> {
      const issued = await roblox.issueTokens({ user, scope: SCOPE });
      const { clientID, clientSecret } = DEMO_CLIENT;
      return new RobloxClient({
        accessToken: issued.access_token,
        refreshToken: issued.refresh_token,
        userId: idOf(user),
        clientID,
        clientSecret,
        baseURL: roblox.url,
        ...change,
      });
    }

    it('lists items of every kind', async () => {
      const items = await (await clientOf(MANGO)).inventory.list().toArray();
      expect(new Set(items.map((item) => item.type))).to.deep.equal(
        new Set(['asset', 'badge', 'gamePass', 'privateServer']),
      );
      for (const item of items) expect(item.id).to.match(/^\d+$/);
    });

    it('lists what a filter selects, and 240 items in 3 requests', async () => {
      const client = await clientOf(CASPER);
      const all = await client.inventory.list().toArray();
      expect(all).to.have.length(240);
      expect(roblox.count(/inventory-items/)).to.equal(3);
      const badges = await client.inventory.list({ badges: true }).toArray();
      expect(badges).to.deep.equal(all.filter((item) => item.type === 'badge'));
    });

    it('says whether the user owns items', async () => {
      const client = await clientOf(MANGO);
      expect(await client.inventory.owns({ gamePassIds: ['777'] })).to.equal(true);
      expect(await client.inventory.owns({ gamePassIds: ['777', '778'] })).to.equal(false);
      expect(await (await clientOf(NELL)).inventory.owns({ gamePassIds: ['777'] })).to.equal(false);
    });

    it('lists the groups of a user, their roles and their members', async () => {
      const client = await clientOf(MANGO);
      const memberships = await client.groups.list().toArray();
      expect(memberships.map(({ groupId }) => groupId)).to.have.members(['7001', '7002']);
      const builders = memberships.find(({ groupId }) => groupId === '7001');
      expect(builders).to.include({ userId: idOf(MANGO) });
      expect(builders?.roleIds).to.have.length(3);
      const roles = await client.groups.roles('7001').toArray();
      expect(roles.map(({ rank }) => rank)).to.include.members([0, 255]);
      const group = await client.groups.get('7001');
      expect(group).to.deep.include({ id: '7001', displayName: 'Sky Island Builders' });
      expect(group.createdAt).to.be.instanceOf(Date);
      const role = builders?.roleId ?? '';
      const members = await client.groups.memberships('7001', { role }).toArray();
      expect(members.map(({ userId }) => userId)).to.include(idOf(MANGO));
      for (const member of members) expect(member.roleIds).to.include(role);
      expect(await client.groups.membership('7001')).to.deep.equal(builders);
      expect(await client.groups.memberships('7001', { user: idOf(MANGO) }).toArray()).to.deep.equal([builders]);
    });

    it('reads the rank: of the highest role, of the owner, of a user who is not a member', async () => {
      const client = await clientOf(MANGO);
      expect(await client.groups.rank('7001')).to.equal(80);
      expect(await client.groups.rank('7002')).to.equal(255);
      expect(await client.groups.rank('7003')).to.equal(0);
      expect(await client.groups.membership('7003')).to.equal(undefined);
      expect(await (await clientOf(NELL)).groups.list().toArray()).to.deep.equal([]);
    });

    it('reads the user, and gets a thumbnail', async () => {
      const client = await clientOf(MANGO);
      expect(await client.user.get()).to.deep.include({ id: idOf(MANGO), name: 'MangoPilot', displayName: 'Mango' });
      expect(await client.user.thumbnail({ size: 420, shape: 'ROUND', format: 'PNG' })).to.match(/^http/);
      expect(await client.userInfo()).to.include({ sub: idOf(MANGO), preferred_username: 'MangoPilot' });
    });

    it('asks for a missing user ID once, for all calls that need it', async () => {
      const client = await clientOf(MANGO, { userId: undefined });
      await Promise.all([
        client.inventory.owns({ gamePassIds: ['777'] }),
        client.groups.list().toArray(),
        client.user.get(),
      ]);
      expect(roblox.count('/oauth/v1/userinfo')).to.equal(1);
    });

    it('does not confuse two people who have the same ID in two apps', async () => {
      const { access_token: accessToken } = await roblox.issueTokens({ user: NELL, client: OTHER_CLIENT.clientID });
      const nell = new RobloxClient({ accessToken, baseURL: roblox.url });
      const mango = await clientOf(MANGO);
      if (subjectType === 'pairwise') expect((await nell.userInfo()).sub).to.equal((await mango.userInfo()).sub);
      expect(await nell.user.get()).to.include({ name: 'quiet_nell' });
      expect(await mango.user.get()).to.include({ name: 'MangoPilot' });
      expect([await nell.groups.rank('7001'), await mango.groups.rank('7001')]).to.deep.equal([0, 80]);
    });

    it('publishes a message', async () => {
      const client = await clientOf(MANGO);
      const { experiences } = await client.resources();
      for (const { id } of experiences) await client.experiences.publish(id, 'news', 'hello');
      expect(roblox.messages.map(({ topic, message }) => [topic, message])).to.deep.equal(
        experiences.map(() => ['news', 'hello']),
      );
    });

    it('introspects the access token', async () => {
      const answer = await (await clientOf(MANGO)).introspect();
      expect(answer).to.include({ active: true, sub: idOf(MANGO), clientId: DEMO_CLIENT.clientID });
      expect(answer.expiresAt).to.be.instanceOf(Date);
    });

    it('makes any other call', async () => {
      const client = await clientOf(MANGO);
      const group = await client.request('GET', '/cloud/v2/groups/{group_id}', { path: { group_id: '7001' } });
      expect(group.displayName).to.equal('Sky Island Builders');
      expect(await client.request('GET', '/cloud/v2/groups/7001')).to.deep.equal(group);
      const error = await catchError(client.request('GET', '/cloud/v2/groups/999999'));
      expect(error).to.be.instanceOf(RobloxAPIError).with.property('status', 404);
    });

    it('names the scope that a private inventory needs', async () => {
      const issued = await roblox.issueTokens({ user: MANGO, scope: 'openid' });
      const client = new RobloxClient({ accessToken: issued.access_token, baseURL: roblox.url });
      const error = await catchError(client.inventory.list().toArray());
      expect(error).to.be.instanceOf(RobloxAPIError).with.property('status', 403);
      expect(error.message).to.include('user.inventory-item:read');
    });

    describe('renewing its tokens', () => {
      it('can be used inside onTokens', async () => {
        const stored: string[] = [];
        const client: RobloxClient = await clientOf(MANGO, {
          expiresAt: 0,
          onTokens: async () => {
            stored.push((await client.userInfo()).sub);
            await client.refresh();
          },
        });
        await client.groups.rank('7001');
        expect(stored).to.deep.equal([idOf(MANGO)]);
      });

      it('uses one refresh token for 50 calls at the same time', async () => {
        const stored: Tokens[] = [];
        const client = await clientOf(MANGO, { expiresAt: 0, onTokens: (tokens) => stored.push(tokens) });
        const ranks = await Promise.all(Array.from({ length: 50 }, () => client.groups.get('7001')));
        expect(ranks).to.have.length(50);
        expect(roblox.count('/oauth/v1/token')).to.equal(1);
        expect(stored).to.deep.equal([client.tokens]);
      });

      it('uses one refresh token after 50 responses of 401', async () => {
        const client = await clientOf(MANGO);
        roblox.expireAccessTokens();
        await Promise.all(Array.from({ length: 50 }, () => client.groups.get('7001')));
        expect(roblox.count('/oauth/v1/token')).to.equal(1);
      });

      it('repeats a call once after a 401, not twice', async () => {
        const client = await clientOf(MANGO);
        roblox.faults.status('/cloud/v2/groups/7001', 401, { times: Infinity });
        const error = await catchError(client.groups.get('7001'));
        expect(error).to.be.instanceOf(RobloxAPIError).with.property('status', 401);
        expect(roblox.count('/cloud/v2/groups/7001')).to.equal(2);
        expect(roblox.count('/oauth/v1/token')).to.equal(1);
      });

      it('repeats resources() once after a 401', async () => {
        const client = await clientOf(MANGO);
        roblox.expireAccessTokens();
        expect(await client.resources()).to.have.property('accounts');
      });

      it('fails all calls with the same error after one request when the authorization has ended', async () => {
        const client = await clientOf(MANGO);
        roblox.revokeAuthorizations(MANGO);
        roblox.expireAccessTokens();
        const errors = await Promise.all(Array.from({ length: 50 }, () => catchError(client.groups.get('7001'))));
        expect(new Set(errors).size).to.equal(1);
        expect(errors[0]).to.be.instanceOf(OAuthError).with.property('error', 'invalid_grant');
        expect(await catchError(client.userInfo())).to.equal(errors[0]);
        expect(roblox.count('/oauth/v1/token')).to.equal(1);
      });

      it('happens on refresh(), which returns the new tokens', async () => {
        const client = await clientOf(MANGO);
        const before = client.tokens;
        const [one, two] = await Promise.all([client.refresh(), client.refresh()]);
        expect(one).to.equal(two).and.equal(client.tokens);
        expect(one.refreshToken).to.be.a('string').that.does.not.equal(before.refreshToken);
        expect(one.expiresAt).to.be.instanceOf(Date);
        expect(one.scope).to.include('openid');
        expect(roblox.count('/oauth/v1/token')).to.equal(1);
      });

      for (const status of [429, 500, 503]) {
        it(`is not repeated after a ${status}`, async () => {
          const client = await clientOf(MANGO);
          roblox.faults.status('/oauth/v1/token', status, { times: Infinity, headers: { 'retry-after': '0' } });
          await catchError(client.refresh());
          expect(roblox.count('/oauth/v1/token')).to.equal(1);
        });
      }

      it('is not repeated after a broken connection', async () => {
        const client = await clientOf(MANGO, { expiresAt: 0 });
        roblox.faults.destroy('/oauth/v1/token', { times: Infinity });
        await catchError(client.groups.get('7001'));
        expect(roblox.count('/oauth/v1/token')).to.equal(1);
      });
    });

    describe('revoking', () => {
      it('ends the authorization, and the client refuses further calls', async () => {
        const client = await clientOf(MANGO);
        await client.revoke();
        expect(roblox.count('/oauth/v1/token/revoke')).to.equal(1);
        for (const call of [() => client.userInfo(), () => client.refresh(), () => client.groups.list().toArray()]) {
          const error = await catchError(call());
          expect(error).to.be.instanceOf(OAuthError).with.property('error', 'invalid_grant');
          expect(error.message).to.match(/sign in again/);
        }
        await client.revoke();
        expect(roblox.count('/oauth/v1/token/revoke')).to.equal(1);
      });

      it('changes nothing when it fails, and is not repeated', async () => {
        const client = await clientOf(MANGO);
        roblox.faults.status('/oauth/v1/token/revoke', 503);
        await catchError(client.revoke());
        expect(roblox.count('/oauth/v1/token/revoke')).to.equal(1);
        expect(await client.userInfo()).to.include({ sub: idOf(MANGO) });
      });
    });

    describe('when Roblox fails', () => {
      it('repeats a read after a 503 and a broken connection', async () => {
        const client = await clientOf(MANGO);
        roblox.faults.status('/cloud/v2/groups/7001', 503, { headers: { 'retry-after': '0' } });
        expect(await client.groups.get('7001')).to.include({ id: '7001' });
        roblox.faults.destroy('/cloud/v2/groups/7002');
        expect(await client.groups.get('7002')).to.include({ id: '7002' });
      });

      it('repeats a message after a 429, and not after a 503', async () => {
        const client = await clientOf(MANGO);
        const [experience] = (await client.resources()).experiences;
        const path = `/cloud/v2/universes/${experience?.id}:publishMessage`;
        roblox.faults.status(path, 429, { headers: { 'retry-after': '0' } });
        await client.experiences.publish(experience?.id ?? '', 'a', 'b');
        expect(roblox.count(path)).to.equal(2);
        roblox.faults.status(path, 503, { headers: { 'retry-after': '0' } });
        expect(await catchError(client.experiences.publish(experience?.id ?? '', 'a', 'b'))).to.have.property(
          'status',
          503,
        );
        expect(roblox.count(path)).to.equal(3);
      });

      it('repeats resources() after a 429', async () => {
        const client = await clientOf(MANGO);
        roblox.faults.status('/oauth/v1/token/resources', 429, { headers: { 'retry-after': '0' } });
        expect(await client.resources()).to.have.property('experiences');
      });

      it('throws the 429 at once when its wait is too long', async () => {
        const client = await clientOf(MANGO);
        roblox.faults.status('/cloud/v2/groups/7001', 429, { headers: { 'retry-after': '3600' } });
        const error = await catchError(client.groups.get('7001'));
        expect(error).to.be.instanceOf(RobloxAPIError).and.include({ status: 429, retryAfter: 3600 });
      });

      it('goes on after an empty page in the middle, and ends at an empty token', async () => {
        roblox.knobs.emptyMiddlePage = true;
        roblox.knobs.emptyLastToken = true;
        try {
          expect(await (await clientOf(CASPER)).inventory.list().toArray()).to.have.length(240);
        } finally {
          roblox.knobs.emptyMiddlePage = false;
          roblox.knobs.emptyLastToken = false;
        }
      });

      it('ends the wait for a page at once with its signal', async () => {
        const client = await clientOf(CASPER);
        const controller = new AbortController();
        roblox.faults.status(/inventory-items/, 429, { headers: { 'retry-after': '50' }, times: Infinity });
        const walk = client.inventory.list({ signal: controller.signal }).toArray();
        const abort = setInterval(
          () => roblox.count(/inventory-items/) > 0 && controller.abort(new Error('enough')),
          5,
        );
        try {
          expect(await catchError(walk)).to.have.property('message', 'enough');
        } finally {
          clearInterval(abort);
        }
      });
    });
  });
}

describe('an inventory of 10,000 items', () => {
  let roblox: Emulator;
  before(async () => {
    const inventory = Array.from({ length: 10_000 }, (_, index) => ({ badgeDetails: { badgeId: String(index + 1) } }));
    const user = { id: '1', username: 'a', displayName: 'A', createdAt: new Date(0), picture: null, inventory };
    roblox = await startEmulator({ users: [user] });
  });
  after(() => roblox.close());

  it('takes 100 requests, and its first item one', async () => {
    const { access_token: accessToken } = await roblox.issueTokens({ user: '1', scope: SCOPE });
    const client = new RobloxClient({ accessToken, userId: '1', baseURL: roblox.url });
    let count = 0;
    for await (const item of client.inventory.list()) {
      count += 1;
      expect(item.id).to.equal(String(count));
      if (count === 1) expect(roblox.count(/inventory-items/)).to.equal(1);
    }
    expect(count).to.equal(10_000);
    expect(roblox.count(/inventory-items/)).to.equal(100);
  });
});
