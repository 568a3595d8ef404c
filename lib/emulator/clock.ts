/** The emulator's clock: the real time, plus what tests have added with `advance`. */
export interface EmulatorClock {
  /** Now, in milliseconds since 1970. */
  now(): number;
  /** Moves the clock, so that tests need not wait until codes and tokens expire. Negative values move it back. */
  advance(ms: number): void;
}

export function createClock(now: () => number = () => Date.now()): EmulatorClock {
  let offset = 0;
  return {
    now: () => now() + offset,
    advance(ms) {
      offset += ms;
    },
  };
}

export function toSeconds(ms: number): number {
  return Math.floor(ms / 1000);
}
