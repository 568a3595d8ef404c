import { expect } from 'chai';
import { OAuthError, type TokenStorage } from '../../lib/index.ts';
import { ANOTHER, expectNoTokens, failureOf, LONG_AGO, openBench, USER, type Bench } from './support.ts';

describe('A client of a vault whose refresh token is refused', () => {
  let bench: Bench;
  beforeEach(async () => (bench = await openBench()));
  afterEach(() => bench.close());

  it('tells of one loss, removes the tokens, and fails alike for all who wait', async () => {
    const vault = bench.vault();
    await vault.save(USER, await bench.tokens({ expiresAt: LONG_AGO }));
    await vault.save(ANOTHER, await bench.tokens({ user: ANOTHER }));
    bench.roblox.revokeAuthorizations(USER);
    const clients = await Promise.all(Array.from({ length: 5 }, () => vault.client(USER)));
    const calls = Array.from({ length: 20 }, (_, index) => failureOf(clients[index % 5]!.userInfo())); // something is stored
    const errors = new Set(await Promise.all(calls));
    expect(errors.size).to.equal(1);
    const [error] = errors;
    expect(error).to.be.instanceOf(OAuthError).and.include({ error: 'invalid_grant', status: 400 });
    expectNoTokens(error, bench);
    expect(bench.lost).to.deep.equal([USER]);
    expect(bench.tokenRequests).to.equal(1);
    expect([...bench.stored.keys()]).to.deep.equal([bench.key(ANOTHER)]);
    expect(await vault.client(USER)).to.equal(undefined);
  });

  it('ends the clients of other processes too, without telling again', async () => {
    const [here, there] = [bench.vault(), bench.vault()];
    const one = await here.save(USER, await bench.tokens({ expiresAt: LONG_AGO }));
    const two = await there.client(USER);
    bench.roblox.revokeAuthorizations(USER);
    await failureOf(one.userInfo());
    const error = await failureOf(two!.userInfo()); // something was stored
    expect(error).to.be.instanceOf(OAuthError).with.property('error', 'invalid_grant');
    expect(bench.lost).to.deep.equal([USER]);
    // It has tried what it held: the storage might have forgotten it.
    expect(bench.tokenRequests).to.equal(2);
    expect(bench.stored.size).to.equal(0);
    await failureOf(two!.userInfo());
    expect(bench.tokenRequests).to.equal(2);
  });

  for (const [how, onLost] of Object.entries({
    throws: () => {
      throw new Error('no mail today');
    },
    rejects: () => Promise.reject(new Error('no mail today')),
  })) {
    it(`throws an OAuthError all the same when onLost ${how}, and keeps the reason`, async () => {
      const client = await bench.vault({ onLost }).save(USER, await bench.tokens({ expiresAt: LONG_AGO }));
      bench.roblox.revokeAuthorizations(USER);
      const error = await failureOf(client.userInfo());
      expect(error).to.be.instanceOf(OAuthError).and.include({ error: 'invalid_grant' });
      expect(error).to.have.nested.property('cause.message', 'no mail today');
      expectNoTokens(error, bench);
    });
  }

  it('lets onLost call the vault', async () => {
    const answers: unknown[] = [];
    const vault = bench.vault({
      async onLost(userId) {
        answers.push(await vault.client(userId));
        await vault.revoke(userId);
        answers.push(await failureOf(bystander.refresh()));
      },
    });
    const client = await vault.save(USER, await bench.tokens({ expiresAt: LONG_AGO }));
    const bystander = (await vault.client(USER))!; // just saved
    bench.roblox.revokeAuthorizations(USER);
    await failureOf(client.userInfo());
    expect(answers[0]).to.equal(undefined);
    expect(answers[1]).to.be.instanceOf(OAuthError);
  });
});

describe('A vault whose storage or lock fails', () => {
  let bench: Bench;
  beforeEach(async () => (bench = await openBench()));
  afterEach(() => bench.close());

  it('tells of a loss once, although the record of it could not be removed at first', async () => {
    await bench.vault().save(USER, await bench.tokens({ expiresAt: LONG_AGO }));
    bench.roblox.revokeAuthorizations(USER);
    let failures = 1;
    const storage: TokenStorage = {
      get: (key) => bench.stored.get(key),
      set: (key, value) => bench.stored.set(key, value),
      delete(key) {
        if (failures-- > 0) throw new Error('the database is down');
        bench.stored.delete(key);
      },
    };
    const vault = bench.vault({ storage });
    const client = (await vault.client(USER))!; // something is stored
    expect(await failureOf(client.userInfo())).to.have.property('error', 'invalid_grant');
    expect(await vault.client(USER)).to.equal(undefined);
    while (bench.stored.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(bench.lost).to.deep.equal([USER]);
  });
});
