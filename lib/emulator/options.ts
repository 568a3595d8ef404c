import type { IncomingHttpHeaders } from 'node:http';

/** A role of an emulated group. */
export interface EmulatedRole {
  /** Digits; not the rank. */
  readonly id: string;
  readonly displayName: string;
  /** 0 (guest) to 255 (owner). */
  readonly rank: number;
  readonly description?: string;
  readonly memberCount?: number;
  /** Roblox's permission names, for example `{ viewWallPosts: true }`; shown by Roblox's rules of who may see them. */
  readonly permissions?: Readonly<Record<string, boolean>>;
}

/** What is true of a group, whoever is in it. All but `id` has a default. */
export interface EmulatedGroupFacts {
  /** Digits. */
  readonly id: string;
  readonly displayName?: string;
  readonly description?: string;
  /** User ID of the owner; a group without one is abandoned, and Roblox leaves `owner` out. */
  readonly ownerId?: string;
  readonly memberCount?: number;
  readonly publicEntryAllowed?: boolean;
  readonly locked?: boolean;
  readonly verified?: boolean;
  readonly createdAt?: Date;
  /** User IDs that asked to join. */
  readonly joinRequests?: readonly string[];
  /** Its roles. Role IDs that only a membership mentions become roles too, ranked in the order they are met. */
  readonly roles?: readonly EmulatedRole[];
}

/** A group as one of its members sees it: the facts, and the roles this user holds there. */
export interface EmulatedGroup extends EmulatedGroupFacts {
  /** The roles that this user holds; at least one. The facts of a group need to be given with one of its members only. */
  readonly roleIds: readonly string[];
  readonly joinedAt?: Date;
}

/** An experience (universe) that a user may open to an app on the consent page. */
export interface EmulatedExperience {
  /** Digits. */
  readonly id: string;
  readonly name?: string;
  readonly description?: string;
  readonly createdAt?: Date;
  /** The group that owns it; without one it is the user's own. */
  readonly ownerGroupId?: string;
}

/** A person who can sign in at the emulator. */
export interface EmulatedUser {
  /** Digits, as a string: it becomes `sub`. */
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly createdAt: Date;
  /** URL of the headshot, `null` for none (as Roblox says it), or a path of the emulator such as `/avatars/1.svg`. */
  readonly picture?: string | null;
  /**
   * This person's ID in an app, by client ID, with `subjectType: 'pairwise'`. Default: made by the emulator, the same in every run.
   * Give the same number to two people in two apps to see whether an app mixes them up.
   */
  readonly appIds?: Readonly<Record<string, string>>;
  /** Items as Open Cloud sends them; `path` is filled in where it is missing. */
  readonly inventory?: readonly object[];
  /** Default `true`: the inventory is seen by the user's own token with `user.inventory-item:read` alone. */
  readonly inventoryPrivate?: boolean;
  readonly groups?: readonly EmulatedGroup[];
  readonly experiences?: readonly EmulatedExperience[];
  readonly about?: string;
  readonly locale?: string;
  readonly premium?: boolean;
  /** Shown to tokens with `user.advanced:read`. */
  readonly idVerified?: boolean;
  /** Shown to tokens with `user.social:read`; Roblox's field names, for example `{ twitter, visibility }`. */
  readonly socialNetworkProfiles?: Readonly<Record<string, string>>;
}

/** An app registered at the emulator. */
export interface EmulatedClient {
  readonly clientID: string;
  /** Without one the client is public: it has to use PKCE and authenticates by its ID alone. */
  readonly clientSecret?: string;
  /**
   * Up to 10 URLs of 256 characters, compared character by character: `https:`, `http://localhost`, or a scheme of the app's own.
   * `'loopback'`, for tests, takes any http(s) URL on localhost, 127.0.0.1 or [::1].
   */
  readonly redirectURIs: readonly string[] | 'loopback';
  /** The name on the consent page. */
  readonly name?: string;
  /** The scopes saved with the app; asking for another one ends in `invalid_scope`. Default: all that Roblox has. */
  readonly scopes?: readonly string[];
}

/** One request as the emulator saw it. A test double's log: secrets, codes and tokens in it are kept as they came. */
export interface RequestRecord {
  readonly method: string;
  /** As sent, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** When it came, in milliseconds since 1970 by the real clock. */
  readonly at: number;
  /** Fields of a form body. */
  readonly form?: Readonly<Record<string, string>>;
  /** The answer's status; 0 while (or for ever when) there is none. */
  status: number;
}

