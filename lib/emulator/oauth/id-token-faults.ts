import { createSigningKey, signJwt, type SigningKey } from './keys.ts';

/** A fault of an ID token. */
export type IdTokenFault =
  /** Signed with a key that is not in the certs, under the published key's ID. */
  | 'wrong_key'
  | 'unknown_kid'
  | 'alg_none'
  /** Signed with the client's secret, or with a public client's ID. */
  | 'hs256'
  | 'issuer'
  | 'slashless_issuer'
  | 'audience'
  /** `aud` names the client and another one, without `azp`. */
  | 'several_audiences'
  /** The same, but `azp` names the client: the token is valid, though unusual. */
  | 'several_audiences_azp'
  | 'several_audiences_foreign_azp'
  | 'expired'
  | 'future_iat'
  | 'not_before'
  | 'wrong_nonce'
  | 'missing_iss'
  | 'missing_sub'
  | 'missing_aud'
  | 'missing_exp'
  | 'missing_iat'
  | 'missing_nonce'
  /** The response has no `id_token`. */
  | 'missing'
  /** `id_token` is a string that is not a JWT. */
  | 'garbage';

interface Unsigned {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly key: SigningKey;
  /** `aud`, the client ID. */
  readonly client: string;
  readonly clientSecret: string | undefined;
  /** `iat`, in seconds since the epoch. */
  readonly now: number;
  /** Signs the claims with these changes. */
  signed(changes: Readonly<Record<string, unknown>>): string;
}

/** Signs an ID token with each fault. */
const faults: Readonly<Record<IdTokenFault, (token: Unsigned) => string | undefined>> = {
  wrong_key: ({ claims, key }) => signJwt(claims, { alg: 'ES256', key: createSigningKey(), kid: key.kid }),
  unknown_kid: ({ claims }) => signJwt(claims, { alg: 'ES256', key: createSigningKey() }),
  alg_none: ({ claims }) => signJwt(claims, { alg: 'none' }),
  hs256: ({ claims, key, client, clientSecret }) =>
    signJwt(claims, { alg: 'HS256', secret: clientSecret ?? client, kid: key.kid }),
  issuer: ({ signed }) => signed({ iss: 'https://apis.roblox.example/oauth/' }),
  slashless_issuer: ({ claims, signed }) => signed({ iss: String(claims['iss']).replace(/\/$/, '') }),
  audience: ({ client, signed }) => signed({ aud: `${client}0` }),
  several_audiences: ({ client, signed }) => signed({ aud: [client, `${client}0`] }),
  several_audiences_azp: ({ client, signed }) => signed({ aud: [client, `${client}0`], azp: client }),
  several_audiences_foreign_azp: ({ client, signed }) => signed({ aud: [client, `${client}0`], azp: `${client}0` }),
  expired: ({ now, signed }) => signed({ iat: now - 40_000, nbf: now - 40_000, exp: now - 4000 }),
  future_iat: ({ now, signed }) => signed({ iat: now + 4000, nbf: now, exp: now + 40_000 }),
  not_before: ({ now, signed }) => signed({ nbf: now + 4000, exp: now + 40_000 }),
  wrong_nonce: ({ claims, signed }) => signed({ nonce: `${String(claims['nonce'])}x` }),
  missing_iss: ({ signed }) => signed({ iss: undefined }),
  missing_sub: ({ signed }) => signed({ sub: undefined }),
  missing_aud: ({ signed }) => signed({ aud: undefined }),
  missing_exp: ({ signed }) => signed({ exp: undefined }),
  missing_iat: ({ signed }) => signed({ iat: undefined }),
  missing_nonce: ({ signed }) => signed({ nonce: undefined }),
  missing: () => undefined,
  garbage: () => 'not.a.token',
};

/** The names of all faults. */
export const idTokenFaults: readonly string[] = Object.keys(faults);

/**
 * Signs the claims of an ID token, with a fault if one is given.
 * @returns undefined when the response must have no ID token
 */
export function signIdToken(
  claims: Readonly<Record<string, unknown>>,
  key: SigningKey,
  clientSecret: string | undefined,
  fault: IdTokenFault | undefined,
): string | undefined {
  const signed = (changes: Readonly<Record<string, unknown>>) =>
    signJwt({ ...claims, ...changes }, { alg: 'ES256', key });
  if (fault === undefined) return signed({});
  const [client, now] = [String(claims['aud']), Number(claims['iat'])];
  return faults[fault]({ claims, key, client, clientSecret, now, signed });
}
