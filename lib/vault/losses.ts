import { setMaxListeners } from 'node:events';
import { chooseGrowingPauseMs, type Marks, type VaultClock } from './marks.ts';
import type { Mark, Records, TokenRecord } from './records.ts';

/** Records that authorizations were lost, and calls `onLost`. */
export type Losses = ReturnType<typeof createLosses>;

/** A lost authorization for which this process calls `onLost`, until its claim is over. */
export interface Loss {
  readonly login: string;
  readonly claim: Mark;
}

/** How long one process may take to call `onLost`. Then another process that sees the record calls it too. */
const CLAIM_MS = 15_000;
/** How long calls of the client wait for `onLost`, which may never end. */
const TOLD_WITHIN_MS = 1_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

/**
 * Makes {@link Losses}. A lost authorization stays in its record until `onLost` has succeeded. The record has a claim of the process that
 * calls `onLost`. If that process dies, the next one that sees the record waits until the claim is over, and calls it.
 */
export function createLosses(options: {
  readonly records: Records;
  readonly runLocked: <T>(userId: string, task: () => Promise<T>) => Promise<T>;
  readonly marks: Marks;
  readonly clock: VaultClock;
  readonly onLost: ((userId: string) => unknown) | undefined;
}) {
  const { records, runLocked, marks, clock, onLost } = options;
  const closing = new AbortController();
  // Many records may wait at once.
  setMaxListeners(0, closing.signal);
  /** Users whose record will be reviewed. */
  const noticed = new Set<string>();
  /** Logins for which this process is calling `onLost`. */
  const telling = new Set<string>();

  /**
   * Records that an authorization is lost. Call it under the user's lock.
   * @returns the loss to {@link tell}; undefined without `onLost`
   */
  async function conclude(userId: string, record: TokenRecord): Promise<Loss | undefined> {
    if (onLost === undefined) {
      await records.remove(userId);
      return undefined;
    }
    const claim = marks.make(CLAIM_MS);
    await records.write(userId, { ...record, state: 'lost', mark: claim, holders: [], tokens: undefined });
    return { login: record.login, claim };
  }

  function rest(failures: number): Promise<void> {
    return clock.rest(chooseGrowingPauseMs(failures, LONGEST_PAUSE_MS, clock.random), closing.signal);
  }

  /** Runs work under the user's lock. Repeats it until it succeeds or the vault is closed. */
  async function persist<T>(userId: string, work: () => Promise<T>): Promise<T> {
    for (let failures = 0; ; failures += 1) {
      try {
        return await runLocked(userId, work);
      } catch {
        await rest(failures);
      }
    }
  }

  async function tellUntilHeard(userId: string, loss: Loss, onThrow: (error: unknown) => void): Promise<void> {
    const { login } = loss;
    let { claim } = loss;
    for (let failures = 0; ; failures += 1) {
      // The claim is over after a pause of this process: another one may have called `onLost`.
      if (failures > 0 || marks.isOver(claim)) {
        const again = await persist(userId, () => claimAgain(userId, login));
        if (again === undefined) return;
        claim = again.claim;
      }
      try {
        await onLost?.(userId);
        break;
      } catch (error) {
        onThrow(error);
      }
      await rest(failures);
    }
    await persist(userId, async () => {
      if (isLossOf(login, await records.read(userId))) await records.remove(userId);
    });
  }

  /** @returns undefined when nobody needs to call `onLost` any more, or another process does */
  async function claimAgain(userId: string, login: string): Promise<Loss | undefined> {
    const record = await records.read(userId);
    if (!isLossOf(login, record)) return undefined;
    const isOurs = record.mark === undefined || marks.isMine(record.mark) || marks.isOver(record.mark);
    return isOurs ? conclude(userId, record) : undefined;
  }

  /** Reviews a record when its mark is over, if it has one: a refusal becomes a loss, a loss is told, a revocation is removed. */
  function notice(userId: string, record: TokenRecord): void {
    const { state, mark, login } = record;
    if (mark === undefined || state === 'live' || noticed.has(userId) || telling.has(login)) return;
    noticed.add(userId);
    void review(userId, record).then(
      (next) => {
        noticed.delete(userId);
        next?.();
      },
      () => noticed.delete(userId), // closed
    );
  }

  /** Waits until the mark is over, and changes the record. @returns what to do after that */
  async function review(userId: string, { mark, holders }: TokenRecord): Promise<(() => void) | undefined> {
    const pending = [mark, holders.at(-1)].filter((each) => each !== undefined);
    await clock.rest(Math.max(...pending.map((each) => marks.leftMs(each)), 0), closing.signal);
    return persist(userId, async () => {
      const record = await records.read(userId);
      if (record?.mark === undefined || record.state === 'live') return undefined;
      const intent = record.holders.at(-1);
      if (!marks.isOver(record.mark) || (intent !== undefined && !marks.isOver(intent))) {
        return () => notice(userId, record);
      }
      if (record.state === 'revoked') {
        await records.remove(userId);
        return undefined;
      }
      const loss = await conclude(userId, record);
      return loss === undefined ? undefined : () => void tell(userId, loss);
    });
  }

  /**
   * Calls `onLost` without a lock, until it succeeds.
   * @returns what it threw; undefined when it succeeded or takes long
   */
  async function tell(userId: string, loss: Loss): Promise<unknown> {
    const { login } = loss;
    if (telling.has(login)) return undefined;
    telling.add(login);
    const settled = new AbortController();
    return new Promise<unknown>((resolve) => {
      const settle = (error?: unknown) => {
        settled.abort();
        resolve(error);
      };
      const done = () => {
        telling.delete(login);
        settle();
      };
      tellUntilHeard(userId, loss, settle).then(done, done);
      clock.sleep(TOLD_WITHIN_MS, settled.signal).then(
        () => settle(),
        () => {},
      ); // aborted
    });
  }

  return { conclude, tell, notice, close: () => closing.abort() };
}

function isLossOf(login: string, record: TokenRecord | undefined): record is TokenRecord {
  return record?.state === 'lost' && record.login === login;
}
