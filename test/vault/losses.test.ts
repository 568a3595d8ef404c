import { expect } from 'chai';
import { DEMO_CLIENT } from '../../lib/emulator/index.ts';
import { OAuthError, type TokenStorage } from '../../lib/index.ts';
import type { App } from '../../lib/oauth/app-options.ts';
import { deriveEndpoints } from '../../lib/oauth/endpoints.ts';
import { createLosses } from '../../lib/vault/losses.ts';
import { createMarks, type VaultClock } from '../../lib/vault/marks.ts';
import { createRecords, type TokenRecord } from '../../lib/vault/records.ts';
import { catchError } from '../support/thrown.ts';
import { ANOTHER, expectNoTokens, LONG_AGO, openBench, USER, type Bench } from './support.ts';

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
    const calls = Array.from({ length: 20 }, (_, index) => catchError(clients[index % 5]!.userInfo())); // something is stored
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
    await catchError(one.userInfo());
    const error = await catchError(two!.userInfo()); // something was stored
    expect(error).to.be.instanceOf(OAuthError).with.property('error', 'invalid_grant');
    expect(bench.lost).to.deep.equal([USER]);
    // It has tried what it held: the storage might have forgotten it.
    expect(bench.tokenRequests).to.equal(2);
    expect(bench.stored.size).to.equal(0);
    await catchError(two!.userInfo());
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
      const error = await catchError(client.userInfo());
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
        answers.push(await catchError(bystander.refresh()));
      },
    });
    const client = await vault.save(USER, await bench.tokens({ expiresAt: LONG_AGO }));
    const bystander = (await vault.client(USER))!; // just saved
    bench.roblox.revokeAuthorizations(USER);
    await catchError(client.userInfo());
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
    expect(await catchError(client.userInfo())).to.have.property('error', 'invalid_grant');
    expect(await vault.client(USER)).to.equal(undefined);
    while (bench.stored.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(bench.lost).to.deep.equal([USER]);
  });
});

describe('A loss that is to be told', () => {
  /** Processes that share a storage and a clock. Rests take no time; sleeps never end, unless a test says so. */
  function openProcesses() {
    let nowMs = 0;
    const clock: VaultClock = {
      now: () => nowMs,
      monotonic: () => nowMs,
      sleep: () => new Promise(() => {}),
      async rest(delayMs, signal) {
        signal?.throwIfAborted();
        nowMs += delayMs;
      },
      random: () => 1,
    };
    const { clientID } = DEMO_CLIENT;
    const app = { credentials: { clientID }, endpoints: deriveEndpoints() } as App; // records use no more of it
    const records = createRecords({ storage: new Map(), sealer: undefined, app: () => app });
    const start = (onLost?: (userId: string) => unknown, sleep = clock.sleep) =>
      createLosses({
        records,
        onLost,
        marks: createMarks(clock),
        clock: { ...clock, sleep },
        runLocked: (_userId, task) => task(),
      });
    return { records, start, now: () => nowMs };
  }
  const REFUSED: TokenRecord = {
    login: 'A',
    generation: 1,
    state: 'refused',
    mark: undefined,
    holders: [],
    tokens: undefined,
    savedAt: 0,
  };

  it('is forgotten at once when nobody wants to hear of it', async () => {
    const { records, start } = openProcesses();
    await records.write(USER, REFUSED);
    expect(await start().conclude(USER, REFUSED)).to.equal(undefined);
    expect(await records.read(USER)).to.equal(undefined);
  });

  it('is told by another process, 15 seconds later, when the one that should tell has died', async () => {
    const { records, start, now } = openProcesses();
    await start(() => expect.fail('it has died')).conclude(USER, REFUSED);
    const record = (await records.read(USER))!; // just written
    const heard = await new Promise((resolve) => start(resolve).notice(USER, record));
    expect(heard).to.equal(USER);
    expect(now()).to.equal(15_000);
  });

  it('is told again, after growing pauses, until onLost has not thrown', async () => {
    const { records, start, now } = openProcesses();
    const times: number[] = [];
    const losses = start(() => {
      times.push(now());
      if (times.length < 4) throw new Error('no mail today');
    });
    const loss = (await losses.conclude(USER, REFUSED))!; // somebody wants to hear
    expect(await losses.tell(USER, loss)).to.have.property('message', 'no mail today');
    while ((await records.read(USER)) !== undefined) await new Promise((resolve) => setImmediate(resolve));
    expect(times).to.deep.equal([0, 250, 750, 1_750]);
  });

  it('is not told when the user has signed in again while onLost threw', async () => {
    const { records, start } = openProcesses();
    let asked = 0;
    const losses = start(async () => {
      asked += 1;
      if (asked > 1) return;
      await records.write(USER, { ...REFUSED, login: 'B', state: 'live' });
      throw new Error('no mail today');
    });
    const loss = (await losses.conclude(USER, REFUSED))!; // somebody wants to hear
    await losses.tell(USER, loss);
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).to.equal(1);
    expect(await records.read(USER)).to.include({ login: 'B' });
  });

  it('holds a call up for a second at most when onLost never ends', async () => {
    const { start } = openProcesses();
    const sleeps: number[] = [];
    const losses = start(
      () => new Promise(() => {}),
      async (delayMs) => void sleeps.push(delayMs),
    );
    const loss = (await losses.conclude(USER, REFUSED))!; // somebody wants to hear
    expect(await losses.tell(USER, loss)).to.equal(undefined);
    expect(sleeps).to.deep.equal([1_000]);
  });

  it('is left to other processes once the vault is closed', async () => {
    const { records, start } = openProcesses();
    await start(() => {}).conclude(USER, REFUSED);
    const record = (await records.read(USER))!; // just written
    const told: string[] = [];
    const losses = start((userId) => told.push(userId));
    losses.close();
    losses.notice(USER, record);
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).to.deep.equal([]);
    expect(await records.read(USER)).to.deep.equal(record);
  });
});
