import { createHash } from 'node:crypto';
import { createAttempts, type Attempts } from '../client/attempts.ts';
import { createEndedError, isRefusedGrant, type Renewal } from '../client/token-keeper.ts';
import { TokenVaultError, type OAuthError } from '../errors.ts';
import { waitFor } from '../http/abort.ts';
import type { App } from '../oauth/app-options.ts';
import type { RequestLimits } from '../oauth/oauth-client.ts';
import type { Tokens } from '../oauth/tokens.ts';
import { createLosses } from './losses.ts';
import { createMarks, type VaultClock } from './marks.ts';
import { createMemory } from './memory.ts';
import { findIntent } from './decide.ts';
import { addHolder, isLive, isNewer, type HeldRecord, type Records, type TokenRecord } from './records.ts';
import { createRenewals, endTokens, createLiveRecord } from './renewal.ts';
import type { TokenLock } from './storage.ts';

/** Keeps users' authorizations in a storage that several processes share. */
export type Authorizations = ReturnType<typeof createAuthorizations>;

/** How long it may take to store a response of Roblox, in addition to the request's own time-out. */
const STORE_MS = 5_000;

/** With this many users in `attempts`, idle ones are removed. */
const REMEMBERED_ATTEMPTS = 1_000;

const REVOKED = createEndedError('the authorization was revoked');

