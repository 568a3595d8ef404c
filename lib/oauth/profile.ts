import type { SubjectClaims } from './id-token.ts';
import { readString } from '../http/json.ts';

/**
 * Who signed in, in Passport's normalised schema. With the `openid` scope alone only `provider`, `id`, `profileUrl`, an empty
 * `photos`, `_raw` and `_json` are there.
 * @see https://www.passportjs.org/reference/normalized-profile/
 */
export interface Profile {
  readonly provider: 'roblox';
  /** The Roblox user ID, as a string. The key to know a user by: names change, this doesn't. */
  readonly id: string;
  /** The unique name, without `@`. It can be changed by its user. */
  readonly username?: string;
  /** The name to show. Not unique. */
  readonly displayName?: string;
  /** The user's page at Roblox. */
  readonly profileUrl: string;
  /** The headshot, or nothing where Roblox has none. */
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
export function profileOf(claims: SubjectClaims, raw: string = JSON.stringify(claims)): Profile {
  const { sub: id, created_at: createdAt } = claims;
  const username = readString(claims['preferred_username']);
  const displayName = readString(claims['name']) ?? readString(claims['nickname']);
  const picture = readString(claims['picture']);
  return {
    provider: 'roblox',
    id,
    ...(username === undefined ? {} : { username }),
    ...(displayName === undefined ? {} : { displayName }),
    profileUrl: readString(claims['profile']) ?? `https://www.roblox.com/users/${encodeURIComponent(id)}/profile`,
    photos: picture === undefined ? [] : [{ value: picture }],
    ...(typeof createdAt === 'number' ? { createdAt: new Date(createdAt * 1000) } : {}),
    _raw: raw,
    _json: claims,
  };
}
