import { createSingleFlight } from '../http/abort.ts';
import { getJSON, readObject } from '../http/json.ts';
import { createConnectionError, type Transport } from '../http/transport.ts';

/** One JSON Web Key as it came. */
export type PublicKey = Readonly<Record<string, unknown>>;

/** From this age on, the start of a login fetches the keys again, in the background. */
const REFRESH_AGE_MS = 10 * 60_000;
/** From this age on, the keys are fetched again before a signature is checked: a withdrawn key must not be trusted for ever. */
const MAX_AGE_MS = 30 * 60_000;
/** An unknown `kid` fetches the keys again, no more often than this: whoever sends us tokens must not decide how often we ask. */
const UNKNOWN_KEY_COOLDOWN_MS = 30_000;
/** After a failure the starts of logins leave Roblox alone for so long: anybody can start one. */
const FAILURE_PAUSE_MS = 5_000;

/** Roblox's public keys, fetched before they are needed. */
export interface KeyCache {
  /**
   * Fetches the keys in the background where they are missing or old, or where there is no connection to Roblox: the callback then
   * finds both. Never fails; the callback tries again.
   */
  prefetch(): void;
  /** The keys; fetched now where they are missing or too old. @throws {ConnectionError} they cannot be fetched */
  current(): Promise<readonly PublicKey[]>;
  /**
   * Newer keys, after a token named one that is not among `known`.
   * @returns undefined when it is too soon to ask again
   * @throws {ConnectionError} they cannot be fetched
   */
  after(known: readonly PublicKey[]): Promise<readonly PublicKey[] | undefined>;
}

/**
 * Keeps the keys of one `jwks_uri`. Whoever needs them while they are being fetched waits for that fetch.
 * @param options.isConnected whether a request to `url` would find a connection; true where nobody can tell
 * @see https://openid.net/specs/openid-connect-core-1_0.html#RotateSigKeys
 */
export function createKeyCache(options: {
  url: string;
  transport: Transport;
  isConnected?: ((url: string) => boolean) | undefined;
  now: () => number;
}): KeyCache {
  const { url, transport, isConnected = () => true, now } = options;
  const flight = createSingleFlight<readonly PublicKey[]>();
  let cached: { readonly keys: readonly PublicKey[]; readonly atMs: number } | undefined;
  let askedAgainAtMs = -Infinity;
  let failedAtMs = -Infinity;

  /** A clock that was set back counts as well. */
  const hasPassed = (ms: number, sinceMs: number) => Math.abs(now() - sinceMs) > ms;
  const isOlderThan = (ms: number) => cached === undefined || hasPassed(ms, cached.atMs);

  const fetchKeys = () =>
    flight.run(async () => {
      try {
        const keys = await requestKeys(url, transport);
        cached = { keys, atMs: now() };
        return keys;
      } catch (error) {
        failedAtMs = now();
        throw error;
      }
    });

  return {
    prefetch() {
      // Opening a connection takes longer than any answer. The keys need no token, so fetching them opens one.
      const isWanted = isOlderThan(REFRESH_AGE_MS) || !isConnected(url);
      if (isWanted && hasPassed(FAILURE_PAUSE_MS, failedAtMs)) fetchKeys().catch(() => {});
    },
    async current() {
      return cached === undefined || isOlderThan(MAX_AGE_MS) ? fetchKeys() : cached.keys;
    },
    async after(known) {
      if (cached !== undefined && cached.keys !== known) return cached.keys;
      const underWay = flight.current();
      if (underWay !== undefined) return underWay;
      if (!hasPassed(UNKNOWN_KEY_COOLDOWN_MS, askedAgainAtMs)) return undefined;
      const keys = await fetchKeys();
      askedAgainAtMs = now();
      return keys;
    },
  };
}

async function requestKeys(url: string, transport: Transport): Promise<readonly PublicKey[]> {
  const { json, status } = await getJSON(transport, url);
  const keys: unknown[] = Array.isArray(json['keys']) ? json['keys'] : [];
  const usable = keys.map(readObject).filter((key) => key?.['kty'] === 'EC') as PublicKey[]; // what is filtered is there
  // Without any key the answer is unusable; it must not look as if the token were signed by nobody.
  if (usable.length === 0) throw createConnectionError('invalid_body', { method: 'GET', url, secrets: [] }, { status });
  return usable;
}
