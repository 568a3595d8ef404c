/**
 * Installs what Jest's fake timers install: globals that never call back, and a `process` of the sandbox's own.
 * @returns puts the real ones back
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
