/** Stores the people who signed in with Discord, and their Roblox accounts. */
import { randomUUID } from 'node:crypto';
import type { Database, Row, Statement } from './database.ts';
import type { DiscordTokens } from './discord.ts';
import type { Seal } from './seal.ts';

/** What a sign-in with Roblox told about an account. */
export interface RobloxPerson {
  /** The account's Roblox ID in this app. */
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly picture: string | undefined;
  /** When the account was made, in milliseconds since the epoch. */
  readonly createdAt: number | undefined;
}

export interface RobloxAccount extends RobloxPerson {
  /** Whether Roblox has ended the authorization. The member must then connect the account again. */
  readonly hasEnded: boolean;
}

export interface Member {
  readonly id: string;
  readonly discordId: string;
  readonly name: string;
  /** Encrypted; empty when Discord has ended the authorization. */
  readonly discordTokens: string;
  /** The account whose rank and items count. */
  readonly main: RobloxAccount | undefined;
  /** All connected accounts, oldest first. */
  readonly accounts: readonly RobloxAccount[];
  /** The IDs of disconnected accounts whose authorization must still be ended. */
  readonly leaving: readonly string[];
  /** The values that Discord was told, as JSON. */
  readonly published: string | undefined;
  readonly checkedAt: number | undefined;
  readonly isLeaving: boolean;
}

/** `due_at` of people without an account to check. When they sign in or connect an account, they become due. */
export const NEVER = Number.MAX_SAFE_INTEGER;
/** `published` while a request to Discord runs, and afterwards if we do not know whether it arrived. */
export const UNKNOWN = '?';
/** Makes a person due at once. A check that is running has old data, so it must not count as the latest. */
const WAKE = 'due_at = 0, wakes = wakes + 1';

export type People = ReturnType<typeof keepPeople>;

