import { expect } from 'chai';
import { chooseGrowingPauseMs, createMarks, platformClock, setBounded } from '../../lib/vault/marks.ts';

describe('A mark that a process leaves in a record', () => {
  /** Marks of two processes, whose clocks began at different moments. */
  function openProcesses() {
    let passedMs = 0;
    const processOf = (startMs: number) => createMarks({ monotonic: () => startMs + passedMs });
    return { here: processOf(5_000_000), there: processOf(1_000), advance: (ms: number) => void (passedMs += ms) };
  }

  it('is over when its time has passed, and not a millisecond before', () => {
    const { here, advance } = openProcesses();
    const mark = here.make(1_000);
    advance(999);
    expect([here.leftMs(mark), here.isOver(mark)]).to.deep.equal([1, false]);
    advance(1);
    expect([here.leftMs(mark), here.isOver(mark)]).to.deep.equal([0, true]);
  });

  it('counts for another process from when that one first sees it, whatever their clocks say', () => {
    const { here, there, advance } = openProcesses();
    const mark = here.make(1_000);
    advance(10_000);
    expect(there.isOver(mark)).to.equal(false);
    advance(999);
    expect(there.isOver(mark)).to.equal(false);
    advance(1);
    expect(there.isOver(mark)).to.equal(true);
  });

  it('belongs to the process that made it, and is unlike every other', () => {
    const { here, there } = openProcesses();
    const [mine, another, theirs] = [here.make(1), here.make(1), there.make(1)];
    expect([mine, another, theirs].map(here.isMine)).to.deep.equal([true, true, false]);
    expect(new Set([mine.id, another.id, theirs.id]).size).to.equal(3);
  });

  it("is not changed by the machine's clock, which may be set back", () => {
    const realNow = Date.now;
    const marks = createMarks(platformClock);
    const mark = marks.make(60_000);
    Date.now = () => 0;
    try {
      expect(marks.leftMs(mark)).to.be.within(1, 60_000);
    } finally {
      Date.now = realNow;
    }
  });

  it('is forgotten after 10,000 newer ones, and then counts as new', () => {
    const { here, there, advance } = openProcesses();
    const oldest = here.make(1_000);
    const next = here.make(1_000);
    for (const mark of [oldest, next]) there.leftMs(mark);
    for (let count = 0; count < 9_999; count += 1) there.leftMs(here.make(1));
    advance(1_000);
    expect(there.isOver(next)).to.equal(true);
    expect(there.isOver(oldest)).to.equal(false);
  });
});

describe('A map with a limit', () => {
  it('drops the entry that was set longest ago', () => {
    const map = new Map<string, number>();
    for (const key of ['a', 'b', 'c', 'a', 'd']) setBounded(map, key, map.size, 3);
    expect([...map.keys()]).to.deep.equal(['c', 'a', 'd']);
  });
});

describe('The pause before another try', () => {
  it('doubles with each failure, up to a limit', () => {
    const pauses = [0, 1, 2, 3, 10, 1_000_000].map((failures) => chooseGrowingPauseMs(failures, 60_000, () => 1));
    expect(pauses).to.deep.equal([250, 500, 1_000, 2_000, 60_000, 60_000]);
  });

  it('is at least half as long, by chance, so that processes do not try all at once', () => {
    const pauses = [0, 0.5, 1].map((chance) => chooseGrowingPauseMs(2, 60_000, () => chance));
    expect(pauses).to.deep.equal([500, 750, 1_000]);
  });
});

describe('The rest between two tries', () => {
  it('ends at once, with the reason of its signal', async () => {
    const controller = new AbortController();
    const rested = platformClock.rest(60_000, controller.signal).catch((error: unknown) => error);
    controller.abort(new Error('closed'));
    expect(await rested).to.have.property('message', 'closed');
  });
});
