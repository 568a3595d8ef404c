import type { ServerResponse } from 'node:http';
import type { RobloxClient } from '../client/client.ts';
import { checkID, type ID } from '../cloud/check.ts';
import { listWantedItems, type InventoryIDs } from '../cloud/inventory-filter.ts';
import { OAuthError, RefusedError, RobloxAPIError } from '../errors.ts';
import { runOutsidePromise } from '../http/platform.ts';
import { createVerdictCache } from './verdict-cache.ts';
import type { Request, VerifiedLogin, Verify } from '../strategy/verify.ts';

/** What every gate can be told. */
export interface GateOptions {
  /** What the refused user is told. */
  readonly message?: string | undefined;
  /**
   * How long Roblox's answer about a user counts, in seconds; 30 by default, 0 asks each time. Whoever loses a rank or an item can go on
   * for as long.
   */
  readonly cacheSeconds?: number | undefined;
  /** The clock, in milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
}

/** Who may pass {@link requireGroupRank}. */
export interface GroupRankOptions extends GateOptions {
  /** The group's ID. */
  readonly groupId: ID;
  /** The lowest rank that may pass, 1 to 255; 1 by default, which is every member. A rank, not a role's ID. */
  readonly minRank?: number | undefined;
}

/** Who may pass {@link requireItem}: whoever has all of the things named. */
export type ItemOptions = GateOptions & InventoryIDs;

/** Lets some users pass and others not. */
export interface Gate {
  /**
   * Whether a user may pass; asked at Roblox, or remembered.
   * @throws {RobloxAPIError} Roblox refused to say: 403, a scope is missing
   * @throws {OAuthError} `invalid_grant`: the user's authorization has ended, ask them to sign in again
   * @throws {ConnectionError} no answer; nobody passes
   */
  allows(client: RobloxClient): Promise<boolean>;
  /**
   * Lets a user pass, or throws. For a classic `verify`, and for frameworks' own guards.
   * @throws {RefusedError} with the gate's message: they may not
   * @throws as {@link Gate.allows} does
   */
  check(client: RobloxClient): Promise<void>;
  /**
   * Puts the gate before a `verify`: who may not pass cannot sign in, and is told why (*fail* with 403 and the gate's message). Asks
   * Roblox anew at each login.
   *
   * ```ts
   * verify: staff.verify(({ profile }) => findOrCreateUser(profile)),
   * ```
   */
  verify(verify: Verify): Verify;
  /**
   * Puts the gate before a route, in Express or Connect: 401 for who is not signed in (or has to sign in again), 403 with the gate's
   * message for who may not pass; errors go to `next`.
   *
   * ```ts
   * app.get('/staff', staff.middleware((req) => req.user && vault.client(req.user.id)), (req, res) => …);
   * ```
   * @param clientOf finds the client of who is signed in; nothing where nobody is
   */
  middleware<Req = Request>(
    clientOf: (req: Req) => RobloxClient | undefined | null | false | Promise<RobloxClient | undefined | null | false>,
  ): (req: Req, res: ServerResponse, next: (error?: unknown) => void) => void;
}

/**
 * Lets pass who has a rank in a Roblox group, or is a member of it.
 * Scope: none. One request for a stranger, two for a member; Roblox allows 90 a minute for each user.
 *
 * ```ts
 * const staff = requireGroupRank({ groupId: '7', minRank: 200, message: 'This is for the staff of our group.' });
 * ```
 * @throws {TypeError} an option that cannot work, by its name
 */
export function requireGroupRank({ groupId, minRank = 1, ...options }: GroupRankOptions): Gate {
  const group = checkID('groupId', groupId);
  // Rank 0 is everybody, who need no gate: it would be a mistake that opens one.
  if (!Number.isInteger(minRank) || minRank < 1 || minRank > 255) {
    throw new TypeError('minRank must be a whole number from 1 (every member) to 255 (the owner)');
  }
  const message =
    minRank === 1
      ? `This is for members of the Roblox group ${group}.`
      : `This is for members of the Roblox group ${group} with a rank of ${minRank} or higher.`;
  return createGate(async (client) => (await client.groups.rank(group)) >= minRank, { message, ...compact(options) });
}

/**
 * Lets pass who has all of the game passes, badges, assets and private servers named.
 * Scope: `user.inventory-item:read`, unless the user's inventory is visible to everyone. Mostly one request; Roblox allows 20 a minute
 * for each user.
 *
 * ```ts
 * const supporters = requireItem({ gamePassIds: ['777'], message: 'This is for owners of the supporter pass.' });
 * ```
 * @throws {TypeError} no ID at all, or something that is none
 */
export function requireItem({ assetIds, badgeIds, gamePassIds, privateServerIds, ...options }: ItemOptions): Gate {
  // Copies, so that what the caller does with the lists later opens nothing.
  const things: InventoryIDs = structuredClone(compact({ assetIds, badgeIds, gamePassIds, privateServerIds }));
  if (listWantedItems({ ...things }).size === 0) {
    throw new TypeError(
      'requireItem needs gamePassIds, badgeIds, assetIds or privateServerIds: without one it would let everyone in',
    );
  }
  const message = 'This is for owners of something on Roblox that you do not have.';
  return createGate((client) => client.inventory.owns(things), { message, ...compact(options) });
}

function createGate(ask: (client: RobloxClient) => Promise<boolean>, options: GateOptions & { message: string }): Gate {
  const { message, cacheSeconds = 30, now = () => Date.now() } = options;
  if (typeof message !== 'string' || message === '') throw new TypeError('message must be a text for the refused user');
  if (typeof cacheSeconds !== 'number' || !(cacheSeconds >= 0)) {
    throw new TypeError('cacheSeconds must be a number of seconds, 0 to ask each time');
  }
  if (typeof now !== 'function') throw new TypeError('now must be a function that gives milliseconds since the epoch');
  const cache = createVerdictCache({ maxAgeMs: cacheSeconds * 1000, now });

  async function allows(client: RobloxClient): Promise<boolean> {
    return cache.recall(await userIdOf(client), () => ask(client));
  }

  async function check(client: RobloxClient): Promise<void> {
    if (!(await allows(client))) throw new RefusedError(message);
  }

  async function answer(client: RobloxClient | undefined | null | false): Promise<Answer | undefined> {
    if (!client) return NOT_SIGNED_IN;
    try {
      return (await allows(client)) ? undefined : { status: 403, message };
    } catch (error) {
      if (hasEnded(error)) return NOT_SIGNED_IN;
      throw error;
    }
  }

  return {
    allows,
    check,
    verify(verify) {
      if (typeof verify !== 'function') throw new TypeError(`verify must be a function, but is a ${typeof verify}`);
      return async (login: VerifiedLogin) => {
        // Who has just been let into the group, and signs in again, must not meet yesterday's answer.
        const isAllowed = await cache.renew(await userIdOf(login.client), () => ask(login.client));
        if (!isAllowed) throw new RefusedError(message);
        return verify(login);
      };
    },
    middleware(clientOf) {
      if (typeof clientOf !== 'function') {
        throw new TypeError('middleware needs a function that finds the client of a request, (req) => vault.client(…)');
      }
      return (req, res, next) => {
        const answered = (async () => answer(await clientOf(req)))();
        // So that what the route throws is the route's error.
        answered.then(
          (refused) => runOutsidePromise(() => (refused === undefined ? next() : send(res, refused))),
          (error: unknown) => runOutsidePromise(next, error),
        );
      };
    },
  };
}

interface Answer {
  readonly status: number;
  readonly message: string;
}
const NOT_SIGNED_IN: Answer = { status: 401, message: 'Please sign in first.' };

function send(res: ServerResponse, { status, message }: Answer): void {
  // Somebody else has answered meanwhile, such as a time-out of the app.
  if (res.headersSent) return;
  res.statusCode = status;
  res.setHeader('Content-Type', 'text/plain; charset=utf-8');
  // An answer about one user, which nobody else may be given.
  res.setHeader('Cache-Control', 'no-store');
  res.end(message);
}

/** Whether a call failed because the user's authorization is over. */
function hasEnded(error: unknown): boolean {
  return (
    (error instanceof OAuthError && error.error === 'invalid_grant') ||
    (error instanceof RobloxAPIError && error.status === 401)
  );
}

async function userIdOf(client: RobloxClient): Promise<string> {
  return client.toJSON().userId ?? (await client.userInfo()).sub;
}

/** Leaves out what is undefined, which never erases a default. */
function compact<T extends object>(options: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: NonNullable<T[K]> }; // what is left of it
}
