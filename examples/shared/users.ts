/** The users of the small examples. The whole user is kept in the session. Use a database instead. */
import type { Profile, RobloxClient } from 'passport-roblox-oauth2';

export interface User {
  /** The user's Roblox ID in this app. Each app has other IDs: with several apps, store users by client ID and ID. */
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly profileUrl: string;
  readonly picture?: string | undefined;
  /** How many groups they are in. */
  readonly groups: number;
}

export async function findOrCreateUser(profile: Profile, client: RobloxClient): Promise<User> {
  const { id, username = id, displayName = username, profileUrl, photos } = profile;
  const groups = await client.groups.list().toArray();
  return { id, username, displayName, profileUrl, picture: photos[0]?.value, groups: groups.length };
}
