import { expect } from 'chai';
import fc from 'fast-check';
import type { Renewal } from '../../lib/client/token-keeper.ts';
import type { Tokens } from '../../lib/oauth/tokens.ts';
import { react, USER, World, type Process, type WorldOptions } from './simulation.ts';

/** What can go wrong at a step. `other` lets the step that came last go first. */
const FAULTS = [
  'kill', 'freeze for 14 s', 'freeze for 40 s', 'freeze both', 'lose the lock', 'fail before', 'fail after',
  'outage before', 'outage after', 'other',
] as const; // prettier-ignore
type Fault = (typeof FAULTS)[number] | 'fall back';
/** Faults by the number of the step before which they happen. */
type Plan = ReadonlyMap<number, Fault>;

const MAX_STEPS = 3_000;

/** Renews as an app does that keeps its client: so many times, and again after a failure. */
function work(world: World, process: Process): (renewals: number) => Promise<void> {
  const { authorizations } = process;
  let client: { readonly renewal: Renewal; tokens: Tokens } | undefined;
  return async (renewals) => {
    for (let left = renewals, tries = 0; left > 0 && tries < 8; tries += 1) {
      try {
        if (client === undefined) {
          const record = await authorizations.read(USER);
          if (record === undefined) return;
          client = { renewal: authorizations.renewalFor(USER, record), tokens: record.tokens };
        }
        client.tokens = await client.renewal.renew(client.tokens, true);
        left -= 1;
      } catch (error) {
        if (client?.renewal.isEnd(error)) client = undefined;
        await world.wait(process, 2_000);
      }
    }
  };
}

/** Does something until it succeeds. */
async function insist(world: World, process: Process, act: () => Promise<unknown>): Promise<boolean> {
  for (let tries = 0; tries < 8; tries += 1) {
    try {
      await act();
      return true;
    } catch {
      await world.wait(process, 2_000);
    }
  }
  return false;
}

/** Plays until nothing is left to happen. */
async function play(world: World, plan: Plan, firstStep = 0): Promise<number> {
  let number = firstStep;
  for (;;) {
    const due = world.due();
    if (due.length === 0) {
      if (await world.passTime()) continue;
      return number;
    }
    number += 1;
    if (number > MAX_STEPS) throw new Error('it never ends');
    const fault = plan.get(number);
    const step = (fault === 'other' ? due.at(-1) : due[0])!; // there is one
    const { process } = step;
    if (process !== undefined) commit(world, process, fault);
    await world.take(step);
  }
}

function commit(world: World, process: Process, fault: Fault | undefined): void {
  if (fault === undefined || fault === 'other') return;
  world.trace.push(`${world.nowMs} ${fault}`);
  if (fault === 'kill') world.kill(process);
  else if (fault === 'freeze for 14 s') world.freeze(process, 14_000);
  else if (fault === 'freeze for 40 s') world.freeze(process, 40_000);
  else if (fault === 'freeze both') for (const each of world.processes) world.freeze(each, 20_000);
  else if (fault === 'lose the lock') world.loseLock();
  else if (fault === 'fall back') world.fallBack();
  else if (fault === 'fail before' || fault === 'fail after')
    world.failNext = fault === 'fail before' ? 'before' : 'after';
  else world.answersFail = fault === 'outage before' ? 'before' : 'after';
}

interface Scene extends WorldOptions {
  /** What the second process does while the first one renews. */
  readonly second?: 'renews' | 'revokes' | 'signs in';
  /** The user has withdrawn the authorization at Roblox. */
  readonly isWithdrawn?: boolean;
}

/** Two processes work, and everything in the plan goes wrong. Afterwards both renew once more, and a third one looks what is left. */
async function simulate(plan: Plan, { second = 'renews', isWithdrawn = false, ...options }: Scene = {}) {
  const world = new World(options);
  const saved = world.start('saver').authorizations.save(USER, world.tokens(1));
  await react();
  await play(world, new Map());
  await saved;
  world.isRevoked = isWithdrawn;
  const [a, b] = [world.start('A'), world.start('B')];
  const workers = [work(world, a), work(world, b)];
  let isDone = false;
  const done = (success: boolean) => (isDone = success);
  if (second === 'renews') void workers[1]?.(3);
  if (second === 'revokes') void insist(world, b, () => b.authorizations.end(USER)).then(done);
  if (second === 'signs in') {
    const tokens = world.signIn();
    void insist(world, b, () => b.authorizations.save(USER, tokens)).then(done);
  }
  void workers[0]?.(3);
  await react();
  await play(world, plan);
  world.failNext = 'nothing';
  world.answersFail = 'nothing';
  if (options.forgets || options.isLocking === false) {
    // Whoever holds the newest tokens brings them back when it next renews.
    for (const worker of [...workers, ...workers]) {
      void worker(1);
      await react();
      await play(world, new Map());
    }
  }
  void work(world, world.start('late'))(1);
  await react();
  await play(world, new Map());
  const faults = [...plan].map(([step, fault]) => `${step}: ${fault}`).join(', ');
  const story = `${faults}\n${world.trace.join('\n')}\nstored: ${world.stored}`;
  const { receiver, isStored } = world.answer;
  const isUnheard = !isStored && (receiver === undefined || receiver.state === 'dead');
  return { world, story, isDone, isUnheard };
}

