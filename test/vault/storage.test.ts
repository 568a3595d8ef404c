import { expect } from 'chai';
import { createMemoryLock } from '../../lib/vault/storage.ts';
import { catchError } from '../support/thrown.ts';

describe('The lock for one process', () => {
  it('runs the tasks of a user one after the other, in their order, whatever becomes of them', async () => {
    const lock = createMemoryLock();
    const log: string[] = [];
    let running = 0;
    const task = (name: string) => async () => {
      expect(++running, `${name} runs alone`).to.equal(1);
      log.push(name);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      if (name === 'second') throw new Error(name);
      return name;
    };
    const first = lock('7', task('first'));
    const second = catchError(lock('7', task('second')));
    expect(await first).to.equal('first');
    // The second runs by now; a third must still wait for it.
    const third = lock('7', task('third'));
    expect(await second).to.have.property('message', 'second');
    expect(await third).to.equal('third');
    expect(await lock('7', task('fourth'))).to.equal('fourth');
    expect(log).to.deep.equal(['first', 'second', 'third', 'fourth']);
  });

  it('lets different users go on beside each other', async () => {
    const lock = createMemoryLock();
    const other = await lock('7', () => lock('8', async () => 'inside'));
    expect(other).to.equal('inside');
  });
});
