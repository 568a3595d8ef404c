import timers from 'node:timers';

/**
 * The platform's timers, captured when the package is loaded, so that fake timers (Jest, vitest, sinon) cannot make a request, a login or
 * a renewal hang. Fake timers replace the global functions and `process.nextTick`. Jest's leave `node:timers` alone, even when they are
 * installed before the package is loaded.
 *
 * The clock is not captured: where `now` defaults to `Date.now()`, a fake `Date` counts.
 */
export const { setTimeout, clearTimeout, setImmediate, clearImmediate } = timers;

/** Calls `callback` later, outside of any promise: an error that it throws is an uncaught exception, not a rejection. */
export function runOutsidePromise<Values extends unknown[]>(
  callback: (...values: Values) => unknown,
  ...values: Values
): void {
  setImmediate(callback, ...values);
}
