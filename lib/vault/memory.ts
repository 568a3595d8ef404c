import { setBounded } from './marks.ts';
import { isNewer, type HeldRecord } from './records.ts';

/** What a process remembers of its users' latest records, so that a storage that falls back to an older one is noticed, and mended. */
export type Memory = ReturnType<typeof createMemory>;

/** How many users are remembered, those last used. */
const REMEMBERED_USERS = 1_000;

export function createMemory() {
  const latest = new Map<string, HeldRecord>();
  const ended = new Map<string, true>();
  return {
    remember(userId: string, { login, generation, tokens }: HeldRecord): void {
      const before = latest.get(userId);
      if (before !== undefined && before.login === login && before.generation > generation) return;
      ended.delete(login);
      setBounded(latest, userId, { login, generation, tokens }, REMEMBERED_USERS);
    },
    /** The given record, or a newer one of the same login that this process has seen. */
    newest(userId: string, record: HeldRecord): HeldRecord {
      const known = latest.get(userId);
      return known !== undefined && known.login === record.login && isNewer(known, record) ? known : record;
    },
    /** Reads the generation of the record that is remembered for a user; 0 when none is. */
    readGeneration: (userId: string) => latest.get(userId)?.generation ?? 0,
    /** Remembers that a login has ended. */
    end(userId: string, login: string): void {
      setBounded(ended, login, true, REMEMBERED_USERS);
      if (latest.get(userId)?.login === login) latest.delete(userId);
    },
    hasEnded: (login: string) => ended.has(login),
  };
}
