import { format } from 'node:util';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { randomUUID } from 'node:crypto';

import { sendJson, escapeHtml, type Exchange } from '../http.ts';
import { paths } from './endpoints.ts';
import type { EmulatedClient, EmulatedUser } from '../options.ts';
import { listResources } from './resources.ts';
import type { GrantedResources, Storage } from './storage.ts';
import {
  buildClaims,
  introspect,
  issueIdToken,
  reportLifetime,
  buildTokenResponse,
  showAccessToken,
} from './token-rules.ts';
import type { TokenRules } from './token-rules.ts';
import type { World } from '../world.ts';

/** What a user grants to an app. */
export interface Consent {
  readonly user: EmulatedUser;
  readonly client: EmulatedClient;
  readonly scopes: readonly string[];
  readonly resources: GrantedResources;
}

/** The parts of an authorization request that its code is bound to. */
export interface CodeBinding {
  readonly redirectURI: string;
  readonly nonce: string | undefined;
  /** The S256 challenge. */
  readonly codeChallenge: string | undefined;
}

/** The OAuth endpoints that oidc-provider serves: client authentication, codes, PKCE, tokens and userinfo. */
export interface TokenServer {
  handle(exchange: Exchange): Promise<void>;
  issueCode(consent: Consent, binding: CodeBinding): Promise<string>;
  /** Issues tokens without a login. */
  issueTokens(consent: Consent): Promise<Record<string, unknown>>;
}

type Library = typeof import('oidc-provider');

/** Loads oidc-provider, which apps install only if they use the emulator. */
async function loadLibrary(): Promise<Library> {
  const { warn } = console;
  // Hide its warning about Node 20 during the import: it works there. All other warnings are shown.
  console.warn = (...args: unknown[]) => {
    if (!/oidc-provider WARNING: Unsupported runtime/.test(format(...args))) warn.apply(console, args);
  };
  try {
    return await import('oidc-provider');
  } catch (cause) {
    throw explainMissing(cause);
  } finally {
    console.warn = warn;
  }
}

function explainMissing(cause: unknown): Error {
  const { code } = { ...(cause as { code?: unknown }) };
  const message = cause instanceof Error ? cause.message : String(cause);
  // The code is MODULE_NOT_FOUND in Jest, ERR_MODULE_NOT_FOUND in Node.
  const isMissing = /MODULE_NOT_FOUND$/.test(String(code)) && /'oidc-provider'/.test(message);
  if (!isMissing) {
    const advice =
      'In Jest, set NODE_OPTIONS=--experimental-vm-modules, or start the emulator outside of Jest: `npx passport-roblox-oauth2 emulator`';
    return new Error(`oidc-provider is installed, but cannot be loaded here. ${advice}`, { cause });
  }
  const error = new Error('The Roblox emulator needs oidc-provider: run `npm install --save-dev oidc-provider`', {
    cause,
  });
  return Object.assign(error, { code: 'OIDC_PROVIDER_MISSING' });
}

/** Starts oidc-provider with Roblox's rules. */
export async function createTokenServer(world: World, rules: TokenRules): Promise<TokenServer> {
  const { Provider, errors } = await loadLibrary();
  const provider = new Provider(rules.issuer, {
    ...buildConfiguration(world, rules),
    adapter: (name: string) => rules.storage.createAdapter(name, () => new errors.InvalidGrant('already used')),
  });
  provider.silent = true;
  provider.on('server_error', (_ctx, error) => console.error('Roblox emulator:', error));
  const tokens = new WeakMap<IncomingMessage, string>();
  provider.use(async (ctx, next) => {
    // The two endpoints authenticate clients alike. buildResponse makes the different response.
    const { path } = ctx;
    const token = tokens.get(ctx.req) ?? '';
    if (path === paths.resources) ctx.path = paths.introspection;
    await next();
    // oidc-provider always sends CORS headers. Roblox documents none.
    if (!rules.knobs.cors) ctx.remove('access-control-allow-origin');
    // Cast: oidc-provider has added its fields to Koa's context.
    const body =
      ctx.status === 200 ? buildResponse(world, rules, { path, token }, ctx as KoaContextWithOIDC) : undefined;
    if (body !== undefined) ctx.body = body;
  });
  const callback = provider.callback();

  async function authorize(consent: Consent) {
    const client = await provider.Client.find(consent.client.clientID);
    if (client === undefined) throw new TypeError(`no client ${consent.client.clientID} is registered`);
    const grant = new provider.Grant({ accountId: consent.user.id, clientId: consent.client.clientID });
    grant.addOIDCScope([...consent.scopes]);
    const grantId = await grant.save();
    const { user, resources } = consent;
    rules.storage.addAuthorization({ grantId, userId: user.id, clientId: client.clientId, resources });
    const scope = consent.scopes.join(' ');
    return { client, accountId: user.id, grantId, scope, gty: 'authorization_code' };
  }

  return {
    async handle(exchange) {
      const ambiguity = findAmbiguity(exchange);
      if (ambiguity !== undefined) return sendJson(exchange.res, 400, ambiguity);
      const request = copyRequest(exchange, rules.storage);
      tokens.set(request, exchange.form?.get('token') ?? '');
      await callback(request, exchange.res);
    },
    async issueCode(consent, { redirectURI, nonce, codeChallenge }) {
      const code = new provider.AuthorizationCode({
        ...(await authorize(consent)),
        redirectUri: redirectURI,
        nonce,
        codeChallenge,
        codeChallengeMethod: codeChallenge === undefined ? undefined : 'S256',
      });
      return code.save();
    },
    async issueTokens(consent) {
      const about = await authorize(consent);
      const idToken = consent.scopes.includes('openid')
        ? issueIdToken(rules, { ...consent, scopes: new Set(consent.scopes), nonce: undefined })
        : undefined;
      return {
        access_token: showAccessToken(rules, await new provider.AccessToken(about).save()),
        refresh_token: await new provider.RefreshToken({ ...about, rotations: 0 }).save(),
        token_type: 'Bearer',
        expires_in: reportLifetime(rules.knobs.accessTokenTTL),
        scope: about.scope,
        ...(idToken === undefined ? {} : { id_token: idToken }),
      };
    },
  };
}

