import { expect } from 'chai';
import { createSingleFlight, runWithEitherSignal, setDeadline } from '../../lib/http/abort.ts';
import { catchError } from '../support/thrown.ts';

describe('work that either of two signals ends', () => {
  const hang = (signal: AbortSignal | undefined) =>
    new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));

  for (const first of [0, 1]) {
    it(`ends with the reason of the ${['one', 'other'][first]}`, async () => {
      const controllers = [new AbortController(), new AbortController()];
      const work = runWithEitherSignal(controllers[0]!.signal, controllers[1]!.signal, hang);
      controllers[first]!.abort(new Error('enough'));
      expect(await catchError(work)).to.have.property('message', 'enough');
    });

    it(`begins with an aborted signal when the ${['one', 'other'][first]} is aborted`, async () => {
      const signals = [new AbortController().signal, new AbortController().signal];
      signals[first] = AbortSignal.abort(new Error('enough'));
      const seen = await runWithEitherSignal(signals[0], signals[1], async (signal) => signal);
      expect(seen?.reason).to.have.property('message', 'enough');
    });
  }

  it('gets the signal itself when there is only one', async () => {
    const { signal } = new AbortController();
    expect(await runWithEitherSignal(signal, undefined, async (given) => given)).to.equal(signal);
    expect(await runWithEitherSignal(undefined, signal, async (given) => given)).to.equal(signal);
    expect(await runWithEitherSignal(undefined, undefined, async (given) => given)).to.equal(undefined);
  });
});

describe('work that is done once for all', () => {
  it('is started once, and all who asked meanwhile get its result', async () => {
    const flight = createSingleFlight<number>();
    let runs = 0;
    const work = async () => (runs += 1);
    expect(await Promise.all([flight.run(work), flight.run(work), flight.current()])).to.deep.equal([1, 1, 1]);
    expect(flight.current()).to.equal(undefined);
    expect(await flight.run(work)).to.equal(2);
  });

  it('fails for all who asked, can be started again, and is no unhandled rejection when nobody waits for it', async () => {
    const flight = createSingleFlight<number>();
    const work = async () => Promise.reject(new Error('no'));
    void flight.run(work);
    expect(await catchError(flight.run(work))).to.have.property('message', 'no');
    expect(await flight.run(async () => 1)).to.equal(1);
  });
});

describe('a deadline', () => {
  const over = () => new Promise<void>((resolve) => void setDeadline(0, resolve));

  it('is never called after it was cleared, not even in its grace period', async () => {
    let calls = 0;
    const clear = setDeadline(0, () => (calls += 1));
    const end = Date.now() + 20;
    while (Date.now() <= end) await new Promise((resolve) => setImmediate(resolve));
    clear();
    const early = calls;
    await over();
    await over();
    expect(calls).to.equal(early);
  });
});
