import { readID, readString } from '../http/json.ts';
import { RobloxAPIError } from '../errors.ts';
import type { Sleep } from '../http/abort.ts';
import { connectionError } from '../http/transport.ts';
import type { MakeCall } from './call.ts';
import type { CallOptions } from './groups.ts';
import { describeValue } from '../errors.ts';
import { compact, isRaw, readRaw, readRequiredTime, type Raw } from './read.ts';

/** A Roblox user. Fields that Roblox adds are here too, under their own names. */
export interface User {
  readonly id: string;
  /** The unique name, without `@`. */
  readonly name: string;
  readonly displayName: string;
  readonly about?: string;
  /** An IETF language tag. */
  readonly locale?: string;
  readonly premium?: boolean;
  /** With the scope `user.advanced:read`. */
  readonly idVerified?: boolean;
  /** With the scope `user.social:read`. */
  readonly socialNetworkProfiles?: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  /** What Roblox sent. */
  readonly raw: Raw;
}

/** How a thumbnail looks. */
export interface ThumbnailOptions extends CallOptions {
  /** Pixels of each side: 48, 50, 60, 75, 100, 110, 150, 180, 352, 420 or 720. Roblox's default is 420. */
  readonly size?: number | undefined;
  /** Roblox's default is `ROUND`. */
  readonly shape?: 'ROUND' | 'SQUARE' | (string & {}) | undefined;
  /** Roblox's default is `PNG`. */
  readonly format?: 'PNG' | 'JPEG' | (string & {}) | undefined;
}

/** The signed-in user, beyond what the profile says. */
export interface UserCalls {
  /**
   * Reads the user.
   * Scope: none; `user.advanced:read` adds `idVerified`, `user.social:read` adds `socialNetworkProfiles`. Roblox allows 10
   * requests a minute for each user.
   */
  get(options?: CallOptions): Promise<User>;
  /**
   * Has the user's avatar drawn and waits for it, up to 30 seconds.
   * Scope: none. Roblox allows 10 requests a minute for each user; looking whether it is done counts on its own.
   * @returns the URL of the picture
   * @throws {ConnectionError} `timeout`: the picture was not ready in time, try again later
   */
  thumbnail(options?: ThumbnailOptions): Promise<string>;
}

/** Milliseconds for a thumbnail, all looks and waits included. */
const THUMBNAIL_BUDGET_MS = 30_000;

/** Few looks rather than early ones: Roblox allows 10 in a minute. */
const LOOK_DELAYS_MS = [500, 1000, 2000, 4000];

const THUMBNAIL_PATH = '/cloud/v2/users/{user_id}:generateThumbnail';

/** Makes {@link UserCalls}. */
export function createUserCalls(
  call: MakeCall,
  userId: (signal: AbortSignal | undefined) => Promise<string>,
  clock: { readonly now: () => number; readonly sleep: Sleep },
): UserCalls {
  return {
    async get({ signal } = {}) {
      const values = { user_id: await userId(signal) };
      return readUser(await call({ method: 'GET', path: '/cloud/v2/users/{user_id}', values, signal }));
    },

    async thumbnail({ size, shape, format, signal } = {}) {
      if (size !== undefined && !(Number.isSafeInteger(size) && size > 0)) {
        throw new TypeError(`size must be a number of pixels such as 420, but is ${describeValue(size)}`);
      }
      const query = { size, shape: nameOf('shape', shape), format: nameOf('format', format) };
      const user = await userId(signal);
      const endMs = clock.now() + THUMBNAIL_BUDGET_MS;
      let answer = await call({ method: 'GET', path: THUMBNAIL_PATH, values: { user_id: user }, query, signal });
      for (let looks = 0; ; looks += 1) {
        const operation = readOperation(answer);
        if (operation.image !== undefined) return operation.image;
        const delayMs = LOOK_DELAYS_MS[looks] ?? LOOK_DELAYS_MS.at(-1)!; // the list is not empty
        if (operation.id === undefined || clock.now() + delayMs > endMs) {
          const code = operation.id === undefined ? 'invalid_body' : 'timeout';
          throw connectionError(code, { method: 'GET', url: THUMBNAIL_PATH, secrets: [] });
        }
        await clock.sleep(delayMs, signal);
        const values = { user_id: user, operation_id: operation.id };
        answer = await call({
          method: 'GET',
          path: '/cloud/v2/users/{user_id}/operations/{operation_id}',
          values,
          signal,
        });
      }
    },
  };
}

function nameOf(option: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && /^[A-Z_]{1,40}$/.test(value))) return value;
  throw new TypeError(
    `${option} must be one of Roblox's names such as 'ROUND' or 'PNG', but is ${describeValue(value)}`,
  );
}

/** Reads a user as Open Cloud sends it. */
export function readUser(json: unknown): User {
  const raw = readRaw(json);
  const { createTime, ...fields } = raw;
  return compact({
    ...fields,
    id: readID(raw['id']) ?? readString(raw['path'])?.split('/')[1] ?? '',
    name: readString(raw['name']) ?? '',
    displayName: readString(raw['displayName']) ?? '',
    createdAt: readRequiredTime(createTime),
    raw,
  });
}

/**
 * Reads where a drawing stands.
 * @throws {RobloxAPIError} it failed
 * @see https://create.roblox.com/docs/cloud/reference/patterns#long-running-operations
 */
function readOperation(json: unknown): { image: string | undefined; id: string | undefined } {
  const operation = readRaw(json);
  const { error } = operation;
  if (isRaw(error)) {
    const code = typeof error['code'] === 'number' ? error['code'] : readString(error['code']);
    throw new RobloxAPIError(readString(error['message']) ?? 'Roblox could not draw the thumbnail', {
      status: 200,
      code,
      details: error['details'],
      method: 'GET',
      url: THUMBNAIL_PATH,
    });
  }
  return {
    image: readString(readRaw(operation['response'])['imageUri']),
    id: /\/?operations\/([\w.~-]{1,200})$/.exec(readString(operation['path']) ?? '')?.[1],
  };
}