async function checkRenewals(plan: Plan, scene?: Scene): Promise<void> {
  const { world, story, isUnheard } = await simulate(plan, scene);
  const isSound = !scene?.forgets && scene?.isLocking !== false;
  if (!isSound && (isUnheard || world.answer.receiver?.state === 'dead')) return;
  if (isUnheard) {
    // Whoever dies or stands still right after it has told, or has stored, cannot say so in time.
    const stopped = world.processes.filter(({ hasStopped }) => hasStopped).length;
    expect(world.told, `told once\n${story}`).to.be.within(1, 1 + stopped);
    expect(world.storedNumber, `no tokens stay\n${story}`).to.equal(undefined);
    expect(world.record, `nothing is left to tell\n${story}`).to.not.include({ state: 'lost' });
    return;
  }
  expect(world.storedNumber, `the newest token is stored\n${story}`).to.equal(world.current);
  // Else a loss may be told of what its holder brings back later.
  if (isSound) expect(world.told, `no loss is told\n${story}`).to.equal(0);
}

async function checkRevocation(plan: Plan): Promise<void> {
  const { world, story, isDone, isUnheard } = await simulate(plan, { second: 'revokes' });
  if (!isDone) return;
  expect(world.storedNumber, `nothing revoked is stored\n${story}`).to.equal(undefined);
  expect(world.isRevoked || isUnheard, `what a process holds is revoked\n${story}`).to.equal(true);
}

async function checkLogin(plan: Plan): Promise<void> {
  const { world, story, isDone, isUnheard } = await simulate(plan, { second: 'signs in' });
  if (isDone && !isUnheard) expect(world.storedNumber, `the new login is stored\n${story}`).to.equal(world.current);
}

async function checkTelling(plan: Plan): Promise<void> {
  const { world, story } = await simulate(plan, { isWithdrawn: true });
  const stopped = world.processes.filter(({ hasStopped }) => hasStopped).length;
  expect(world.told, `told once, or again by others of one that stopped\n${story}`).to.be.within(1, 1 + stopped);
  expect(world.storedNumber, `no tokens stay\n${story}`).to.equal(undefined);
  expect(world.record, `nothing is left to tell\n${story}`).to.not.include({ state: 'lost' });
}

/** Several faults at steps by chance. */
function plansOf(faults: readonly Fault[], maxStep: number): fc.Arbitrary<Plan> {
  const fault = fc.tuple(fc.integer({ min: 1, max: maxStep }), fc.constantFrom(...faults));
  return fc.uniqueArray(fault, { minLength: 2, maxLength: 4, selector: ([step]) => step }).map((list) => new Map(list));
}

async function forAll(plans: fc.Arbitrary<Plan>, runs: number, check: (plan: Plan) => Promise<void>): Promise<void> {
  // SIMULATIONS=50: times as many (in .ci/run 4). SEED: other ones.
  const [factor, seed] = [Number(process.env['SIMULATIONS'] ?? 1), Number(process.env['SEED'] ?? 7)];
  await fc.assert(fc.asyncProperty(plans, check), { numRuns: runs * factor, seed });
}

describe('Processes that share a vault', () => {
  it('spend each refresh token once when nothing goes wrong', async () => {
    const { world } = await simulate(new Map());
    expect(world.refusals).to.equal(0);
    // By the pair, and by the process that came late.
    expect(world.current).to.be.within(4, 8);
  });

  for (const fault of FAULTS) {
    it(`lose nothing that a living process has received: ${fault}, before each step`, async () => {
      for (let step = 1; step <= 90; step += 1) await checkRenewals(new Map([[step, fault]]));
    }).timeout(20_000);
  }

  it('lose nothing that a living process has received, whatever goes wrong together', () =>
    forAll(plansOf(FAULTS, 90), 150, (plan) => checkRenewals(plan))).timeout(0);

  it('lose nothing that a living process holds where the storage falls back to an older state', () =>
    forAll(plansOf([...FAULTS, 'fall back', 'fall back', 'fall back'], 90), 150, (plan) =>
      checkRenewals(plan, { forgets: true }),
    )).timeout(0);

  it('lose nothing that a living process holds where the lock guarantees nothing', () =>
    forAll(plansOf([...FAULTS, 'other', 'other', 'other'], 90), 150, (plan) =>
      checkRenewals(plan, { isLocking: false }),
    )).timeout(0);

  it('bring back nothing that was revoked, and revoke what arrives later', () =>
    forAll(plansOf(FAULTS, 50), 150, checkRevocation)).timeout(0);

  for (const fault of FAULTS) {
    it(`tell of an authorization that the user has withdrawn: ${fault}, before each step`, async () => {
      for (let step = 1; step <= 40; step += 1) await checkTelling(new Map([[step, fault]]));
    });
  }

  it('tell exactly once when the one that should tell dies between the removal and the telling', async () => {
    const { world } = await simulate(new Map(), { isWithdrawn: true });
    const removal = world.trace.findIndex((line) => line.includes('set lost')) - 4;
    const { world: other } = await simulate(new Map([[removal + 2, 'kill']]), { isWithdrawn: true });
    expect(other.trace.findIndex((line) => line.includes('DIES'))).to.be.greaterThan(
      other.trace.findIndex((line) => line.includes('set lost')),
    );
    expect(other.told).to.equal(1);
    expect(other.processes.find(({ state }) => state === 'dead')?.lost).to.equal(0);
  });

  it('tell again what onLost threw at, until it is heard', async () => {
    let throws = 3;
    const onLost = () => {
      if (throws-- > 0) throw new Error('no mail today');
    };
    const { world } = await simulate(new Map(), { isWithdrawn: true, onLost });
    expect(world.told).to.equal(4);
    expect(world.stored).to.equal(undefined);
  });

  it('let a new login stand', () => forAll(plansOf(FAULTS, 50), 150, checkLogin)).timeout(0);
});
