import { createEndedError, isRefusedGrant, refreshTokens } from '../client/token-keeper.ts';
import { OAuthError } from '../errors.ts';
import type { OAuthClient, RequestLimits } from '../oauth/oauth-client.ts';
import type { Tokens } from '../oauth/tokens.ts';
import { decide, placeResponse, type TokenResponse, type Decision, type Situation } from './decide.ts';
import type { Loss, Losses } from './losses.ts';
import { chooseGrowingPauseMs, type Marks, type VaultClock } from './marks.ts';
import type { Memory } from './memory.ts';
import { addHolder, type HeldRecord, type Mark, type Records, type TokenRecord } from './records.ts';

/** What renewals need from their vault. */
export interface RenewalParts {
  readonly records: Records;
  /** Runs a task under the user's lock. */
  readonly runLocked: <T>(userId: string, task: () => Promise<T>) => Promise<T>;
  /**
   * The same, with a second try after a broken connection or a lost lock. Not after a TypeError, or an error that the vault threw on
   * purpose. The task must be safe to run twice.
   */
  readonly runWithRetry: RenewalParts['runLocked'];
  readonly marks: Marks;
  readonly clock: VaultClock;
  readonly memory: Memory;
  readonly losses: Losses;
  /** The app's OAuth client. A function, because a vault may learn its app late. */
  readonly oauth: () => OAuthClient;
  /** Milliseconds from the request to Roblox until its response is stored, at the most. */
  readonly intentMs: () => number;
  /** How long to wait after a refusal, in milliseconds: a paused process may still store newer tokens. */
  readonly lossDelayMs: number;
  /** @throws {TokenVaultError} `closed` */
  readonly checkOpen: () => void;
}

/** Stored access tokens that end sooner than this are renewed. */
const LEAST_LIFE_MS = 10_000;
/** The pauses between two reads of a record that another process renews. */
const FIRST_LOOK_MS = 50;
const LONGEST_LOOK_MS = 1_000;
/** The longest pause between two tries to store a response. */
const LONGEST_STORE_PAUSE_MS = 15_000;

/** A response of Roblox that is not stored yet. */
interface Unsaved extends TokenResponse {
  /** The refresh tokens that Roblox has refused earlier in the same renewal. */
  readonly refused: ReadonlySet<string>;
  /** The authorization was revoked meanwhile, so these tokens must be revoked too. */
  isRevoked: boolean;
}

/**
 * Renews users' tokens.
 *
 * No lock is held while Roblox is asked. Before that, an intent is written to the record, under the lock. A process that sees it waits until
 * the response is stored or the intent's time is over. If the time ends without a response, it uses the same refresh token
 * itself. A response is always stored, unless a
 * newer one is stored already. A refusal counts only when no other process can have a response.
 */
