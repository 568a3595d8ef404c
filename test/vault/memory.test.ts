import { expect } from 'chai';
import { openBench, SECRET, USER, type Bench } from './support.ts';

describe('A client of a vault', () => {
  let bench: Bench;
  beforeEach(async () => (bench = await openBench()));
  afterEach(() => bench.close());

  it('renews by the newer tokens that it holds when the storage was put back to an older state', async () => {
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
});

describe('What a vault finds stored', () => {
  let bench: Bench;
  beforeEach(async () => (bench = await openBench()));
  afterEach(() => bench.close());

  it('is never opened as a newer renewal: what an attacker puts back, this process knows better', async () => {
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
