import type { Tokens } from '../oauth/tokens.ts';
import { isLive, isNewer, type HeldRecord, type Mark, type TokenRecord } from './records.ts';

/** What a renewal knows when it reads the storage under the user's lock. */
export interface Situation {
  readonly stored: TokenRecord | undefined;
  /** The client's tokens, which it must replace. */
  readonly held: HeldRecord;
  /** The newest record of that login that this process has seen; usually the held one. */
  readonly known: HeldRecord;
  /** Whether Roblox has refused these tokens during this renewal. */
  isRefused(tokens: Tokens): boolean;
  /** Whether this vault made the mark. If so, its work is done: a vault does one thing at a time for each user. */
  isMine(mark: Mark): boolean;
  /** Whether the mark is over by this process's clock. */
  isOver(mark: Mark): boolean;
  /** Whether the access token is valid long enough to be used. */
  isUsable(tokens: Tokens): boolean;
  /** Whether this process knows that a login has ended. Its tokens are then not tried when nothing is stored. */
  isEnded(login: string): boolean;
  /** Whether the storage may have forgotten an intent or a newer record. */
  readonly mayForget: boolean;
}

/** What a renewal does next. */
export type Decision =
  /** Use this record: another process has renewed, or the user has signed in again. */
  | { readonly do: 'use'; readonly record: HeldRecord }
  /** Another process is asking Roblox: read again until its response is stored, or the mark is over. */
  | { readonly do: 'wait'; readonly mark: Mark }
  /** Write down the intent, then ask Roblox with these tokens. */
  | { readonly do: 'ask'; readonly base: HeldRecord }
  /** Refused, but another process may still have a response: mark the record as `refused`. */
  | { readonly do: 'doubt' }
  /** Refused, and no other process can have a response: the authorization is lost, and `onLost` must be called. */
  | { readonly do: 'lose' }
  /** Remove the record without tokens that this renewal wrote as an announcement when nothing was stored. */
  | { readonly do: 'forget' }
  /** There is nothing to renew. */
  | { readonly do: 'refuse'; readonly why: 'nothing' | 'doubt' | 'lost' | 'revoked' };

/**
 * Decides what a renewal does next.
 *
 * Tokens are tried in this order: the stored ones (unless this process knows newer ones of the same login), then those that this process
 * knows. Records of different logins are never compared by time: clocks differ, and an old record may come from a backup.
 */
export function decide(situation: Situation): Decision {
  const { stored, held, known, isRefused, isUsable, isOver } = situation;
  if (stored?.state === 'revoked') return { do: 'refuse', why: 'revoked' };
  const isOlder = stored?.login === known.login && stored.generation < known.generation;
  if (isLive(stored) && isNewer(stored, held) && !isOlder && isUsable(stored.tokens)) {
    return { do: 'use', record: stored };
  }

  const asking = findIntent(stored, situation);
  const candidate = listCandidates(situation).find(
    ({ tokens }) => tokens.refreshToken !== undefined && !isRefused(tokens),
  );
  if (asking !== undefined && (candidate !== undefined || isLive(stored))) return { do: 'wait', mark: asking };
  if (candidate !== undefined) return { do: 'ask', base: candidate };

  if (stored === undefined) return { do: 'refuse', why: 'nothing' };
  if (stored.state === 'lost') return { do: 'refuse', why: 'lost' };
  if (stored.state === 'refused') {
    const isDecided = stored.mark === undefined || isOver(stored.mark);
    return isDecided && asking === undefined ? { do: 'lose' } : { do: 'refuse', why: 'doubt' };
  }
  if (stored.tokens === undefined) return { do: 'forget' };
  return mayGetResponse(stored, situation) ? { do: 'doubt' } : { do: 'lose' };
}

/** Lists the records whose tokens may be tried, in this order. */
function listCandidates({ stored, known, isEnded }: Situation): HeldRecord[] {
  const ours = isEnded(known.login) ? [] : [known];
  if (stored === undefined) return ours;
  const isSameLogin = stored.login === known.login;
  const isNoBetter = isSameLogin && known.generation <= stored.generation;
  // Stored tokens that are older than the known ones were already used: the storage has fallen back to an older state.
  if (isLive(stored)) return isNoBetter ? [stored] : isSameLogin ? [known] : [stored, known];
  // A placeholder of another renewal has no tokens, and says nothing about ours.
  return stored.state === 'live' || !isNoBetter ? ours : [];
}

/** Finds the mark of another process that is asking Roblox now. */
export function findIntent(
  stored: TokenRecord | undefined,
  { isMine, isOver }: Pick<Situation, 'isMine' | 'isOver'>,
): Mark | undefined {
  const last = stored?.holders.at(-1);
  return last === undefined || isMine(last) || isOver(last) ? undefined : last;
}

/** Whether another process may still get a response for this generation. */
function mayGetResponse(stored: TokenRecord, { isMine, mayForget }: Situation): boolean {
  return mayForget || stored.holders.some((mark) => !isMine(mark));
}

/** A response of Roblox that must be stored. */
export interface TokenResponse {
  /** The record whose refresh token was used. */
  readonly base: HeldRecord;
  readonly tokens: Tokens;
}

/**
 * Decides what to do with a response. The stored record may have changed while Roblox was asked.
 * @param isRefused whether Roblox has refused these tokens (of another login) during the same renewal
 * @returns the login and generation to store it with; `again`: it is already stored; `keep`: the stored record is better; `revoke`: the
 * user's authorization was revoked meanwhile
 */
export function placeResponse(
  stored: TokenRecord | undefined,
  { base, tokens }: TokenResponse,
  isRefused: (tokens: Tokens) => boolean,
): Pick<TokenRecord, 'login' | 'generation'> | 'again' | 'keep' | 'revoke' {
  const { login } = base;
  if (stored?.state === 'revoked') return 'revoke';
  if (isLive(stored)) {
    if (stored.login === login && stored.tokens.refreshToken === tokens.refreshToken) return 'again';
    const isBetter = stored.login === login ? stored.generation > base.generation : !isRefused(stored.tokens);
    if (isBetter) return 'keep';
  }
  return { login, generation: Math.max(stored?.generation ?? 0, base.generation) + 1 };
}
