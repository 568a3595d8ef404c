import { getJSON } from '../http/get-json.ts';
import { connectionError, type Transport } from '../http/transport.ts';
import { readObject } from '../http/json.ts';

/** One JSON Web Key as it came. */
export type PublicKey = Readonly<Record<string, unknown>>;

/** From this age on, the start of a login fetches the keys anew, in the background. */
const REFRESH_AGE_MS = 10 * 60_000;
/** From this age on, no signature is believed before the keys are fetched anew: a withdrawn key must not live on in here. */
const MAX_AGE_MS = 30 * 60_000;
/** An unknown `kid` fetches the keys again, no more often than this: who sends us tokens must not decide how often we ask. */
const UNKNOWN_KEY_COOLDOWN_MS = 30_000;

/** Roblox's public keys, fetched before they are needed. */
export interface KeyCache {
  /**
   * Fetches the keys in the background where they are missing or old, and where the connection to Roblox is gone: the callback then
   * finds both. Never fails: whoever needs them later tries again.
   */
  prefetch(): void;
  /** The keys; fetched now where they are missing or too old. @throws {ConnectionError} they are not to be had */
  current(): Promise<readonly PublicKey[]>;
  /**
   * The keys after a token named one that is not among `known`.
   * @returns undefined when it is too soon to ask again
   * @throws {ConnectionError} they are not to be had
   */
  after(known: readonly PublicKey[]): Promise<readonly PublicKey[] | undefined>;
}

/**
 * Keeps the keys of one `jwks_uri`, with one fetch in flight at a time.
 * @param options.isConnected whether a request to `url` would find a connection; where nobody can tell, it is taken for granted
 * @see https://openid.net/specs/openid-connect-core-1_0.html#RotateSigKeys
 */
export function createKeyCache(options: {
  url: string;
  transport: Transport;
  isConnected?: ((url: string) => boolean) | undefined;
  now: () => number;
}): KeyCache {
  const { url, transport, isConnected = () => true, now } = options;
  let cached: { readonly keys: readonly PublicKey[]; readonly at: number } | undefined;
  let fetching: Promise<readonly PublicKey[]> | undefined;
  let askedAgainAt = -Infinity;

  function fetchKeys(): Promise<readonly PublicKey[]> {
    fetching ??= requestKeys(url, transport)
      .then((keys) => {
        cached = { keys, at: now() };
        return keys;
      })
      .finally(() => (fetching = undefined));
    return fetching;
  }

  const olderThan = (ms: number) => cached === undefined || Math.abs(now() - cached.at) > ms;

  return {
    prefetch() {
      // A handshake takes longer than any answer. The keys are what can be asked without a token, and they are the fresher for it.
      if (olderThan(REFRESH_AGE_MS) || !isConnected(url)) fetchKeys().catch(() => {});
    },
    async current() {
      return cached === undefined || olderThan(MAX_AGE_MS) ? fetchKeys() : cached.keys;
    },
    async after(known) {
      if (cached !== undefined && cached.keys !== known) return cached.keys;
      if (Math.abs(now() - askedAgainAt) < UNKNOWN_KEY_COOLDOWN_MS) return undefined;
      askedAgainAt = now();
      return fetchKeys();
    },
  };
}

async function requestKeys(url: string, transport: Transport): Promise<readonly PublicKey[]> {
  const { json, status } = await getJSON(transport, url);
  const keys: unknown[] = Array.isArray(json['keys']) ? json['keys'] : [];
  const usable = keys.map(readObject).filter((key) => key?.['kty'] === 'EC') as PublicKey[]; // what is filtered is there
  // No key at all is no answer, and must not be taken for a token that nobody signed.
  if (usable.length === 0) throw connectionError('invalid_body', { method: 'GET', url, secrets: [] }, { status });
  return usable;
}
