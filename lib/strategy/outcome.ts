import { AuthorizationError, InternalOAuthError } from '../errors.ts';

/** How a request ends in Passport. */
export type Outcome =
  | { readonly kind: 'redirect'; readonly url: string }
  | { readonly kind: 'success'; readonly user: unknown; readonly info: object }
  | { readonly kind: 'fail'; readonly challenge: unknown; readonly status: number | undefined }
  | { readonly kind: 'error'; readonly error: unknown };

/** Redirects to Roblox. */
export const redirect = (url: string): Outcome => ({ kind: 'redirect', url });

/**
 * Signs a user in.
 * @param info the app's own object, or a message
 * @param state what the app gave to `authenticate`; undefined when it gave none
 */
export function success(user: unknown, info: unknown, state: unknown): Outcome {
  const own = info === undefined || typeof info === 'object' ? { ...info } : { message: String(info) };
  return { kind: 'success', user, info: state === undefined ? own : { ...own, state } };
}

/** Refuses a login with 403. Not 401: that would ask the browser for credentials. */
export const refusal = (challenge: unknown): Outcome => ({ kind: 'fail', challenge, status: 403 });

/** For a callback that Roblox cannot have sent. */
export const MALFORMED_CALLBACK = { message: "This is not Roblox's response to a sign-in. Please sign in again." };
/** For a code that Roblox refused: it has expired, or it was used before. */
export const CODE_REFUSED = {
  message: 'Roblox no longer accepts this sign-in: it took too long or was used before. Please sign in again.',
};

/** For a request that can neither start nor finish a login. Link checkers and mail scanners send HEAD. */
export const WRONG_METHOD: Outcome = {
  kind: 'fail',
  challenge: { message: 'This page cannot be opened with this HTTP method. Please use GET.' },
  status: 405,
};

/**
 * Refuses a user whom the app's verify refused.
 * @param status undefined: Passport chooses, as for every strategy
 */
export function refusedByApp(info: unknown, status?: number): Outcome {
  return { kind: 'fail', challenge: info ?? { message: 'This Roblox account may not sign in here.' }, status };
}

/** Ends a login with an error. */
export function failure(thrown: unknown): Outcome {
  return { kind: 'error', error: wrapThrown(thrown, 'The sign-in failed') };
}

/**
 * Wraps a falsy value and a string. `next()` treats some of them as "no error" (`'route'`, `'router'`), and a request would pass with
 * nobody signed in. Returns every other value unchanged.
 * @param what happened, for the message
 */
export function wrapThrown(thrown: unknown, what: string): unknown {
  if (thrown && typeof thrown !== 'string') return thrown;
  return new Error(`${what}, and the thrown value is not an Error: see cause`, { cause: thrown });
}

/** For an `error` in the callback of a login. The description comes from the URL, so it is a separate field and not in the message. */
export function refusedByRoblox(code: string, description: string | undefined): Outcome {
  if (code === 'access_denied') return refusal({ message: 'The sign-in was cancelled at Roblox.' });
  const message = 'Roblox refused the authorization request: see code and error_description';
  return failure(Object.assign(new AuthorizationError(message, code), { error_description: description }));
}

/** Makes passport-oauth2's error for a request without a usable response, and adds `cause`. */
export function createInternalError(message: string, cause: unknown): InternalOAuthError {
  const error = new InternalOAuthError(message, cause);
  Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true });
  return error;
}

/** The methods that Passport adds to the strategy for each request. */
export interface PassportVerbs {
  redirect(url: string): void;
  success(user: object, info: object): void;
  fail(challenge: unknown, status?: number): void;
  error(error: unknown): void;
}

/** Passport's verbs of one request, and the object that has them. */
export interface CapturedVerbs extends Readonly<PassportVerbs> {
  readonly passport: PassportVerbs;
}

/**
 * Captures Passport's verbs for this request.
 * With `passport.authenticate(strategy)` Passport writes them on the strategy itself, and the next request replaces them.
 */
export function captureVerbs(passport: PassportVerbs): CapturedVerbs {
  const { redirect, success, fail, error } = passport;
  return { passport, redirect, success, fail, error };
}

/**
 * Tells Passport the outcome. An error that its verbs throw (a session that cannot be regenerated, the app's callback) becomes an error of
 * this request, as in passport-oauth2. It must not end the process.
 */
export function tellPassport(verbs: CapturedVerbs, outcome: Outcome): void {
  const { passport, redirect, success, fail, error } = verbs;
  try {
    switch (outcome.kind) {
      case 'redirect':
        return redirect.call(passport, outcome.url);
      case 'success':
        return success.call(passport, outcome.user as object, outcome.info); // whatever the app's users are
      case 'fail':
        return fail.call(passport, outcome.challenge, outcome.status);
      case 'error':
        return error.call(passport, outcome.error);
    }
  } catch (thrown) {
    // The app's error handler itself threw: nobody is left to tell.
    if (outcome.kind === 'error') throw thrown;
    tellPassport(verbs, failure(thrown));
  }
}
