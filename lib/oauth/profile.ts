import { IDTokenError } from '../errors.ts';
import { dropUndefined, getJSON, readEpochSeconds, readObject, readString } from '../http/json.ts';
import type { App } from './app-options.ts';
import type { SubjectClaims } from './id-token.ts';

/**
 * Who signed in, as a `passport.Profile`. With the scope `openid` alone it has only `provider`, `id`, `profileUrl`, an empty `photos`,
 * `_raw` and `_json`.
 * @see https://www.passportjs.org/reference/normalized-profile/
 */
export interface Profile {
  readonly provider: 'roblox';
  /** The user's ID in this app's domain. It never changes. Store users by your client ID and this ID. */
  readonly id: string;
  /** The unique name, without `@`. The user can change it. */
  readonly username?: string;
  /** The name to show. Not unique. Missing without the scope `profile`. */
  readonly displayName: string;
  /** The user's page at Roblox, an https URL. */
  readonly profileUrl: string;
  /** The headshot; empty when Roblox has none. */
  readonly photos: { value: string }[];
  /** When the account was made. */
  readonly createdAt?: Date;
  /** The claims as JSON text: userinfo's body, or the ID token's payload with `skipUserProfile`. */
  readonly _raw: string;
  /** The claims, parsed. */
  readonly _json: Readonly<Record<string, unknown>>;
}

/**
 * Makes a profile of the OpenID claims of userinfo or of an ID token.
 * `name` and `nickname` are both the display name. `preferred_username` is the username. `picture` may be null or missing.
 * @param raw the text of the claims
 * @see https://create.roblox.com/docs/cloud/auth/oauth2-reference#get-v1userinfo
 */
export function readProfile(claims: SubjectClaims, raw: string = JSON.stringify(claims)): Profile {
  const { sub: id } = claims;
  // Apps put these URLs into their pages, so `javascript:` must not pass. The emulator's pictures have http: URLs.
  const profileUrl = readURL(claims['profile'], ['https:']) ?? `https://www.roblox.com/users/${id}/profile`;
  const picture = readURL(claims['picture'], ['https:', 'http:']);
  const profile = dropUndefined({
    provider: 'roblox',
    id,
    username: readString(claims['preferred_username']),
    displayName: readString(claims['name']) ?? readString(claims['nickname']),
    profileUrl,
    photos: picture === undefined ? [] : [{ value: picture }],
    createdAt: readEpochSeconds(claims['created_at']),
    _raw: raw,
    _json: claims,
  });
  return profile as Profile; // Passport's type requires a displayName, which can be missing here
}

function readURL(value: unknown, protocols: readonly string[]): string | undefined {
  const url = readString(value);
  return url !== undefined && URL.canParse(url) && protocols.includes(new URL(url).protocol) ? url : undefined;
}

/**
 * Roblox's response of OpenID Connect's userinfo. With the scope `openid` alone it has only `sub`.
 * @see https://create.roblox.com/docs/cloud/auth/oauth2-reference#get-v1userinfo
 */
export interface UserInfo {
  /** The Roblox user ID. */
  readonly sub: string;
  /** The display name. */
  readonly name?: string;
  /** The display name too. */
  readonly nickname?: string;
  /** The username. */
  readonly preferred_username?: string;
  /** The user's page at Roblox. */
  readonly profile?: string;
  /** The headshot; null or missing when Roblox has none. */
  readonly picture?: string | null;
  /** When the account was made, seconds since the epoch. */
  readonly created_at?: number;
  /** Claims that Roblox adds. */
  readonly [claim: string]: unknown;
}

/**
 * Reads a response of userinfo.
 * @returns undefined when it has no `sub`
 * @see https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse
 */
export function readUserInfo(json: unknown): UserInfo | undefined {
  const claims = readObject(json);
  const sub = readString(claims?.['sub']);
  return claims === undefined || sub === undefined ? undefined : { ...claims, sub };
}

/**
 * Asks userinfo which user an access token belongs to.
 * @throws {IDTokenError} `subject_mismatch`: userinfo names no user
 * @throws {ConnectionError} no response, or a status that is not 2xx
 * @see https://create.roblox.com/docs/cloud/auth/oauth2-reference#get-v1userinfo
 */
export async function askProfile(app: App, accessToken: string): Promise<Profile> {
  const { json, text } = await getJSON(app.transport, app.endpoints.userinfo, accessToken);
  const info = readUserInfo(json);
  if (info === undefined) throw new IDTokenError('subject_mismatch', 'userinfo names no user', { claim: 'sub' });
  return readProfile(info, text);
}
