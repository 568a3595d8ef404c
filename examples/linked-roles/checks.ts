/** What the community checks about its members, and how to ask Roblox. */
import { RobloxAPIError, type RobloxClient } from 'passport-roblox-oauth2';
import type { MetadataRecord, RoleConnection } from './discord.ts';

/** Your group, game pass and badge. */
export interface Community {
  readonly groupId: string;
  readonly gamePassId?: string | undefined;
  readonly badgeId?: string | undefined;
}

/** Discord's types of comparison. The admins of a Discord server choose the number to compare with. */
const AT_LEAST = 2;
/** "At least so many days ago". Discord's documentation mixes up 5 and 6. https://github.com/discord/discord-api-docs/issues/5936 */
const DAYS_AGO_AT_LEAST = 6;
const IS = 7;

/** Describes the conditions that the admins of a Discord server can use. */
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

/** Chooses the scopes that the checks need. The inventory is needed only for a pass or a badge. */
export function chooseScopes({ gamePassId, badgeId }: Community): string[] {
  const wantsItems = gamePassId !== undefined || badgeId !== undefined;
  return ['openid', 'profile', ...(wantsItems ? ['user.inventory-item:read'] : [])];
}

/**
 * Asks Roblox for a member's rank (two requests, of 90 a minute), and for their pass and badge (one request, of 20 a minute). Each member
 * has their own quotas.
 * @param account what Roblox told when the member connected it; the age of the account needs no more requests
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
      // The inventory is private, or the account does not exist any more: we see no items.
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
