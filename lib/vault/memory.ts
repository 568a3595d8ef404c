import { setBounded } from './marks.ts';
import { isNewer, type HeldRecord } from './records.ts';

/**
 * Remembers the latest record of each user that this process has seen. So the vault notices when the storage falls back to an older record
 * (a failover, a restored backup), and can repair it.
 */
export type Memory = ReturnType<typeof createMemory>;

/** The most users in memory. The user whose record was used least recently is forgotten first. */
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
    /** Returns the given record, or a newer one of the same login that this process has seen. */
    newest(userId: string, record: HeldRecord): HeldRecord {
      const known = latest.get(userId);
      return known !== undefined && known.login === record.login && isNewer(known, record) ? known : record;
    },
    /** Returns the generation of the remembered record; 0 when there is none. */
    readGeneration: (userId: string) => latest.get(userId)?.generation ?? 0,
    /** Remembers that a login has ended. */
    end(userId: string, login: string): void {
      setBounded(ended, login, true, REMEMBERED_USERS);
      if (latest.get(userId)?.login === login) latest.delete(userId);
    },
    hasEnded: (login: string) => ended.has(login),
  };
}
