import { expect } from 'chai';
import {
  connect,
  IMANI,
  INTERVAL_MS,
  MANGO,
  readMessage,
  NELL,
  ROLES,
  SAM,
  setRole,
  signIn,
  startTestSite,
  readText,
} from './support.ts';
import type { TestSite } from './support.ts';
import type { Visitor } from '../../lib/emulator/index.ts';

/** The end of each path that a check requests: the membership, its role, and the items. */
const CHECK = ['memberships', ROLES.host, 'inventory-items'];
const DAY_MS = 24 * 60 * 60_000;

describe('the worker for linked roles', () => {
  let site: TestSite;
  let sam: Visitor;
  beforeEach(async () => {
    site = await startTestSite();
    sam = site.visitor();
    await signIn(sam);
    await connect(sam);
    await site.work();
    expect(listRoles(SAM)).to.deep.equal(['Builder', 'Supporter', 'Explorer', 'Veteran']);
    site.local.discord.requests.length = 0;
  });
  afterEach(() => site.close());

  const listRoles = (discordId: string) => site.local.listRoles(discordId);
  const published = () => site.local.discord.requests.filter(({ path }) => path.endsWith('/role-connection'));
  const page = async () => readText((await sam.get('/')).body);

  /** Moves the clocks forward in small steps, with a worker that runs all the time. */
  async function pass(ms: number): Promise<void> {
    const step = Math.max(1000, ms / 40);
    for (let passed = 0; passed < ms; passed += step) {
      site.advance(Math.min(step, ms - passed));
      await site.work();
    }
  }

  it('registers the conditions that admins can use', () => {
    const types = site.local.discord.records.map(({ key, type }) => [key, type]);
    expect(types).to.deep.equal([
      ['rank', 2],
      ['pass', 7],
      ['badge', 7],
      ['since', 6],
    ]);
  });

  for (const [change, roleId, roles] of [
    ['lost', ROLES.member, ['Supporter', 'Explorer', 'Veteran']],
    ['earned', ROLES.moderator, ['Builder', 'Moderator', 'Supporter', 'Explorer', 'Veteran']],
  ] as const) {
    it(`tells Discord about a rank that was ${change} within the interval`, async () => {
      setRole(site.local, MANGO, roleId);
      await pass(INTERVAL_MS);
      expect(listRoles(SAM)).to.deep.equal(roles);
    });
  }

  it('tells Discord nothing while nothing changes, and asks Roblox three times a check', async () => {
    const { roblox } = site.local;
    roblox.reset();
    await pass(INTERVAL_MS);
    expect(published()).to.deep.equal([]);
    const answered = roblox.requests.filter(({ path, status }) => path.startsWith('/cloud/') && status === 200);
    const paths = answered.map(({ path }) => path.replace(/^.*\//, ''));
    expect(paths.sort(), 'two checks').to.deep.equal([...CHECK, ...CHECK].sort());
  });

  it('takes the roles away when Roblox has ended the authorization, and gives them back after another sign-in', async () => {
    site.local.roblox.revokeAuthorizations(MANGO);
    await pass(INTERVAL_MS);
    expect(listRoles(SAM)).to.deep.equal([]);
    expect(site.local.discord.connections.has(SAM)).to.equal(false);
    expect(await page()).to.include('Roblox has ended this connection.');
    site.local.roblox.reset();
    await pass(2 * INTERVAL_MS);
    expect(site.local.roblox.count(/./), 'nobody asks for nothing').to.equal(0);
    await connect(sam);
    await site.work();
    expect(listRoles(SAM)).to.have.length(4);
    expect(await page()).not.to.include('has ended');
  });

  it("renews Discord's tokens before they expire, and uses no refresh token twice", async () => {
    const { discord } = site.local;
    const before = await site.readSecrets();
    site.advance(6.5 * DAY_MS);
    await site.work();
    expect(discord.requests, 'nothing to tell').to.deep.equal([]);
    setRole(site.local, MANGO, ROLES.member);
    await pass(INTERVAL_MS);
    expect(listRoles(SAM)).not.to.include('Builder');
    expect(discord.requests.map(({ path }) => path)).to.include('/api/oauth2/token');
    expect(await site.readSecrets()).not.to.include.members(before.slice(0, 2));
    expect(discord.reused).to.deep.equal([]);
  });

  it('renews them when Discord refuses the access token', async () => {
    site.local.discord.expireAccessTokens();
    setRole(site.local, MANGO, ROLES.member);
    await pass(INTERVAL_MS);
    expect(listRoles(SAM)).not.to.include('Builder');
    expect(site.local.discord.reused).to.deep.equal([]);
  });

  it('asks for another sign-in when the person has removed the app at Discord, and makes no more calls', async () => {
    site.local.discord.deauthorize(SAM);
    setRole(site.local, MANGO, ROLES.member);
    await pass(INTERVAL_MS);
    expect(await page()).to.include('Discord no longer lets us set your roles.');
    const { length } = site.local.discord.requests;
    await pass(2 * INTERVAL_MS);
    expect(site.local.discord.requests).to.have.length(length);
    await signIn(sam);
    await site.work();
    expect(listRoles(SAM)).to.deep.equal(['Supporter', 'Explorer', 'Veteran']);
  });

  it('removes a role even if Discord fails at first', async () => {
    setRole(site.local, MANGO, ROLES.member);
    site.local.discord.fail({ method: 'PUT', path: /role-connection/, status: 503, times: 4 });
    await pass(INTERVAL_MS);
    expect(listRoles(SAM)).not.to.include('Builder');
  });

  it('waits as long as Discord asks', async () => {
    const { discord } = site.local;
    setRole(site.local, MANGO, ROLES.member);
    discord.fail({ method: 'PUT', path: /role-connection/, status: 429, times: 1, retryAfterSeconds: 90.5 });
    await pass(INTERVAL_MS);
    const [refused, taken] = published();
    expect([refused?.status, taken?.status]).to.deep.equal([429, 200]);
    expect(taken!.at - refused!.at).to.be.at.least(90_500);
  });

  it("makes no request at all while Discord's limit for the app is reached", async () => {
    const { discord } = site.local;
    const imani = site.visitor();
    await signIn(imani, IMANI);
    await connect(imani, NELL);
    await site.work();
    discord.requests.length = 0;
    setRole(site.local, MANGO, ROLES.member);
    await imani.post(`/accounts/${NELL}/disconnect`, {}, { headers: { 'sec-fetch-site': 'same-origin' } });
    discord.fail({
      method: 'PUT',
      path: /role-connection/,
      status: 429,
      times: 1,
      retryAfterSeconds: 120,
      isGlobal: true,
    });
    discord.fail({
      method: 'DELETE',
      path: /role-connection/,
      status: 429,
      times: 1,
      retryAfterSeconds: 120,
      isGlobal: true,
    });
    await pass(INTERVAL_MS);
    const limited = published().filter(({ status }) => status === 429);
    for (const { at } of limited) {
      const next = published().find((request) => request.at > at);
      expect(next!.at - at).to.be.at.least(120_000);
    }
    expect([listRoles(SAM).includes('Builder'), listRoles(IMANI).length]).to.deep.equal([false, 0]);
  });

  it('keeps the roles while Roblox is not reached, and removes them after a day', async () => {
    site.local.roblox.faults.status('GET /cloud/v2/groups/7001/memberships', 500, { times: Infinity });
    await pass(2 * INTERVAL_MS);
    expect(listRoles(SAM)).to.have.length(4);
    expect(site.log.join()).to.include('Roblox answered with 500');
    site.advance(DAY_MS);
    await site.work();
    expect(listRoles(SAM)).to.deep.equal([]);
    site.local.roblox.faults.clear();
    await pass(INTERVAL_MS);
    expect(listRoles(SAM)).to.have.length(4);
  });

  it('counts a private inventory as empty', async () => {
    site.local.roblox.faults.status(`GET /cloud/v2/users/${MANGO}/inventory-items`, 403, { times: Infinity });
    await pass(INTERVAL_MS);
    expect(listRoles(SAM)).to.deep.equal(['Builder', 'Veteran']);
  });

  it('stays within the quotas of Roblox, however often a person presses buttons', async () => {
    const { roblox } = site.local;
    roblox.reset();
    for (let seconds = 0; seconds < 60; seconds++) {
      site.advance(1000);
      await sam.post(`/accounts/${MANGO}/main`, {}, { headers: { 'sec-fetch-site': 'same-origin' } });
      await site.work();
    }
    expect(roblox.count(`/cloud/v2/users/${MANGO}/inventory-items`)).to.be.within(10, 16);
    expect(roblox.requests.filter(({ status }) => status === 429)).to.deep.equal([]);
    expect(site.local.discord.requests.filter(({ status }) => status === 429)).to.deep.equal([]);
  });

  describe('when two workers meet', () => {
    const member = async () => (await site.database.query('SELECT * FROM members'))[0]!;

    it('checks a person once', async () => {
      site.local.roblox.reset();
      site.advance(INTERVAL_MS);
      const [id] = await site.schedule.findDue(1);
      await Promise.all([site.sync(id!), site.sync(id!), site.sync(id!)]);
      const answered = site.local.roblox.requests.filter(({ status }) => status === 200);
      expect(answered.filter(({ path }) => path.endsWith('/inventory-items'))).to.have.length(1);
    });

    it('takes over from a worker that died', async () => {
      setRole(site.local, MANGO, ROLES.member);
      site.advance(INTERVAL_MS / 2);
      const [id] = await site.schedule.findDue(1);
      expect(await site.schedule.claim(id!), 'the worker that dies').to.be.an('object');
      await site.work();
      expect(listRoles(SAM)).to.include('Builder');
      await pass(INTERVAL_MS / 2);
      expect(listRoles(SAM)).not.to.include('Builder');
    });

    it('tells Discord again when a request may not have arrived', async () => {
      setRole(site.local, MANGO, ROLES.member);
      site.advance(INTERVAL_MS / 2);
      const [id] = await site.schedule.findDue(1);
      const claim = await site.schedule.claim(id!);
      await site.schedule.beginToTell(claim!); // and dies
      expect((await member())['published']).to.equal('?');
      setRole(site.local, MANGO, ROLES.host);
      await pass(INTERVAL_MS);
      expect(
        published().map(({ status }) => status),
        'what it was told before, again',
      ).to.deep.equal([200]);
      expect(listRoles(SAM)).to.include('Builder');
    });

    it('does not let a late worker tell Discord anything', async () => {
      site.advance(INTERVAL_MS / 2);
      const [id] = await site.schedule.findDue(1);
      const late = await site.schedule.claim(id!);
      await pass(60_000);
      const error = await site.schedule.beginToTell(late!).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Error).with.property('message', 'Another worker has taken over');
      await site.schedule.finish(late!, 'something old', site.now());
      expect((await member())['published'], 'Discord is told again').to.equal('?');
      await pass(10_000);
      expect(listRoles(SAM)).to.have.length(4);
    });

    it('checks again when something changes during a check', async () => {
      site.advance(INTERVAL_MS / 2);
      const [id] = await site.schedule.findDue(1);
      const claim = await site.schedule.claim(id!);
      await site.people.chooseMain(id!, MANGO);
      await site.schedule.finish(claim!, claim!.member.published, site.now() + INTERVAL_MS);
      site.advance(5000);
      expect(await site.schedule.findDue(1)).to.deep.equal([id]);
    });

    it('deletes an account that was connected during the deletion of its member', async () => {
      const [id] = [String((await member())['id'])];
      await site.people.leave(id);
      const claim = await site.schedule.claim(id);
      await site.people.wakeOwner(MANGO);
      expect(await site.schedule.remove(claim!)).to.equal(false);
      await pass(60_000);
      expect(await site.countRows()).to.include({ members: 0, vault_values: 0 });
    });
  });

  it('queues nobody twice, and checks everybody who is due', async () => {
    setRole(site.local, MANGO, ROLES.member);
    site.advance(INTERVAL_MS / 2);
    const worker = await site.startWorker();
    await Promise.all([worker.sweep(), worker.sweep()]);
    await worker.close();
    expect(listRoles(SAM)).not.to.include('Builder');
    expect(published()).to.have.length(1);
  });

  it('disconnects a person whom Discord was told nothing about', async () => {
    site.local.discord.fail({ method: 'DELETE', path: /role-connection/, status: 404, times: 1 });
    await sam.post(`/accounts/${MANGO}/disconnect`, {}, { headers: { 'sec-fetch-site': 'same-origin' } });
    site.advance(5000);
    await site.work();
    expect(site.log).to.deep.equal([]);
  });

  it('starts even if Discord is not reached, and registers later', async () => {
    const { discord } = site.local;
    discord.fail({ method: 'PUT', path: /metadata/, status: 503, times: 1 });
    const worker = await site.startWorker();
    await worker.sweep();
    await worker.close();
    const statuses = discord.requests.filter(({ path }) => path.endsWith('/metadata')).map(({ status }) => status);
    expect(statuses).to.deep.equal([503, 200]);
  });

  it('does not start with a bot token that Discord refuses', async () => {
    site.local.discord.fail({ method: 'PUT', path: /metadata/, status: 401, times: 1 });
    const error = await site.startWorker().catch((reason: unknown) => reason);
    expect(error).to.include({ name: 'DiscordError', status: 401 });
  });

  it('shows its admins that a person was not checked for an interval', async () => {
    const shown = async () => readText((await sam.get('/operations')).body);
    expect(await shown()).not.to.include('start another worker');
    site.advance(INTERVAL_MS + 1000);
    expect(await shown()).to.include('Somebody was last checked more than 60 minutes ago.');
  });

  it('describes errors without names, IDs and tokens', async () => {
    site.local.discord.fail({ method: 'PUT', path: /role-connection/, status: 400, times: 1 });
    setRole(site.local, MANGO, ROLES.member);
    site.advance(INTERVAL_MS / 2);
    await site.work();
    const { errors, minutes } = await site.schedule.readOperations();
    expect(errors.map(({ message, times }) => [message, times])).to.deep.equal([
      [
        'Discord answered PUT /v10/users/@me/applications/1100000000000000001/role-connection with 400: 400: Broken on purpose',
        1,
      ],
    ]);
    expect(minutes[0]).to.include({ failures: 1 });
    expect(readMessage((await sam.get('/')).body)).to.equal(undefined);
  });
});
