import type { RobloxAuthenticateOptions } from './options.ts';
import type { RobloxStrategy } from './strategy.ts';

/** The names that an app may give a {@link RobloxStrategy} in Passport, or the strategy itself. */
export type RobloxStrategyName = 'roblox' | `roblox-${string}` | RobloxStrategy;

/** Passport's own options of `passport.authenticate`. @see https://www.passportjs.org/concepts/authentication/middleware/ */
export interface PassportAuthenticateOptions {
  readonly authInfo?: boolean | undefined;
  readonly assignProperty?: string | undefined;
  readonly failureFlash?: string | boolean | undefined;
  readonly failureMessage?: string | boolean | undefined;
  readonly failureRedirect?: string | undefined;
  readonly failWithError?: boolean | undefined;
  readonly keepSessionInfo?: boolean | undefined;
  readonly session?: boolean | undefined;
  readonly successFlash?: string | boolean | undefined;
  readonly successMessage?: string | boolean | undefined;
  readonly successRedirect?: string | undefined;
  readonly successReturnToOrRedirect?: string | undefined;
  readonly pauseStream?: boolean | undefined;
  readonly userProperty?: string | undefined;
}

/** The callback of `passport.authenticate`. When it is given, Passport calls it and sends no response itself. */
export type PassportAuthenticateCallback = (
  error: unknown,
  user?: Express.User | false | null,
  info?: object | string | (string | undefined)[],
  status?: number | (number | undefined)[],
) => unknown;

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- how Passport's types name the user
  namespace Express {
    // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- apps add to it
    interface User {}
  }
}

// eslint-disable-next-line @typescript-eslint/ban-ts-comment -- there is an error for some users only
/** @ts-ignore: without @types/passport there is nothing to add to. */
declare module 'passport' {
  // TypeScript requires the same type parameters as in @types/passport.
  interface Authenticator<InitializeRet, AuthenticateRet, AuthorizeRet, AuthorizeOptions> {
    /** Starts a sign-in with Roblox, or finishes it when the request is Roblox's callback. */
    authenticate(
      strategy: RobloxStrategyName,
      options: PassportAuthenticateOptions & RobloxAuthenticateOptions,
      callback?: PassportAuthenticateCallback,
    ): AuthenticateRet;
  }
}
