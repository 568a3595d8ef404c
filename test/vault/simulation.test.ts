import { expect } from 'chai';
import fc from 'fast-check';
import { react, USER, World, type Fence, type Process } from './simulation.ts';

/** What can go wrong at a step. `other` lets the step that came last go first. */
const FAULTS = [
  'kill', 'freeze for 14 s', 'freeze for 40 s', 'freeze both', 'lose the lock', 'fail before', 'fail after',
  'outage before', 'outage after', 'other',
] as const; // prettier-ignore
type Fault = (typeof FAULTS)[number];
/** Faults by the number of the step before which they happen. */
type Plan = ReadonlyMap<number, Fault>;

const MAX_STEPS = 3_000;

/** Renews as an app does: so many times, and again after a failure. */
async function work(world: World, process: Process, renewals: number): Promise<void> {
  for (let left = renewals, tries = 0; left > 0 && tries < 8; tries += 1) {
    try {
      const record = await process.authorizations.read(USER);
      if (record === undefined) return;
      await process.authorizations.renewalFor(USER, record).renew(record.tokens, true);
      left -= 1;
    } catch {
      await world.wait(process, 2_000);
    }
  }
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
  else if (fault === 'fail before' || fault === 'fail after')
    world.failNext = fault === 'fail before' ? 'before' : 'after';
  else world.answersFail = fault === 'outage before' ? 'before' : 'after';
}

/** Two processes renew, and everything in the plan goes wrong. Afterwards a third one looks what is left. */
async function simulate(fence: Fence, plan: Plan): Promise<World> {
  const world = new World(fence);
  const saved = world.start('saver').authorizations.save(USER, world.tokens(1));
  await react();
  await play(world, new Map());
  await saved;
  const pair = [world.start('A'), world.start('B')];
  for (const process of pair) void work(world, process, 3);
  await react();
  await play(world, plan);
  world.failNext = 'nothing';
  world.answersFail = 'nothing';
  const late = world.start('late');
  void work(world, late, 1);
  await react();
  await play(world, new Map());
  return world;
}

function check(world: World, plan: Plan): void {
  const story = `${[...plan].map(([step, fault]) => `${step}: ${fault}`).join(', ')}\n${world.trace.join('\n')}\nstored: ${world.stored}`;
  const { receiver, isStored } = world.answer;
  const isExcused = world.current > 1 && !isStored && (receiver === undefined || receiver.state === 'dead');
  if (isExcused) {
    // Whoever dies or stands still right after it has told, or has stored, cannot say so in time.
    const stopped = world.processes.filter(({ hasStopped }) => hasStopped).length;
    expect(world.told, `told once\n${story}`).to.be.within(1, 1 + stopped);
    expect(world.storedNumber, `no tokens stay\n${story}`).to.equal(undefined);
    expect(world.record, `nothing is left to tell\n${story}`).to.not.include({ state: 'lost' });
    return;
  }
  expect(world.storedNumber, `the newest token is stored\n${story}`).to.equal(world.current);
  expect(world.told, `no loss is told\n${story}`).to.equal(0);
}

describe('Processes that share a vault', () => {
  it('spend each refresh token once when nothing goes wrong', async () => {
    const world = await simulate('fenced', new Map());
    expect(world.refusals).to.equal(0);
    // By the pair, and by the process that came late.
    expect(world.current).to.be.within(5, 8);
  });

  for (const fault of FAULTS) {
    it(`lose nothing that a living process has received: ${fault}, before each step`, async () => {
      for (let step = 1; step <= 90; step += 1) {
        const plan: Plan = new Map([[step, fault]]);
        check(await simulate('fenced', plan), plan);
      }
    }).timeout(20_000);
  }

  it('lose nothing that a living process has received, whatever goes wrong together', async () => {
    const plans = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.constantFrom(...FAULTS)), {
      minLength: 2,
      maxLength: 4,
      selector: ([step]) => step,
    });
    const property = fc.asyncProperty(plans, async (faults) => {
      const plan: Plan = new Map(faults);
      check(await simulate('fenced', plan), plan);
    });
    await fc.assert(property, {
      numRuns: Number(process.env['SIMULATIONS'] ?? 400),
      seed: Number(process.env['SEED'] ?? 7),
    });
  }).timeout(0);
});
