/** Who signs in, in the small examples. The whole user is kept in the session; you have a database for this. */
import type { Profile, RobloxClient } from 'passport-roblox-oauth2';

export interface User {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  /** How many groups they are in. */
  readonly groups: number;
}

export async function findOrCreateUser(profile: Profile, client: RobloxClient): Promise<User> {
  const { id, username = id, displayName = username } = profile;
  const groups = await client.groups.list().toArray();
  return { id, username, displayName, groups: groups.length };
}
