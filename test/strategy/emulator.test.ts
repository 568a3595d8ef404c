import { expect } from 'chai';
import { IDTokenError, InternalOAuthError, type IDTokenErrorCode } from '../../lib/index.ts';
import {
  DEMO_CLIENT,
  DEMO_PUBLIC_CLIENT,
  startEmulator,
  type Emulator,
  type IdTokenFault,
} from '../../lib/emulator/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { collidingPeople, idInApp, MANGO, NELL, OTHER_CLIENT } from '../support/colliding-people.ts';
import { expectNoSecrets } from '../support/harness.ts';

const START = { start: '/auth/roblox', user: MANGO };

for (const subjectType of ['public', 'pairwise'] as const) {
  describe(`a login over real HTTP, through Passport on Express, at Roblox with ${subjectType} IDs`, () => {
    let roblox: Emulator;
    let app: TestApp;
    beforeEach(async () => {
      roblox = await startEmulator(collidingPeople(subjectType));
      app = await startApp(roblox);
    });
    afterEach(async () => {
      await app.close();
      await roblox.close();
    });

    it('signs a person in, with the state of the app', async () => {
      const page = await app.visitor.signIn(START);
      expect(page.status).to.equal(200);
      expect(page.json()).to.deep.include({ info: { state: { to: '/shop' } } });
      expect(page.json()).to.have.nested.property('user.username', 'MangoPilot');
      expect(page.json()).to.have.nested.property('user.id', idInApp(subjectType, MANGO));
    });

    it('does not confuse two people who have the same ID in two apps', async () => {
      const other = await startApp(roblox, { clientID: OTHER_CLIENT.clientID });
      const [mango, nell] = await Promise.all([
        app.visitor.signIn(START),
        other.visitor.signIn({ ...START, user: NELL }),
      ]);
      expect(mango.json()).to.have.nested.property('user.username', 'MangoPilot');
      expect(nell.json()).to.have.nested.property('user.username', 'quiet_nell');
      const [first, second] = [mango, nell].map((page) => (page.json() as { user: { id: string } }).user.id);
      expect(first === second).to.equal(subjectType === 'pairwise');
      await other.close();
    });

    it('signs in a person without a picture', async () => {
      const page = await app.visitor.signIn({ ...START, user: NELL });
      expect(page.json()).to.have.nested.property('user.photos').that.deep.equals([]);
    });

    for (const [name, options] of [
      ['by client_secret_basic', { clientAuthentication: 'client_secret_basic' }],
      ['without PKCE', { pkce: false }],
      ['as a public client', { clientID: DEMO_PUBLIC_CLIENT.clientID, clientSecret: undefined }],
      ['with openid alone', { scope: 'openid' }],
      ['with skipUserProfile', { skipUserProfile: true }],
    ] as const) {
      it(`signs a person in ${name}`, async () => {
        const other = await startApp(roblox, options);
        const page = await other.visitor.signIn(START);
        expect(page.status, page.body).to.equal(200);
        expect(page.json()).to.have.nested.property('user.id', idInApp(subjectType, MANGO));
        await other.close();
      });
    }

    it('gives a profile of id, profileUrl and no photos with openid alone', async () => {
      const other = await startApp(roblox, { scope: 'openid' });
      const page = await other.visitor.signIn(START);
      const { user } = page.json() as { user: object };
      expect(user).to.have.all.keys('provider', 'id', 'profileUrl', 'photos', '_raw', '_json');
      expect(user).to.deep.include({ photos: [], _json: { sub: idInApp(subjectType, MANGO) } });
      await other.close();
    });

    it("responds with 403 to a cancelled login, a replayed callback and another browser's callback", async () => {
      expect((await app.visitor.cancel(START)).status).to.equal(403);
      const callback = await app.visitor.authorize(await app.visitor.start('/auth/roblox'), {
        user: START.user,
        action: 'allow',
      });
      const stranger = await startApp(roblox);
      const foreign = await stranger.visitor.get(callback.replace(app.url, stranger.url));
      expect(foreign.status).to.equal(403);
      expect(roblox.count('/oauth/v1/token')).to.equal(0);
      expect((await app.visitor.get(callback)).status).to.equal(200);
      expect((await app.visitor.get(callback)).status).to.equal(403);
      expect(roblox.count('/oauth/v1/token')).to.equal(1);
      expect(app.errors).to.deep.equal([]);
      await stranger.close();
    });

    it('responds with 403 when the code took longer than its minute', async () => {
      const callback = await app.visitor.authorize(await app.visitor.start('/auth/roblox'), {
        user: START.user,
        action: 'allow',
      });
      roblox.clock.advance(61_000);
      expect((await app.visitor.get(callback)).status).to.equal(403);
    });

    it('uses a code once when a callback comes twice at the same time', async () => {
      const callback = await app.visitor.authorize(await app.visitor.start('/auth/roblox'), {
        user: START.user,
        action: 'allow',
      });
      roblox.faults.delay('/oauth/v1/token', 30);
      const first = app.visitor.get(callback);
      while (roblox.count('/oauth/v1/token') === 0) await new Promise((resolve) => setImmediate(resolve));
      expect((await app.visitor.get(callback)).status).to.equal(403);
      expect((await first).status).to.equal(200);
      expect(roblox.count('/oauth/v1/token')).to.equal(1);
    });

    it('needs two requests in the callback, because the start has fetched the keys', async () => {
      const callback = await app.visitor.authorize(await app.visitor.start('/auth/roblox'), {
        user: START.user,
        action: 'allow',
      });
      while (roblox.count('/oauth/v1/certs') === 0) await new Promise((resolve) => setImmediate(resolve));
      roblox.reset();
      await app.visitor.get(callback);
      expect(roblox.requests.map(({ path }) => path)).to.deep.equal(['/oauth/v1/token', '/oauth/v1/userinfo']);
    });

    it('works after Roblox has rotated its keys and dropped the old one', async () => {
      expect((await app.visitor.signIn(START)).status).to.equal(200);
      await roblox.rotateKeys({ dropOld: true });
      expect((await app.visitor.signIn(START)).status).to.equal(200);
      expect(roblox.count('/oauth/v1/certs')).to.equal(2);
    });

    const forged: [IdTokenFault, IDTokenErrorCode][] = [
      ['wrong_key', 'invalid_signature'],
      ['unknown_kid', 'unknown_key'],
      ['alg_none', 'invalid_algorithm'],
      ['hs256', 'invalid_algorithm'],
      ['issuer', 'invalid_issuer'],
      ['slashless_issuer', 'invalid_issuer'],
      ['audience', 'invalid_audience'],
      ['several_audiences', 'invalid_audience'],
      ['several_audiences_foreign_azp', 'invalid_audience'],
      ['expired', 'expired'],
      ['future_iat', 'issued_in_future'],
      ['not_before', 'not_yet_valid'],
      ['wrong_nonce', 'invalid_nonce'],
      ['missing_iss', 'missing_claim'],
      ['missing_sub', 'missing_claim'],
      ['missing_aud', 'missing_claim'],
      ['missing_exp', 'missing_claim'],
      ['missing_iat', 'missing_claim'],
      ['missing_nonce', 'missing_claim'],
      ['missing', 'missing_id_token'],
      ['garbage', 'malformed'],
    ];
    for (const [fault, code] of forged) {
      it(`refuses an ID token with the fault ${fault}`, async () => {
        roblox.faults.idToken(fault);
        expect((await app.visitor.signIn(START)).status).to.equal(500);
        expect(app.errors).to.have.length(1);
        expect(app.errors[0]).to.be.instanceOf(IDTokenError).with.property('code', code);
      });
    }

    it('refuses userinfo of another user', async () => {
      roblox.faults.userInfoOf(NELL);
      await app.visitor.signIn(START);
      expect(app.errors[0]).to.be.instanceOf(IDTokenError).with.property('code', 'subject_mismatch');
    });

    const outages: [name: string, arm: (target: string) => unknown, code: string][] = [
      ['breaks off', (target) => roblox.faults.destroy(target), 'network'],
      ['is cut short', (target) => roblox.faults.truncate(target), 'network'],
      ['never responds', (target) => roblox.faults.hang(target), 'timeout'],
      ['stops in the middle', (target) => roblox.faults.stall(target), 'timeout'],
      ['responds with 503', (target) => roblox.faults.status(target, 503), 'server_error'],
      ['redirects', (target) => roblox.faults.redirect(target, 'http://127.0.0.1:1/'), 'redirect'],
      ['responds in HTML', (target) => roblox.faults.html(target, { status: 200 }), 'invalid_body'],
      ['sends 2 MB', (target) => roblox.faults.hugeBody(target, { bytes: 2_000_000 }), 'body_too_large'],
    ];
    const PASSING = ['breaks off', 'is cut short', 'responds with 503'];
    for (const target of ['/oauth/v1/userinfo', '/oauth/v1/certs']) {
      for (const [name, arm] of outages.filter(([what]) => PASSING.includes(what))) {
        it(`signs in even if ${target} ${name} once`, async () => {
          const another = await startApp(roblox);
          arm(target);
          expect((await another.visitor.signIn(START)).status).to.equal(200);
          await another.close();
        });
      }
    }

    for (const target of ['/oauth/v1/token', '/oauth/v1/userinfo']) {
      for (const [name, arm, code] of outages) {
        it(`is an InternalOAuthError with its cause when ${target} ${name}, and the next login works`, async () => {
          const hasty = await startApp(roblox, code === 'timeout' ? { timeout: 250 } : {});
          arm(target);
          // Retried once, unlike the token request.
          if (target === '/oauth/v1/userinfo' && PASSING.includes(name)) arm(target);
          await hasty.visitor.signIn(START);
          expect(hasty.errors[0]).to.be.instanceOf(InternalOAuthError).with.nested.property('cause.code', code);
          expectNoSecrets(hasty.errors[0], DEMO_CLIENT.clientSecret);
          expect((await hasty.visitor.signIn(START)).status).to.equal(200);
          await hasty.close();
        });
      }
    }

    it('follows no redirect of a request with a code', async () => {
      roblox.faults.redirect('/oauth/v1/token', `${roblox.url}/stolen`);
      await app.visitor.signIn(START);
      expect(roblox.count('/stolen')).to.equal(0);
    });

    it('responds to a request whose verify rejects, and still works', async () => {
      let broken = true;
      const other = await startApp(roblox, {
        verify: async ({ profile }) => {
          if (broken) throw new Error('database is down');
          return profile;
        },
      });
      expect((await other.visitor.signIn(START)).status).to.equal(500);
      broken = false;
      expect((await other.visitor.signIn(START)).status).to.equal(200);
      await other.close();
    });

    it('gives verify a client for inventory and groups', async () => {
      const other = await startApp(roblox, {
        scope: ['openid', 'profile', 'user.inventory-item:read', 'group:read'],
        verify: async ({ client }) => ({
          items: await client.inventory.list().toArray({ limit: 3 }),
          groups: await client.groups.list().toArray(),
        }),
      });
      const page = await other.visitor.signIn(START);
      const { user } = page.json() as { user: { items: object[]; groups: { groupId: string }[] } };
      expect(user.items).to.have.length(3);
      expect(user.groups.map(({ groupId }) => groupId)).to.have.members(['7001', '7002']);
      await other.close();
    });
  });
}
