/** What the community wants to know of its members, and how Roblox is asked for it. */
import { RobloxAPIError, type RobloxClient } from 'passport-roblox-oauth2';
import type { MetadataRecord, RoleConnection } from './discord.ts';

/** Whose site it is: fill in your own. */
export interface Community {
  readonly groupId: string;
  readonly gamePassId?: string | undefined;
  readonly badgeId?: string | undefined;
}

/** Discord's types of comparison. A server's admins fill in the number. */
const AT_LEAST = 2;
/** Discord documents 5 and 6 the other way round: 6 is "at least so many days ago". https://github.com/discord/discord-api-docs/issues/5936 */
const DAYS_AGO_AT_LEAST = 6;
const IS = 7;

/** What the admins of a Discord server can ask of a member. */
export function describeMetadata({ gamePassId, badgeId }: Community): MetadataRecord[] {
  const records = [
    { type: AT_LEAST, key: 'rank', name: 'Rank in the group', description: 'Rank in our Roblox group, 1 to 255' },
    { type: IS, key: 'pass', name: 'Owns the pass', description: 'Owns our game pass on Roblox' },
    { type: IS, key: 'badge', name: 'Has the badge', description: 'Has our badge on Roblox' },
    { type: DAYS_AGO_AT_LEAST, key: 'since', name: 'Roblox account', description: 'Days since they joined Roblox' },
  ];
  return records.filter(
    ({ key }) => (key !== 'pass' || gamePassId !== undefined) && (key !== 'badge' || badgeId !== undefined),
  );
}

/** The scopes that the checks need: without pass and badge, a sign-in is enough. */
export function chooseScopes({ gamePassId, badgeId }: Community): string[] {
  const wantsItems = gamePassId !== undefined || badgeId !== undefined;
  return ['openid', 'profile', ...(wantsItems ? ['user.inventory-item:read'] : [])];
}

/**
 * Asks Roblox what a member has: their rank, in two requests of 90 a minute, and their pass and badge, in one of 20. Each member has
 * quotas of their own.
 * @param account what was learned when they connected it; the age of an account needs no further request
 */
export async function readConnection(
  client: RobloxClient,
  account: { readonly username: string; readonly createdAt: number | undefined },
  { groupId, gamePassId, badgeId }: Community,
  signal: AbortSignal,
): Promise<RoleConnection> {
  const [rank, items] = await Promise.all([client.groups.rank(groupId, { signal }), readItems()]);

  async function readItems() {
    const filter = {
      ...(gamePassId !== undefined && { gamePassIds: [gamePassId] }),
      ...(badgeId !== undefined && { badgeIds: [badgeId] }),
    };
    if (Object.keys(filter).length === 0) return [];
    try {
      return await client.inventory.list({ ...filter, signal }).toArray();
    } catch (error) {
      // The inventory is hidden, or the account is gone from Roblox: they have nothing that we can see.
      if (error instanceof RobloxAPIError && (error.status === 403 || error.status === 404)) return [];
      throw error;
    }
  }

  const has = (type: string, id: string) => items.some((item) => item.type === type && item.id === id);
  const yesNo = (answer: boolean) => (answer ? '1' : '0');
  return {
    platform_name: 'Roblox',
    platform_username: account.username.slice(0, 100),
    metadata: {
      rank: String(rank),
      ...(gamePassId !== undefined && { pass: yesNo(has('gamePass', gamePassId)) }),
      ...(badgeId !== undefined && { badge: yesNo(has('badge', badgeId)) }),
      ...(account.createdAt !== undefined && { since: new Date(account.createdAt).toISOString() }),
    },
  };
}
