import { AsyncLocalStorage } from 'node:async_hooks';
import { OAuthError } from '../errors.ts';
import { waitFor } from '../http/abort.ts';
import { redactError } from '../http/redact.ts';
import type { Tokens } from '../oauth/tokens.ts';

/** Why tokens are renewed: they run out, Roblox answered 401, or somebody asked. */
export type RenewalReason = 'expiring' | 'rejected' | 'asked';

/**
 * Brings the next tokens. It is never called while another of its calls is under way, and it may find them where another process
 * has left them.
 * @param current the tokens that are to be replaced
 */
export type Renew = (current: Tokens, why: RenewalReason) => Promise<Tokens>;

/** An access token for one call. */
export interface Lease {
  readonly accessToken: string;
  /**
   * What to use after Roblox answered 401 to it: the current one when it has changed meanwhile, else a renewed one. A renewal that
   * failed since the call began is not tried again: it throws what that one threw.
   * @returns undefined when there is no way to renew
   */
  instead(signal?: AbortSignal): Promise<string | undefined>;
}

/** One user's tokens, always good to use. */
export interface TokenKeeper {
  /** The tokens that are served now. */
  readonly tokens: Tokens;
  /**
   * A valid access token, renewed first when it is about to run out.
   * @param signal ends this wait alone, not the renewal that others wait for
   * @throws {OAuthError} `invalid_grant`: the authorization has ended; the same error for all, until {@link TokenKeeper.replace}
   * @throws {ConnectionError} the renewal brought no answer; the next call tries again
   */
  lease(signal?: AbortSignal): Promise<Lease>;
  /**
   * Renews now, or joins the renewal under way.
   * @throws {TypeError} there is no way to renew
   */
  renew(signal?: AbortSignal): Promise<Tokens>;
  /** Goes on with tokens from elsewhere, a new login perhaps; what was remembered of the old ones' failure is forgotten. */
  replace(tokens: Tokens): void;
  /**
   * Ends the authorization: waits for a renewal under way, runs `revoke` on the latest tokens, and refuses all further use.
   * When `revoke` fails nothing has changed.
   */
  end(revoke: (tokens: Tokens) => Promise<void>): Promise<void>;
  /** Every token there is and, as far as one may still be on its way, was: what no error may show. */
  secrets(): readonly string[];
}

/** The tokens that the calling task is just storing, if it is. */
const storing = new AsyncLocalStorage<Tokens>();

/** Renewal begins so long before the end of a token that lives long enough. */
const MARGIN_MS = 60_000;

/** A token handed in with less than this left is as good as over. */
const LEAST_MARGIN_MS = 10_000;

/** How many sets of old tokens are remembered for {@link TokenKeeper.secrets}. */
const REMEMBERED_SETS = 8;

/**
 * Keeps one user's tokens. One renewal is in flight whatever the concurrency; it ends alike for all who wait, and none of them
 * tries it again by itself. New tokens are stored before anyone is served; where storing fails they are kept, and storing is tried
 * again before they are served.
 * @param options.renew undefined when there is no refresh token, or nobody to trade it
 * @param options.store keeps new tokens; awaited. A `renew` that stores by itself (a vault) leaves it out
 * @param options.now milliseconds since the epoch
 * @see RFC 6749, section 6 https://www.rfc-editor.org/rfc/rfc6749#section-6
 */
