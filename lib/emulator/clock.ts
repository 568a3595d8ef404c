/** The emulator's clock: real time, plus what a test has moved it by. */
export interface EmulatorClock {
  /** Now, in milliseconds since 1970. */
  now(): number;
  /** Moves the clock, so that codes and tokens expire without anybody waiting. Negative values move it back. */
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
