import { expect } from 'chai';
import { ConnectionError, RefusedError, requireGroupRank, RobloxAPIError, type RobloxClient } from '../../lib/index.ts';
import type { Emulator } from '../../lib/emulator/index.ts';
import { catchError } from '../support/thrown.ts';
import { clientFor, MANGO, MEMBERSHIPS, NELL, useEmulator } from './support.ts';

describe("a gate's cache", () => {
  let roblox: Emulator;
  useEmulator((started) => (roblox = started));

  const count = () => roblox.count(MEMBERSHIPS);
  let nowMs: number;
  const gateOf = (cacheSeconds?: number) => {
    nowMs = 1_800_000_000_000;
    return requireGroupRank({ groupId: '7001', cacheSeconds, now: () => nowMs });
  };

  it('asks Roblox once in 30 seconds for each user, whether they may pass or not', async () => {
    const gate = gateOf();
    const [mango, nell] = [await clientFor(roblox, MANGO), await clientFor(roblox, NELL)];
    for (let i = 0; i < 3; i += 1) {
      expect(await gate.allows(mango)).to.equal(true);
      expect(await gate.allows(nell)).to.equal(false);
    }
    expect(count()).to.equal(2);
    nowMs += 29_999;
    await gate.allows(mango);
    expect(count()).to.equal(2);
    nowMs += 1;
    await gate.allows(mango);
    expect(count()).to.equal(3);
  });

  it('asks each time with cacheSeconds: 0', async () => {
    const gate = gateOf(0);
    const client = await clientFor(roblox, NELL);
    await gate.allows(client);
    await gate.allows(client);
    expect(count()).to.equal(2);
  });

  it('asks once for many calls at the same time', async () => {
    const gate = gateOf();
    const client = await clientFor(roblox, MANGO);
    const answers = await Promise.all(Array.from({ length: 20 }, () => gate.allows(client)));
    expect(new Set(answers)).to.deep.equal(new Set([true]));
    expect(count()).to.equal(1);
  });

  /** A client whose responses come when the test lets them. */
  function createSlowClient() {
    const answers: ((rank: number) => void)[] = [];
    const client = {
      toJSON: () => ({ userId: MANGO }),
      groups: { rank: () => new Promise<number>((resolve) => answers.push(resolve)) },
    } as unknown as RobloxClient;
    return { answers, client };
  }
  const letOthersRun = () => new Promise((resolve) => setImmediate(resolve));

  it('asks again when the request in flight is older than cacheSeconds', async () => {
    const gate = gateOf(30);
    const { answers, client } = createSlowClient();
    const first = gate.allows(client);
    await letOthersRun();
    nowMs += 45_000;
    const second = gate.allows(client);
    await letOthersRun();
    expect(answers).to.have.length(2);
    answers[1]?.(0);
    expect(await second).to.equal(false);
    answers[0]?.(255);
    await first;
    expect(await gate.allows(client)).to.equal(false);
  });

  it('asks again when the shared verdict came so late that it is older than cacheSeconds', async () => {
    const gate = gateOf(30);
    const { answers, client } = createSlowClient();
    const first = gate.allows(client);
    await letOthersRun();
    nowMs += 20_000;
    const others = [gate.allows(client), gate.allows(client)];
    await letOthersRun();
    expect(answers).to.have.length(1);
    nowMs += 25_000;
    answers[0]?.(255);
    expect(await first).to.equal(true);
    await letOthersRun();
    expect(answers).to.have.length(2);
    answers[1]?.(0);
    expect(await Promise.all(others)).to.deep.equal([false, false]);
  });

  it('asks for each call with cacheSeconds: 0, also at the same time', async () => {
    const gate = gateOf(0);
    const { answers, client } = createSlowClient();
    const both = Promise.all([gate.allows(client), gate.allows(client)]);
    await letOthersRun();
    answers.forEach((answer, index) => answer(index));
    expect(await both).to.deep.equal([false, true]);
  });

  it('uses no cached verdict after the clock was set back', async () => {
    const gate = gateOf();
    const client = await clientFor(roblox, NELL);
    await gate.allows(client);
    nowMs -= 1000;
    await gate.allows(client);
    expect(count()).to.equal(2);
  });

  it('caches no error: nobody passes then, and the next call asks again', async () => {
    const gate = gateOf();
    const client = await clientFor(roblox, MANGO);
    roblox.faults.status(MEMBERSHIPS, 500);
    const failures = await Promise.all([1, 2].map(() => catchError(gate.allows(client))));
    for (const failure of failures) expect(failure).to.be.instanceOf(RobloxAPIError).with.property('status', 500);
    roblox.faults.destroy(MEMBERSHIPS);
    expect(await catchError(gate.allows(client))).to.be.instanceOf(ConnectionError);
    expect(await gate.allows(client)).to.equal(true);
  });

  it('keeps at most 10,000 users', async () => {
    const gate = gateOf();
    let asked = 0;
    const clientOf = (id: number) =>
      ({
        toJSON: () => ({ userId: String(id) }),
        groups: { rank: async () => (asked += 1) },
      }) as unknown as RobloxClient;
    for (let id = 1; id <= 10_001; id += 1) await gate.allows(clientOf(id));
    await gate.allows(clientOf(10_001));
    expect(asked).to.equal(10_001);
    await gate.allows(clientOf(1));
    expect(asked).to.equal(10_002);
  });

  it('keeps the verdict that was asked for last, even if an older one comes later', async () => {
    const gate = gateOf();
    const answers: ((rank: number) => void)[] = [];
    const client = {
      toJSON: () => ({ userId: MANGO }),
      groups: { rank: () => new Promise<number>((resolve) => answers.push(resolve)) },
    } as unknown as RobloxClient;
    const slow = gate.allows(client);
    await Promise.resolve();
    nowMs += 1;
    const login = gate.verify(() => 'user')({ client } as never);
    await Promise.resolve();
    answers[1]?.(0);
    expect(await catchError(login as Promise<unknown>)).to.be.instanceOf(RefusedError);
    answers[0]?.(255);
    expect(await slow).to.equal(true);
    expect(await gate.allows(client)).to.equal(false);
  });
});
