import { createHash, randomBytes, randomUUID } from 'node:crypto';

import { toSeconds } from '../clock.ts';
import { signIdToken } from './id-token-faults.ts';
import { readClaims, signJwt, type KeyRing } from './keys.ts';
import type { EmulatedClient, EmulatedUser } from '../options.ts';
import type { StoredToken } from './storage.ts';
import type { EmulatorParts } from '../world.ts';

/** What the functions below need. */
export interface TokenRules extends EmulatorParts {
  readonly issuer: string;
  readonly keys: KeyRing;
}

/** Builds the claims of userinfo. With the scope `openid` alone there is only `sub`. */
export function buildClaims(
  rules: TokenRules,
  about: { user: EmulatedUser; clientId: string; scopes: ReadonlySet<string> },
): Record<string, unknown> {
  const { user } = about;
  const sub = rules.identities.forApp(about.clientId).show(user.id);
  if (!about.scopes.has('profile')) return { sub };
  return {
    sub,
    name: user.displayName,
    nickname: user.displayName,
    preferred_username: user.username,
    created_at: toSeconds(user.createdAt.getTime()),
    profile: `https://www.roblox.com/users/${sub}/profile`,
    picture: user.picture == null ? null : rules.absolute(user.picture),
  };
}

/** Signs an ID token like Roblox: valid for ten hours, with `nbf`, a string as `aud`, and the profile if it was granted. */
export function issueIdToken(
  rules: TokenRules,
  about: { user: EmulatedUser; client: EmulatedClient; scopes: ReadonlySet<string>; nonce: unknown },
): string | undefined {
  const now = toSeconds(rules.clock.now());
  const claims = {
    ...buildClaims(rules, { ...about, clientId: about.client.clientID }),
    nonce: about.nonce,
    jti: `ID.${randomBytes(15).toString('base64url')}`,
    iss: rules.issuer,
    aud: about.client.clientID,
    nbf: now,
    iat: now,
    exp: now + rules.knobs.idTokenTTL,
  };
  return signIdToken(claims, rules.keys.newest, about.client.clientSecret, rules.faults.next('idToken'));
}

/**
 * Signs an access token as in Roblox's documentation. Apps should not read it: its scopes have other names (`openid:read`), and they may
 * change.
 */
export function showAccessToken(rules: TokenRules, token: string): string {
  return rules.storage.showAccessToken(token, (jti, { payload, issuedAt, expiresAt }: StoredToken) => {
    const { accountId, clientId, scope } = payload as Record<string, string>; // oidc-provider's, all strings
    const claims = {
      sub: rules.identities.forApp(clientId ?? '').show(accountId ?? ''),
      aid: randomUUID(),
      scope: (scope ?? '').replace(/(?<=^| )(openid|profile)(?= |$)/g, '$1:read'),
      jti,
      nbf: toSeconds(issuedAt),
      exp: toSeconds(expiresAt),
      iat: toSeconds(issuedAt),
      iss: rules.issuer,
      aud: clientId,
    };
    return signJwt(claims, { alg: 'ES256', key: rules.keys.newest });
  });
}

/** Changes oidc-provider's response of the token endpoint to Roblox's. */
export function buildTokenResponse(
  rules: TokenRules,
  body: Readonly<Record<string, unknown>>,
  about: { user: EmulatedUser; client: EmulatedClient; isRefresh: boolean },
): Record<string, unknown> {
  const { id_token: original, ...rest } = body;
  const changed = {
    ...rest,
    access_token: showAccessToken(rules, String(body['access_token'])),
    expires_in: reportLifetime(Number(body['expires_in'])),
  };
  if (typeof original !== 'string') return changed;
  if (about.isRefresh && rules.knobs.refreshWithoutIdToken) return changed;
  const scopes = new Set(String(body['scope']).split(' '));
  const idToken = issueIdToken(rules, { ...about, scopes, nonce: readClaims(original)?.['nonce'] });
  return idToken === undefined ? changed : { ...changed, id_token: idToken };
}

/** Returns one second less: Roblox reports 899 seconds for 15 minutes. */
export function reportLifetime(seconds: number): number {
  return Math.max(1, seconds - 1);
}

/**
 * Builds the response of v1/token/introspect for an access, refresh or ID token.
 * A revoked access token stays active until it expires: Roblox checks only the lifetime.
 */
export function introspect(rules: TokenRules, token: string, client: EmulatedClient): Record<string, unknown> {
  const stored = rules.storage.findToken(token);
  if (stored === undefined) return introspectIdToken(rules, token, client);
  const { payload } = stored;
  const hash = createHash('sha256').update(token).digest('base64url');
  if (payload['clientId'] !== client.clientID) return { active: false };
  return {
    active: true,
    jti: stored.kind === 'RefreshToken' ? `RT.${hash.slice(0, 20)}` : readClaims(token)?.['jti'],
    iss: rules.issuer,
    token_type: 'Bearer',
    client_id: client.clientID,
    // As in Roblox's example: not the client's ID.
    aud: '4239311013248676173',
    sub: rules.identities.forApp(client.clientID).show(String(payload['accountId'])),
    scope: payload['scope'],
    exp: toSeconds(stored.expiresAt),
    iat: toSeconds(stored.issuedAt),
  };
}

function introspectIdToken(rules: TokenRules, token: string, client: EmulatedClient): Record<string, unknown> {
  const claims = readClaims(token);
  const isOurs = claims?.['aud'] === client.clientID && rules.keys.hasSigned(token);
  if (!isOurs || Number(claims['exp']) <= toSeconds(rules.clock.now())) return { active: false };
  const { sub, exp, iat, jti } = claims;
  return { active: true, jti, iss: rules.issuer, client_id: client.clientID, aud: client.clientID, sub, exp, iat };
}
