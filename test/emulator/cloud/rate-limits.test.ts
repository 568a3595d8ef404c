import { expect } from 'chai';

import { credentials, withEmulator } from '../support.ts';

const path = '/cloud/v2/users/4100000001';

describe('Rate limits of the emulator', () => {
  it('are in the headers of every response, as a list, and not enforced by default', async () => {
    await withEmulator({}, async (bench) => {
      const token = await bench.token();
      const first = await bench.get(path, token);
      expect(first.headers.get('x-ratelimit-limit')).to.equal('10, 10;w=60');
      expect(first.headers.get('x-ratelimit-remaining')).to.equal('9');
      expect(Number(first.headers.get('x-ratelimit-reset'))).to.be.within(1, 60);
      for (let time = 0; time < 15; time += 1) expect((await bench.get(path, token)).status).to.equal(200);
      expect((await bench.get(path, token)).headers.get('x-ratelimit-remaining')).to.equal('0');
      const roles = await bench.get('/cloud/v2/groups/7001/roles', token);
      expect(roles.headers.get('x-ratelimit-limit')).to.equal('90, 90;w=60');
    });
  });

  it('answer 429 with retry-after once they are reached, until the minute is over', async () => {
    let now = Date.UTC(2026, 0, 1);
    await withEmulator({ rateLimits: true, now: () => now }, async (bench) => {
      const token = await bench.token();
      for (let time = 0; time < 10; time += 1) expect((await bench.get(path, token)).status).to.equal(200);
      now += 20_000;
      const { status, json, headers } = await bench.get(path, token);
      expect({ status, code: json['code'] }).to.deep.equal({ status: 429, code: 'RESOURCE_EXHAUSTED' });
      expect(headers.get('retry-after')).to.equal('40');
      expect(headers.get('x-ratelimit-reset')).to.equal('40');
      expect(headers.get('x-ratelimit-remaining')).to.equal('0');
      expect((await bench.get('/cloud/v2/groups/7001', token)).status).to.equal(200);
      now += 40_000;
      expect((await bench.get(path, token)).status).to.equal(200);
    });
  });

  it('count per authorization: a refresh brings no new quota, another login does', async () => {
    await withEmulator({ rateLimits: true }, async (bench) => {
      const tokens = await bench.roblox.issueTokens();
      for (let time = 0; time < 10; time += 1) await bench.get(path, tokens.access_token);
      const { json } = await bench.post('/oauth/v1/token', {
        ...credentials,
        grant_type: 'refresh_token',
        refresh_token: tokens.refresh_token,
      });
      expect((await bench.get(path, String(json['access_token']))).status).to.equal(429);
      expect((await bench.get(path, await bench.token())).status).to.equal(200);
    });
  });
});
