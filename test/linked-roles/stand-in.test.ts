import { expect } from 'chai';
import { describeMetadata } from '../../examples/linked-roles/checks.ts';
import { createDiscord, DiscordError, type Discord } from '../../examples/linked-roles/discord.ts';
import { startDiscord, type DiscordStandIn } from '../../examples/linked-roles/stand-in/discord.ts';
import { hasRole } from '../../examples/linked-roles/stand-in/discord-rules.ts';
import { DEMO_COMMUNITY } from '../../examples/linked-roles/stand-in/local.ts';
import { SAM } from './support.ts';

const CONNECTION = {
  platform_name: 'Roblox',
  platform_username: 'MangoPilot',
  metadata: { rank: '80', pass: '1', badge: '0', since: '2019-03-20T06:08:15.000Z' },
};

describe('the stand-in for Discord', () => {
  let standIn: DiscordStandIn;
  let discord: Discord;
  beforeEach(async () => {
    standIn = await startDiscord({});
    discord = createDiscord(standIn.app, () => Date.now());
    await discord.register(describeMetadata(DEMO_COMMUNITY));
  });
  afterEach(() => standIn.close());

  async function ask(
    method: string,
    path: string,
    authorization: string,
    body: unknown,
  ): Promise<{ status: number; body: unknown }> {
    const headers = { authorization, 'content-type': 'application/json' };
    const response = await fetch(`${standIn.url}/api${path}`, { method, headers, body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  }
  const records = '/v10/applications/1100000000000000001/role-connections/metadata';
  const connection = '/v10/users/@me/applications/1100000000000000001/role-connection';
  const record = { type: 2, key: 'rank', name: 'Rank', description: 'A rank' };

  for (const [what, body] of [
    ['six records', Array.from({ length: 6 }, (_, index) => ({ ...record, key: `key_${index}` }))],
    ['a type of 0', [{ ...record, type: 0 }]],
    ['a type of 9', [{ ...record, type: 9 }]],
    ['a key with capitals', [{ ...record, key: 'Rank' }]],
    ['a key of 51 characters', [{ ...record, key: 'k'.repeat(51) }]],
    ['no key', [{ ...record, key: '' }]],
    ['the same key twice', [record, record]],
    ['no name', [{ ...record, name: '' }]],
    ['a name of 101 characters', [{ ...record, name: 'n'.repeat(101) }]],
    ['a description of 201 characters', [{ ...record, description: 'd'.repeat(201) }]],
    ['what is no list', { ...record }],
  ] as const) {
    it(`registers nothing with ${what}`, async () => {
      const { status, body: answer } = await ask('PUT', records, `Bot ${standIn.app.botToken}`, body);
      expect(status).to.equal(400);
      expect(answer).to.include({ code: 50035 });
      expect(standIn.records).to.have.length(4);
    });
  }

  for (const [what, change] of [
    ['a rank that is a number', { metadata: { rank: 80 } }],
    ['a rank with a fraction', { metadata: { rank: '8.5' } }],
    ['a flag that is a word', { metadata: { pass: 'true' } }],
    ['a time that is a number of days', { metadata: { since: '900' } }],
    ['a key that is not registered', { metadata: { height: '3' } }],
    ['a value of 101 characters', { metadata: { since: `2019-03-20T06:08:15.${'0'.repeat(90)}Z` } }],
    ['a platform of 51 characters', { platform_name: 'p'.repeat(51) }],
    ['a username of 101 characters', { platform_username: 'u'.repeat(101) }],
    ['metadata that is a list', { metadata: [] }],
  ] as const) {
    it(`refuses values with ${what}`, async () => {
      const { accessToken } = standIn.issueTokens(SAM);
      const { status, body } = await ask('PUT', connection, `Bearer ${accessToken}`, { ...CONNECTION, ...change });
      expect(status).to.equal(400);
      expect(body).to.include({ code: 50035 });
      expect(standIn.connections.size).to.equal(0);
    });
  }

  it('stores the values of the site, and deletes them', async () => {
    const tokens = standIn.issueTokens(SAM);
    await discord.publish(tokens, CONNECTION);
    expect(standIn.connections.get(SAM)).to.deep.equal(CONNECTION);
    await discord.withdraw(tokens);
    expect(standIn.connections.size).to.equal(0);
  });

  for (const [what, method, path, authorization, status] of [
    ['records without the bot', 'PUT', records, 'Bot wrong', 401],
    ['records of another app', 'PUT', records.replace('110', '120'), 'bot', 403],
    ['a connection without a token', 'PUT', connection, 'Bearer wrong', 401],
    ['a connection by the bot', 'PUT', connection, 'bot', 401],
    ['a connection of another app', 'PUT', connection.replace('110', '120'), 'user', 403],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const known = { bot: `Bot ${standIn.app.botToken}`, user: `Bearer ${standIn.issueTokens(SAM).accessToken}` };
      const header = authorization === 'bot' || authorization === 'user' ? known[authorization] : authorization;
      expect(await ask(method, path, header, [])).to.deep.include({ status });
    });
  }

  it('accepts a refresh token once, and no JSON', async () => {
    const tokens = standIn.issueTokens(SAM);
    const renewed = await discord.refresh(tokens);
    await discord.publish(renewed, CONNECTION);
    for (const call of [() => discord.refresh(tokens), () => discord.publish(tokens, CONNECTION)]) {
      const error = await call().catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(DiscordError);
    }
    expect(standIn.reused).to.deep.equal([tokens.refreshToken]);
    const { clientID, clientSecret } = standIn.app;
    const basic = `Basic ${Buffer.from(`${clientID}:${clientSecret}`).toString('base64')}`;
    const form = { grant_type: 'refresh_token', refresh_token: renewed.refreshToken };
    expect((await ask('POST', '/oauth2/token', basic, form)).status).to.equal(400);
  });

  it('ends all tokens of an authorization with any of them', async () => {
    const [older, newer] = [standIn.issueTokens(SAM), standIn.issueTokens(SAM)];
    await discord.revoke(older);
    const error = await discord.refresh(newer).catch((reason: unknown) => reason);
    expect(error).to.include({ status: 400, code: 'invalid_grant' });
    await discord.revoke(older);
  });

  it('limits the requests for one person, and says how long to wait', async () => {
    const tokens = standIn.issueTokens(SAM);
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, () => discord.publish(tokens, CONNECTION).catch((reason: unknown) => reason)),
    );
    const refused = outcomes.filter((outcome) => outcome instanceof DiscordError);
    expect(refused.map(({ status }) => status)).to.deep.equal([429, 429]);
    expect(refused[0]!.retryAfterMs).to.be.within(1, 10_000);
  });

  for (const [type, value, wanted, has] of [
    [1, '50', 50, true],
    [1, '51', 50, false],
    [2, '50', 50, true],
    [2, '49', 50, false],
    [3, '50', 50, true],
    [4, '50', 50, false],
    [5, '2026-01-01T00:00:00Z', 30, true],
    [5, '2025-01-01T00:00:00Z', 30, false],
    [6, '2025-01-01T00:00:00Z', 30, true],
    [6, '2026-01-01T00:00:00Z', 30, false],
    [7, '1', 1, true],
    [7, '0', 1, false],
    [8, '1', 1, false],
  ] as const) {
    it(`${has ? 'gives' : 'does not give'} a role by type ${type} for ${value} when ${wanted} is wanted`, () => {
      const of = { metadata: { key: value } };
      const known = [{ ...record, type, key: 'key' }];
      expect(hasRole(of, { key: wanted }, known, Date.parse('2026-01-10'))).to.equal(has);
    });
  }
});
