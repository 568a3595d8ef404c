import { dropUndefined } from '../http/json.ts';
import { readCallOptions, runCall, type CallOptions, type MakeCall } from './call.ts';
import { checkFlag, checkID, checkIDs, checkText, checkWholeNumber, type ID } from './check.ts';
import {
  readFields,
  readFlag,
  readNumber,
  readOwner,
  readPathID,
  readRaw,
  readRequiredTime,
  readText,
  type Raw,
} from './read.ts';

/** A Roblox experience (universe). Fields that Roblox adds later are kept, under Roblox's names. */
export interface Experience {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  /** The owner. A user's ID is the one in this app's domain. */
  readonly owner?: { readonly type: 'User' | 'Group'; readonly id: string };
  readonly visibility?: 'PUBLIC' | 'PRIVATE' | (string & {});
  readonly ageRating?: string;
  readonly rootPlaceId?: string;
  /** The price of a private server in Robux. Missing when the experience has none. */
  readonly privateServerPriceRobux?: number;
  readonly voiceChatEnabled?: boolean;
  readonly desktopEnabled?: boolean;
  readonly mobileEnabled?: boolean;
  readonly tabletEnabled?: boolean;
  readonly consoleEnabled?: boolean;
  readonly vrEnabled?: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** What Roblox sent. */
  readonly raw: Raw;
}

/** Which servers to restart, and how, in Roblox's fields. */
export interface RestartOptions extends CallOptions {
  /** Only these places; all active places by default. */
  readonly placeIds?: readonly ID[] | undefined;
  /** Whether to restart servers of the newest version too; by default only those of an older version. */
  readonly closeAllVersions?: boolean | undefined;
  /** Whether to keep servers running for `bleedOffDurationMinutes`, without new players, before they close. */
  readonly bleedOffServers?: boolean | undefined;
  /** 1 to 60 minutes. */
  readonly bleedOffDurationMinutes?: number | undefined;
}

/** The experiences that the user chose on the consent page. */
export interface Experiences {
  /**
   * Reads an experience.
   * Scope: none. Quota: 100 requests a minute for each authorization.
   * @param universeId for example an ID of `client.resources()`'s `experiences`
   * @throws {RobloxAPIError} 404: no such experience
   */
  get(universeId: ID, options?: CallOptions): Promise<Experience>;
  /**
   * Restarts the servers of an experience, so that players get its newest version.
   * Scope: `universe:write`. Quota: 30 requests a minute for each authorization. Tried again after a 429 only.
   * @throws {RobloxAPIError} 403: the scope is missing, or the user did not choose this experience
   */
  restartServers(universeId: ID, options?: RestartOptions): Promise<void>;
  /**
   * Publishes a message to all live servers of an experience. `MessagingService:SubscribeAsync(topic)` receives it there.
   * Scope: `universe-messaging-service:publish`. Quota: 5,000 requests a minute for each authorization, and 50 + 5 × players for each
   * experience. Tried again after a 429 only.
   * @param universeId an ID of `client.resources()`'s `experiences`
   * @param topic up to 80 characters
   * @param message up to 1,024 characters, counted by `length`; usually JSON
   * @throws {RobloxAPIError} 403: the scope is missing, or the user did not choose this experience
   * @see https://create.roblox.com/docs/cloud/guides/usage-messaging
   */
  publish(universeId: ID, topic: string, message: string, options?: CallOptions): Promise<void>;
}

const UNIVERSE = '/cloud/v2/universes/{universe_id}';

/** Makes {@link Experiences}. */
export function createExperiences(call: MakeCall): Experiences {
  return {
    async get(universeId, options) {
      const values = { universe_id: checkID('universeId', universeId) };
      return runCall(options, async (limits) =>
        readExperience(await call({ method: 'GET', path: UNIVERSE, values, limits, response: 'object' })),
      );
    },
    async restartServers(universeId, options = {}) {
      const values = { universe_id: checkID('universeId', universeId) };
      readCallOptions(options, RESTART_FIELDS);
      const { placeIds, closeAllVersions, bleedOffServers, bleedOffDurationMinutes, ...others } = options;
      const body = {
        placeIds: placeIds === undefined ? undefined : checkIDs('placeIds', placeIds).map(writeInt64),
        closeAllVersions: checkFlag('closeAllVersions', closeAllVersions),
        bleedOffServers: checkFlag('bleedOffServers', bleedOffServers),
        bleedOffDurationMinutes: checkWholeNumber('bleedOffDurationMinutes', bleedOffDurationMinutes, 1, 60),
      };
      const path = `${UNIVERSE}:restartServers`;
      await runCall(others, (limits) => call({ method: 'POST', path, values, body, limits, scope: 'universe:write' }));
    },
    async publish(universeId, topic, message, options) {
      const values = { universe_id: checkID('universeId', universeId) };
      const body = { topic: checkText('topic', topic, 80), message: checkText('message', message, 1024) };
      const path = `${UNIVERSE}:publishMessage`;
      const scope = 'universe-messaging-service:publish';
      await runCall(options, (limits) => call({ method: 'POST', path, values, body, limits, scope }));
    },
  };
}

const RESTART_FIELDS = ['placeIds', 'closeAllVersions', 'bleedOffServers', 'bleedOffDurationMinutes'];

/** Writes an int64: a number, as Roblox describes it, or a string if a number would lose digits. protobuf's JSON accepts both. */
function writeInt64(id: string): number | string {
  return Number.isSafeInteger(Number(id)) ? Number(id) : id;
}

const EXPERIENCE_FIELDS = {
  displayName: readText,
  description: readText,
  visibility: readText,
  ageRating: readText,
  privateServerPriceRobux: readNumber,
  voiceChatEnabled: readFlag,
  desktopEnabled: readFlag,
  mobileEnabled: readFlag,
  tabletEnabled: readFlag,
  consoleEnabled: readFlag,
  vrEnabled: readFlag,
};

/** Reads an experience of Open Cloud. Exactly one of `user` and `group` is set. */
export function readExperience(json: unknown): Experience {
  const raw = readRaw(json);
  const { path, createTime, updateTime, user, group, rootPlace, ...sent } = raw;
  const fields = readFields(sent, EXPERIENCE_FIELDS);
  return dropUndefined({
    ...fields,
    id: readPathID(path, 'universes') ?? '',
    displayName: fields.displayName ?? '',
    description: fields.description ?? '',
    owner: readOwner(readPathID(user, 'users'), readPathID(group, 'groups')),
    rootPlaceId: readPathID(rootPlace, 'places'),
    createdAt: readRequiredTime(createTime),
    updatedAt: readRequiredTime(updateTime),
    raw,
  });
}
