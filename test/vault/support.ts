import { expect } from 'chai';
import { inspect } from 'node:util';
import { DEMO_CLIENT, startEmulator, type Emulator } from '../../lib/emulator/index.ts';
import { TokenVault, type KeptTokens, type TokenVaultOptions } from '../../lib/index.ts';
import { deriveEndpoints } from '../../lib/oauth/endpoints.ts';
import { buildRecordKey } from '../../lib/vault/records.ts';
import type { NodeRedisClient } from '../../lib/vault/redis.ts';

export const USER = '4100000001';
export const ANOTHER = '4100000002';
export const SECRET = 'a secret of thirty-two bytes or more, the newest';
export const OLDER_SECRET = 'a secret of thirty-two bytes or more, an older one';

/** A Roblox, and a storage that several vaults (processes, so to say) share. */
export interface Bench {
  readonly roblox: Emulator;
  readonly stored: Map<string, string>;
  /** The key of a user's record in {@link stored}. */
  key(user?: string): string;
  /** A user's record in {@link stored}, not sealed. */
  record(user?: string): Record<string, unknown>;
  /** User IDs that `onLost` was told of. */
  readonly lost: string[];
  /** Every token that Roblox has issued here. */
  readonly issued: string[];
  /** A vault of the demo's app on {@link stored}, unless the options say otherwise. */
  vault(options?: Partial<TokenVaultOptions>): TokenVault;
  /** Tokens as after a login. */
  tokens(about?: { user?: string; expiresAt?: Date }): Promise<KeptTokens & { readonly refreshToken: string }>;
  readonly tokenRequests: number;
  close(): Promise<void>;
}

export const LONG_AGO = new Date(0);

export async function openBench(): Promise<Bench> {
  const roblox = await startEmulator({ port: 0 });
  const stored = new Map<string, string>();
  const lost: string[] = [];
  const issued: string[] = [];
  const remember = (response: object) => {
    const { access_token, refresh_token, id_token } = response as Record<string, unknown>; // a token response
    issued.push(...[access_token, refresh_token, id_token].filter((token) => typeof token === 'string'));
  };
  const watch = (response: unknown) => {
    remember(response as object);
    return response;
  };
  // Written so that faults of a test's own come on top.
  roblox.faults.rewrite('POST /oauth/v1/token', watch, { times: Infinity });
  const { clientID, clientSecret } = DEMO_CLIENT;
  const app = {
    credentials: { ...DEMO_CLIENT, clientAuthentication: 'none' },
    endpoints: deriveEndpoints(roblox.url),
  } as const;
  const key = (user = USER) => buildRecordKey(app, user);
  return {
    roblox,
    stored,
    key,
    record: (user) => JSON.parse(stored.get(key(user)) ?? '{}') as Record<string, unknown>, // the vault wrote it
    lost,
    issued,
    vault: (options = {}) =>
      new TokenVault({
        storage: stored,
        clientID,
        clientSecret,
        baseURL: roblox.url,
        onLost: (userId) => lost.push(userId),
        ...options,
      }),
    async tokens({ user = USER, expiresAt = new Date(Date.now() + 900_000) } = {}) {
      const answer = await roblox.issueTokens({ user, scope: 'openid profile' });
      remember(answer);
      const { access_token: accessToken, refresh_token, id_token } = answer;
      const refreshToken = String(refresh_token);
      return { accessToken, refreshToken, idToken: id_token, scope: answer.scope ?? '', expiresAt };
    },
    get tokenRequests() {
      return roblox.count('/oauth/v1/token');
    },
    close: () => roblox.close(),
  };
}

/** A command to a server that does not respond. */
export const never = () => new Promise<never>(() => {});
export const silentRedis: NodeRedisClient = { get: never, set: never, del: never, eval: never };

/** Looks for tokens and secrets wherever a logger could find them. */
export function expectNoTokens(value: unknown, bench: Bench, ...more: string[]): void {
  const stack = value instanceof Error ? `${value.stack} ${inspect(value.cause)}` : '';
  const shown = inspect(value, { depth: 12, showHidden: true, getters: true }) + JSON.stringify(value) + stack;
  expect(bench.issued).to.not.deep.equal([]);
  for (const secret of [...bench.issued, ...more, SECRET, OLDER_SECRET, DEMO_CLIENT.clientSecret]) {
    expect(shown).to.not.include(secret);
  }
}
