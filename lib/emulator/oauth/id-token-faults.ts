import { createSigningKey, signJwt, type SigningKey } from './keys.ts';

/** A fault of an ID token. */
export type IdTokenFault =
  /** Signed with a key that is not in the certs, under the published key's ID. */
  | 'wrong_key'
  | 'unknown_kid'
  | 'alg_none'
  /** Signed with the client's secret. */
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

// An object, so that the compiler finds a missing name.
const kinds: Readonly<Record<IdTokenFault, true>> = {
  ...{ wrong_key: true, unknown_kid: true, alg_none: true, hs256: true, issuer: true, slashless_issuer: true },
  ...{ audience: true, several_audiences: true, several_audiences_azp: true, several_audiences_foreign_azp: true },
  ...{ expired: true, future_iat: true, not_before: true, wrong_nonce: true, missing_iss: true, missing_sub: true },
  ...{ missing_aud: true, missing_exp: true, missing_iat: true, missing_nonce: true, missing: true, garbage: true },
};

/** The names of all faults. */
export const idTokenFaults: readonly string[] = Object.keys(kinds);

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
  const now = Number(claims['iat']);
  const issuer = String(claims['iss']);
  const client = String(claims['aud']);
  const signed = (changes: Record<string, unknown>) => signJwt({ ...claims, ...changes }, { alg: 'ES256', key });
  switch (fault) {
    case undefined:
      return signed({});
    case 'wrong_key':
      return signJwt(claims, { alg: 'ES256', key: createSigningKey(), kid: key.kid });
    case 'unknown_kid':
      return signJwt(claims, { alg: 'ES256', key: createSigningKey() });
    case 'alg_none':
      return signJwt(claims, { alg: 'none' });
    case 'hs256':
      return signJwt(claims, { alg: 'HS256', secret: clientSecret ?? client, kid: key.kid });
    case 'issuer':
      return signed({ iss: 'https://apis.roblox.example/oauth/' });
    case 'slashless_issuer':
      return signed({ iss: issuer.replace(/\/$/, '') });
    case 'audience':
      return signed({ aud: `${client}0` });
    case 'several_audiences':
      return signed({ aud: [client, `${client}0`] });
    case 'several_audiences_azp':
      return signed({ aud: [client, `${client}0`], azp: client });
    case 'several_audiences_foreign_azp':
      return signed({ aud: [client, `${client}0`], azp: `${client}0` });
    case 'expired':
      return signed({ iat: now - 40_000, nbf: now - 40_000, exp: now - 4000 });
    case 'future_iat':
      return signed({ iat: now + 4000, nbf: now, exp: now + 40_000 });
    case 'not_before':
      return signed({ nbf: now + 4000, exp: now + 40_000 });
    case 'wrong_nonce':
      return signed({ nonce: `${String(claims['nonce'])}x` });
    case 'missing_iss':
    case 'missing_sub':
    case 'missing_aud':
    case 'missing_exp':
    case 'missing_iat':
    case 'missing_nonce':
      return signed({ [fault.slice('missing_'.length)]: undefined });
    case 'garbage':
      return 'not.a.token';
    case 'missing':
      return undefined;
  }
}
