/** Roblox's paths of the endpoints that go through oidc-provider. */
export const paths = {
  token: '/oauth/v1/token',
  introspection: '/oauth/v1/token/introspect',
  revocation: '/oauth/v1/token/revoke',
  resources: '/oauth/v1/token/resources',
  userinfo: '/oauth/v1/userinfo',
} as const;

export const providerPaths: ReadonlySet<string> = new Set(Object.values(paths));

const CLAIMS =
  'sub type iss aud exp iat nonce name nickname preferred_username created_at profile email email_verified verified age_bracket premium roles internal_user';

/**
 * Builds Roblox's discovery document, with the emulator's address in place of `https://apis.roblox.com`.
 * Like Roblox's, it mentions neither PKCE nor public clients, although both are supported.
 * @see https://create.roblox.com/docs/cloud/auth/oauth2-reference
 */
export function buildDiscovery(url: string): Record<string, unknown> {
  return {
    issuer: `${url}/oauth/`,
    authorization_endpoint: `${url}/oauth/v1/authorize`,
    token_endpoint: url + paths.token,
    introspection_endpoint: url + paths.introspection,
    revocation_endpoint: url + paths.revocation,
    resources_endpoint: url + paths.resources,
    userinfo_endpoint: url + paths.userinfo,
    jwks_uri: `${url}/oauth/v1/certs`,
    registration_endpoint: 'https://create.roblox.com/dashboard/credentials',
    service_documentation: 'https://create.roblox.com/docs/reference/cloud',
    scopes_supported: ['openid', 'profile', 'email', 'verification', 'credentials', 'age', 'premium', 'roles'],
    response_types_supported: ['none', 'code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    claims_supported: CLAIMS.split(' '),
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
  };
}

/**
 * The scopes that third-party apps can use: those of the sign-in, and those in Roblox's OpenAPI description.
 * Discovery lists more (`email`, `age`, …), which only Roblox itself can use.
 */
export const knownScopes: ReadonlySet<string> = new Set(
  `openid profile
  ad.billing:read ad.campaign:read ad.campaign:write
  asset:read asset:write
  creator-store-product:read creator-store-product:write creator-store-save:read creator-store-save:write
  developer-product:read developer-product:write game-pass:read game-pass:write
  group-forum:read group:read group:write
  legacy-asset:manage legacy-badge:manage legacy-developer-product:manage legacy-game-pass:manage legacy-group:manage
  legacy-team-collaboration:manage legacy-universe.badge:manage-and-spend-robux legacy-universe.badge:write
  legacy-universe.following:read legacy-universe.following:write legacy-universe:manage legacy-user:manage
  thumbnail:read
  universe-messaging-service:publish universe.event:read universe.event:write universe.place:write universe.secret:read
  universe.secret:write universe.subscription-product.subscription:read universe.thumbnail:read universe.thumbnail:write
  universe.user-restriction:read universe.user-restriction:write universe:read universe:write
  user.advanced:read user.inventory-item:read user.social:read user.user-notification:write`.split(/\s+/),
);

/**
 * Finds out why Roblox would refuse scopes.
 * @param extra scopes of Roblox that are missing in {@link knownScopes}
 * @returns the reason, or undefined
 */
export function findScopeProblem(scopes: readonly string[], extra: readonly string[] = []): string | undefined {
  const unknown = scopes.find((scope) => !knownScopes.has(scope) && !extra.includes(scope));
  if (unknown !== undefined) return `Roblox has no scope ${unknown}`;
  if (scopes.includes('profile') && !scopes.includes('openid')) return 'the scope profile needs openid';
  return undefined;
}