export function createTokenKeeper(options: {
  readonly tokens: Tokens;
  readonly renew?: Renew | undefined;
  readonly store?: ((tokens: Tokens) => unknown) | undefined;
  readonly now?: (() => number) | undefined;
}): TokenKeeper {
  const { renew, store, now = () => Date.now() } = options;
  let current = options.tokens;
  let marginMs = marginOf(current, now(), LEAST_MARGIN_MS);
  /** Renewed, but not stored yet. */
  let unsaved: Tokens | undefined;
  let flight: Promise<Tokens> | undefined;
  /** Why these tokens can never be used again. */
  let lost: OAuthError | undefined;
  let ended = false;
  /** How the latest renewal failed. */
  let failure: { readonly error: unknown } | undefined;
  const past: Tokens[] = [];

  /** Makes `work` the one flight; whoever comes meanwhile waits for it. */
  function fly(work: () => Promise<Tokens>): Promise<Tokens> {
    const mine: Promise<Tokens> = work().finally(() => {
      if (flight === mine) flight = undefined;
    });
    // All who waited may have left.
    mine.catch(() => {});
    flight = mine;
    return mine;
  }

  function renewOnce(why: RenewalReason): Promise<Tokens> {
    if (lost !== undefined) return Promise.reject(lost);
    const beingStored = storing.getStore();
    if (beingStored !== undefined && beingStored === unsaved) return Promise.resolve(beingStored);
    return flight ?? fly(() => renewAndStore(why));
  }

  async function renewAndStore(why: RenewalReason): Promise<Tokens> {
    const old = current;
    try {
      unsaved ??= continued(old, await renewed(old, why));
      const next = unsaved;
      // Who stores may ask Roblox for whom, with the very tokens that are being stored: waiting for itself would be for ever.
      await storing.run(next, async () => store?.(next));
      unsaved = undefined;
      // Tokens of a new login that came meanwhile are newer than these.
      if (current === old) use(next, marginOf(next, now(), 0));
      return current;
    } catch (error) {
      // A database may show what it was to store.
      const shown = redactError(error, secrets());
      failure = { error: shown };
      if (error instanceof OAuthError && error.error === 'invalid_grant' && current === old) lost = error;
      throw shown;
    }
  }

  async function renewed(old: Tokens, why: RenewalReason): Promise<Tokens> {
    if (renew === undefined)
      throw new TypeError('The tokens cannot be renewed: that needs a refreshToken and the clientID of its app');
    return renew(old, why);
  }

  function use(tokens: Tokens, margin: number): void {
    past.push(current);
    if (past.length > REMEMBERED_SETS) past.shift();
    current = tokens;
    marginMs = margin;
  }

  function isDue(): boolean {
    if (unsaved !== undefined) return true;
    return renew !== undefined && current.expiresAt !== undefined && now() >= current.expiresAt.getTime() - marginMs;
  }

  function secrets(): readonly string[] {
    const sets = unsaved === undefined ? [...past, current] : [...past, current, unsaved];
    const all = sets.flatMap(({ accessToken, refreshToken, idToken }) => [accessToken, refreshToken, idToken]);
    return [...new Set(all.filter((token) => token !== undefined))];
  }

  async function accessToken(signal: AbortSignal | undefined): Promise<string> {
    if (lost !== undefined) throw lost;
    return isDue() ? (await waitFor(renewOnce('expiring'), signal)).accessToken : current.accessToken;
  }

  return {
    get tokens() {
      return current;
    },
    async lease(signal) {
      const token = await accessToken(signal);
      const before = failure;
      return {
        accessToken: token,
        async instead(later) {
          if (token !== current.accessToken) return accessToken(later);
          if (renew === undefined) return undefined;
          if (failure !== undefined && failure !== before) throw failure.error;
          return (await waitFor(renewOnce('rejected'), later)).accessToken;
        },
      };
    },
    async renew(signal) {
      return waitFor(renewOnce('asked'), signal);
    },
    replace(tokens) {
      if (ended) return;
      use(tokens, marginOf(tokens, now(), LEAST_MARGIN_MS));
      unsaved = undefined;
      lost = undefined;
      failure = undefined;
    },
    async end(revoke) {
      while (flight !== undefined) await flight.catch(() => {});
      if (ended) return;
      const gone = new OAuthError({
        error: 'invalid_grant',
        error_description: 'this client has revoked the authorization; ask the user to sign in again',
        status: 400,
      });
      await fly(async () => {
        await revoke(unsaved ?? current);
        ended = true;
        lost = gone;
        // For those who came for a renewal meanwhile.
        throw gone;
      }).catch((error: unknown) => {
        if (error !== gone) throw error;
      });
    },
    secrets,
  };
}

/** What an answer leaves out stays as it was. RFC 6749, sections 5.1 and 6. */
export function continued(old: Tokens, answer: Tokens): Tokens {
  return {
    ...answer,
    refreshToken: answer.refreshToken ?? old.refreshToken,
    idToken: answer.idToken ?? old.idToken,
    scope: answer.scope.length === 0 ? old.scope : answer.scope,
  };
}

/** A quarter of what is left and {@link MARGIN_MS} at the most: a provider with short lifetimes must not mean endless renewal. */
function marginOf(tokens: Tokens, nowMs: number, leastMs: number): number {
  if (tokens.expiresAt === undefined) return 0;
  return Math.min(MARGIN_MS, Math.max(leastMs, (tokens.expiresAt.getTime() - nowMs) / 4));
}
