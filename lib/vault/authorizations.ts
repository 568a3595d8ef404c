import { OAuthError } from '../errors.ts';
import type { OAuthClient } from '../oauth/oauth-client.ts';
import { continued } from '../client/token-keeper.ts';
import type { Tokens } from '../oauth/tokens.ts';
import { TokenVaultError } from './error.ts';
import type { Records, TokenRecord } from './records.ts';
import type { TokenLock } from './storage.ts';

/** Users' authorizations, kept where several processes share them. */
export interface Authorizations {
  /** Stores the tokens of a new login in place of all before. */
  save(userId: string, tokens: Tokens): Promise<TokenRecord>;
  /**
   * What is newer than `held`: what another process has stored meanwhile, or renewed tokens, stored. One renewal of a user is under
   * way in this process, and one in all processes that share the lock.
   * @throws {OAuthError} `invalid_grant`: the authorization has ended, here or elsewhere
   * @throws {ConnectionError} Roblox gave no answer; nothing has changed
   */
  newer(userId: string, held: TokenRecord): Promise<TokenRecord>;
  /** Ends the authorization at Roblox, then forgets it. Nothing stored, nothing done; when Roblox can't be asked nothing has changed. */
  end(userId: string): Promise<void>;
}

/** What a renewal found out under the lock. A loss is no throw there: a lock that is a transaction would take the removal back. */
type Outcome = { readonly record: TokenRecord } | { readonly ended: OAuthError; readonly isLoss: boolean };

/** Stored tokens with less than this left are renewed rather than served. */
const LEAST_LIFE_MS = 10_000;

/** The verbs of a vault, each under the user's lock. */
export function createAuthorizations(options: {
  readonly records: Records;
  readonly lock: TokenLock;
  /** The app's; asked for when it is needed, since a vault may learn its app late. */
  readonly oauth: () => OAuthClient;
  readonly onLost: ((userId: string) => unknown) | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}): Authorizations {
  const { records, lock, oauth, onLost, now } = options;
  const flights = new Map<string, Promise<TokenRecord>>();
  /** Renewed, but storing failed: the spent refresh token that is stored still, and what has to take its place. */
  const unsaved = new Map<string, { readonly spent: string | undefined; readonly record: TokenRecord }>();

  async function newer(userId: string, held: TokenRecord): Promise<TokenRecord> {
    for (;;) {
      const flight = flights.get(userId);
      if (flight === undefined) return fly(userId, held);
      const record = await flight;
      // The flight may have been for somebody who held older ones, and have found what we hold already.
      if (record.savedAt > held.savedAt) return record;
    }
  }

  function fly(userId: string, held: TokenRecord): Promise<TokenRecord> {
    const landed = renewUnderLock(userId, held).finally(() => flights.delete(userId));
    const flight = landed.then(async (outcome) => {
      if ('record' in outcome) return outcome.record;
      // Neither lock nor flight is in the way of what `onLost` does.
      throw outcome.isLoss ? await tellLoss(userId, outcome.ended) : outcome.ended;
    });
    flights.set(userId, flight);
    return flight;
  }

  async function renewUnderLock(userId: string, held: TokenRecord): Promise<Outcome> {
    const attempt = () => lock(userId, () => renew(userId, held));
    const outcome = await attempt().catch((error: unknown) => {
      if (!unsaved.has(userId)) throw error;
      // New tokens are at hand and could not be stored. Perhaps only the lock or its connection was lost: once more, with another.
      return attempt();
    });
    // Not before: a lock that is a transaction stores when it lets go.
    unsaved.delete(userId);
    return outcome;
  }

  async function renew(userId: string, held: TokenRecord): Promise<Outcome> {
    const refused = new Map<string, OAuthError>();
    for (;;) {
      const stored = await records.read(userId);
      if (stored === undefined) return { ended: nothingStored(), isLoss: false };
      const pending = unsaved.get(userId);
      if (pending !== undefined && pending.spent === stored.tokens.refreshToken) {
        await records.write(userId, pending.record);
        return { record: pending.record };
      }
      if (stored.savedAt > held.savedAt && isUsable(stored)) return { record: stored };
      // A storage that was put back to an older state holds what is spent.
      const newest = stored.savedAt < held.savedAt ? held : stored;
      const token = newest.tokens.refreshToken;
      // Refused, and looked up once more: nobody has a newer one.
      const refusal = token === undefined ? noRefreshToken() : refused.get(token);
      if (token === undefined || refusal !== undefined) {
        await records.remove(userId);
        return { ended: refusal ?? noRefreshToken(), isLoss: true };
      }
      const answer = await oauth().refresh(token).catch(refusalOf);
      if (answer instanceof OAuthError) {
        refused.set(token, answer);
        continue;
      }
      const record = { tokens: continued(newest.tokens, answer), savedAt: after(newest) };
      unsaved.set(userId, { spent: stored.tokens.refreshToken, record });
      await records.write(userId, record);
      return { record };
    }
  }

  /** @returns the error for all who wait; it keeps what `onLost` threw as its cause */
  async function tellLoss(userId: string, error: OAuthError): Promise<OAuthError> {
    try {
      await onLost?.(userId);
      return error;
    } catch (cause) {
      const { error: code, error_description, status } = error;
      return new OAuthError({ error: code, error_description, status, cause });
    }
  }

  function isUsable({ tokens }: TokenRecord): boolean {
    return tokens.expiresAt === undefined || tokens.expiresAt.getTime() > now() + LEAST_LIFE_MS;
  }

  /** Machines' clocks differ: what is stored later is newer all the same. */
  function after(record: TokenRecord | undefined): number {
    return Math.max(now(), record === undefined ? 0 : record.savedAt + 1);
  }

  return {
    newer,
    async save(userId, tokens) {
      const record = await lock(userId, async () => {
        const before = await records.read(userId).catch((error: unknown) => {
          // A login mends what cannot be read.
          if (error instanceof TokenVaultError && error.code === 'unreadable') return undefined;
          throw error;
        });
        const next = { tokens, savedAt: after(before) };
        await records.write(userId, next);
        return next;
      });
      unsaved.delete(userId);
      return record;
    },
    async end(userId) {
      await lock(userId, async () => {
        const stored = await records.read(userId);
        if (stored === undefined) return;
        const pending = unsaved.get(userId);
        const isPending = pending !== undefined && pending.spent === stored.tokens.refreshToken;
        const { tokens } = isPending ? pending.record : stored;
        await oauth()
          .revoke(tokens.refreshToken ?? tokens.accessToken)
          .catch(passWhenDead);
        await records.remove(userId);
      });
      unsaved.delete(userId);
    },
  };
}

/** A refusal of the token itself; anything else says nothing about it. */
function refusalOf(error: unknown): OAuthError {
  if (error instanceof OAuthError && error.error === 'invalid_grant') return error;
  throw error;
}

/** There is nothing to end when the token has ended before. */
function passWhenDead(error: unknown): void {
  if (error instanceof OAuthError && (error.error === 'invalid_grant' || error.error === 'invalid_token')) return;
  throw error;
}

function nothingStored(): OAuthError {
  return endedBy('nothing is stored for this user any more: the authorization was revoked or lost');
}

function noRefreshToken(): OAuthError {
  return endedBy('the login brought no refresh token');
}

function endedBy(why: string): OAuthError {
  return new OAuthError({
    error: 'invalid_grant',
    error_description: `${why}; ask the user to sign in again`,
    status: 400,
  });
}