/** What a test may switch while the emulator runs, as `roblox.knobs`. */
export interface EmulatorKnobs {
  /** Refuse with 429 once a limit is reached. Default `false`; the rate-limit headers are always sent. */
  rateLimits: boolean;
  /** The second page of every list is empty, but has a `nextPageToken`. Default `false`. */
  emptyMiddlePage: boolean;
  /** The last page says `nextPageToken: ""` instead of leaving it out. Default `false`. */
  emptyLastToken: boolean;
  /** A refresh answers without `id_token`, as Roblox's example bodies show. Default `false`. */
  refreshWithoutIdToken: boolean;
  /** Let web pages read the answers (CORS headers, preflight). Roblox documents no such thing: default `false`. */
  cors: boolean;
  /** A spent code or refresh token that comes back ends its whole family. Roblox documents no such thing: default `false`. */
  revokeOnReuse: boolean;
  /** How often a thumbnail's operation says `done: false` before it is done, the first answer included. Default 1. */
  thumbnailPolls: number;
  /** How often an upload's operation says `done: false` before it is done, the first answer included. Default 1. */
  assetPolls: number;
  /** Lifetime of access tokens in seconds; `expires_in` says one less, as Roblox does. Default 900. */
  accessTokenTTL: number;
  /** Lifetime of authorization codes in seconds. Default 60. */
  codeTTL: number;
  /** Lifetime of refresh tokens in seconds. Default 90 days. */
  refreshTokenTTL: number;
  /** Lifetime of ID tokens in seconds. Default 10 hours. */
  idTokenTTL: number;
}

/** What {@link startEmulator} takes; everything has a default. */
export interface EmulatorOptions extends Partial<EmulatorKnobs> {
  /** Port to listen on; 0 (the default) finds a free one. */
  readonly port?: number;
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /**
   * The public address, when apps and browsers reach the emulator by another one than it listens on: in a container, behind a proxy.
   * It becomes `roblox.url`, the issuer and every address in the discovery document.
   */
  readonly url?: string;
  /**
   * Further host names by which the emulator may be asked. Known already: those of `url` and `host`, localhost, and IP addresses.
   * Others are refused with 421, so that no web page can reach the emulator through a name of its own (DNS rebinding).
   */
  readonly hosts?: readonly string[];
  /** Who can sign in. Default: the {@link DEMO_PEOPLE}. */
  readonly users?: readonly EmulatedUser[];
  /** Registered apps. Default: {@link DEMO_CLIENT} and {@link DEMO_PUBLIC_CLIENT}. */
  readonly clients?: readonly EmulatedClient[];
  /**
   * Default `false`, as Roblox has it: plain `http:` redirect URLs are for `localhost` alone. `true`: `127.0.0.1` and `[::1]` too.
   */
  readonly loopbackIPs?: boolean;
  /**
   * Default `false`. `true`: requests to `/control/…` from this machine change the emulated world and arm faults, by the names of the
   * methods of {@link Emulator}. For tests in other languages.
   */
  readonly control?: boolean;
  /** Scopes that Roblox has added since this version of the package. All others that it does not know end in `invalid_scope`. */
  readonly extraScopes?: readonly string[];
  /** Facts of groups, where they are not given with a member. */
  readonly groups?: readonly EmulatedGroupFacts[];
  /**
   * `'public'` (the default): all apps know a person by the ID in `users`. `'pairwise'`: each app has its own ID for each person, as
   * Roblox announced it, in ID tokens, Open Cloud paths and filters alike. Options and methods of the emulator take the ID in `users`.
   */
  readonly subjectType?: 'public' | 'pairwise';
  /** The emulator's idea of the time, in milliseconds since 1970. Default: `Date.now()`. */
  readonly now?: () => number;
  /** How long an idle connection is kept open, in milliseconds. Default 5000, as Node's. */
  readonly keepAliveTimeout?: number;
  /** Called for each request when its answer has left, or the connection is gone. */
  readonly onRequest?: (record: RequestRecord) => void;
  /** How many requests `roblox.requests` remembers. Default 1000: the oldest leave first. */
  readonly requestsKept?: number;
  /**
   * How many authorizations of one user for one app are remembered. Default 100: the oldest leave first, and their
   * tokens with them, so that thousands of logins in a row need no more memory than a hundred.
   */
  readonly authorizationsKept?: number;
}

const DAY = 24 * 60 * 60;

/** Roblox's behaviour, where an option does not say otherwise. */
export const defaultKnobs: Readonly<EmulatorKnobs> = {
  rateLimits: false,
  emptyMiddlePage: false,
  emptyLastToken: false,
  refreshWithoutIdToken: false,
  cors: false,
  revokeOnReuse: false,
  thumbnailPolls: 1,
  assetPolls: 1,
  accessTokenTTL: 15 * 60,
  codeTTL: 60,
  refreshTokenTTL: 90 * DAY,
  idTokenTTL: 10 * 60 * 60,
};
