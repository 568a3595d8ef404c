import { expect } from 'chai';
import { setImmediate } from 'node:timers';
import { inspect } from 'node:util';
import {
  RobloxStrategy,
  type RobloxAuthenticateOptions,
  type RobloxStrategyOptions,
  type Verify,
  type VerifiedLogin,
} from '../../lib/index.ts';
import {
  ACCESS_TOKEN,
  BASE_URL,
  CALLBACK_URL,
  CLIENT_ID,
  CLIENT_SECRET,
  CODE,
  FakeRoblox,
  REFRESH_TOKEN,
} from './fake-roblox.ts';

/** The verb that was called on Passport, with its values. */
export type Told =
  | { verb: 'redirect'; url: URL }
  | { verb: 'success'; user: unknown; info: { state?: unknown } & Record<string, unknown> }
  | { verb: 'fail'; challenge: { message?: string }; status: number | undefined }
  | { verb: 'error'; error: Error & Record<string, unknown> };

export interface TestRequest {
  query?: Record<string, unknown>;
  session?: unknown;
  headers?: Record<string, string>;
  url?: string;
  [more: string]: unknown;
}

/** Runs `authenticate` like Passport, on an object that inherits from the strategy. A second verb fails the test. */
export function authenticate(
  strategy: RobloxStrategy,
  req: TestRequest,
  options?: RobloxAuthenticateOptions,
): Promise<Told> {
  return new Promise((resolve, reject) => {
    const perRequest: Record<string, unknown> = Object.create(strategy);
    let told: Told | undefined;
    const tell = (next: Told) => {
      if (told !== undefined) reject(new Error(`a second verb, ${next.verb}, after ${told.verb}`));
      told = next;
      setImmediate(resolve, next);
    };
    perRequest['redirect'] = (url: string) => tell({ verb: 'redirect', url: new URL(url) });
    perRequest['success'] = (user: unknown, info: never) => tell({ verb: 'success', user, info });
    perRequest['fail'] = (challenge: never, status: never) => tell({ verb: 'fail', challenge, status });
    perRequest['error'] = (error: never) => tell({ verb: 'error', error });
    perRequest['pass'] = () => reject(new Error('pass was called'));
    const request = { headers: {}, url: '/', query: {}, ...req };
    (perRequest as unknown as RobloxStrategy).authenticate(request as never, options);
  });
}

/** A strategy with the fake Roblox. By default, `verify` returns the profile. */
export function strategyFor(
  roblox: FakeRoblox,
  options: Partial<RobloxStrategyOptions> & { verify?: Verify } = {},
): RobloxStrategy {
  return new RobloxStrategy({
    clientID: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    callbackURL: CALLBACK_URL,
    baseURL: BASE_URL,
    fetch: roblox.fetch,
    verify: ({ profile }: VerifiedLogin) => profile,
    ...options,
  });
}

/** Starts a login. Its nonce goes into the next ID token of the fake. */
export async function begin(
  strategy: RobloxStrategy,
  roblox: FakeRoblox,
  session: unknown,
  options?: RobloxAuthenticateOptions,
): Promise<{ url: URL; state: string; nonce: string }> {
  const told = await authenticate(strategy, { session }, options);
  if (told.verb !== 'redirect') throw new Error(`expected a redirect, got ${inspect(told)}`);
  const state = told.url.searchParams.get('state') ?? '';
  const nonce = told.url.searchParams.get('nonce') ?? '';
  roblox.nonce = nonce;
  return { url: told.url, state, nonce };
}

/** Runs a whole login with the fake, start and callback. */
export async function signIn(
  strategy: RobloxStrategy,
  roblox: FakeRoblox,
  options?: RobloxAuthenticateOptions,
): Promise<Told> {
  const session = {};
  const { state } = await begin(strategy, roblox, session, options);
  return authenticate(strategy, { session, query: { code: CODE, state } });
}

/** Signs in with a verify of one object. */
export const signInWith = (verify: Verify): Promise<Told> => {
  const roblox = new FakeRoblox();
  return signIn(strategyFor(roblox, { verify }), roblox);
};

/** Signs in with any function as the classic verify, like plain JavaScript. */
export const signInWithClassic = (verify: unknown, options: object = {}): Promise<Told> => {
  const roblox = new FakeRoblox();
  const base = {
    clientID: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    callbackURL: CALLBACK_URL,
    baseURL: BASE_URL,
    fetch: roblox.fetch,
  };
  return signIn(new RobloxStrategy({ ...base, ...options }, verify as never), roblox);
};

export function expectSuccess(told: Told): Extract<Told, { verb: 'success' }> {
  if (told.verb !== 'success') throw new Error(`expected success, got ${inspect(told, { depth: 5 })}`);
  return told;
}

export function expectError(told: Told): Error & Record<string, unknown> {
  if (told.verb !== 'error') throw new Error(`expected error, got ${inspect(told, { depth: 5 })}`);
  expectNoSecrets(told.error);
  return told.error;
}

/** Checks a failure: it must not tell an attacker anything. */
export function expectFail403(told: Told, ...sent: string[]): string {
  if (told.verb !== 'fail') throw new Error(`expected fail, got ${inspect(told, { depth: 5 })}`);
  expect(told.status).to.equal(403);
  expect(told.challenge.message).to.be.a('string').that.is.not.empty;
  for (const value of sent) expect(inspect(told, { depth: 12 })).to.not.include(value);
  return told.challenge.message ?? '';
}

/** Looks for secrets wherever a logger could find them. */
export function expectNoSecrets(value: unknown, ...more: string[]): void {
  const shown = inspect(value, { depth: 12, showHidden: true, getters: true }) + JSON.stringify(value) + String(value);
  const stack = value instanceof Error ? (value.stack ?? '') : '';
  for (const secret of [ACCESS_TOKEN, REFRESH_TOKEN, CODE, CLIENT_SECRET, ...more]) {
    expect(shown + stack, `${secret} is shown`).to.not.include(secret);
  }
}
