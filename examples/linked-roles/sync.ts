/** Checks one person: asks Roblox for their values, and tells Discord when they have changed. */
import { ConnectionError, OAuthError, RobloxAPIError, TokenVaultError, type TokenVault } from 'passport-roblox-oauth2';
import { readConnection, type Community } from './checks.ts';
import { DiscordError, type Discord, type DiscordTokens, type RoleConnection } from './discord.ts';
import { NEVER, type Member, type People } from './people.ts';
import type { Claim, Schedule } from './schedule.ts';

/** How long before their expiry Discord's tokens are renewed. */
const RENEWAL_MARGIN_MS = 24 * 60 * 60 * 1000;

export interface SyncOptions {
  readonly community: Community;
  readonly people: People;
  readonly schedule: Schedule;
  readonly vault: TokenVault;
  readonly discord: Discord;
  /** How long a member may keep a role on Discord after they have lost a rank or an item. */
  readonly intervalMs: number;
  /** How long members keep their roles while Roblox is not reached. */
  readonly graceMs: number;
  readonly now: () => number;
}

/** Checks a person if they are due and no other worker checks them. Never throws: an error is stored, and the check is tried again. */
export type Sync = (memberId: string) => Promise<void>;

/**
 * People are checked twice in an interval. So a check that fails, or whose worker is killed, is repeated before the interval ends.
 * Every step can be repeated, because it first looks at what is stored.
 */
export function createSync(options: SyncOptions): Sync {
  const { community, people, schedule, vault, discord, intervalMs, graceMs, now } = options;

  return async (memberId) => {
    const claim = await schedule.claim(memberId);
    if (claim === undefined) return;
    // Ends before the claim does, so that a late check does not tell Discord anything.
    const signal = AbortSignal.timeout(Math.max(1, (claim.until - claim.startedAt) * 0.8));
    try {
      for (const robloxId of claim.member.leaving) {
        await vault.revoke(robloxId);
        await people.removeRoblox(robloxId);
      }
      if (claim.member.isLeaving) await removeMember(claim, signal);
      else await check(claim, signal);
    } catch (error) {
      await postpone(claim, error, signal);
    }
  };

  async function check(claim: Claim, signal: AbortSignal): Promise<void> {
    const wanted = await readWanted(claim.member, signal);
    const published = await tell(claim, wanted, signal);
    const hasMore = wanted !== undefined && published !== undefined;
    await schedule.finish(claim, published, hasMore ? claim.startedAt + intervalMs / 2 : NEVER);
  }

  /** Reads the values for Discord. @returns undefined when no account is connected, or Roblox has ended the authorization */
  async function readWanted({ main }: Member, signal: AbortSignal): Promise<RoleConnection | undefined> {
    if (main === undefined) return undefined;
    const client = await vault.client(main.id);
    const connection =
      client && (await readConnection(client, main, community, signal).catch((error: unknown) => hasEnded(error)));
    if (main.hasEnded !== (connection === undefined)) await people.noteEnd(main.id, connection === undefined);
    return connection;
  }

  /** Tells Discord the values, if they have changed. @returns what Discord knows now */
  async function tell(claim: Claim, wanted: RoleConnection | undefined, signal: AbortSignal) {
    const text = wanted && JSON.stringify(wanted);
    if (text === claim.member.published) return text;
    const isTold = await withDiscordTokens(claim.member, signal, async (tokens) => {
      await schedule.beginToTell(claim);
      await (wanted === undefined ? discord.withdraw(tokens, signal) : discord.publish(tokens, wanted, signal));
    });
    return isTold ? text : undefined;
  }

  /**
   * Makes a call with a member's Discord tokens. Renews them when they expire or are refused.
   * @returns false when Discord has ended the authorization: the member removed the app, and so lost their roles
   */
  async function withDiscordTokens(
    member: Member,
    signal: AbortSignal,
    call: (tokens: DiscordTokens) => Promise<void>,
  ): Promise<boolean> {
    let current = member;
    let isRenewed = false;
    for (;;) {
      const tokens = await people.openDiscordTokens(current);
      if (tokens === undefined) return false;
      if (isRenewed || tokens.expiresAt > now() + RENEWAL_MARGIN_MS) {
        try {
          await call(tokens);
          return true;
        } catch (error) {
          if (!(error instanceof DiscordError && error.status === 401)) throw error;
          if (isRenewed) {
            await people.replaceDiscordTokens(current, undefined);
            return false;
          }
        }
      }
      isRenewed = true;
      const renewed = await discord.refresh(tokens, signal).catch((error: unknown) => {
        if (error instanceof DiscordError && error.code === 'invalid_grant') return undefined;
        throw error;
      });
      current = await people.replaceDiscordTokens(current, renewed);
    }
  }

  /** Deletes a member, at Discord too. Their Roblox accounts are deleted before. */
  async function removeMember(claim: Claim, signal: AbortSignal): Promise<void> {
    await withDiscordTokens(claim.member, signal, async (tokens) => {
      await discord.withdraw(tokens, signal);
      await discord.revoke(tokens, signal);
    });
    if (await schedule.remove(claim)) return;
    await schedule.fail(claim, 'A member who is being deleted has connected an account meanwhile', now());
  }

  /** Repeats a failed check: when the service says so, or else soon, and later after each failure. */
  async function postpone(claim: Claim, error: unknown, signal: AbortSignal): Promise<void> {
    console.error('A check failed and will be repeated: %s', describeError(error));
    const backoffMs = Math.min(intervalMs / 4, 1000 * 2 ** Math.min(claim.failures, 20));
    const dueAt = now() + (readWaitMs(error) ?? backoffMs);
    // Values that are this old may be wrong by now.
    const { member, startedAt } = claim;
    const isTooOld = member.published !== undefined && startedAt - (member.checkedAt ?? startedAt) > graceMs;
    const isWithdrawn =
      isTooOld &&
      (await tell(claim, undefined, signal).then(
        () => true,
        () => false,
      ));
    await schedule.fail(claim, describeError(error), dueAt, isWithdrawn);
  }
}

/** Returns undefined for an authorization that has ended. Throws every other error. */
function hasEnded(error: unknown): undefined {
  if (error instanceof OAuthError && error.error === 'invalid_grant') return undefined;
  throw error;
}

function readWaitMs(error: unknown): number | undefined {
  if (error instanceof RobloxAPIError && error.retryAfter !== undefined) return error.retryAfter * 1000;
  return error instanceof DiscordError ? error.retryAfterMs : undefined;
}

/** Describes an error for the operations page, without names, IDs and tokens. */
function describeError(error: unknown): string {
  if (error instanceof DiscordError) return error.message;
  if (error instanceof RobloxAPIError) return `Roblox answered with ${error.status}: ${error.code ?? 'no code'}`;
  if (error instanceof ConnectionError) return `Roblox could not be asked: ${error.code}`;
  if (error instanceof OAuthError) return `Roblox refused the app: ${error.error}`;
  if (error instanceof TokenVaultError) return `The vault failed: ${error.code}`;
  return error instanceof Error
    ? `${error.name}: ${String((error as NodeJS.ErrnoException).code ?? 'see the log')}`
    : 'unknown';
}
