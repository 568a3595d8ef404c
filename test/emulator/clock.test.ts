import { expect } from 'chai';

import { createClock, toSeconds } from '../../lib/emulator/clock.ts';

describe('The clock of the emulator', () => {
  it('goes with the given one, and can be moved forward and back', () => {
    let time = 1000;
    const clock = createClock(() => time);
    expect(clock.now()).to.equal(1000);
    clock.advance(5000);
    time += 1;
    expect(clock.now()).to.equal(6001);
    clock.advance(-6000);
    expect(clock.now()).to.equal(1);
  });

  it('is the real one by default', () => {
    const before = Date.now();
    expect(createClock().now()).to.be.within(before, Date.now());
  });

  it('counts whole seconds in tokens', () => {
    expect([0, 999, 1000, 1999].map(toSeconds)).to.deep.equal([0, 0, 1, 1]);
  });
});
