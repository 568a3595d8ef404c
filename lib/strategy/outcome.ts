import { AuthorizationError, InternalOAuthError } from '../errors.ts';

/** What Passport is told at the end, once per request. */
export type Outcome =
  | { readonly kind: 'redirect'; readonly url: string }
  | { readonly kind: 'success'; readonly user: unknown; readonly info: object }
  | { readonly kind: 'fail'; readonly challenge: unknown; readonly status: number | undefined }
  | { readonly kind: 'error'; readonly error: unknown };

/** A redirect to Roblox. */
export const redirect = (url: string): Outcome => ({ kind: 'redirect', url });

/**
 * A signed-in user.
 * @param info the app's, which may be a message alone; left as it is
 * @param state what the app gave to `authenticate`; undefined where it gave none
 */
export function success(user: unknown, info: unknown, state: unknown): Outcome {
  const own = info === undefined || typeof info === 'object' ? { ...info } : { message: String(info) };
  return { kind: 'success', user, info: state === undefined ? own : { ...own, state } };
}

/** A login that is refused, with 403: the browser cannot mend it by credentials. */
export const refusal = (challenge: unknown): Outcome => ({ kind: 'fail', challenge, status: 403 });

/** For a callback that does not have the form of Roblox's callbacks. */
export const MALFORMED_CALLBACK = { message: 'This is not an answer of Roblox to a sign-in. Please sign in again.' };
/** For a code that Roblox refused: it has expired, or it was used before. */
export const CODE_REFUSED = {
  message: 'Roblox no longer accepts this sign-in: it took too long or was used before. Please sign in again.',
};

/** A request that can neither start a login nor finish one. Link checkers and mail scanners ask with HEAD. */
export const WRONG_METHOD: Outcome = {
  kind: 'fail',
  challenge: { message: 'This page does not answer this HTTP method. Please open it with GET.' },
  status: 405,
};

/**
 * A user whom the app's verify refused.
 * @param status undefined as in every Passport strategy, so that Passport's own status is used
 */
export function refusedByApp(info: unknown, status?: number): Outcome {
  return { kind: 'fail', challenge: info ?? { message: 'This Roblox account may not sign in here.' }, status };
}

/** A login that failed. */
export function failure(thrown: unknown): Outcome {
  return { kind: 'error', error: readThrown(thrown, 'The sign-in failed') };
}

/**
 * Wraps a thrown value that `next()` treats as "no error": a falsy one, or Express's `'route'` and `'router'`. Handed on as it is, it
 * would let a request pass with nobody signed in. Everything else stays as it is.
 * @param what happened, for the message
 */
export function readThrown(thrown: unknown, what: string): unknown {
  if (thrown && typeof thrown !== 'string') return thrown;
  return new Error(`${what}, and the thrown value is not an Error: see cause`, { cause: thrown });
}

/** An `error` in a callback that belongs to a login. What it says of itself comes from the URL, and stays in a field of its own. */
export function refusedByRoblox(code: string, description: string | undefined): Outcome {
  if (code === 'access_denied') return refusal({ message: 'The sign-in was cancelled at Roblox.' });
  const message = 'Roblox refused the authorization request: see code and error_description';
  return failure(Object.assign(new AuthorizationError(message, code), { error_description: description }));
}

/** passport-oauth2's error for what did not come back from Roblox, with its cause where everybody looks for it. */
export function internalError(message: string, cause: unknown): InternalOAuthError {
  const error = new InternalOAuthError(message, cause);
  Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true });
  return error;
}

/** Passport's verbs, which sit on the object that it makes for each request. */
export interface PassportVerbs {
  redirect(url: string): void;
  success(user: object, info: object): void;
  fail(challenge: unknown, status?: number): void;
  error(error: unknown): void;
}

/**
 * Takes Passport's verbs off the object that it wrote them on.
 * With `passport.authenticate(strategy)` this object is the strategy itself: the next request replaces the verbs.
 */
export function captureVerbs(passport: PassportVerbs): PassportVerbs {
  const { redirect, success, fail, error } = passport;
  return {
    redirect: (url) => redirect.call(passport, url),
    success: (user, info) => success.call(passport, user, info),
    fail: (challenge, status) => fail.call(passport, challenge, status),
    error: (reason) => error.call(passport, reason),
  };
}

/**
 * Tells Passport. What its verbs throw (a session that cannot be regenerated, an app's own callback) is an error of this request, as in
 * passport-oauth2: it must not end the process.
 */
export function tell(passport: PassportVerbs, outcome: Outcome): void {
  try {
    switch (outcome.kind) {
      case 'redirect':
        return passport.redirect(outcome.url);
      case 'success':
        return passport.success(outcome.user as object, outcome.info); // whatever the app's users are
      case 'fail':
        return passport.fail(outcome.challenge, outcome.status);
      case 'error':
        return passport.error(outcome.error);
    }
  } catch (thrown) {
    // The app's error handler itself: there is nobody left to tell.
    if (outcome.kind === 'error') throw thrown;
    tell(passport, failure(thrown));
  }
}
