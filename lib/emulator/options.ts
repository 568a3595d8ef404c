import type { IncomingHttpHeaders } from 'node:http';

/** A role of an emulated group. */
export interface EmulatedRole {
  /** Digits. Not the rank. */
  readonly id: string;
  readonly displayName: string;
  /** 0 (guest) to 255 (owner). */
  readonly rank: number;
  readonly description?: string;
  readonly memberCount?: number;
  /** Roblox's permission names, such as `{ viewWallPosts: true }`. Apps see them by Roblox's rules. */
  readonly permissions?: Readonly<Record<string, boolean>>;
}

/** The facts of a group, without its members. All fields except `id` have a default. */
export interface EmulatedGroupFacts {
  /** Digits. */
  readonly id: string;
  readonly displayName?: string;
  readonly description?: string;
  /** The owner's user ID. Without an owner, Roblox leaves `owner` out. */
  readonly ownerId?: string;
  readonly memberCount?: number;
  readonly publicEntryAllowed?: boolean;
  readonly locked?: boolean;
  readonly verified?: boolean;
  readonly createdAt?: Date;
  /** The user IDs of people who asked to join. */
  readonly joinRequests?: readonly string[];
  /** The roles. A role ID that only a membership has becomes a role too, with the next free rank. */
  readonly roles?: readonly EmulatedRole[];
}

/** A group of a person: the facts of the group, and this person's roles. */
export interface EmulatedGroup extends EmulatedGroupFacts {
  /** The roles of this person, at least one. The facts of a group need to be given only once. */
  readonly roleIds: readonly string[];
  readonly joinedAt?: Date;
}

/** An experience (universe) that a person can choose on the consent page. */
export interface EmulatedExperience {
  /** Digits. */
  readonly id: string;
  readonly name?: string;
  readonly description?: string;
  readonly createdAt?: Date;
  /** The group that owns it. Without one, the person owns it. */
  readonly ownerGroupId?: string;
}

/** A person who can sign in at the emulator. */
export interface EmulatedUser {
  /** Digits. It becomes `sub`. */
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly createdAt: Date;
  /** The URL of the headshot, a path of the emulator such as `/avatars/1.svg`, or `null` for none. */
  readonly picture?: string | null;
  /**
   * This person's ID in each app, by client ID, for `subjectType: 'pairwise'`. By default the emulator makes IDs, the same in every run.
   * Give two people the same ID in two apps to test that an app does not confuse them.
   */
  readonly appIds?: Readonly<Record<string, string>>;
  /** Items in Open Cloud's form. The emulator adds a missing `path`. */
  readonly inventory?: readonly object[];
  /** Default `true`: only the person's own token with `user.inventory-item:read` can read the inventory. */
  readonly inventoryPrivate?: boolean;
  readonly groups?: readonly EmulatedGroup[];
  readonly experiences?: readonly EmulatedExperience[];
  readonly about?: string;
  readonly locale?: string;
  readonly premium?: boolean;
  /** Shown to tokens with `user.advanced:read`. */
  readonly idVerified?: boolean;
  /** Shown to tokens with `user.social:read`. Roblox's field names, such as `{ twitter, visibility }`. */
  readonly socialNetworkProfiles?: Readonly<Record<string, string>>;
}

/** An app registered at the emulator. */
export interface EmulatedClient {
  readonly clientID: string;
  /** Without a secret the client is public: it must use PKCE, and sends only its ID. */
  readonly clientSecret?: string;
  /**
   * Up to 10 URLs of up to 256 characters: `https:`, `http://localhost`, or the app's own scheme. They are compared character by character.
   * `'loopback'`, for tests, accepts any http(s) URL on localhost, 127.0.0.1 or [::1].
   */
  readonly redirectURIs: readonly string[] | 'loopback';
  /** The name on the consent page. */
  readonly name?: string;
  /** The scopes registered for the app. Any other scope ends with `invalid_scope`. Default: all scopes of Roblox. */
  readonly scopes?: readonly string[];
}

/** A request to the emulator. It contains secrets, codes and tokens: it is a test double. */
export interface RequestRecord {
  readonly method: string;
  /** As sent: percent-encoded. Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** When it came, in milliseconds since 1970, by the real clock. */
  readonly at: number;
  /** The fields of a form body. */
  readonly form?: Readonly<Record<string, string>>;
  /** The status of the response; 0 without a response. */
  status: number;
}

