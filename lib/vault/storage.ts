/**
 * Where a vault keeps one string per user: a `Map`, a table, anything with these three. The string holds the user's tokens: as JSON,
 * or sealed where the vault has `secrets`. Each may answer at once or by a promise.
 */
export interface TokenStorage {
  /** @returns what was stored last; undefined (or null) when nothing is */
  get(userId: string): string | null | undefined | Promise<string | null | undefined>;
  /** Stores a value in place of the one before. When it resolves the value must be safe: a refresh token works once. */
  set(userId: string, value: string): unknown;
  /** Forgets the value, if there is one. */
  delete(userId: string): unknown;
}

/**
 * Runs a task while no other task of the same user runs, in whatever process shares the storage; different users do not wait for
 * each other. Hands back what the task does, and lets go of the lock however it ends.
 */
export type TokenLock = <Result>(userId: string, task: () => Promise<Result>) => Promise<Result>;
