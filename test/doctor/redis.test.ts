import { expect } from 'chai';
import { checkRedis } from '../../lib/doctor/redis.ts';

// Against a real Redis: test/servers/redis.servers.ts.
describe('the doctor, of a Redis', () => {
  it('says nothing where there is none', async () => {
    expect(await checkRedis(undefined, 1000)).to.deep.equal([]);
    expect(await checkRedis('', 1000)).to.deep.equal([]);
  });

  for (const url of ['localhost:6379', 'http://localhost:6379', 'not a URL']) {
    it(`refuses ${url}`, async () => {
      const [finding, ...more] = await checkRedis(url, 1000);
      expect(finding).to.include({ level: 'problem', about: 'REDIS_URL' });
      expect(finding?.message).to.match(/redis:\/\/localhost:6379$/);
      expect(more).to.deep.equal([]);
    });
  }

  it('says that no client library is installed', async () => {
    const [finding] = await checkRedis('redis://localhost:6379', 1000, []);
    expect(finding).to.include({ level: 'note', message: 'was not asked: neither redis nor ioredis is installed' });
  });

  for (const library of ['redis', 'ioredis'] as const) {
    it(`says why Redis cannot be asked, by ${library}, and shows no password`, async () => {
      const findings = await checkRedis('redis://someone:a-secret-word@127.0.0.1:1', 1000, [library]);
      expect(findings).to.deep.equal([
        { level: 'problem', about: 'REDIS_URL', message: 'cannot be asked: ECONNREFUSED' },
      ]);
    });
  }
});
