import { AsyncLocalStorage } from 'node:async_hooks';
import { OAuthError } from '../errors.ts';
import { waitFor } from '../http/abort.ts';
import { redactError } from '../http/redact.ts';
import type { OAuthClient, RequestLimits } from '../oauth/oauth-client.ts';
import type { Tokens } from '../oauth/tokens.ts';
import { createAttempts } from './attempts.ts';

/** How a user's tokens are replaced by the next ones: by asking Roblox, or by way of a vault. */
export interface Renewal {
  /** Whether `renew` can do anything for these tokens. */
  canRenew(tokens: Tokens): boolean;
  /**
   * Brings the next tokens, stored. One attempt is in flight whatever the concurrency.
   * @param isAsked true when the user of the client asked for it: then no pause after failures is kept
   */
  renew(current: Tokens, isAsked: boolean): Promise<Tokens>;
  /** Ends the authorization at Roblox, once a renewal under way has ended. When it fails nothing has changed. */
  revoke(current: Tokens, limits?: RequestLimits): Promise<void>;
  /** How the last attempt failed; undefined after a success. */
  readonly failure: { readonly error: unknown } | undefined;
  /** Tokens that Roblox gave, and that could not be stored yet. */
  readonly unsaved: Tokens | undefined;
  /** Whether an `invalid_grant` of `renew` is the last word on this authorization. */
  isFinal(error: unknown): boolean;
}

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
   * A valid access token, renewed first when it is about to end. While a renewal meets an outage the old one is served until it ends.
   * @param signal ends this wait alone, not the renewal that others wait for
   * @throws {OAuthError} `invalid_grant`: the authorization has ended; the same error for all
   * @throws {ConnectionError} the renewal brought no answer and the old token has ended; a later call tries again
   */
  lease(signal?: AbortSignal): Promise<Lease>;
  /**
   * Renews now, or joins the renewal under way.
   * @throws {TypeError} there is no way to renew
   */
  renew(signal?: AbortSignal): Promise<Tokens>;
  /** Ends the authorization, and refuses all further use. When it fails nothing has changed. @throws {TypeError} no way to do so */
  revoke(limits?: RequestLimits): Promise<void>;
  /** Every token that is, or lately was, in use: what no error may show. */
  secrets(): readonly string[];
}

/** Renewal begins so long before the end of a token that lives long enough. */
const MARGIN_MS = 60_000;

/** A token handed in with less than this left counts as ended. */
const LEAST_MARGIN_MS = 10_000;

/** How many sets of old tokens are remembered for {@link TokenKeeper.secrets}. */
const REMEMBERED_SETS = 8;

/**
 * Keeps one user's tokens.
 * @param options.renewal undefined when nobody can renew or revoke them
 * @param options.now milliseconds since the epoch
 */
export function createTokenKeeper(options: {
  readonly tokens: Tokens;
  readonly renewal?: Renewal | undefined;
  readonly now?: (() => number) | undefined;
}): TokenKeeper {
  const { renewal, now = () => Date.now() } = options;
  let current = options.tokens;
  let marginMs = marginOf(current, now(), LEAST_MARGIN_MS);
  /** Why these tokens can never be used again. */
  let lost: OAuthError | undefined;
  /** The access token that Roblox answered 401 to. */
  let rejected: string | undefined;
  const past: Tokens[] = [];

  async function renewNow(isAsked: boolean): Promise<Tokens> {
    if (lost !== undefined) throw lost;
    if (renewal === undefined) throw cannotRenew();
    try {
      const next = await renewal.renew(current, isAsked);
      if (next.accessToken !== current.accessToken) use(next);
      return next;
    } catch (error) {
      if (isRefusedGrant(error) && renewal.isFinal(error)) lost = error;
      throw error;
    }
  }

  function use(tokens: Tokens): void {
    past.push(current);
    if (past.length > REMEMBERED_SETS) past.shift();
    current = tokens;
    marginMs = marginOf(tokens, now(), 0);
  }

  function isDue(): boolean {
    if (renewal === undefined || !renewal.canRenew(current)) return false;
    if (renewal.unsaved !== undefined || rejected === current.accessToken) return true;
    return current.expiresAt !== undefined && now() >= current.expiresAt.getTime() - marginMs;
  }

  /** Whether the current access token works still, as far as we know. */
  function isAlive(): boolean {
    return rejected !== current.accessToken && (current.expiresAt === undefined || now() < current.expiresAt.getTime());
  }

  async function accessToken(signal: AbortSignal | undefined): Promise<string> {
    if (lost !== undefined) throw lost;
    if (!isDue()) return current.accessToken;
    // In an outage nobody waits for the next attempt as long as there is a token to use.
    const needsNoWait = renewal?.failure !== undefined && isAlive();
    const renewed = renewNow(false);
    if (needsNoWait) {
      renewed.catch(() => {});
      return current.accessToken;
    }
    try {
      return (await waitFor(renewed, signal)).accessToken;
    } catch (error) {
      if (signal?.aborted || !isOutage(error) || !isAlive()) throw error;
      return current.accessToken;
    }
  }

  return {
    get tokens() {
      return current;
    },
    async lease(signal) {
      const token = await accessToken(signal);
      const before = renewal?.failure;
      return {
        accessToken: token,
        async instead(later) {
          if (token !== current.accessToken) return accessToken(later);
          if (renewal === undefined || !renewal.canRenew(current)) return undefined;
          rejected = token;
          const { failure } = renewal;
          if (failure !== undefined && failure !== before) throw failure.error;
          return (await waitFor(renewNow(false), later)).accessToken;
        },
      };
    },
    async renew(signal) {
      return waitFor(renewNow(true), signal);
    },
    async revoke(limits) {
      if (renewal === undefined) throw cannotRenew();
      if (lost !== undefined && lost === revoked) return;
      await renewal.revoke(current, limits);
      lost = revoked;
    },
    secrets() {
      const unsaved = renewal?.unsaved;
      const sets = unsaved === undefined ? [...past, current] : [...past, current, unsaved];
      const all = sets.flatMap(({ accessToken, refreshToken, idToken }) => [accessToken, refreshToken, idToken]);
      return [...new Set(all.filter((token) => token !== undefined))];
    },
  };
}

