import { expect } from 'chai';
import { DEMO_CLIENT } from '../../lib/emulator/index.ts';
import { TokenVault, TokenVaultError } from '../../lib/index.ts';
import { deriveEndpoints } from '../../lib/oauth/endpoints.ts';
import { buildRecordKey } from '../../lib/vault/records.ts';
import { catchError } from '../support/thrown.ts';
import { openBench, SECRET, USER, type Bench } from './support.ts';

describe('Several apps that share a storage', () => {
  let bench: Bench;
  beforeEach(async () => (bench = await openBench()));
  afterEach(() => bench.close());

  const TOKENS = { accessToken: 'an-access-token', refreshToken: 'a-refresh-token' };
  const vaultOf = (clientID: string, baseURL?: string, secrets?: string[]) =>
    new TokenVault({ storage: bench.stored, clientID, clientSecret: 'a-secret', baseURL, secrets });

  it('keep the same user apart', async () => {
    const apps = [vaultOf('111'), vaultOf('222'), vaultOf('111', 'https://roblox.test'), bench.vault()];
    for (const [index, vault] of apps.entries()) await vault.save(USER, { ...TOKENS, accessToken: `of-app-${index}` });
    for (const [index, vault] of apps.entries()) {
      expect((await vault.client(USER))?.tokens.accessToken).to.equal(`of-app-${index}`);
    }
    expect(bench.stored.size).to.equal(4);
    await bench.vault().save(USER, await bench.tokens());
    await bench.vault().revoke(USER);
    expect(bench.stored.size).to.equal(3);
  });

  for (const secrets of [undefined, [SECRET]]) {
    it(`open nothing of each other, ${secrets ? 'sealed' : 'not sealed'}, though somebody copies it`, async () => {
      const [one, two] = [vaultOf('111', undefined, secrets), vaultOf('222', undefined, secrets)];
      await one.save(USER, TOKENS);
      bench.stored.set(`222:${USER}`, bench.stored.get(`111:${USER}`) ?? '');
      expect(await catchError(two.client(USER)))
        .to.be.instanceOf(TokenVaultError)
        .with.property('code', 'unreadable');
      expect(await one.client(USER)).to.not.equal(undefined);
    });
  }

  describe('have keys', () => {
    const buildKey = (clientID: string, baseURL?: string) =>
      buildRecordKey(
        {
          credentials: { ...DEMO_CLIENT, clientID, clientAuthentication: 'none' },
          endpoints: deriveEndpoints(baseURL),
        },
        USER,
      );

    it('that name the app and end in the user, where the app is at the real Roblox', () => {
      expect(buildKey('123456')).to.equal(`123456:${USER}`);
      expect(buildKey('123456', 'https://apis.roblox.com/')).to.equal(`123456:${USER}`);
    });

    it('of letters, digits and _ : . - only, whatever the client ID and the baseURL are, and no two alike', () => {
      const ids = ['1', 'a b', 'a:b', 'a', '-a', '{a}', "'; DROP TABLE", 'x'.repeat(65), 'x'.repeat(66), 'a/b', 'A'];
      const urls = [
        undefined,
        'https://roblox.test',
        'https://roblox.test:8443',
        'http://127.0.0.1:4000',
        'https://roblox.test/under',
      ];
      const keys = ids.flatMap((id) => urls.map((url) => buildKey(id, url)));
      for (const key of keys)
        expect(key)
          .to.match(/^[\w:.-]+$/)
          .and.match(new RegExp(`:${USER}$`));
      expect(new Set(keys).size).to.equal(keys.length);
    });
  });
});
