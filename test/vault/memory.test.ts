import { expect } from 'chai';
import { createMemory } from '../../lib/vault/memory.ts';
import type { HeldRecord } from '../../lib/vault/records.ts';
import { ANOTHER, openBench, SECRET, USER, type Bench } from './support.ts';

describe('A vault whose storage falls back to an older state', () => {
  let bench: Bench;
  beforeEach(async () => (bench = await openBench()));
  afterEach(() => bench.close());

  it('goes on with the newer tokens that this process has seen', async () => {
    const vault = bench.vault();
    const client = await vault.save(USER, await bench.tokens());
    const backup = bench.stored.get(bench.key()) ?? '';
    await client.refresh();
    bench.stored.set(bench.key(), backup);
    const renewed = await client.refresh();
    expect(bench.tokenRequests).to.equal(2);
    expect((await vault.client(USER))?.tokens).to.deep.equal(renewed);
    expect(bench.lost).to.deep.equal([]);
  });

  it('is not deceived by a sealed value that somebody has put back', async () => {
    await bench.vault({ secrets: [SECRET] }).save(USER, await bench.tokens());
    const older = bench.stored.get(bench.key()) ?? '';
    const vault = bench.vault({ secrets: [SECRET] });
    const renewed = await (await vault.client(USER))?.refresh();
    bench.stored.set(bench.key(), older);
    const client = await vault.client(USER);
    expect(client?.tokens).to.deep.equal(renewed);
    await client?.refresh();
    expect(bench.lost).to.deep.equal([]);
    expect((await bench.vault({ secrets: [SECRET] }).client(USER))?.tokens).to.deep.equal(client?.tokens);
  });
});

describe("What a process remembers of its users' latest records", () => {
  const record = (login: string, generation: number): HeldRecord => ({
    login,
    generation,
    tokens: {
      accessToken: `access-${login}${generation}`,
      refreshToken: `refresh-${login}${generation}`,
      idToken: undefined,
      tokenType: 'Bearer',
      scope: [],
      expiresAt: undefined,
    },
  });

  it('replaces an older record of the same login, and never a newer one', () => {
    const memory = createMemory();
    for (const generation of [2, 3, 1]) memory.remember(USER, record('A', generation));
    expect(memory.newest(USER, record('A', 2))).to.deep.equal(record('A', 3));
    expect(memory.newest(USER, record('A', 4))).to.deep.equal(record('A', 4));
    expect(memory.readGeneration(USER)).to.equal(3);
  });

  it('does not replace the record of another login: the user has signed in again', () => {
    const memory = createMemory();
    memory.remember(USER, record('A', 9));
    expect(memory.newest(USER, record('B', 1))).to.deep.equal(record('B', 1));
    memory.remember(USER, record('B', 1));
    expect(memory.readGeneration(USER)).to.equal(1);
  });

  it('says nothing about other users', () => {
    const memory = createMemory();
    memory.remember(USER, record('A', 9));
    expect(memory.newest(ANOTHER, record('A', 1))).to.deep.equal(record('A', 1));
    expect(memory.readGeneration(ANOTHER)).to.equal(0);
  });

  it('knows which login has ended, until that login is seen again', () => {
    const memory = createMemory();
    memory.remember(USER, record('A', 9));
    memory.end(USER, 'B');
    expect([memory.hasEnded('A'), memory.hasEnded('B'), memory.readGeneration(USER)]).to.deep.equal([false, true, 9]);
    memory.end(USER, 'A');
    expect([memory.hasEnded('A'), memory.readGeneration(USER)]).to.deep.equal([true, 0]);
    memory.remember(USER, record('A', 9));
    expect(memory.hasEnded('A')).to.equal(false);
  });

  it('is of the last 1,000 users, and of the last 1,000 logins that have ended', () => {
    const memory = createMemory();
    for (let user = 0; user <= 1_000; user += 1) {
      memory.remember(`${user}`, record('A', 5));
      memory.end('none', `login-${user}`);
    }
    expect(['0', '1', '1000'].map(memory.readGeneration)).to.deep.equal([0, 5, 5]);
    expect(['login-0', 'login-1', 'login-1000'].map(memory.hasEnded)).to.deep.equal([false, true, true]);
  });
});