/** Settings that tests may change while the emulator runs, as `roblox.knobs`. */
export interface EmulatorKnobs {
  /** Whether to refuse with 429 when a limit is reached. Default `false`. The rate-limit headers are always sent. */
  rateLimits: boolean;
  /** Whether the second page of every list is empty, with a `nextPageToken`. Default `false`. */
  emptyMiddlePage: boolean;
  /** Whether the last page has `nextPageToken: ""` instead of none. Default `false`. */
  emptyLastToken: boolean;
  /** Whether the response of a refresh has no `id_token`, as in Roblox's examples. Default `false`. */
  refreshWithoutIdToken: boolean;
  /** Whether web pages can read responses (CORS headers, preflight). Default `false`: Roblox documents no CORS. */
  cors: boolean;
  /** Whether a code or refresh token that is used again ends the authorization. Default `false`: Roblox documents nothing like it. */
  revokeOnReuse: boolean;
  /** How many responses of a thumbnail's operation say `done: false`, including the first one. Default 1. */
  thumbnailPolls: number;
  /** How many responses of an upload's operation say `done: false`, including the first one. Default 1. */
  assetPolls: number;
  /** Lifetime of access tokens in seconds. `expires_in` is one less, as at Roblox. Default 900. */
  accessTokenTTL: number;
  /** Lifetime of authorization codes in seconds. Default 60. */
  codeTTL: number;
  /** Lifetime of refresh tokens in seconds. Default 90 days. */
  refreshTokenTTL: number;
  /** Lifetime of ID tokens in seconds. Default 10 hours. */
  idTokenTTL: number;
}

/** The options of {@link startEmulator}. All of them have a default. */
export interface EmulatorOptions extends Partial<EmulatorKnobs> {
  /** Port to listen on; 0 (the default) finds a free one. */
  readonly port?: number;
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /**
   * The public address, if apps and browsers reach the emulator by another one than it listens on: in a container or behind a proxy.
   * `roblox.url`, the issuer and all URLs in the discovery document have this address.
   */
  readonly url?: string;
  /**
   * More host names to accept in requests. The hosts of `url` and `host`, localhost and IP addresses are always accepted. Others are
   * refused with 421, so that no web page can reach the emulator by DNS rebinding.
   */
  readonly hosts?: readonly string[];
  /** The people who can sign in. Default: {@link DEMO_PEOPLE}. */
  readonly users?: readonly EmulatedUser[];
  /** Registered apps. Default: {@link DEMO_CLIENT} and {@link DEMO_PUBLIC_CLIENT}. */
  readonly clients?: readonly EmulatedClient[];
  /**
   * Whether plain `http:` redirect URLs may be on `127.0.0.1` and `[::1]`. Default `false`: only on `localhost`, as at Roblox.
   */
  readonly loopbackIPs?: boolean;
  /**
   * Whether requests to `/control/…` from this machine can call the methods of {@link Emulator} by their names, for tests in other
   * languages. Default `false`.
   */
  readonly control?: boolean;
  /** Scopes that Roblox has added since this version of the package. Other unknown scopes end with `invalid_scope`. */
  readonly extraScopes?: readonly string[];
  /** Facts of groups that are not given with a member. */
  readonly groups?: readonly EmulatedGroupFacts[];
  /**
   * `'public'` (the default): all apps see the ID in `users`. `'pairwise'`: each app has its own ID for each person, as Roblox has
   * announced, in ID tokens, Open Cloud paths and filters. Options and methods of the emulator always take the ID in `users`.
   */
  readonly subjectType?: 'public' | 'pairwise';
  /** The emulator's clock, in milliseconds since 1970. Default: `Date.now()`. */
  readonly now?: () => number;
  /** How long an idle connection is kept open, in milliseconds. Default 5000, as in Node. */
  readonly keepAliveTimeout?: number;
  /** Called for each request after its response was sent or the connection was closed. */
  readonly onRequest?: (record: RequestRecord) => void;
  /** How many requests `roblox.requests` keeps: the newest. Default 1000. */
  readonly requestsKept?: number;
  /**
   * How many authorizations of one user for one app are kept: the newest, with their tokens. Default 100. So thousands of logins need no
   * more memory than a hundred.
   */
  readonly authorizationsKept?: number;
}

/** The default knobs: Roblox's behaviour. */
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
  refreshTokenTTL: 90 * 24 * 60 * 60,
  idTokenTTL: 10 * 60 * 60,
};
