import { expect } from 'chai';
import { createMemoryLock } from '../../lib/vault/storage.ts';
import type { TokenLock, TokenStorage } from '../../lib/index.ts';
import { openBench, USER, type Bench } from './support.ts';

describe('What a vault asks of its storage', () => {
  let bench: Bench;
  let asked: string[];
  beforeEach(async () => {
    bench = await openBench();
    asked = [];
  });
  afterEach(() => bench.close());

  function countingVault() {
    const note = (what: string) => asked.push(what);
    const storage: TokenStorage = {
      get: (key) => (note('get'), bench.stored.get(key)),
      set: (key, value) => (note('set'), bench.stored.set(key, value)),
      delete: (key) => (note('delete'), bench.stored.delete(key)),
    };
    const memoryLock = createMemoryLock();
    const lock: TokenLock = (key, task) => {
      note('lock');
      return memoryLock(key, task);
    };
    return bench.vault({ storage, lock });
  }

  it('is one value for a client, and nothing for a call with a good token', async () => {
    await bench.vault().save(USER, await bench.tokens());
    const client = await countingVault().client(USER);
    expect(asked).to.deep.equal(['get']);
    await client?.userInfo();
    expect(asked).to.deep.equal(['get']);
  });

  it('is one lock, one value and one write for a login', async () => {
    await countingVault().save(USER, await bench.tokens());
    expect(asked).to.deep.equal(['lock', 'get', 'set']);
  });

  it('is twice that for a renewal', async () => {
    const client = await countingVault().save(USER, await bench.tokens());
    asked = [];
    await client.refresh();
    expect(asked).to.deep.equal(['lock', 'get', 'set', 'lock', 'get', 'set']);
  });

  it('is one lock and one value where another process has renewed', async () => {
    const client = await countingVault().save(USER, await bench.tokens());
    await (await bench.vault().client(USER))?.refresh();
    asked = [];
    await client.refresh();
    expect(asked).to.deep.equal(['lock', 'get']);
  });
});
