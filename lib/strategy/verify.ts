import type { RobloxClient } from '../client/client.ts';
import { RefusedError, refuse } from '../errors.ts';
import { readObject } from '../http/json.ts';
import type { Profile } from '../oauth/profile.ts';
import type { Tokens } from '../oauth/tokens.ts';
import type { Request } from './passport-oauth2.ts';

/** A login whose user is known: the argument of `verify`. */
export interface VerifiedLogin {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly tokens: Tokens;
  readonly profile: Profile;
  readonly client: RobloxClient;
  /** The request of the callback. */
  readonly req: Request;
}

/**
 * Finds (or makes) the app's user for a login, and returns it or a promise of it.
 * `null` or `false` refuses the login. A thrown {@link RefusedError} refuses it with a message for the user. Every other thrown value is an
 * error of the login, and so is `undefined`, because then a `return` is missing.
 */
export type Verify = VerifyFunctions['verify'];

/** Passport's callback: an error, or a user and perhaps `info`. A user of `false` refuses the login; `info.message` may say why. */
export type VerifyCallback = (error?: unknown, user?: unknown, info?: unknown) => void;

/** Passport's classic verify. Roblox gives a refresh token with every login. */
export type VerifyFunction = (
  accessToken: string,
  refreshToken: string,
  profile: Profile,
  done: VerifyCallback,
) => unknown;
/** With `passReqToCallback`. */
export type VerifyFunctionWithRequest = VerifyFunctions['withRequest'];
/** With `passClientToCallback`. */
export type VerifyFunctionWithClient = (
  accessToken: string,
  refreshToken: string,
  profile: Profile,
  client: RobloxClient,
  done: VerifyCallback,
) => unknown;
/** With both. */
export type VerifyFunctionWithRequestAndClient = VerifyFunctions['withRequestAndClient'];

/** Methods instead of function types: an app may then declare narrower parameters, such as `req: express.Request`. */
interface VerifyFunctions {
  verify(login: VerifiedLogin): unknown;
  withRequest(req: Request, accessToken: string, refreshToken: string, profile: Profile, done: VerifyCallback): unknown;
  withRequestAndClient(
    req: Request,
    accessToken: string,
    refreshToken: string,
    profile: Profile,
    client: RobloxClient,
    done: VerifyCallback,
  ): unknown;
}

/** The result of a verify. A falsy user is a refusal. */
export interface Verdict {
  readonly user: unknown;
  readonly info?: unknown;
  /** The HTTP status of a refusal. */
  readonly status?: number;
}

/** Calls the app's verify in any of its forms. Rejects with the error that it throws or gives to `done`. */
export type AskVerify = (login: VerifiedLogin) => Promise<Verdict>;

/** The options that decide the arguments of a classic verify. */
interface VerifyForm {
  readonly passReqToCallback: boolean;
  readonly passClientToCallback: boolean;
}

/**
 * Finds out which form of verify an app gave, from its options. Not from `length`, which says nothing about a wrapped function.
 * @throws {TypeError} both forms, no form, or one that declares more parameters than it will get
 */
export function readVerify(objectForm: unknown, classicForm: unknown, form: VerifyForm): AskVerify {
  if (objectForm !== undefined && classicForm !== undefined) {
    throw new TypeError('verify was given twice, as an option and as the second argument: leave one of them out');
  }
  if (objectForm === undefined && classicForm === undefined) {
    throw new TypeError('verify is missing: give `verify` as an option, or a function as the second argument');
  }
  const verify = objectForm ?? classicForm;
  if (typeof verify !== 'function') {
    const isGate = typeof readObject(verify)?.['verify'] === 'function';
    refuse('verify', verify, isGate ? 'a function: write gate.verify(({ profile }) => user)' : 'a function');
  }
  const ask = verify as (...values: unknown[]) => unknown; // its arguments are decided below
  if (objectForm !== undefined) {
    checkObjectParameters(ask.length);
    return (login) => readRefusal(() => askObjectForm(ask, login));
  }
  checkClassicParameters(ask.length, form);
  return (login) => readRefusal(() => askClassic(ask, listArguments(login, form)));
}

async function readRefusal(ask: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await ask();
  } catch (error) {
    if (!isRefusedError(error)) throw error;
    return { user: false, info: { message: error.message }, status: error.status };
  }
}

/** By name too: another copy of the package may have made the error. */
function isRefusedError(error: unknown): error is RefusedError {
  return error instanceof RefusedError || readObject(error)?.['name'] === 'RefusedError';
}

/** @throws {TypeError} a function of the classic form */
export function checkObjectParameters(declared: number): void {
  if (declared <= 1) return;
  throw new TypeError(
    `verify in the options gets one object, but declares ${declared} parameters: write ` +
      '`verify: ({ profile, tokens, client }) => user`, or give the classic function as the second argument, ' +
      '`new RobloxStrategy(options, (accessToken, refreshToken, profile, done) => …)`',
  );
}

function checkClassicParameters(declared: number, form: VerifyForm): void {
  const given = 4 + Number(form.passReqToCallback) + Number(form.passClientToCallback);
  if (declared <= given) return;
  const missing = [
    form.passReqToCallback ? [] : 'passReqToCallback: true (puts req first)',
    form.passClientToCallback ? [] : 'passClientToCallback: true (puts client before done)',
  ].flat();
  throw new TypeError(
    `verify declares ${declared} parameters but will get ${given}` +
      (missing.length === 0 ? '' : `: the option ${missing.join(' or ')} is missing`) +
      '. To get the tokens use the form with one object, `verify: ({ tokens, profile, … }) => user`',
  );
}

async function askObjectForm(verify: (login: VerifiedLogin) => unknown, login: VerifiedLogin): Promise<Verdict> {
  const user = await verify(login);
  if (user === undefined) {
    throw new TypeError('verify returned nothing (undefined): return the user, or null to refuse the sign-in');
  }
  return { user };
}

function listArguments(login: VerifiedLogin, form: VerifyForm): unknown[] {
  return [
    ...(form.passReqToCallback ? [login.req] : []),
    login.accessToken,
    login.refreshToken,
    login.profile,
    ...(form.passClientToCallback ? [login.client] : []),
  ];
}

/** Only the first call of `done` counts. A throw or a rejection before it is an error. */
function askClassic(verify: (...values: unknown[]) => unknown, values: readonly unknown[]): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const done: VerifyCallback = (error, user, info) => {
      if (error) reject(error);
      else resolve({ user, info });
    };
    // A promise settles once: a later call of `done` and a later rejection are ignored.
    Promise.resolve(verify(...values, done)).catch(reject);
  });
}