export function createRenewals(parts: RenewalParts) {
  const { records, runLocked, runWithRetry, marks, clock, memory, losses, oauth } = parts;
  const unsaved = new Map<string, Unsaved>();
  const storing = new Map<string, Promise<void>>();
  const inDoubt = new WeakSet<object>();
  /** The call of `onLost`, by the error of the renewal that found the loss. */
  const onLostCalls = new WeakMap<object, Promise<OAuthError>>();

  /**
   * Returns a stored record that is newer than `given`: from another process, or renewed here. One call at a time for each user.
   * @throws {OAuthError} `invalid_grant`
   */
  async function renew(userId: string, given: HeldRecord): Promise<HeldRecord> {
    const refusals = new Map<string, OAuthError>();
    for (;;) {
      const kept = await storeResponse(userId);
      if (kept !== undefined) return kept;
      const mayForget = refusals.size > 0 && (await records.mayForget());
      const isRefused = ({ refreshToken = '' }: Tokens) => refusals.has(refreshToken);
      const { decision, loss } = await runWithRetry(userId, () => {
        const known = memory.newest(userId, given);
        return act(userId, { held: given, known, mayForget, isRefused });
      });
      switch (decision.do) {
        case 'use':
          memory.remember(userId, decision.record);
          return decision.record;
        case 'wait':
          await waitForMark(userId, decision.mark);
          break;
        case 'ask': {
          const renewed = await ask(userId, decision.base, refusals);
          if (renewed !== undefined) return renewed;
          break;
        }
        default:
          throw explainEnd(userId, decision, loss, [...refusals.values()].at(-1));
      }
    }
  }

  /** Reads the stored record, decides, and writes what other processes must know. Call it under the lock. */
  async function act(
    userId: string,
    situation: Pick<Situation, 'held' | 'known' | 'isRefused' | 'mayForget'>,
  ): Promise<{ readonly decision: Decision; readonly loss?: Loss | undefined }> {
    const stored = await records.read(userId);
    const decision = decide({
      ...situation,
      stored,
      isMine: marks.isMine,
      isOver: marks.isOver,
      isUsable: ({ expiresAt }) => expiresAt === undefined || expiresAt.getTime() > clock.now() + LEAST_LIFE_MS,
      isEnded: memory.hasEnded,
    });
    switch (decision.do) {
      case 'ask': {
        parts.checkOpen();
        const { login, generation } = decision.base;
        // When nothing is stored: without tokens, because they may have been revoked.
        const record = stored ?? createLiveRecord({ login, generation, tokens: undefined }, 0);
        await records.write(userId, addHolder(record, marks.make(parts.intentMs()), marks.isMine));
        break;
      }
      case 'wait':
        if (stored?.holders.some(marks.isMine)) await records.write(userId, removeMine(stored));
        break;
      case 'doubt': {
        const refused = { ...removeMine(stored!), state: 'refused', mark: marks.make(parts.lossDelayMs) } as const; // decide() says so only for a stored record
        await records.write(userId, refused);
        losses.notice(userId, refused);
        break;
      }
      case 'lose': {
        const loss = await losses.conclude(userId, stored!); // decide() says so only for a stored record
        memory.end(userId, stored!.login);
        return { decision, loss };
      }
      case 'forget':
        await records.remove(userId);
        memory.end(userId, situation.held.login);
        break;
      case 'refuse':
        if (decision.why !== 'doubt') memory.end(userId, situation.held.login);
        break;
      case 'use':
    }
    return { decision };
  }

  /** Asks Roblox for new tokens. @returns undefined when the token was refused, or a better record is stored */
  async function ask(
    userId: string,
    base: HeldRecord,
    refusals: Map<string, OAuthError>,
  ): Promise<HeldRecord | undefined> {
    let tokens: Tokens;
    try {
      tokens = await refreshTokens(oauth(), base.tokens);
    } catch (error) {
      if (isRefusedGrant(error)) {
        refusals.set(base.tokens.refreshToken ?? '', error);
        return undefined;
      }
      // There will be no response. If withdrawing fails, other processes wait until the intent is over.
      await withdraw(userId).catch(() => {});
      throw error;
    }
    unsaved.set(userId, { base, tokens, refused: new Set(refusals.keys()), isRevoked: false });
    return storeResponse(userId).catch(() => storeResponse(userId));
  }

  /**
   * Stores the response that is not stored yet, if there is one. After a failure, it tries again in the background.
   * @returns the stored record; undefined when there is no response, or a better record is stored
   */
  async function storeResponse(userId: string): Promise<HeldRecord | undefined> {
    const response = unsaved.get(userId);
    if (response === undefined) return undefined;
    try {
      if (!response.isRevoked) {
        const placed = await runLocked(userId, () => place(userId, response));
        if (placed !== 'revoke') {
          if (unsaved.get(userId) === response) unsaved.delete(userId);
          return placed;
        }
        response.isRevoked = true;
      }
      await endTokens(oauth(), response.tokens);
      if (unsaved.get(userId) === response) unsaved.delete(userId);
      return undefined;
    } catch (error) {
      keepStoring(userId);
      throw error;
    }
  }

  async function place(userId: string, response: Unsaved): Promise<HeldRecord | 'revoke' | undefined> {
    const stored = await records.read(userId);
    // Another try has stored it.
    if (unsaved.get(userId) !== response) return undefined;
    const { tokens, refused } = response;
    const placed = placeResponse(stored, response, ({ refreshToken = '' }) => refused.has(refreshToken));
    if (placed === 'revoke') return placed;
    if (placed === 'keep') return undefined;
    // Write the stored record unchanged: another process may have announced the next renewal in it.
    const isStored = placed === 'again' && stored !== undefined;
    const { login, generation } = isStored ? stored : placed === 'again' ? response.base : placed;
    const record = { login, generation, tokens };
    await records.write(userId, isStored ? stored : createLiveRecord(record, clock.now()));
    memory.remember(userId, record);
    return record;
  }

  function keepStoring(userId: string): void {
    if (storing.has(userId)) return;
    const job = (async () => {
      for (let failures = 0; unsaved.has(userId); failures += 1) {
        await clock.sleep(chooseGrowingPauseMs(failures, LONGEST_STORE_PAUSE_MS, clock.random));
        await storeResponse(userId).catch(() => {});
      }
    })().finally(() => storing.delete(userId));
    storing.set(userId, job);
  }

  /** Waits until a holder's mark is over, or gone from the record. */
  async function waitForMark(userId: string, mark: Mark): Promise<void> {
    for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(LONGEST_LOOK_MS, lookMs * 1.5)) {
      const leftMs = marks.leftMs(mark);
      if (leftMs <= 0) return;
      await clock.sleep(Math.min(leftMs, lookMs * (0.75 + clock.random() / 2)));
      parts.checkOpen();
      if ((await records.read(userId))?.holders.at(-1)?.id !== mark.id) return;
    }
  }

  /** Removes this vault's intent from the record. */
  async function withdraw(userId: string): Promise<void> {
    await runLocked(userId, async () => {
      const stored = await records.read(userId);
      if (!stored?.holders.some(marks.isMine)) return;
      const others = removeMine(stored);
      const isPlaceholder = stored.state === 'live' && stored.tokens === undefined && others.holders.length === 0;
      await (isPlaceholder ? records.remove(userId) : records.write(userId, others));
    });
  }

  function removeMine(record: TokenRecord): TokenRecord {
    return { ...record, holders: record.holders.filter((mark) => !marks.isMine(mark)) };
  }

  /** Makes the error of a renewal that ends here. For a loss, it also starts to call `onLost`: see `waitForOnLost`. */
  function explainEnd(
    userId: string,
    decision: Extract<Decision, { do: 'doubt' | 'lose' | 'forget' | 'refuse' }>,
    loss: Loss | undefined,
    refusal: OAuthError | undefined,
  ): OAuthError {
    const why = decision.do === 'refuse' ? decision.why : decision.do;
    if (why === 'doubt') {
      const error = createEndedError(
        'Roblox has refused the refresh token, but another process may still store a newer one',
        refusal,
      );
      inDoubt.add(error);
      return error;
    }
    if (why === 'nothing')
      return refusal ?? createEndedError('nothing is stored for this user: the authorization was revoked or lost');
    if (why === 'revoked') return createEndedError('the authorization was revoked');
    if (why !== 'lose') return refusal ?? createEndedError('the authorization was lost');
    const ended = refusal ?? createEndedError('there is no refresh token');
    if (loss !== undefined) onLostCalls.set(ended, tell(userId, loss, ended));
    return ended;
  }

  async function tell(userId: string, loss: Loss, ended: OAuthError): Promise<OAuthError> {
    const cause = await losses.tell(userId, loss);
    if (cause === undefined) return ended;
    const { error, error_description, status } = ended;
    return new OAuthError({ error, error_description, status, cause });
  }

  return {
    renew,
    waitForMark,
    withdraw,
    /** The response that is not stored yet. */
    unsaved: (userId: string): TokenResponse | undefined => unsaved.get(userId),
    /** Drops the response that is not stored yet: its login was replaced or revoked. */
    drop: (userId: string) => void unsaved.delete(userId),
    /** Whether another process may still have a response, although Roblox said `invalid_grant`. */
    isInDoubt: (error: unknown) => error instanceof Error && inDoubt.has(error),
    /**
     * Waits for `onLost` if this error is about a loss, but not for long.
     * @returns the same error; when `onLost` threw, a copy with that as its `cause`
     */
    waitForOnLost: async (error: unknown) =>
      error instanceof Error ? ((await onLostCalls.get(error)) ?? error) : error,
    /** The work that stores responses in the background. */
    background: () => storing.values(),
  };
}

/** Revokes tokens at Roblox. Tokens that have already ended are no error. */
export async function endTokens(
  oauth: OAuthClient,
  { refreshToken, accessToken }: Tokens,
  limits?: RequestLimits,
): Promise<void> {
  try {
    await oauth.revoke(refreshToken ?? accessToken, limits);
  } catch (error) {
    const isEnded = error instanceof Error && 'error' in error && /^invalid_(grant|token)$/.test(String(error.error));
    if (!isEnded) throw error;
  }
}

/** Makes a record that is in use, and that nobody renews. */
export function createLiveRecord(
  record: Pick<TokenRecord, 'login' | 'generation' | 'tokens'>,
  savedAt: number,
): TokenRecord {
  return { ...record, state: 'live', mark: undefined, holders: [], savedAt };
}
