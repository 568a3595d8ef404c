import { IDTokenError } from '../errors.ts';
import { getJSON, readObject, readString } from '../http/json.ts';
import type { App } from './app-options.ts';
import type { SubjectClaims } from './id-token.ts';

/**
 * Who signed in, in Passport's normalised schema: a `passport.Profile`. With the scope `openid` alone only `provider`, `id`,
 * `profileUrl`, an empty `photos`, `_raw` and `_json` are there.
 * @see https://www.passportjs.org/reference/normalized-profile/
 */
export interface Profile {
  readonly provider: 'roblox';
  /** The Roblox user ID in this app, as a string. It never changes; together with your client ID it is the key to know a user by. */
  readonly id: string;
  /** The unique name, without `@`. The user can change it. */
  readonly username?: string;
  /** The name to show. Not unique. Always there with the scope `profile`, missing without it. */
  readonly displayName: string;
  /** The user's page at Roblox, an https URL. */
  readonly profileUrl: string;
  /** The headshot; empty when Roblox has none. */
  readonly photos: { value: string }[];
  /** When the account was made. */
  readonly createdAt?: Date;
  /** The claims as they came: userinfo's body, or the ID token's payload with `skipUserProfile`. */
  readonly _raw: string;
  /** The same, parsed. */
  readonly _json: Readonly<Record<string, unknown>>;
}

/**
 * Maps the OpenID claims of userinfo (or of an ID token) to a profile.
 * `name` and `nickname` are both the display name, `preferred_username` is the username; `picture` can be null, or missing.
 * @param raw the text that the claims were read from
 * @see https://create.roblox.com/docs/cloud/auth/oauth2-reference#get-v1userinfo
 */
export function readProfile(claims: SubjectClaims, raw: string = JSON.stringify(claims)): Profile {
  const { sub: id } = claims;
  const username = readString(claims['preferred_username']);
  const displayName = readString(claims['name']) ?? readString(claims['nickname']);
  // Apps put these URLs into their pages: `javascript:` must not get there. The emulator's pictures are at plain http.
  const profileUrl = readURL(claims['profile'], ['https:']) ?? `https://www.roblox.com/users/${id}/profile`;
  const picture = readURL(claims['picture'], ['https:', 'http:']);
  const createdAt = readSeconds(claims['created_at']);
  const profile = {
    provider: 'roblox',
    id,
    ...(username === undefined ? {} : { username }),
    ...(displayName === undefined ? {} : { displayName }),
    profileUrl,
    photos: picture === undefined ? [] : [{ value: picture }],
    ...(createdAt === undefined ? {} : { createdAt }),
    _raw: raw,
    _json: claims,
  };
  return profile as Profile; // Passport's type of a profile has a displayName, also where there is none
}

function readURL(value: unknown, protocols: readonly string[]): string | undefined {
  const url = readString(value);
  return url !== undefined && URL.canParse(url) && protocols.includes(new URL(url).protocol) ? url : undefined;
}

function readSeconds(value: unknown): Date | undefined {
  const date = typeof value === 'number' ? new Date(value * 1000) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

/**
 * The OpenID Connect userinfo answer, as Roblox sends it. With the `openid` scope alone only `sub` is there.
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
  /** The headshot; null, or missing, where Roblox has none. */
  readonly picture?: string | null;
  /** When the account was made, seconds since the epoch. */
  readonly created_at?: number;
  /** Claims that Roblox adds. */
  readonly [claim: string]: unknown;
}

/**
 * Reads the userinfo answer.
 * @returns undefined when it is none: a `sub` is always there
 * @see https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse
 */
export function readUserInfo(json: unknown): UserInfo | undefined {
  const answer = readObject(json);
  const sub = readString(answer?.['sub']);
  return answer === undefined || sub === undefined ? undefined : { ...answer, sub };
}

/**
 * Asks userinfo who an access token is for.
 * @throws {IDTokenError} `subject_mismatch`: no user is named
 * @throws {ConnectionError} no answer, or no success
 * @see https://create.roblox.com/docs/cloud/auth/oauth2-reference#get-v1userinfo
 */
export async function askProfile(app: App, accessToken: string): Promise<Profile> {
  const { json, text } = await getJSON(app.transport, app.endpoints.userinfo, accessToken);
  const info = readUserInfo(json);
  if (info === undefined) throw new IDTokenError('subject_mismatch', 'userinfo names no user', { claim: 'sub' });
  return readProfile(info, text);
}
