/**
 * Installs fake timers like Jest's: globals that never call back, and another `process`.
 * @returns restores the real ones
 */
export function installFakeTimers(): () => void {
  const faked = {
    setTimeout: () => 0,
    clearTimeout: () => {},
    setInterval: () => 0,
    clearInterval: () => {},
    setImmediate: () => 0,
    clearImmediate: () => {},
    queueMicrotask: () => {},
    process: Object.create(process, { nextTick: { value: () => {} } }) as unknown,
  };
  const originals = Object.keys(faked).map(
    (name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)!] as const,
  );
  for (const [name, value] of Object.entries(faked)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  return () => {
    for (const [name, descriptor] of originals) Object.defineProperty(globalThis, name, descriptor);
  };
}
