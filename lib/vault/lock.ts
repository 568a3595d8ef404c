import type { TokenLock } from './storage.ts';

/** A lock for one process: tasks of the same user run one after the other. It remembers users only while a task of theirs runs. */
export function inProcessLock(): TokenLock {
  const tails = new Map<string, Promise<void>>();
  return async (userId, task) => {
    const mine = (tails.get(userId) ?? Promise.resolve()).then(task);
    const tail = mine.then(
      () => {},
      () => {},
    );
    tails.set(userId, tail);
    try {
      return await mine;
    } finally {
      if (tails.get(userId) === tail) tails.delete(userId);
    }
  };
}
