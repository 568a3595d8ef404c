import type { Tokens } from '../oauth/tokens.ts';
import { isLive, isNewer, type HeldRecord, type Mark, type TokenRecord } from './records.ts';

/** What a renewal knows when it looks at the storage, under the user's lock. */
export interface Situation {
  readonly stored: TokenRecord | undefined;
  /** What the client holds, and has to replace. */
  readonly held: HeldRecord;
  /** The newest record of that login which this process knows; usually the held one. */
  readonly known: HeldRecord;
  /** Whether Roblox has refused these tokens during this renewal. */
  isRefused(tokens: Tokens): boolean;
  /** Whether this vault made a mark. Then its work is over: a vault does one thing at a time for each user. */
  isMine(mark: Mark): boolean;
  /** Whether this process has seen the mark for as long as it lasts. */
  isOver(mark: Mark): boolean;
  /** Whether tokens live long enough to be served. */
  isUsable(tokens: Tokens): boolean;
  /** Whether a login is known to have ended, so that its tokens need not be tried when nothing is stored. */
  isEnded(login: string): boolean;
  /** Whether the storage may have forgotten an intent, or a newer record. */
  readonly mayForget: boolean;
}

/** What a renewal does next. */
export type Decision =
  /** Serve these: another process has renewed, or the user has signed in again. */
  | { readonly do: 'use'; readonly record: HeldRecord }
  /** Another process is asking Roblox: look again until it has stored its response, or the mark is over. */
  | { readonly do: 'wait'; readonly mark: Mark }
  /** Announce it, then ask Roblox with these. */
  | { readonly do: 'ask'; readonly base: HeldRecord }
  /** Refused, but another process may still bring a response: leave a tombstone. */
  | { readonly do: 'doubt' }
  /** Refused, and nobody can bring a response: the authorization has ended, and `onLost` has to be told. */
  | { readonly do: 'lose' }
  /** Remove the placeholder that a renewal left where nothing was stored. */
  | { readonly do: 'forget' }
  /** There is nothing to renew. */
  | { readonly do: 'refuse'; readonly why: 'nothing' | 'doubt' | 'lost' | 'revoked' };

/**
 * Decides what a renewal does with what it finds stored.
 *
 * Tokens are tried in this order: the stored ones, unless this process knows newer ones of the same login; then those it knows. Records
 * of different logins are never compared by time: clocks differ, and an older one may come from a backup.
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

/** The records whose tokens may be tried, in their order. */
function listCandidates({ stored, known, isEnded }: Situation): HeldRecord[] {
  const ours = isEnded(known.login) ? [] : [known];
  if (stored === undefined) return ours;
  const isSameLogin = stored.login === known.login;
  const isNoBetter = isSameLogin && known.generation <= stored.generation;
  // Stored tokens that are older than those we know are spent: the storage was put back to an older state.
  if (isLive(stored)) return isNoBetter ? [stored] : isSameLogin ? [known] : [stored, known];
  // A placeholder of another renewal has no tokens, and says nothing about ours.
  return stored.state === 'live' || !isNoBetter ? ours : [];
}

/** Whoever is asking Roblox now, if it is somebody else. */
export function findIntent(
  stored: TokenRecord | undefined,
  { isMine, isOver }: Pick<Situation, 'isMine' | 'isOver'>,
): Mark | undefined {
  const last = stored?.holders.at(-1);
  return last === undefined || isMine(last) || isOver(last) ? undefined : last;
}

/** Whether another process may still bring a response for this very generation. */
function mayGetResponse(stored: TokenRecord, { isMine, mayForget }: Situation): boolean {
  return mayForget || stored.holders.some((mark) => !isMine(mark));
}

/** A response of Roblox's that is to be stored. */
export interface TokenResponse {
  /** Whose refresh token it was given for. */
  readonly base: HeldRecord;
  readonly tokens: Tokens;
}

/**
 * Decides where a response goes, whatever happened while Roblox was asked.
 * @param isRefused whether Roblox has refused the tokens of another login during the same renewal
 * @returns its login and generation; `again` where it is stored already, but nobody said so; `keep` where what is stored is better;
 * `revoke` where the user's authorization was revoked meanwhile
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
