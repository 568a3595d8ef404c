import { refuse } from '../errors.ts';
import type { Sleep } from '../http/abort.ts';
import { dropUndefined, readID, readString } from '../http/json.ts';
import { createConnectionError } from '../http/transport.ts';
import { readCallOptions, runCall, runOperation, type CallLimits, type CallOptions, type MakeCall } from './call.ts';
import { checkObject, checkWholeNumber } from './check.ts';
import type { Schemas } from './openapi.ts';
import {
  createMapReader,
  readFields,
  readFlag,
  readPathID,
  readRaw,
  readRequiredTime,
  readText,
  type Raw,
} from './read.ts';

/** A Roblox user. Fields that Roblox adds later are kept, under Roblox's names. */
export interface User {
  /** The user's ID in this app's domain. Another app may get another ID for the same user. */
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

/** The options of {@link UserCalls.thumbnail}. */
export interface ThumbnailOptions extends CallOptions {
  /** Pixels of each side: 48, 50, 60, 75, 100, 110, 150, 180, 352, 420 or 720. Roblox's default is 420. */
  readonly size?: number | undefined;
  /** Roblox's default is `ROUND`. */
  readonly shape?: 'ROUND' | 'SQUARE' | (string & {}) | undefined;
  /** Roblox's default is `PNG`. */
  readonly format?: 'PNG' | 'JPEG' | (string & {}) | undefined;
}

/** A notification, in Roblox's fields. @see https://create.roblox.com/docs/cloud/guides/experience-notifications */
export interface UserNotification extends CallOptions {
  /** The experience that sends it: `{ universe: 'universes/7' }`. */
  readonly source: { readonly universe: string };
  /**
   * `messageId` is the ID of a message that you made in the Creator Dashboard. `parameters` are the values of its placeholders:
   * `{ name: { stringValue: 'egg' } }`. `joinExperience.launchData` has at most 200 bytes.
   */
  readonly payload: Schemas['UserNotification_Payload'];
}

/** Calls about the signed-in user. */
export interface UserCalls {
  /**
   * Reads the user.
   * Scope: none; `user.advanced:read` adds `idVerified`, `user.social:read` adds `socialNetworkProfiles`.
   * Quota: 10 requests a minute for each authorization.
   */
  get(options?: CallOptions): Promise<User>;
  /**
   * Asks Roblox for a picture of the user's avatar, and waits for it, up to 30 seconds (or `timeout`).
   * Scope: none. Quota: 10 requests a minute for each authorization. The polls have a separate quota.
   * @returns the URL of the picture
   * @throws {ConnectionError} `timeout`: the picture was not ready in time; try again later
   */
  thumbnail(options?: ThumbnailOptions): Promise<string>;
  /**
   * Sends the user a notification from an experience.
   * Roblox shows it to users who are 13 or older and have turned on notifications of the experience.
   * Scope: `user.user-notification:write`. Quota: 4,000 requests a second for each authorization. Tried again after a 429 only.
   * @returns the ID of the notification
   */
  notify(notification: UserNotification): Promise<{ readonly id: string; readonly raw: Raw }>;
}

/** Milliseconds for a thumbnail, including all polls and waits. */
const THUMBNAIL_BUDGET_MS = 30_000;

const MAX_LAUNCH_DATA_BYTES = 200;

const USER = '/cloud/v2/users/{user_id}';

/** Makes {@link UserCalls}. */
export function createUserCalls(
  call: MakeCall,
  askUserId: (limits: CallLimits) => Promise<string>,
  sleep: Sleep,
): UserCalls {
  return {
    async get(options) {
      return runCall(options, async (limits) => {
        const values = { user_id: await askUserId(limits) };
        return readUser(await call({ method: 'GET', path: USER, values, limits, response: 'object' }));
      });
    },

    async thumbnail(options = {}) {
      readCallOptions(options, ['size', 'shape', 'format']);
      const { size, shape, format, ...others } = options;
      checkWholeNumber('size', size, 1);
      const query = { size, shape: checkName('shape', shape), format: checkName('format', format) };
      const draw = async (limits: CallLimits) => {
        const values = { user_id: await askUserId(limits) };
        const begin = { method: 'GET', path: `${USER}:generateThumbnail`, values, query };
        const poll = { method: 'GET', path: `${USER}/operations/{operation_id}`, values };
        const image = readString((await runOperation(call, { begin, poll, limits, sleep }))['imageUri']);
        if (image !== undefined) return image;
        throw createConnectionError('invalid_body', { method: 'GET', url: begin.path, secrets: [] });
      };
      return runCall(others, draw, THUMBNAIL_BUDGET_MS);
    },

    async notify(notification) {
      checkObject('notification', notification, 'source and payload');
      readCallOptions(notification, ['source', 'payload']);
      const { source, payload, ...options } = notification;
      checkNotification(source, payload);
      return runCall(options, async (limits) => {
        const raw = readRaw(
          await call({
            method: 'POST',
            path: `${USER}/notifications`,
            values: { user_id: await askUserId(limits) },
            // The only type of notification at Roblox.
            body: { source, payload: { type: 'MOMENT', ...payload } },
            limits,
            scope: 'user.user-notification:write',
            response: 'object',
          }),
        );
        return { id: readString(raw['id']) ?? readString(raw['path'])?.split('/').at(-1) ?? '', raw };
      });
    },
  };
}

/** Checks a notification against Roblox's description. Roblox checks the rest. */
function checkNotification(source: unknown, payload: unknown): void {
  const { universe } = readRaw(source);
  if (typeof universe !== 'string' || !/^universes\/[1-9]\d{0,18}$/.test(universe)) {
    refuse('source.universe', universe, "the path of an experience, such as 'universes/7'");
  }
  const { messageId, joinExperience } = readRaw(payload);
  if (readString(messageId) === undefined) {
    refuse('payload.messageId', messageId, 'the ID of a message from the Creator Dashboard');
  }
  const { launchData = '' } = readRaw(joinExperience);
  if (typeof launchData !== 'string' || Buffer.byteLength(launchData) > MAX_LAUNCH_DATA_BYTES) {
    refuse('payload.joinExperience.launchData', launchData, `a string of at most ${MAX_LAUNCH_DATA_BYTES} bytes`);
  }
}

function checkName(option: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && /^[A-Z_]{1,40}$/.test(value))) return value;
  refuse(option, value, "one of Roblox's names, such as 'ROUND' or 'PNG'");
}

const USER_FIELDS = {
  name: readText,
  displayName: readText,
  about: readText,
  locale: readText,
  premium: readFlag,
  idVerified: readFlag,
  socialNetworkProfiles: createMapReader(readText),
};

/** Reads a user of Open Cloud. */
export function readUser(json: unknown): User {
  const raw = readRaw(json);
  const { createTime, ...sent } = raw;
  const fields = readFields(sent, USER_FIELDS);
  return dropUndefined({
    ...fields,
    id: readID(raw['id']) ?? readPathID(raw['path'], 'users') ?? '',
    name: fields.name ?? '',
    displayName: fields.displayName ?? '',
    createdAt: readRequiredTime(createTime),
    raw,
  });
}
