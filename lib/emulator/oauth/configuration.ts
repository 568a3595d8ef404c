import { randomUUID } from 'node:crypto';
import type { Configuration } from 'oidc-provider';

import { escapeHtml } from '../http.ts';
import { paths } from './endpoints.ts';
import type { TokenRules } from './token-rules.ts';

/** Configures oidc-provider with Roblox's apps, users, paths, lifetimes and client authentication. */
export function buildConfiguration({ world, knobs, keys }: TokenRules): Configuration {
  return {
    clients: [...world.clients.values()].map((client) => ({
      client_id: client.clientID,
      ...(client.clientSecret === undefined ? {} : { client_secret: client.clientSecret }),
      token_endpoint_auth_method: client.clientSecret === undefined ? 'none' : 'client_secret_post',
      application_type: 'native',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      // Not used: consent.ts compares redirect URIs by Roblox's rules.
      redirect_uris: ['http://127.0.0.1/'],
      id_token_signed_response_alg: 'ES256',
    })),
    // Only for oidc-provider's own ID tokens. token-rules.ts replaces those by tokens that are signed with the current key.
    jwks: {
      keys: [{ ...keys.newest.privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'ES256', use: 'sig' }],
    },
    routes: paths,
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: { enabled: false },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    },
    pkce: { required: () => false },
    conformIdTokenClaims: false,
    rotateRefreshToken: true,
    issueRefreshToken: () => true,
    revokeGrantPolicy: () => true,
    findAccount: (_ctx, id) => (world.users.has(id) ? { accountId: id, claims: () => ({ sub: id }) } : undefined),
    renderError: (ctx, out) => {
      ctx.type = 'html';
      ctx.body = `<!doctype html><title>${escapeHtml(out.error)}</title><p>${escapeHtml(out.error_description ?? out.error)}</p>`;
    },
    ttl: {
      AuthorizationCode: () => knobs.codeTTL,
      AccessToken: () => knobs.accessTokenTTL,
      RefreshToken: () => knobs.refreshTokenTTL,
      IdToken: () => knobs.idTokenTTL,
      // Long: an authorization lasts as long as its tokens are refreshed.
      Grant: () => 100 * 365 * 24 * 60 * 60,
    },
  };
}
