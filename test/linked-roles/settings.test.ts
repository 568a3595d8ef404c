import { expect } from 'chai';
import { createSeal } from '../../examples/linked-roles/seal.ts';
import { readSettings } from '../../examples/linked-roles/settings.ts';

const REAL = {
  ROBLOX_CLIENT_ID: '1',
  ROBLOX_CLIENT_SECRET: 'secret',
  DISCORD_CLIENT_ID: '2',
  DISCORD_CLIENT_SECRET: 'secret',
  DISCORD_BOT_TOKEN: 'token',
  GROUP_ID: '7',
  COOKIE_SECRET: 'secret',
  TOKEN_SECRETS: 'new, old',
} as const;

describe('the settings for linked roles', () => {
  for (const [what, env, words, message] of [
    ['no app in production', { NODE_ENV: 'production' }, [], /no stand-ins in production/],
    ...Object.keys(REAL)
      .filter((name) => !name.endsWith('CLIENT_ID'))
      .map((name) => [`no ${name}`, { ...REAL, [name]: '' }, [], new RegExp(`Set ${name}`)] as const),
    ['one provider alone', { ...REAL, DISCORD_CLIENT_ID: '' }, [], /Set DISCORD_CLIENT_ID/],
    ['several processes and a file', REAL, ['worker'], /Several processes need one Postgres/],
    ['an interval too short for the quotas', { ...REAL, INTERVAL_SECONDS: '5' }, [], /INTERVAL_SECONDS/],
    ['an interval that is no number', { ...REAL, INTERVAL_SECONDS: 'hourly' }, [], /INTERVAL_SECONDS/],
  ] as const) {
    it(`are refused with ${what}`, async () => {
      const error = await readSettings(env, words).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(TypeError).with.property('message').that.matches(message);
    });
  }

  it('have the apps, the database and the role of this process', async () => {
    const { role, settings } = await readSettings({ ...REAL, DATABASE_URL: 'postgres://db/roles', BADGE_ID: '3' }, [
      'web',
    ]);
    expect(role).to.equal('web');
    expect(settings).to.deep.include({
      databaseURL: 'postgres://db/roles',
      community: { groupId: '7', gamePassId: undefined, badgeId: '3' },
      tokenSecrets: ['new', 'old'],
      intervalMs: 30 * 60_000,
    });
    expect(settings.discordApp.baseURL).to.equal('https://discord.com');
  });
});

describe('the seal for stored tokens', () => {
  it('decrypts what was encrypted with an older secret', async () => {
    const sealed = await createSeal(['old']).close('token', 'sam');
    expect(sealed).not.to.include('token');
    expect(await createSeal(['new', 'old']).open(sealed, 'sam')).to.equal('token');
  });

  for (const [what, open] of [
    ['by another secret', (sealed: string) => createSeal(['other']).open(sealed, 'sam')],
    ['for another person', (sealed: string) => createSeal(['old']).open(sealed, 'imani')],
    ['after a change', (sealed: string) => createSeal(['old']).open(`${sealed.slice(0, -2)}AA`, 'sam')],
  ] as const) {
    it(`does not decrypt ${what}`, async () => {
      const error = await open(await createSeal(['old']).close('token', 'sam')).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Error).with.property('message').that.includes('TOKEN_SECRETS');
    });
  }
});
