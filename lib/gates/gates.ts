import type { ServerResponse } from 'node:http';
import { types } from 'node:util';
import type { RobloxClient } from '../client/client.ts';
import { checkID, type ID } from '../cloud/check.ts';
import { listWantedItems, type InventoryIDs } from '../cloud/inventory.ts';
import { RefusedError, refuse, refuseUnknownOptions } from '../errors.ts';
import { dropUndefined, readObject } from '../http/json.ts';
import { runOutsidePromise } from '../http/platform.ts';
import { readProfile } from '../oauth/profile.ts';
import { logExplanation } from '../strategy/login-log.ts';
import { wrapThrown } from '../strategy/outcome.ts';
import type { Request } from '../strategy/passport-oauth2.ts';
import { checkObjectParameters, type VerifiedLogin, type Verify } from '../strategy/verify.ts';
import { createVerdictCache } from './verdict-cache.ts';

/** The options that every gate takes. */
export interface GateOptions {
  /** The message for a user who may not pass. */
  readonly message?: string | undefined;
  /**
   * How long a verdict about a user is cached, in seconds: 30 by default, 0 for no cache. A user who loses a rank or an item can still pass
   * for this long.
   */
  readonly cacheSeconds?: number | undefined;
  /** The clock, in milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
}

/** The options of {@link requireGroupRank}. */
export interface GroupRankOptions extends GateOptions {
  /** The group's ID: the number in the URL of its page at Roblox. */
  readonly groupId: ID;
  /** The lowest rank that may pass, 1 to 255; 1 by default, which means every member. A rank, not a role's ID. */
  readonly minRank?: number | undefined;
}

/** The options of {@link requireItem}: a user who owns all of these items may pass. */
export type ItemOptions = GateOptions & InventoryIDs;

/** The options of {@link requireAccountAge}. */
export interface AccountAgeOptions extends GateOptions {
  /** The lowest age of the Roblox account, in days. */
  readonly days: number;
}

/**
 * Decides which users may pass. Every gate fails closed: when it cannot find out, the user may not pass.
 */
export interface Gate {
  /**
   * Tells whether a user may pass. The verdict is at most `cacheSeconds` old.
   * @throws {RobloxAPIError} Roblox refused the request; 403: a scope is missing
   * @throws {OAuthError} `invalid_grant`: the user's authorization has ended; ask them to sign in again
   * @throws {ConnectionError} no response
   * @throws {Error} the age of the account is unknown: the scope `profile` is missing
   */
  allows(client: RobloxClient): Promise<boolean>;
  /**
   * Does nothing when a user may pass, and throws otherwise. For a classic `verify`, and for guards of other frameworks.
   * @throws {RefusedError} the user may not pass; has the gate's message
   * @throws the errors of {@link Gate.allows}
   */
  check(client: RobloxClient): Promise<void>;
  /**
   * Puts the gate before a `verify`. The login of a user who may not pass ends with Passport's *fail*, 403 and the gate's message. Each
   * login gets a new verdict, not a cached one.
   *
   * ```ts
   * verify: staff.verify(({ profile }) => findOrCreateUser(profile)),
   * ```
   */
  verify(verify: Verify): Verify;
  /**
   * Puts the gate before a route of Express or Connect. It responds with 401 when nobody is signed in or the user has to sign in again, and 403
   * with the gate's message when the user may not pass. Errors go to `next`.
   *
   * ```ts
   * // robloxID: the profile.id that your verify stored, not an ID of your own database.
   * const staffOnly = staff.middleware((req) => req.user && vault.client(req.user.robloxID));
   * app.get('/staff', staffOnly, (req, res) => …);
   * ```
   * @param findClient returns the client of the user who sent this request; undefined when nobody is signed in. It must look at `req`:
   * otherwise every request passes as the same user
   */
  middleware<Req = Request>(
    findClient: (req: Req) => FoundClient | Promise<FoundClient>,
  ): (req: Req, res: ServerResponse, next: (error?: unknown) => void) => void;
}

type FoundClient = RobloxClient | undefined | null | false;

/** The names of {@link GateOptions}. */
const GATE_OPTION_NAMES: Readonly<Record<keyof GateOptions, true>> = { message: true, cacheSeconds: true, now: true };

/**
 * Makes a gate for members of a Roblox group, or for those with a minimum rank.
 * Scope: none. One request of the memberships' quota. With a `minRank` above 1, one more for a member, of the quota for reading a role.
 * Both are 90 requests a minute for each authorization.
 *
 * ```ts
 * const staff = requireGroupRank({ groupId: '7001', minRank: 200, message: 'This is for the staff of our group.' });
 * ```
 * @throws {TypeError} an option that cannot work, by its name
 */
export function requireGroupRank(options: GroupRankOptions): Gate {
  const hints = { rank: "use minRank: it's the lowest rank that may pass", role: 'use minRank: a rank from 1 to 255' };
  checkOptions('requireGroupRank', options, { groupId: true, minRank: true }, hints);
  const { groupId, minRank = 1, ...gateOptions } = options;
  const group = checkID('groupId', groupId);
  // Rank 0 means that a user is not a member: everybody would pass.
  if (!Number.isInteger(minRank) || minRank < 1 || minRank > 255) {
    refuse('minRank', minRank, 'a whole number from 1 (every member) to 255 (the owner)');
  }
  const rank = minRank === 1 ? '' : ` with a rank of ${minRank} or higher`;
  const message = `This is for members of the Roblox group ${group}${rank}.`;
  const ask = async (client: RobloxClient) => (await client.groups.rank(group, { minRank })) >= minRank;
  return createGate({ ask }, message, gateOptions);
}

/**
 * Makes a gate for users who own all of these game passes, badges, assets and private servers.
 * Scope: `user.inventory-item:read`, unless the user's inventory is public. Usually one request. Quota: 20 a minute for each user.
 *
 * ```ts
 * const supporters = requireItem({ gamePassIds: ['777'], message: 'This is for owners of the supporter pass.' });
 * ```
 * @throws {TypeError} no ID at all, or a value that is not an ID
 */
export function requireItem(options: ItemOptions): Gate {
  const names = { assetIds: true, badgeIds: true, gamePassIds: true, privateServerIds: true } as const;
  checkOptions('requireItem', options, names);
  const { assetIds, badgeIds, gamePassIds, privateServerIds, ...gateOptions } = options;
  // A copy: the caller may change the lists later.
  const items: InventoryIDs = structuredClone(dropUndefined({ assetIds, badgeIds, gamePassIds, privateServerIds }));
  if (listWantedItems({ ...items }).size === 0) {
    throw new TypeError(
      'requireItem needs gamePassIds, badgeIds, assetIds or privateServerIds: without one everybody would pass',
    );
  }
  const message = 'This is for owners of something on Roblox that you do not have.';
  return createGate({ ask: (client) => client.inventory.owns(items) }, message, gateOptions);
}

const DAY_MS = 24 * 60 * 60_000;

/**
 * Makes a gate for Roblox accounts of a minimum age, to keep out new accounts.
 * Scope: `profile`. In `verify` it reads `profile.createdAt` and needs no request. Elsewhere it asks userinfo, with one request.
 *
 * ```ts
 * const grownUps = requireAccountAge({ days: 30, message: 'Your Roblox account must be 30 days old.' });
 * ```
 * @throws {TypeError} an option that cannot work, by its name
 */
export function requireAccountAge(options: AccountAgeOptions): Gate {
  checkOptions('requireAccountAge', options, { days: true });
  const { days, ...gateOptions } = options;
  // With 0 days, everybody would pass.
  if (typeof days !== 'number' || !Number.isFinite(days) || days <= 0) {
    refuse('days', days, 'a number of days greater than 0');
  }
  const isOldEnough = (createdAt: Date, nowMs: number) => nowMs - createdAt.getTime() >= days * DAY_MS;
  const { now = () => Date.now() } = gateOptions;
  async function ask(client: RobloxClient): Promise<boolean> {
    const { createdAt } = readProfile(await client.userInfo());
    if (createdAt === undefined) {
      throw new Error("Roblox did not say when the account was made: requireAccountAge needs the scope 'profile'");
    }
    return isOldEnough(createdAt, now());
  }
  async function askLogin({ profile: { createdAt }, client }: VerifiedLogin): Promise<boolean> {
    return types.isDate(createdAt) ? isOldEnough(createdAt, now()) : ask(client);
  }
  const message = `This is for Roblox accounts that are ${days} days old or older.`;
  return createGate({ ask, askLogin }, message, gateOptions);
}

/** @throws {TypeError} not an object, or an option that does not exist */
function checkOptions(
  gate: string,
  options: unknown,
  names: Readonly<Record<string, true>>,
  hints: Readonly<Record<string, string>> = {},
): void {
  if (typeof options !== 'object' || options === null) {
    refuse('options', options, `an object: ${gate}({ ${Object.keys(names).join(', ')} })`);
  }
  refuseUnknownOptions(options, { ...names, ...GATE_OPTION_NAMES }, hints);
}

/** How a gate finds out whether a user may pass. */
interface Question {
  ask(client: RobloxClient): Promise<boolean>;
  /** For a login that has just been verified; {@link ask} by default. */
  askLogin?(login: VerifiedLogin): Promise<boolean>;
}

function createGate({ ask, askLogin }: Question, defaultMessage: string, options: GateOptions): Gate {
  const { message = defaultMessage, cacheSeconds = 30, now = () => Date.now() } = options;
  if (typeof message !== 'string' || message === '') refuse('message', message, 'a text for the refused user');
  if (typeof cacheSeconds !== 'number' || !Number.isFinite(cacheSeconds) || cacheSeconds < 0) {
    refuse('cacheSeconds', cacheSeconds, 'a number of seconds, 0 to ask each time');
  }
  if (typeof now !== 'function') refuse('now', now, 'a function that gives milliseconds since the epoch');
  const cache = createVerdictCache({ maxAgeMs: cacheSeconds * 1000, now });

  const allows = (client: RobloxClient) =>
    failClosed(async () => cache.recall(await findUserID(client), () => ask(client)));

  async function check(client: RobloxClient): Promise<void> {
    if (!(await allows(client))) throw new RefusedError(message);
  }

  async function findRefusal(client: FoundClient, isSignedIn: boolean): Promise<Refusal | undefined> {
    try {
      if (client) {
        checkClient(client);
        return (await allows(client)) ? undefined : { status: 403, message };
      }
    } catch (error) {
      if (!hasEnded(error)) throw error;
    }
    // An app without Passport's session has no req.user.
    const isKnown = isSignedIn || Boolean(client);
    logExplanation(() => (isKnown ? NO_CLIENT : NO_USER));
    return { status: 401, message: isKnown ? 'Please sign in again.' : 'Please sign in first.' };
  }

  return {
    allows,
    check,
    verify(verify) {
      if (typeof verify !== 'function') refuse('verify', verify, 'a function: gate.verify(({ profile }) => user)');
      checkObjectParameters(verify.length);
      return async (login: VerifiedLogin) => {
        // Not a cached verdict: the user may have joined the group since.
        const isAllowed = await failClosed(async () =>
          askLogin === undefined
            ? cache.renew(await findUserID(login.client), () => ask(login.client))
            : askLogin(login),
        );
        if (!isAllowed) throw new RefusedError(message);
        return verify(login);
      };
    },
    middleware(findClient) {
      if (typeof findClient !== 'function') {
        throw new TypeError('middleware needs a function that finds the client of a request, (req) => vault.client(…)');
      }
      return (req, res, next) => {
        // Call `next` outside of the promise: an error of the route must not reject it.
        failClosed(async () => findRefusal(await findClient(req), hasUser(req))).then(
          (refusal) => runOutsidePromise(() => (refusal === undefined ? next() : sendRefusal(res, refusal))),
          (error: unknown) => runOutsidePromise(next, error),
        );
      };
    },
  };
}

/** Wraps a rejection that `next()` would treat as "no error", such as `undefined` or `'route'`: the request would pass the gate. */
function failClosed<T>(work: () => Promise<T>): Promise<T> {
  return work().catch((thrown: unknown) => {
    throw wrapThrown(thrown, 'The gate could not find out whether the user may pass');
  });
}

interface Refusal {
  readonly status: number;
  readonly message: string;
}

const NO_USER =
  'A gate responded with 401: the request has no user. Nobody is signed in, or the gate stands before app.use(passport.session()).';
const NO_CLIENT =
  'A gate responded with 401: findClient gave no client of the user, or their authorization has ended. Does findClient pass the profile.id that verify got? A vault in memory is empty after a restart; then the user has to sign in again.';

function sendRefusal(res: ServerResponse, { status, message }: Refusal): void {
  // The app may have responded meanwhile, for example after a time-out.
  if (res.headersSent) return;
  res.statusCode = status;
  res.setHeader('Content-Type', 'text/plain; charset=utf-8');
  // A cache must not give it to another user.
  res.setHeader('Cache-Control', 'no-store');
  res.end(message);
}

/** Whether a call failed because the user's authorization has ended. By shape: another copy of the package may have made the error. */
function hasEnded(thrown: unknown): boolean {
  const { name, error, status } = readObject(thrown) ?? {};
  return (name === 'OAuthError' && error === 'invalid_grant') || (name === 'RobloxAPIError' && status === 401);
}

/** @throws {TypeError} not a client */
function checkClient(client: unknown): void {
  if (typeof readObject(client)?.['toJSON'] === 'function') return;
  refuse('what findClient returns', client, 'a RobloxClient, or undefined when nobody is signed in');
}

/** Whether Passport has put a user on the request. */
function hasUser(req: unknown): boolean {
  const user = readObject(req)?.['user'];
  return user !== undefined && user !== null;
}

async function findUserID(client: RobloxClient): Promise<string> {
  return client.toJSON().userId ?? (await client.userInfo()).sub;
}
