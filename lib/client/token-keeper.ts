import { AsyncLocalStorage } from 'node:async_hooks';
import { OAuthError } from '../errors.ts';
import { waitFor } from '../http/abort.ts';
import { redactError } from '../http/redact.ts';
import type { OAuthClient, RequestLimits } from '../oauth/oauth-client.ts';
import { listSecrets, type Tokens } from '../oauth/tokens.ts';
import { createAttempts } from './attempts.ts';

/** How a user's tokens are renewed: at Roblox directly, or through a vault. */
export interface Renewal {
  /** Whether `renew` can renew these tokens. */
  canRenew(tokens: Tokens): boolean;
  /**
   * Renews the tokens, and stores them before it resolves. Only one attempt is in flight at a time.
   * @param ignorePause true to try during a pause after failures too: the app called `client.refresh()`
   */
  renew(current: Tokens, ignorePause: boolean): Promise<Tokens>;
  /** Ends the authorization at Roblox, after a renewal in flight has ended. When it fails, nothing has changed. */
  revoke(current: Tokens, limits?: RequestLimits): Promise<void>;
  /** How the last attempt failed, if it did. A later one may succeed, unless the authorization {@link isEnd | has ended}. */
  failure(): { readonly error: unknown } | undefined;
  /** Tokens from Roblox that are not stored yet. */
  unsaved(): Tokens | undefined;
  /** Whether an error of `renew` means that the authorization has ended. */
  isEnd(error: unknown): error is OAuthError;
}

/** Keeps one user's tokens valid. */
export type TokenKeeper = ReturnType<typeof createTokenKeeper>;

/** How long before its expiry a token is renewed. Less for a token with a short lifetime. */
const MARGIN_MS = 60_000;

/** A token that an app gave us with less time left than this is renewed at once. */
const LEAST_MARGIN_MS = 10_000;

/** How many sets of old tokens are still kept out of errors. */
const REMEMBERED_SETS = 8;

/**
 * Makes a {@link TokenKeeper}.
 * @param options.renewal undefined when the tokens cannot be renewed or revoked
 * @param options.now milliseconds since the epoch
 */
export function createTokenKeeper(options: {
  readonly tokens: Tokens;
  readonly renewal?: Renewal | undefined;
  readonly now?: (() => number) | undefined;
}) {
  const { renewal, now = () => Date.now() } = options;
  let current = options.tokens;
  let marginMs = chooseMarginMs(current, now(), LEAST_MARGIN_MS);
  /** Set when the authorization has ended: every use throws it. */
  let ended: OAuthError | undefined;
  /** The access token that got a 401 from Roblox. */
  let unauthorized: string | undefined;
  const past: Tokens[] = [];

  async function renewNow(ignorePause: boolean): Promise<Tokens> {
    if (ended !== undefined) throw ended;
    if (renewal === undefined) throw createCannotRenewError();
    try {
      const next = await renewal.renew(current, ignorePause);
      if (next.accessToken !== current.accessToken) replaceTokens(next);
      return next;
    } catch (error) {
      if (renewal.isEnd(error)) ended = error;
      throw error;
    }
  }

  function replaceTokens(tokens: Tokens): void {
    past.push(current);
    if (past.length > REMEMBERED_SETS) past.shift();
    current = tokens;
    marginMs = chooseMarginMs(tokens, now(), 0);
  }

  function isDue(): boolean {
    if (renewal === undefined || !renewal.canRenew(current)) return false;
    if (renewal.unsaved() !== undefined || unauthorized === current.accessToken) return true;
    return current.expiresAt !== undefined && now() >= current.expiresAt.getTime() - marginMs;
  }

  /** Whether the current access token still works, as far as we know. */
  function isAlive(): boolean {
    const { accessToken, expiresAt } = current;
    return accessToken !== unauthorized && (expiresAt === undefined || now() < expiresAt.getTime());
  }

  async function getAccessToken(signal: AbortSignal | undefined): Promise<string> {
    if (ended !== undefined) throw ended;
    if (!isDue()) return current.accessToken;
    // In an outage, a caller does not wait for the next attempt while the old token works.
    const needsNoWait = renewal?.failure() !== undefined && isAlive();
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
    /** The current tokens. A method: all that a getter of an object literal uses stays in memory until a full garbage collection. */
    tokens: () => current,
    /**
     * Gets a valid access token. Renews it first when it is about to expire. In an outage it returns the old one until that expires.
     * @param signal ends this wait, but not the renewal
     * @throws {OAuthError} `invalid_grant`: the authorization has ended; every later use gets this error
     * @throws {ConnectionError} the renewal brought no usable response, and the old token has expired; a later call tries again
     * @throws what `onTokens` threw, when the old token has expired
     */
    async lease(signal?: AbortSignal) {
      const token = await getAccessToken(signal);
      const before = renewal?.failure();
      return {
        accessToken: token,
        /**
         * Gets another access token after a 401 for this one: the current one if it has changed meanwhile, else a renewed one.
         * When a renewal has failed since the lease, it throws that error and does not try again.
         * @returns undefined when the tokens cannot be renewed
         */
        async replace(later?: AbortSignal): Promise<string | undefined> {
          if (token !== current.accessToken) return getAccessToken(later);
          if (renewal === undefined || !renewal.canRenew(current)) return undefined;
          unauthorized = token;
          const failure = renewal.failure();
          if (failure !== undefined && failure !== before) throw failure.error;
          return (await waitFor(renewNow(false), later)).accessToken;
        },
      };
    },
    /** Renews the tokens now, or joins the renewal in flight. @throws {TypeError} the tokens cannot be renewed */
    async renew(signal?: AbortSignal): Promise<Tokens> {
      return waitFor(renewNow(true), signal);
    },
    /**
     * Ends the authorization: every later use throws. When it fails, nothing has changed.
     * @throws {TypeError} nobody can revoke the tokens
     */
    async revoke(limits?: RequestLimits): Promise<void> {
      if (renewal === undefined) throw createCannotRenewError();
      if (ended === REVOKED) return;
      await renewal.revoke(current, limits);
      ended = REVOKED;
    },
    /** The current tokens and some old ones: values that no error may show. */
    secrets(): readonly string[] {
      const unsaved = renewal?.unsaved();
      const sets = unsaved === undefined ? [...past, current] : [...past, current, unsaved];
      return [...new Set(sets.flatMap(listSecrets))];
    },
  };
}

