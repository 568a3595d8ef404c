/** Roblox's paths of the endpoints that go through oidc-provider. */
export const paths = {
  token: '/oauth/v1/token',
  introspection: '/oauth/v1/token/introspect',
  revocation: '/oauth/v1/token/revoke',
  resources: '/oauth/v1/token/resources',
  userinfo: '/oauth/v1/userinfo',
} as const;

/** The same paths, as a set. */
export const providerPaths: ReadonlySet<string> = new Set(Object.values(paths));

/**
 * Builds Roblox's discovery document, with the emulator's address in place of `https://apis.roblox.com`.
 * Like Roblox's, it mentions neither PKCE nor public clients, although both are supported.
 * @see https://create.roblox.com/docs/cloud/auth/oauth2-reference
 */
export function buildDiscovery(url: string): Record<string, unknown> {
  return {
    issuer: `${url}/oauth/`,
    authorization_endpoint: `${url}/oauth/v1/authorize`,
    token_endpoint: `${url}/oauth/v1/token`,
    introspection_endpoint: `${url}/oauth/v1/token/introspect`,
    revocation_endpoint: `${url}/oauth/v1/token/revoke`,
    resources_endpoint: `${url}/oauth/v1/token/resources`,
    userinfo_endpoint: `${url}/oauth/v1/userinfo`,
    jwks_uri: `${url}/oauth/v1/certs`,
    registration_endpoint: 'https://create.roblox.com/dashboard/credentials',
    service_documentation: 'https://create.roblox.com/docs/reference/cloud',
    scopes_supported: ['openid', 'profile', 'email', 'verification', 'credentials', 'age', 'premium', 'roles'],
    response_types_supported: ['none', 'code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    claims_supported: [
      'sub',
      'type',
      'iss',
      'aud',
      'exp',
      'iat',
      'nonce',
      'name',
      'nickname',
      'preferred_username',
      'created_at',
      'profile',
      'email',
      'email_verified',
      'verified',
      'age_bracket',
      'premium',
      'roles',
      'internal_user',
    ],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
  };
}
