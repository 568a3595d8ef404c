import { expect } from 'chai';
import { inspect } from 'node:util';
import { DEMO_CLIENT } from '../../lib/emulator/index.ts';
import { RobloxStrategy, TokenVault, TokenVaultError, type TokenVaultOptions } from '../../lib/index.ts';
import { catchError } from '../support/thrown.ts';
import { ANOTHER, expectNoTokens, LONG_AGO, openBench, SECRET, USER, type Bench } from './support.ts';

describe('A token vault', () => {
  let bench: Bench;
  beforeEach(async () => (bench = await openBench()));
  afterEach(() => bench.close());

  const REFUSED: Record<string, { options: object | null; says: RegExp }> = {
    'no options object': { options: null, says: /options/ },
    'a storage without delete': { options: { storage: { get() {}, set() {} } }, says: /storage.*delete/ },
    'a storage that is a string': { options: { storage: 'redis://' }, says: /storage/ },
    'a lock that is no function': { options: { lock: {} }, says: /lock/ },
    'no secrets in the list': { options: { secrets: [] }, says: /secrets/ },
    'a secret that is too short': { options: { secrets: ['short'] }, says: /secrets.*32/ },
    'secrets that are no list': { options: { secrets: SECRET }, says: /secrets/ },
    'an onLost that is no function': { options: { onLost: 'mail' }, says: /onLost/ },
    'a numeric clientID': { options: { clientID: 7 }, says: /clientID/ },
    'a secret without a clientID': { options: { clientSecret: 'x' }, says: /clientSecret goes with a clientID/ },
    'a baseURL without a clientID': { options: { baseURL: 'https://roblox.test' }, says: /baseURL goes with/ },
    'a foreign http baseURL': { options: { clientID: '7', baseURL: 'http://roblox.test' }, says: /baseURL/ },
    'an option that does not exist': { options: { onloss: () => {} }, says: /'onloss'.*'onLost'/ },
    'a lossDelay in words': { options: { lossDelay: '60s' }, says: /lossDelay/ },
    'a timeout of nothing': { options: { clientID: '7', timeout: 0 }, says: /timeout/ },
  };
  for (const [what, { options, says }] of Object.entries(REFUSED)) {
    it(`refuses ${what}`, () => {
      expect(() => new TokenVault(options as TokenVaultOptions)).to.throw(TypeError, says);
    });
  }

  const NO_IDS = [
    '',
    '0',
    '-1',
    '1.5',
    'abc',
    '7/../8',
    '7}:lock',
    ' 7',
    '__proto__',
    0,
    1.5,
    2 ** 53,
    null,
    undefined,
    {},
  ];
  for (const id of NO_IDS) {
    it(`takes ${inspect(id)} for no user, and touches nothing`, async () => {
      const storage = {
        get: () => expect.fail('get'),
        set: () => expect.fail('set'),
        delete: () => expect.fail('delete'),
      };
      const vault = bench.vault({ storage });
      const userId = id as string;
      const tokens = await bench.tokens();
      for (const call of [vault.client(userId), vault.revoke(userId), vault.save(userId, tokens)]) {
        expect(await catchError(call))
          .to.be.instanceOf(TypeError)
          .with.property('message')
          .that.includes('userId');
      }
    });
  }

  it('takes a number for a user where it is exact', async () => {
    const vault = bench.vault();
    await vault.save(Number(USER), await bench.tokens());
    expect([...bench.stored.keys()]).to.deep.equal([bench.key()]);
  });

  it('refuses tokens that are none, and stores nothing', async () => {
    const vault = bench.vault();
    for (const tokens of [undefined, {}, { accessToken: 'with space' }, { accessToken: 'a', expiresAt: 'soon' }]) {
      expect(await catchError(vault.save(USER, tokens as never))).to.be.instanceOf(TypeError);
    }
    expect(bench.stored.size).to.equal(0);
  });

  it('keeps tokens in memory by default', async () => {
    const { clientID, clientSecret } = DEMO_CLIENT;
    const vault = new TokenVault({ clientID, clientSecret, baseURL: bench.roblox.url });
    await vault.save(USER, await bench.tokens({ expiresAt: LONG_AGO }));
    expect(await (await vault.client(USER))?.userInfo()).to.include({ sub: USER });
  });

  it('says what is missing when it knows no app', async () => {
    const error = await catchError(new TokenVault().client(USER));
    expect(error)
      .to.be.instanceOf(TypeError)
      .with.property('message')
      .that.matches(/RobloxStrategy.*clientID/);
  });

  it('shows no token and no secret in what can be printed of it', async () => {
    const vault = bench.vault({ secrets: [SECRET] });
    const client = await vault.save(USER, await bench.tokens());
    expectNoTokens([vault, client, { vault }], bench);
    expect(inspect(vault)).to.equal(`TokenVault { clientID: '${DEMO_CLIENT.clientID}' }`);
    expect(JSON.stringify(vault)).to.equal('{}');
  });

  describe('that closes', () => {
    it('waits for renewals under way, and starts no more', async () => {
      const vault = bench.vault();
      await vault.idle();
      const client = await vault.save(USER, await bench.tokens({ expiresAt: LONG_AGO }));
      const [late] = await Promise.all([
        vault.client(USER),
        vault.save(ANOTHER, await bench.tokens({ user: ANOTHER, expiresAt: LONG_AGO })),
      ]);
      bench.roblox.faults.delay('POST /oauth/v1/token', 50);
      const call = client.userInfo();
      while (bench.tokenRequests === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await vault.close();
      expect(bench.record()).to.include({ generation: 2 });
      await call;
      expect(await late?.userInfo()).to.include({ sub: USER });
      const error = await catchError((await vault.client(ANOTHER))!.userInfo()); // just saved
      expect(error).to.be.instanceOf(TokenVaultError).with.property('code', 'closed');
      expect(bench.tokenRequests).to.equal(1);
      await vault.close();
    });

    it('serves what is good without a renewal', async () => {
      const vault = bench.vault();
      const client = await vault.save(USER, await bench.tokens());
      await vault.close();
      expect(await client.userInfo()).to.include({ sub: USER });
    });

    it('waits no longer than its signal says', async () => {
      let isAsked = false;
      const hang = () => {
        isAsked = true;
        return new Promise<never>(() => {});
      };
      const vault = bench.vault({ fetch: hang, timeout: 200 });
      const client = await vault.save(USER, await bench.tokens({ expiresAt: LONG_AGO }));
      client.userInfo().catch(() => {});
      while (!isAsked) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await catchError(vault.close({ signal: AbortSignal.timeout(10) }))).to.have.property(
        'name',
        'TimeoutError',
      );
    });
  });

  describe('that is given to a strategy', () => {
    const strategyOf = (vault: TokenVault, options: { clientID?: string; baseURL?: string } = {}) =>
      new RobloxStrategy({
        clientID: DEMO_CLIENT.clientID,
        clientSecret: DEMO_CLIENT.clientSecret,
        callbackURL: '/callback',
        baseURL: bench.roblox.url,
        vault,
        verify: () => false,
        ...options,
      });

    it('learns its app from it', async () => {
      const vault = new TokenVault();
      strategyOf(vault);
      const client = await vault.save(USER, await bench.tokens({ expiresAt: LONG_AGO }));
      expect(await client.userInfo()).to.include({ sub: USER });
      expect(inspect(vault)).to.include(DEMO_CLIENT.clientID);
    });

    it('takes further strategies of the same app, and none of another', () => {
      for (const vault of [new TokenVault(), bench.vault()]) {
        strategyOf(vault);
        strategyOf(vault);
        expect(() => strategyOf(vault, { clientID: '8' })).to.throw(TypeError, /vault belongs to another app/);
        expect(() => strategyOf(vault, { baseURL: 'https://roblox.test' })).to.throw(TypeError, /another app/);
      }
    });

    it('must be a TokenVault', () => {
      expect(() => strategyOf({} as TokenVault)).to.throw(TypeError, /vault must be a TokenVault/);
    });
  });
});