function buildConfiguration(world: World, rules: TokenRules): Configuration {
  const { knobs, keys } = rules;
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
    routes: {
      token: paths.token,
      introspection: paths.introspection,
      revocation: paths.revocation,
      userinfo: paths.userinfo,
    },
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

/** Builds Roblox's response; undefined when oidc-provider's is the same. */
function buildResponse(
  world: World,
  rules: TokenRules,
  { path, token }: { path: string; token: string },
  ctx: KoaContextWithOIDC,
): unknown {
  const client = world.clients.get(ctx.oidc.client?.clientId ?? '');
  const user = world.users.get(ctx.oidc.account?.accountId ?? '');
  let body: unknown;
  if (path === paths.token && client !== undefined && user !== undefined) {
    const isRefresh = ctx.oidc.params?.['grant_type'] === 'refresh_token';
    body = buildTokenResponse(rules, ctx.body as Record<string, unknown>, { user, client, isRefresh });
  } else if (path === paths.userinfo && user !== undefined) {
    const scopes = new Set(ctx.oidc.accessToken?.scope?.split(' '));
    const otherUser = world.users.get(rules.faults.nextUserInfoUser() ?? '');
    const clientId = ctx.oidc.accessToken?.clientId ?? '';
    body = buildClaims(rules, { user: otherUser ?? user, clientId, scopes });
  } else if (path === paths.introspection && client !== undefined) {
    body = introspect(rules, token, client);
  } else if (path === paths.resources && client !== undefined) {
    const access = rules.storage.findAccess(token);
    if (access === undefined || access.clientId !== client.clientID) {
      ctx.status = 401;
      return { error: 'invalid_token', error_description: 'The access token is invalid, expired or revoked' };
    }
    body = listResources(world, rules.identities.forApp(client.clientID), access);
  } else {
    return undefined;
  }
  return rules.faults.applyRewrites(ctx.method, path, body);
}

/** Finds out whether a request has two client authentications, which Roblox refuses. */
function findAmbiguity({ req, form }: Exchange): Record<string, string> | undefined {
  if (form === undefined || !/^basic /i.test(req.headers.authorization ?? '')) return undefined;
  if (!form.has('client_id') && !form.has('client_secret')) return undefined;
  return {
    error: 'invalid_request',
    error_description: 'Ambiguous request because multiple authentication methods are used',
  };
}

/** Copies a request for oidc-provider, which reads the body again. Changes what Roblox handles in another way than oidc-provider. */
function copyRequest({ req, path, body, form }: Exchange, storage: Storage): IncomingMessage {
  const changed = form && new URLSearchParams(form);
  if (path === paths.token && changed?.get('grant_type') === 'authorization_code' && !changed.has('redirect_uri')) {
    // oidc-provider requires the redirect URI in a token request, Roblox does not.
    changed.set('redirect_uri', storage.findRedirectURI(changed.get('code') ?? '') ?? 'http://127.0.0.1/');
  }
  if ((path === paths.introspection || path === paths.resources) && changed?.get('token')) {
    // oidc-provider refuses an ID token here. It must only authenticate the client: token-rules.ts makes the response.
    changed.set('token', 'opaque');
  }
  if (path === paths.revocation && changed?.get('token')) {
    const token = storage.resolveToken(changed.get('token') ?? '');
    // Hide other JWTs: oidc-provider would refuse them because of their form.
    changed.set('token', token === '' || token.includes('.') ? 'unknown' : token);
  }
  const bytes = changed === undefined ? body : Buffer.from(changed.toString());
  const { method, url, httpVersion, socket } = req;
  // index.ts handles cross-origin requests, by Roblox's rules.
  const { origin: _origin, ...headers } = req.headers;
  const [, bearer] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (bearer !== undefined) headers.authorization = `Bearer ${storage.resolveToken(bearer) || 'unknown'}`;
  if ('content-length' in headers) headers['content-length'] = String(bytes.length);
  const copy = Object.assign(Readable.from(bytes.length > 0 ? [bytes] : [], { objectMode: false }), {
    ...{ method, url, httpVersion, socket, headers },
  });
  return copy as unknown as IncomingMessage; // Koa and oidc-provider use only these fields
}
