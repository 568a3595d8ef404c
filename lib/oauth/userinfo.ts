import { readObject, readString } from '../http/json.ts';

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
