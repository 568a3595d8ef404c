import { clearTimeout, setTimeout } from '../http/platform.ts';
import { TokenVaultError, type TokenVaultErrorCode } from './error.ts';

/**
 * Waits for work that may never end: a Redis or Postgres client queues commands while there is no connection.
 * @param onLate what to do with a result that comes when nobody waits any more
 * @throws {TokenVaultError} with `code` and `message`, after so many milliseconds
 */
export async function within<T>(
  ms: number,
  work: Promise<T>,
  late: { readonly code: TokenVaultErrorCode; readonly message: string; readonly onLate?: (result: T) => void },
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => {
        work.then(late.onLate, () => {});
        reject(new TokenVaultError(late.code, late.message));
      },
      Math.max(0, ms),
    );
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** @throws {TypeError} no whole number of milliseconds that a timer takes */
export function readMilliseconds(name: string, value: unknown, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 0x7fffffff) return value;
  const shown = typeof value === 'number' ? value : `a ${typeof value}`;
  throw new TypeError(`${name} must be a whole number of milliseconds from 1 to 2147483647, but is ${shown}`);
}
