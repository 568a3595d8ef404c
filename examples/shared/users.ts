/** Who signs in, in the small examples. The whole user is kept in the session; you have a database for this. */
import type { Profile, RobloxClient } from 'passport-roblox-oauth2';

export interface User {
  /** Roblox's ID of the person in this app: each app has its own. A database with several apps keys people by client ID and ID. */
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