/** The error that every later call gets when the client has revoked its authorization. */
const REVOKED = createEndedError('this client has revoked the authorization');

/** The tokens that the current async context is storing. */
const storing = new AsyncLocalStorage<Tokens>();

/**
 * Makes a {@link Renewal} that asks Roblox directly. It stores new tokens before it returns them. When `store` fails, they are kept in
 * memory, and the next attempt stores them before it asks Roblox for newer ones.
 * @param options.store stores new tokens; awaited
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
      // `store` may make a call with a client that has these tokens: that call must not wait for `store` to end.
      await storing.run(next, async () => store?.(next));
    } catch (error) {
      // The error of a database may contain the tokens.
      throw redactError(error, listSecrets(next));
    }
    unsaved = undefined;
    latest = next;
    return next;
  }

  return {
    canRenew: ({ refreshToken }) => refreshToken !== undefined,
    async renew(current, ignorePause) {
      if (current.refreshToken === undefined) throw createCannotRenewError();
      const beingStored = storing.getStore();
      if (beingStored !== undefined && beingStored === unsaved) return beingStored;
      return attempts.run(() => renewAndStore(current), ignorePause);
    },
    revoke: (current, limits) =>
      attempts.runAlone(async () => {
        const { refreshToken, accessToken } = unsaved ?? latest ?? current;
        await oauth.revoke(refreshToken ?? accessToken, limits);
      }, REVOKED),
    failure: () => attempts.failure(),
    unsaved: () => unsaved,
    isEnd: isRefusedGrant,
  };
}

/** Exchanges a refresh token for new tokens. Keeps the old value of what the response leaves out. @see RFC 6749, sections 5.1 and 6 */
export async function refreshTokens(oauth: Pick<OAuthClient, 'refresh'>, old: Tokens): Promise<Tokens> {
  if (old.refreshToken === undefined) throw createCannotRenewError();
  const renewed = await oauth.refresh(old.refreshToken);
  return {
    ...renewed,
    refreshToken: renewed.refreshToken ?? old.refreshToken,
    idToken: renewed.idToken ?? old.idToken,
    scope: renewed.scope.length === 0 ? old.scope : renewed.scope,
  };
}

/** Whether Roblox refused the token itself. Other errors say nothing about the token. By shape: another copy may have made the error. */
export function isRefusedGrant(error: unknown): error is OAuthError {
  return error instanceof Error && error.name === 'OAuthError' && 'error' in error && error.error === 'invalid_grant';
}

/** Whether an error says nothing about the authorization. A TypeError is a mistake in code, and is thrown at once. */
function isOutage(error: unknown): boolean {
  return !isRefusedGrant(error) && !(error instanceof TypeError);
}

/** Makes the error of every use of an authorization that has ended. @param why a clause that says how */
export function createEndedError(why: string, cause?: OAuthError): OAuthError {
  const error_description = `${why}; ask the user to sign in again`;
  return new OAuthError({ error: 'invalid_grant', error_description, status: 400, cause });
}

function createCannotRenewError(): TypeError {
  return new TypeError('The tokens cannot be renewed: that needs a refreshToken and the clientID of its app');
}

/**
 * Chooses the margin: a quarter of the time left, at most {@link MARGIN_MS}. So tokens with a short lifetime are not renewed at each
 * call.
 */
function chooseMarginMs(tokens: Tokens, nowMs: number, leastMs: number): number {
  if (tokens.expiresAt === undefined) return 0;
  return Math.min(MARGIN_MS, Math.max(leastMs, (tokens.expiresAt.getTime() - nowMs) / 4));
}