export function keepPeople(options: {
  readonly database: Database;
  readonly seal: Seal;
  readonly discordClientID: string;
  readonly robloxClientID: string;
  readonly now: () => number;
}) {
  const { database, seal, discordClientID, robloxClientID, now } = options;

  async function readMember(row: Row): Promise<Member> {
    const id = String(row['id']);
    const rows = await database.query(
      'SELECT * FROM roblox_accounts WHERE client_id = ? AND member_id = ? ORDER BY connected_at, id',
      robloxClientID,
      id,
    );
    const accounts = rows.filter((account) => account['leaving_at'] === null).map(readAccount);
    return {
      id,
      discordId: String(row['discord_id']),
      name: String(row['name']),
      discordTokens: String(row['discord_tokens']),
      main: accounts.find((account) => account.id === row['main_roblox_id']) ?? accounts[0],
      accounts,
      leaving: rows.filter((account) => account['leaving_at'] !== null).map((account) => String(account['id'])),
      published: readText(row['published']),
      checkedAt: readNumber(row['checked_at']),
      isLeaving: row['leaving_at'] !== null,
    };
  }

  const wake = (memberId: string): Statement => [`UPDATE members SET ${WAKE} WHERE id = ?`, memberId];
  const sealTokens = (discordId: string, tokens: DiscordTokens) => seal.close(JSON.stringify(tokens), discordId);

  /** Whether a Roblox account is connected to any member. */
  async function findState(robloxId: string): Promise<'taken' | 'gone'> {
    const sql = 'SELECT 1 FROM roblox_accounts WHERE client_id = ? AND id = ?';
    return (await database.query(sql, robloxClientID, robloxId)).length === 1 ? 'taken' : 'gone';
  }

  return {
    readMember,

    /**
     * Finds the member with a Discord account. Makes a new member for a new account.
     * @returns undefined while their account is being deleted
     */
    async signIn(discordId: string, name: string, tokens: DiscordTokens): Promise<string | undefined> {
      const sealed = await sealTokens(discordId, tokens);
      // `published` becomes unknown: Discord deletes the values when a member removes the app.
      const [row] = await database.query(
        `INSERT INTO members (id, discord_client_id, discord_id, name, discord_tokens, joined_at, due_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (discord_client_id, discord_id) DO UPDATE
         SET name = excluded.name, discord_tokens = excluded.discord_tokens, published = '${UNKNOWN}',
             due_at = 0, wakes = members.wakes + 1
         WHERE members.leaving_at IS NULL
         RETURNING id`,
        ...[randomUUID(), discordClientID, discordId, name, sealed, now(), NEVER],
      );
      return readText(row?.['id']);
    },

    async find(memberId: string): Promise<Member | undefined> {
      const [row] = await database.query('SELECT * FROM members WHERE id = ? AND leaving_at IS NULL', memberId);
      return row && readMember(row);
    },

    /**
     * Connects a Roblox account to a member, or updates a connected one.
     * @returns `taken` when it belongs to another member; `gone` when this member is being deleted
     */
    async connect(memberId: string, person: RobloxPerson): Promise<'connected' | 'taken' | 'gone'> {
      const { id, username, displayName, picture = null, createdAt = null } = person;
      const results = await database.batch(
        // First, because it locks the member's row: so this and a deletion of the member do not run at the same time.
        wake(memberId),
        [
          `INSERT INTO roblox_accounts (client_id, id, member_id, username, display_name, picture, created_at, connected_at)
           SELECT ?, ?, members.id, ?, ?, ?, CAST(? AS BIGINT), CAST(? AS BIGINT) FROM members
           WHERE members.id = ? AND members.leaving_at IS NULL
           ON CONFLICT (client_id, id) DO UPDATE
           SET username = excluded.username, display_name = excluded.display_name, picture = excluded.picture,
               created_at = excluded.created_at, ended_at = NULL, leaving_at = NULL
           WHERE roblox_accounts.member_id = excluded.member_id
           RETURNING id`,
          ...[robloxClientID, id, username, displayName, picture, createdAt, now(), memberId],
        ],
      );
      return results[1]?.length === 1 ? 'connected' : findState(id);
    },

    findState,

    /** Moves a Roblox account to another member, because its owner asked for it. */
    async move(memberId: string, robloxId: string): Promise<void> {
      await database.batch(
        wake(memberId),
        [
          `UPDATE members SET ${WAKE}, main_roblox_id = CASE WHEN main_roblox_id = ? THEN NULL ELSE main_roblox_id END
           WHERE id IN (SELECT member_id FROM roblox_accounts WHERE client_id = ? AND id = ?)`,
          ...[robloxId, robloxClientID, robloxId],
        ],
        [
          `UPDATE roblox_accounts SET member_id = ?, connected_at = ?, ended_at = NULL, leaving_at = NULL
           WHERE client_id = ? AND id = ? AND EXISTS (SELECT 1 FROM members WHERE id = ? AND leaving_at IS NULL)`,
          ...[memberId, now(), robloxClientID, robloxId, memberId],
        ],
      );
    },

    /** @returns whether the account belongs to this member */
    async chooseMain(memberId: string, robloxId: string): Promise<boolean> {
      const rows = await database.query(
        `UPDATE members SET main_roblox_id = ?, ${WAKE} WHERE id = ? AND EXISTS (
           SELECT 1 FROM roblox_accounts WHERE client_id = ? AND id = ? AND member_id = members.id AND leaving_at IS NULL)
         RETURNING id`,
        ...[robloxId, memberId, robloxClientID, robloxId],
      );
      return rows.length === 1;
    },

    /** Disconnects an account. The worker then ends its authorization at Roblox. @returns whether it belonged to this member */
    async disconnect(memberId: string, robloxId: string): Promise<boolean> {
      const [, rows] = await database.batch(wake(memberId), [
        `UPDATE roblox_accounts SET leaving_at = ? WHERE client_id = ? AND id = ? AND member_id = ? RETURNING id`,
        ...[now(), robloxClientID, robloxId, memberId],
      ]);
      return rows?.length === 1;
    },

    /** Signs a member out everywhere and hides them. The worker then deletes the rest, at Roblox and Discord too. */
    async leave(memberId: string): Promise<void> {
      await database.batch(
        [`UPDATE members SET leaving_at = ?, name = '', ${WAKE} WHERE id = ?`, now(), memberId],
        ['UPDATE roblox_accounts SET leaving_at = ? WHERE member_id = ?', now(), memberId],
        ['DELETE FROM sessions WHERE member_id = ?', memberId],
      );
    },

    /** Makes the owner of an account due at once, because Roblox has ended its authorization. */
    async wakeOwner(robloxId: string): Promise<void> {
      await database.query(
        `UPDATE members SET ${WAKE} WHERE id IN (SELECT member_id FROM roblox_accounts WHERE client_id = ? AND id = ?)`,
        ...[robloxClientID, robloxId],
      );
    },

    /** Stores whether Roblox has ended an account's authorization. */
    async noteEnd(robloxId: string, hasEnded: boolean): Promise<void> {
      await database.query(
        'UPDATE roblox_accounts SET ended_at = CAST(? AS BIGINT) WHERE client_id = ? AND id = ?',
        ...[hasEnded ? now() : null, robloxClientID, robloxId],
      );
    },

    /** Deletes a disconnected account whose authorization has ended, unless it was connected again meanwhile. */
    async removeRoblox(robloxId: string): Promise<void> {
      await database.query(
        'DELETE FROM roblox_accounts WHERE client_id = ? AND id = ? AND leaving_at IS NOT NULL',
        ...[robloxClientID, robloxId],
      );
    },

    /** @returns undefined when Discord has ended the authorization */
    async openDiscordTokens({ discordId, discordTokens }: Member): Promise<DiscordTokens | undefined> {
      if (discordTokens === '') return undefined;
      return JSON.parse(await seal.open(discordTokens, discordId)) as DiscordTokens; // encrypted by signIn or replaceDiscordTokens
    },

    /**
     * Stores renewed tokens, or undefined when the authorization has ended. Does not replace the tokens of a newer sign-in.
     * @returns the member as stored now
     */
    async replaceDiscordTokens(member: Member, tokens: DiscordTokens | undefined): Promise<Member> {
      const sealed = tokens === undefined ? '' : await sealTokens(member.discordId, tokens);
      const [stored] = await database.query(
        `UPDATE members SET discord_tokens = CASE WHEN discord_tokens = ? THEN ? ELSE discord_tokens END
         WHERE id = ? RETURNING discord_tokens`,
        ...[member.discordTokens, sealed, member.id],
      );
      return { ...member, discordTokens: readText(stored?.['discord_tokens']) ?? '' };
    },
  };
}

function readAccount(row: Row): RobloxAccount {
  return {
    id: String(row['id']),
    username: String(row['username']),
    displayName: String(row['display_name']),
    picture: readText(row['picture']),
    createdAt: readNumber(row['created_at']),
    hasEnded: row['ended_at'] !== null,
  };
}

function readText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Postgres sends a BIGINT as a string. */
export function readNumber(value: unknown): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