export function createAuthorizations(options: {
  readonly records: Records;
  readonly lock: TokenLock;
  readonly app: () => App;
  readonly onLost: ((userId: string) => unknown) | undefined;
  readonly lossDelayMs: number;
  readonly clock: VaultClock;
}) {
  const { records, lock, app, lossDelayMs, clock } = options;
  const marks = createMarks(clock);
  const memory = createMemory();
  const runLocked = <T>(userId: string, task: () => Promise<T>) => lock(records.buildKey(userId), task);
  const runWithRetry = <T>(userId: string, task: () => Promise<T>) =>
    runLocked(userId, task).catch((error: unknown) => {
      // A `timeout` with a cause is a broken connection. One without a cause is our own time-out.
      const isTemporary =
        error instanceof TokenVaultError &&
        (error.code === 'lock_lost' || (error.code === 'timeout' && error.cause !== undefined));
      if (error instanceof TypeError || (error instanceof TokenVaultError && !isTemporary)) throw error;
      return runLocked(userId, task);
    });
  const losses = createLosses({ ...options, runLocked, marks });
  const oauth = () => app().oauth;
  let isClosed = false;
  const intentMs = () => app().timeoutMs + STORE_MS;
  const checkOpen = () => {
    if (isClosed) throw new TokenVaultError('closed', 'The vault is closed: it renews no more tokens in this process');
  };
  const parts = {
    records,
    runLocked,
    runWithRetry,
    marks,
    clock,
    memory,
    losses,
    oauth,
    intentMs,
    lossDelayMs,
    checkOpen,
  };
  const renewals = createRenewals(parts);
  /** Runs one renewal or revocation at a time for each user, in this process. */
  const attempts = new Map<string, Attempts<HeldRecord>>();
  const underWay = new Set<Promise<unknown>>();

  function findAttempts(userId: string): Attempts<HeldRecord> {
    let own = attempts.get(userId);
    if (own === undefined) {
      if (attempts.size >= REMEMBERED_ATTEMPTS) {
        for (const [user, each] of attempts) if (!each.isActive()) attempts.delete(user);
      }
      own = createAttempts<HeldRecord>(clock);
      attempts.set(userId, own);
    }
    return own;
  }

  async function track<T>(work: Promise<T>): Promise<T> {
    underWay.add(work);
    try {
      return await work;
    } finally {
      underWay.delete(work);
    }
  }

  /** Gets a record that is newer than the held one. */
  async function bringNewer(userId: string, held: HeldRecord, ignorePause: boolean): Promise<HeldRecord> {
    for (;;) {
      let isOurs = false;
      const attempt = findAttempts(userId).run(() => {
        isOurs = true;
        return renewals.renew(userId, held);
      }, ignorePause);
      // Outside of the attempt: `onLost` may start another attempt.
      const record = await attempt.catch(async (error: unknown) => {
        throw await renewals.waitForOnLost(error);
      });
      // A shared attempt of a caller with older tokens may have found the ones that we hold.
      if (isOurs || isNewer(record, held)) return record;
    }
  }

  async function save(userId: string, tokens: Tokens): Promise<HeldRecord> {
    const login = nameLogin(tokens);
    const record = await runWithRetry(userId, async () => {
      const before = await records.read(userId).catch((error: unknown) => {
        // A login replaces what cannot be read.
        if (error instanceof TokenVaultError && error.code === 'unreadable') return undefined;
        throw error;
      });
      // Already saved: this is the second try. Its tokens may have been used since.
      if (isLive(before) && before.login === login) return before;
      const generation = Math.max(before?.generation ?? 0, memory.readGeneration(userId)) + 1;
      const saved = { login, generation, tokens };
      await records.write(userId, createLiveRecord(saved, clock.now()));
      return saved;
    });
    renewals.drop(userId);
    memory.remember(userId, record);
    if (attempts.get(userId)?.isActive() === false) attempts.delete(userId);
    return record;
  }

  /** Ends an authorization. @param held what to end when nothing is stored */
  async function end(userId: string, held?: HeldRecord, limits?: RequestLimits): Promise<void> {
    for (;;) {
      const found = await runWithRetry(userId, () => announceEnd(userId));
      if (found === undefined) {
        if (held !== undefined && !memory.hasEnded(held.login)) await endTokens(oauth(), held.tokens, limits);
        break;
      }
      if (found.mark !== undefined) {
        await renewals.waitForMark(userId, found.mark);
        continue;
      }
      const { record } = found;
      const tokens = renewals.unsaved(userId)?.tokens ?? record.tokens ?? held?.tokens;
      try {
        if (record.state === 'live' && tokens !== undefined) await endTokens(oauth(), tokens, limits);
      } catch (error) {
        await renewals.withdraw(userId).catch(() => {});
        throw error;
      }
      if (await runWithRetry(userId, () => forget(userId, record))) {
        memory.end(userId, record.login);
        break;
      }
    }
    renewals.drop(userId);
    if (held !== undefined) memory.end(userId, held.login);
  }

  /** Writes the intent to end an authorization, so that no process renews it meanwhile. */
  async function announceEnd(userId: string) {
    const stored = await records.read(userId);
    if (stored === undefined || stored.state === 'lost' || stored.state === 'revoked') return undefined;
    const mark = findIntent(stored, marks);
    if (mark !== undefined) return { mark };
    await records.write(userId, addHolder(stored, marks.make(intentMs()), marks.isMine));
    return { record: stored, mark: undefined };
  }

  /** Removes an ended record. @returns false when a newer record of the same login is stored, which must be ended too */
  async function forget(userId: string, ended: TokenRecord): Promise<boolean> {
    const stored = await records.read(userId);
    // A new login stays.
    if (stored === undefined || stored.login !== ended.login) return true;
    if (isLive(stored) && stored.generation > ended.generation) return false;
    if (stored.holders.every(marks.isMine)) {
      await records.remove(userId);
      return true;
    }
    const mark = marks.make(lossDelayMs);
    const revoked = { ...stored, state: 'revoked', mark, holders: [], tokens: undefined } as const;
    await records.write(userId, revoked);
    losses.notice(userId, revoked);
    return true;
  }

  return {
    /** Stores the tokens of a new login, in place of all older ones. */
    save: (userId: string, tokens: Tokens) => track(save(userId, tokens)),
    /** Reads the stored tokens of a user; undefined when the authorization has ended. */
    async read(userId: string): Promise<HeldRecord | undefined> {
      const stored = await records.read(userId);
      if (stored !== undefined) losses.notice(userId, stored);
      const tokens = stored?.state === 'live' || stored?.state === 'refused' ? stored.tokens : undefined;
      if (stored === undefined || tokens === undefined) {
        // The storage has forgotten a record, and we are about to store its next generation.
        return stored === undefined || stored.state === 'live' ? renewals.unsaved(userId)?.base : undefined;
      }
      const { login, generation } = stored;
      const newest = memory.newest(userId, { login, generation, tokens });
      if (isLive(stored)) memory.remember(userId, newest);
      return newest;
    },
    /** Ends the authorization at Roblox, then removes it. Does nothing when nothing is stored. When Roblox is not reached, nothing changes. */
    end: (userId: string) => track(findAttempts(userId).runAlone(() => end(userId), REVOKED)),
    /** Makes the renewal of a client that holds a record. */
    renewalFor(userId: string, record: HeldRecord): Renewal {
      let held = record;
      return {
        canRenew: () => true,
        async renew(_current, ignorePause) {
          const newer = await track(bringNewer(userId, held, ignorePause));
          if (isNewer(newer, held)) held = newer;
          return held.tokens;
        },
        revoke: (_current, limits) => track(findAttempts(userId).runAlone(() => end(userId, held, limits), REVOKED)),
        failure: () => attempts.get(userId)?.failure(),
        // A vault stores in the background. Meanwhile, clients use the old tokens.
        unsaved: () => undefined,
        isEnd: (error): error is OAuthError => isRefusedGrant(error) && !renewals.isInDoubt(error),
      };
    },
    /** Waits for all work in flight. */
    async idle(signal?: AbortSignal): Promise<void> {
      for (;;) {
        const work = [...underWay, ...renewals.background()];
        if (work.length === 0) return;
        await waitFor(Promise.allSettled(work), signal);
      }
    },
    /** Starts no more renewals. */
    close(): void {
      isClosed = true;
      losses.close();
    },
  };
}

/** Makes the ID of a login from its tokens: the same tokens are the same login. */
function nameLogin({ refreshToken, accessToken }: Tokens): string {
  return createHash('sha256')
    .update(`login ${refreshToken ?? accessToken}`)
    .digest('base64url')
    .slice(0, 22);
}