/** What every use gets after {@link TokenKeeper.revoke}. */
const revoked = new OAuthError({
  error: 'invalid_grant',
  error_description: 'this client has revoked the authorization; ask the user to sign in again',
  status: 400,
});

/** The tokens that the calling task is storing, if it is. */
const storing = new AsyncLocalStorage<Tokens>();

/**
 * Renews by asking Roblox. New tokens are stored before anyone is served; where storing fails they are kept, and storing is tried again
 * before Roblox is asked for others.
 * @param options.store keeps new tokens; awaited
 */
export function createRenewal(options: {
  readonly oauth: Pick<OAuthClient, 'refresh' | 'revoke'>;
  readonly store?: ((tokens: Tokens) => unknown) | undefined;
  readonly now: () => number;
  readonly random?: (() => number) | undefined;
}): Renewal {
  const { oauth, store } = options;
  const attempts = createAttempts<Tokens>(options);
  let unsaved: Tokens | undefined;
  let latest: Tokens | undefined;

  async function renewAndStore(current: Tokens): Promise<Tokens> {
    const next = (unsaved ??= await refreshTokens(oauth, current));
    try {
      // Who stores may call Roblox with these very tokens; it must not wait for itself.
      await storing.run(next, async () => store?.(next));
    } catch (error) {
      // A database's error may show what it was to store.
      throw redactError(
        error,
        [next.accessToken, next.refreshToken, next.idToken].filter((token) => token !== undefined),
      );
    }
    unsaved = undefined;
    latest = next;
    return next;
  }

  return {
    canRenew: ({ refreshToken }) => refreshToken !== undefined,
    async renew(current, isAsked) {
      if (current.refreshToken === undefined) throw cannotRenew();
      const beingStored = storing.getStore();
      if (beingStored !== undefined && beingStored === unsaved) return beingStored;
      return attempts.run(() => renewAndStore(current), isAsked);
    },
    revoke: (current, limits) =>
      attempts.runAlone(async () => {
        const { refreshToken, accessToken } = unsaved ?? latest ?? current;
        await oauth.revoke(refreshToken ?? accessToken, limits);
      }, revoked),
    get failure() {
      return attempts.failure;
    },
    get unsaved() {
      return unsaved;
    },
    isFinal: () => true,
  };
}

/** Trades a refresh token for the next tokens. What the answer leaves out stays as it was. @see RFC 6749, sections 5.1 and 6 */
export async function refreshTokens(oauth: Pick<OAuthClient, 'refresh'>, old: Tokens): Promise<Tokens> {
  if (old.refreshToken === undefined) throw cannotRenew();
  const answer = await oauth.refresh(old.refreshToken);
  return {
    ...answer,
    refreshToken: answer.refreshToken ?? old.refreshToken,
    idToken: answer.idToken ?? old.idToken,
    scope: answer.scope.length === 0 ? old.scope : answer.scope,
  };
}

/** Whether Roblox has refused the token itself; any other error says nothing about it. By shape: the app may be another copy's. */
export function isRefusedGrant(error: unknown): error is OAuthError {
  return error instanceof Error && error.name === 'OAuthError' && 'error' in error && error.error === 'invalid_grant';
}

/** Whether an error says nothing about the authorization: Roblox, or what stores the tokens, failed. */
function isOutage(error: unknown): boolean {
  return !isRefusedGrant(error) && !(error instanceof TypeError);
}

function cannotRenew(): TypeError {
  return new TypeError('The tokens cannot be renewed: that needs a refreshToken and the clientID of its app');
}

/** A quarter of what is left, and {@link MARGIN_MS} at the most: a provider with short lifetimes must not mean endless renewal. */
function marginOf(tokens: Tokens, nowMs: number, leastMs: number): number {
  if (tokens.expiresAt === undefined) return 0;
  return Math.min(MARGIN_MS, Math.max(leastMs, (tokens.expiresAt.getTime() - nowMs) / 4));
}
