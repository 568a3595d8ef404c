import { expect } from 'chai';
import {
  connect,
  IMANI,
  MANGO,
  readMessage,
  NELL,
  press,
  SAM,
  signIn,
  startConnecting,
  startTestSite,
  readText,
} from './support.ts';
import type { TestSite } from './support.ts';
import type { Visitor } from '../../lib/emulator/index.ts';

describe('the site for linked roles', () => {
  let site: TestSite;
  let sam: Visitor;
  beforeEach(async () => {
    site = await startTestSite();
    sam = site.visitor();
  });
  afterEach(() => site.close());

  const listRoles = (discordId: string) => site.local.listRoles(discordId);

  it('shows both accounts on one page, and what Discord was told', async () => {
    await signIn(sam);
    const { body } = await connect(sam);
    expect(readMessage(body)).to.equal('MangoPilot is connected. Discord will know in a few seconds.');
    await site.work();
    const page = readText((await sam.get('/')).body);
    expect(page).to.include('Sam Your Discord account').and.to.include('@MangoPilot');
    expect(page).to.include('Rank in the group 80 Owns the pass Yes Has the badge Yes On Roblox since Mar 20, 2019');
    expect(listRoles(SAM)).to.deep.equal(['Builder', 'Supporter', 'Explorer', 'Veteran']);
    expect(site.log).to.deep.equal([]);
  });

  it('says so when a person cancels at either provider', async () => {
    expect(readMessage((await sam.cancel({ start: '/auth/discord' })).body)).to.equal(
      'You cancelled at Discord, and nothing has changed.',
    );
    await signIn(sam);
    const callback = await sam.authorize(await startConnecting(sam), { action: 'cancel' });
    expect(readMessage((await sam.get(callback)).body)).to.equal('You cancelled at Roblox, and nothing has changed.');
  });

  it('refuses a callback that comes a second time, and keeps the person signed in', async () => {
    await signIn(sam);
    const callback = await sam.authorize(await startConnecting(sam), { user: MANGO });
    await sam.get(callback);
    const { status, body } = await sam.get(callback);
    expect(status).to.equal(403);
    expect(readMessage(body)).to.include('was used before');
    expect(readText(body)).to.include('@MangoPilot');
  });

  it('lets a person connect two accounts, choose the main one, and disconnect it', async () => {
    await signIn(sam);
    await connect(sam, MANGO);
    await connect(sam, NELL);
    await site.work();
    expect(listRoles(SAM)).to.include('Builder');
    expect((await press(sam, `/accounts/${NELL}/main`)).status).to.equal(200);
    site.advance(5000);
    await site.work();
    expect(listRoles(SAM)).to.deep.equal(['Veteran']);
    await press(sam, `/accounts/${NELL}/disconnect`);
    site.advance(5000);
    await site.work();
    expect(listRoles(SAM), 'the other account is the main one again').to.include('Builder');
    expect(await site.vault.client(NELL)).to.equal(undefined);
    expect(site.local.roblox.count('/oauth/v1/token/revoke')).to.equal(1);
  });

  it('removes everything when the last account is disconnected', async () => {
    await signIn(sam);
    await connect(sam);
    await site.work();
    await press(sam, `/accounts/${MANGO}/disconnect`);
    expect(readText((await sam.get('/')).body)).not.to.include('@MangoPilot');
    site.advance(5000);
    await site.work();
    expect(listRoles(SAM)).to.deep.equal([]);
    expect(site.local.discord.connections.has(SAM)).to.equal(false);
  });

  it('connects an account again that was just disconnected', async () => {
    await signIn(sam);
    await connect(sam);
    await press(sam, `/accounts/${MANGO}/disconnect`);
    await connect(sam);
    await site.work();
    expect(listRoles(SAM)).to.include('Builder');
  });

  describe('when a Roblox account belongs to another Discord account', () => {
    let imani: Visitor;
    beforeEach(async () => {
      await signIn(sam);
      await connect(sam);
      await site.work();
      imani = site.visitor();
      await signIn(imani, IMANI);
    });

    it('asks its owner whether to move it, and changes nothing before they agree', async () => {
      const { body } = await connect(imani);
      expect(readText(body)).to.include('Move MangoPilot here?').and.not.to.include('Sam');
      await site.work();
      expect([listRoles(SAM).length, listRoles(IMANI).length]).to.deep.equal([4, 0]);
    });

    it('moves it, with its roles', async () => {
      await connect(imani);
      expect(readMessage((await press(imani, '/move')).body)).to.equal('MangoPilot was moved to your Discord account.');
      site.advance(5000);
      await site.work();
      expect([listRoles(SAM).length, listRoles(IMANI).length]).to.deep.equal([0, 4]);
      expect(readText((await sam.get('/')).body)).not.to.include('MangoPilot');
    });

    it('leaves it where it is', async () => {
      await connect(imani);
      expect(readText((await press(imani, '/move/cancel')).body)).not.to.include('MangoPilot');
      expect((await press(imani, '/move')).status).to.equal(409);
      site.advance(5000);
      await site.work();
      expect(listRoles(SAM)).to.have.length(4);
    });

    it('forgets the question after ten minutes', async () => {
      await connect(imani);
      site.advance(10 * 60_000);
      expect((await press(imani, '/move')).status).to.equal(409);
    });

    it('lets nobody move an account that they have not signed in with', async () => {
      expect((await press(imani, '/move')).status).to.equal(409);
      await connect(imani);
      await press(imani, '/sign-out');
      await signIn(imani, '800000000000000003');
      expect((await press(imani, '/move')).status).to.equal(409);
    });

    for (const action of ['main', 'disconnect']) {
      it(`refuses another person's "${action}"`, async () => {
        expect((await press(imani, `/accounts/${MANGO}/${action}`)).status).to.equal(404);
        site.advance(5000);
        await site.work();
        expect(listRoles(SAM)).to.have.length(4);
      });
    }
  });

  it('stores no tokens of an account that it did not connect', async () => {
    await signIn(sam);
    const callback = await sam.authorize(await startConnecting(sam), { user: MANGO });
    await signIn(sam, IMANI);
    const { status, body } = await sam.get(callback);
    expect(status).to.equal(403);
    expect(readMessage(body)).to.include('in another account');
    expect(await site.vault.client(MANGO)).to.equal(undefined);
  });

  it('deletes everything about a person, at Roblox and Discord too', async () => {
    await signIn(sam);
    await connect(sam);
    await site.work();
    const other = site.visitor();
    await signIn(other);
    const { body } = await press(sam, '/delete');
    expect(readText(body)).to.include('Your account is deleted');
    expect((await other.get('/')).body, 'their other browser').to.include('Sign in with Discord');
    site.advance(5000);
    await site.work();
    const { discord, roblox } = site.local;
    expect(discord.connections.size).to.equal(0);
    expect(discord.requests.at(-1)).to.include({ path: '/api/oauth2/token/revoke', status: 200 });
    expect(roblox.count('/oauth/v1/token/revoke')).to.equal(1);
    expect(await site.vault.client(MANGO)).to.equal(undefined);
    expect(await site.countRows()).to.deep.equal({ members: 0, roblox_accounts: 0, vault_values: 0, sessions: 0 });
    await signIn(sam);
    expect(readText((await sam.get('/')).body), 'a new account').to.include('None yet');
  });

  it('repeats the deletion until Discord was told', async () => {
    await signIn(sam);
    await connect(sam);
    await site.work();
    site.local.discord.fail({ method: 'DELETE', path: /role-connection/, status: 503, times: 3 });
    await press(sam, '/delete');
    await site.work();
    expect(site.local.discord.connections.size).to.equal(1);
    expect(readMessage((await signIn(sam)).body)).to.include('still being deleted');
    for (let tries = 0; tries < 3; tries++) {
      site.advance(20_000);
      await site.work();
    }
    expect(site.local.discord.connections.size).to.equal(0);
    expect(await site.countRows()).to.include({ members: 0, vault_values: 0 });
  });

  it('requires the permission to set roles at Discord', async () => {
    const start = new URL(await sam.start('/auth/discord'));
    expect(start.searchParams.get('scope')).to.equal('identify role_connections.write');
    start.searchParams.set('scope', 'identify');
    const { status, body } = await sam.get(await sam.authorize(start.href, { user: SAM }));
    expect(status).to.equal(403);
    expect(readMessage(body)).to.include('did not let us set your linked roles');
  });

  it('answers with headers that keep pages private, and other sites out', async () => {
    for (const path of ['/', '/privacy', '/nothing', '/delete']) {
      const { headers } = await sam.get(path);
      expect(headers['cache-control'], path).to.equal('no-store');
      expect(headers['content-security-policy'], path)
        .to.include("default-src 'none'")
        .and.to.include("frame-ancestors 'none'");
    }
  });

  for (const path of [
    '/auth/roblox',
    '/move',
    `/accounts/${MANGO}/main`,
    `/accounts/${MANGO}/disconnect`,
    '/delete',
    '/sign-out',
  ]) {
    it(`does nothing for a form of another site: ${path}`, async () => {
      await signIn(sam);
      await connect(sam);
      const { status, body } = await sam.post(
        path,
        {},
        { headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } },
      );
      expect(status).to.equal(403);
      expect(readMessage(body)).to.include('another site');
      expect(readText(body)).to.include('@MangoPilot');
    });

    it(`does nothing for a visitor who is not signed in: ${path}`, async () => {
      const { status } = await press(sam, path);
      expect(status).to.equal(path === '/sign-out' ? 200 : 403);
    });
  }

  it('shows the page of operations to its admins only', async () => {
    expect((await sam.get('/operations')).status).to.equal(403);
    await signIn(sam, IMANI);
    expect((await sam.get('/operations')).status).to.equal(403);
    await signIn(sam, SAM);
    await connect(sam);
    site.local.discord.fail({ method: 'PUT', path: /role-connection/, status: 500, times: 1 });
    await site.work();
    const { body, status } = await sam.get('/operations');
    expect(status).to.equal(200);
    expect(readText(body)).to.include('Members 2').and.to.include('role-connection with 500: 500: Broken on purpose 1');
    expect(readText(body)).not.to.include('Mango');
  });

  it('shows no token and no secret in a page, and logs none', async () => {
    const { discord } = site.local;
    await signIn(sam);
    await connect(sam);
    discord.fail({ method: 'PUT', path: /role-connection/, status: 500, times: 1 });
    await site.work();
    const secrets = [...(await site.readSecrets()), discord.app.clientSecret, discord.app.botToken];
    discord.fail({ method: 'POST', path: /token/, status: 500, times: 1 });
    await signIn(site.visitor(), IMANI).catch(() => {});
    site.advance(7 * 24 * 60 * 60_000);
    site.local.roblox.revokeAuthorizations(MANGO);
    await site.work();
    const pages = await Promise.all(['/', '/operations', '/privacy', '/delete'].map((path) => sam.get(path)));
    const shown = [...pages.map(({ body }) => body), ...site.log].join('\n');
    expect(secrets).to.have.length(6);
    for (const secret of [...secrets, ...(await site.readSecrets())]) expect(shown).not.to.include(secret);
  });

  it('encrypts the tokens of both providers', async () => {
    await signIn(sam);
    await connect(sam);
    const stored = await site.dumpRows();
    expect(stored).to.include('MangoPilot');
    for (const secret of await site.readSecrets()) expect(stored).not.to.include(secret);
  });

  it('identifies people by the ID in its own app', async () => {
    await site.close();
    site = await startTestSite({ roblox: { subjectType: 'pairwise' } });
    sam = site.visitor();
    await signIn(sam);
    await connect(sam);
    await site.work();
    expect(listRoles(SAM)).to.include.members(['Builder', 'Supporter']);
    expect(await site.dumpRows()).not.to.include(`"${MANGO}"`);
  });
});
