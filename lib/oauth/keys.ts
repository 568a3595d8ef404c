import { createSingleFlight } from '../http/abort.ts';
import { getJSON, readObject } from '../http/json.ts';
import { createConnectionError, type Transport } from '../http/transport.ts';

/** A JSON Web Key, unchecked. */
export type PublicKey = Readonly<Record<string, unknown>>;

/** When the keys are older than this, the start of a login fetches them again in the background. */
const REFRESH_AGE_MS = 10 * 60_000;
/** When the keys are older than this, they are fetched again before a signature is checked: Roblox may have withdrawn a key. */
const MAX_AGE_MS = 30 * 60_000;
/** An unknown `kid` fetches the keys again, at most this often: the sender of a token must not decide how often we ask Roblox. */
const UNKNOWN_KEY_COOLDOWN_MS = 30_000;
/** After a failure, the start of a login fetches no keys for this long: anybody can start logins. */
const FAILURE_PAUSE_MS = 5_000;

/** Roblox's public keys, fetched before they are needed. */
export type KeyCache = ReturnType<typeof createKeyCache>;

/**
 * Keeps the keys of one `jwks_uri`. Callers that need them at the same time share one fetch.
 * @param options.isConnected whether there is an open connection for a request to `url`; true when nobody knows
 * @see https://openid.net/specs/openid-connect-core-1_0.html#RotateSigKeys
 */
export function createKeyCache(options: {
  url: string;
  transport: Transport;
  isConnected?: ((url: string) => boolean) | undefined;
  now?: (() => number) | undefined;
}) {
  const { url, transport, isConnected = () => true, now = () => Date.now() } = options;
  const flight = createSingleFlight<readonly PublicKey[]>();
  let cached: { readonly keys: readonly PublicKey[]; readonly atMs: number } | undefined;
  let askedAgainAtMs = -Infinity;
  let failedAtMs = -Infinity;

  /** Absolute: the clock may have been set back. */
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
    /**
     * Fetches the keys in the background, when they are missing or old or when there is no open connection to Roblox. The callback then
     * finds both. Never throws: the callback tries again.
     */
    prefetch(): void {
      // To open a connection takes longer than any response. Fetching the keys opens one, and needs no token.
      const isWanted = isOlderThan(REFRESH_AGE_MS) || !isConnected(url);
      if (isWanted && hasPassed(FAILURE_PAUSE_MS, failedAtMs)) fetchKeys().catch(() => {});
    },
    /** Gets the keys. Fetches them first when they are missing or too old. @throws {ConnectionError} they cannot be fetched */
    async get(): Promise<readonly PublicKey[]> {
      return cached === undefined || isOlderThan(MAX_AGE_MS) ? fetchKeys() : cached.keys;
    },
    /**
     * Gets newer keys, for a token whose key is not among `known`.
     * @returns undefined when it is too soon to ask again
     * @throws {ConnectionError} they cannot be fetched
     */
    async getNewer(known: readonly PublicKey[]): Promise<readonly PublicKey[] | undefined> {
      if (cached !== undefined && cached.keys !== known) return cached.keys;
      const inFlight = flight.current();
      if (inFlight !== undefined) return inFlight;
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
  const usable = keys.map(readObject).filter((key) => key?.['kty'] === 'EC') as PublicKey[]; // undefined is filtered out
  // No key at all is an error of this response, not of the ID token.
  if (usable.length === 0) throw createConnectionError('invalid_body', { method: 'GET', url, secrets: [] }, { status });
  return usable;
}
