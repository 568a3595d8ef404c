import timers from 'node:timers';

/**
 * The platform's timers, captured when the package is loaded. Fake timers (Jest, vitest, sinon) replace the global functions and
 * `process.nextTick`; a request, a login or a renewal must not hang because of them. They come from `node:timers`, which Jest's fake
 * timers leave alone even when they are installed before the package is loaded.
 *
 * The clock is not captured: a fake `Date` is honoured wherever `now` defaults to `Date.now()`.
 */
export const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate } = timers;

/** {@link setImmediate} under the name of what it is used for: what `callback` throws is an uncaught exception, not a rejection. */
export function runOutsidePromise<Values extends unknown[]>(
  callback: (...values: Values) => unknown,
  ...values: Values
): void {
  setImmediate(callback, ...values);
}
