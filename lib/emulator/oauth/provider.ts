import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { format } from 'node:util';
import type { KoaContextWithOIDC } from 'oidc-provider';

import { buildConfiguration } from './configuration.ts';
import { paths } from './endpoints.ts';
import { sendJson, type Exchange } from '../http.ts';
import type { EmulatedClient, EmulatedUser } from '../options.ts';
import { listResources } from './resources.ts';
import type { GrantedResources, Storage } from './storage.ts';
import {
  buildClaims,
  buildTokenResponse,
  introspect,
  issueIdToken,
  reportLifetime,
  showAccessToken,
  type TokenRules,
} from './token-rules.ts';

/** What a user grants to an app. */
export interface Consent {
  readonly user: EmulatedUser;
  readonly client: EmulatedClient;
  readonly scopes: readonly string[];
  readonly resources: GrantedResources;
}

/** The OAuth endpoints that oidc-provider serves: client authentication, codes, PKCE, tokens and userinfo. */
export type TokenServer = Awaited<ReturnType<typeof createTokenServer>>;

/** Starts oidc-provider with Roblox's rules. */
export async function createTokenServer(rules: TokenRules) {
  const { Provider, errors } = await loadLibrary();
  const provider = new Provider(rules.issuer, {
    ...buildConfiguration(rules),
    adapter: (name: string) => rules.storage.createAdapter(name, () => new errors.InvalidGrant('already used')),
  });
  provider.silent = true;
  provider.on('server_error', (_ctx, error) => console.error('Roblox emulator:', error));
  const tokens = new WeakMap<IncomingMessage, string>();
  provider.use(async (ctx, next) => {
    // oidc-provider has no resources endpoint. Its introspection endpoint authenticates the client in the same way.
    const { path } = ctx;
    if (path === paths.resources) ctx.path = paths.introspection;
    await next();
    // Roblox documents no CORS. Without this header no page of another origin can read the response.
    if (!rules.knobs.cors) ctx.remove('access-control-allow-origin');
    if (ctx.status !== 200) return;
    // Cast: oidc-provider has added its fields to Koa's context.
    const body = buildResponse(rules, { path, token: tokens.get(ctx.req) ?? '' }, ctx as KoaContextWithOIDC);
    if (body === undefined) return;
    ctx.body = ctx.status === 200 ? rules.faults.applyRewrites(ctx.method, path, body) : body;
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
    async handle(exchange: Exchange): Promise<void> {
      const ambiguity = findAmbiguity(exchange);
      if (ambiguity !== undefined) return sendJson(exchange.res, 400, ambiguity);
      const request = copyRequest(exchange, rules.storage);
      tokens.set(request, exchange.form?.get('token') ?? '');
      await callback(request, exchange.res);
    },
    /** @param binding the parts of the authorization request that the code is bound to */
    async issueCode(
      consent: Consent,
      binding: { redirectURI: string; nonce: string | undefined; codeChallenge: string | undefined },
    ): Promise<string> {
      const { redirectURI, nonce, codeChallenge } = binding;
      const code = new provider.AuthorizationCode({
        ...(await authorize(consent)),
        redirectUri: redirectURI,
        nonce,
        codeChallenge,
        codeChallengeMethod: codeChallenge === undefined ? undefined : 'S256',
      });
      return code.save();
    },
    /** Issues tokens without a login. */
    async issueTokens(consent: Consent): Promise<Record<string, unknown>> {
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

/** Loads oidc-provider, which apps install only if they use the emulator. */
async function loadLibrary(): Promise<typeof import('oidc-provider')> {
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
  const advice = 'The Roblox emulator needs oidc-provider: run `npm install --save-dev oidc-provider`';
  return Object.assign(new Error(advice, { cause }), { code: 'OIDC_PROVIDER_MISSING' });
}

/** Builds the body of Roblox's response; undefined when oidc-provider's is the same. */
function buildResponse(
  rules: TokenRules,
  { path, token }: { path: string; token: string },
  ctx: KoaContextWithOIDC,
): unknown {
  const { world } = rules;
  const { accessToken, params } = ctx.oidc;
  const client = world.clients.get(ctx.oidc.client?.clientId ?? '');
  const user = world.users.get(ctx.oidc.account?.accountId ?? '');
  if (path === paths.userinfo && user !== undefined) {
    const clientId = accessToken?.clientId ?? '';
    const otherUser = world.users.get(rules.faults.next('userInfoUser') ?? '');
    return buildClaims(rules, { user: otherUser ?? user, clientId, scopes: new Set(accessToken?.scope?.split(' ')) });
  }
  if (client === undefined) return undefined;
  if (path === paths.token && user !== undefined) {
    const isRefresh = params?.['grant_type'] === 'refresh_token';
    return buildTokenResponse(rules, ctx.body as Record<string, unknown>, { user, client, isRefresh });
  }
  if (path === paths.introspection) return introspect(rules, token, client);
  if (path !== paths.resources) return undefined;
  const access = rules.storage.findAccess(token);
  if (access?.clientId === client.clientID) return listResources(rules, access);
  ctx.status = 401;
  return { error: 'invalid_token', error_description: 'The access token is invalid, expired or revoked' };
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

/** Copies a request. The emulator has read its body already, and oidc-provider reads it too. */
function copyRequest({ req, path, body, form }: Exchange, storage: Storage): IncomingMessage {
  const bytes = form === undefined ? body : Buffer.from(changeForm(path, form, storage).toString());
  const { method, url, httpVersion, socket } = req;
  // index.ts handles cross-origin requests, by Roblox's rules.
  const { origin: _origin, ...headers } = req.headers;
  const [, bearer] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (bearer !== undefined) headers.authorization = `Bearer ${storage.resolveToken(bearer) || 'unknown'}`;
  if ('content-length' in headers) headers['content-length'] = String(bytes.length);
  const stream = Readable.from(bytes.length > 0 ? [bytes] : [], { objectMode: false });
  // Cast: Koa and oidc-provider use only these fields.
  return Object.assign(stream, { method, url, httpVersion, socket, headers }) as unknown as IncomingMessage;
}

/** Changes the form of a request that Roblox handles in another way than oidc-provider. */
function changeForm(path: string, form: URLSearchParams, storage: Storage): URLSearchParams {
  const changed = new URLSearchParams(form);
  const given = form.get('token') ?? '';
  if (path === paths.token && form.get('grant_type') === 'authorization_code' && !form.has('redirect_uri')) {
    // oidc-provider requires the redirect URI in a token request, Roblox does not.
    changed.set('redirect_uri', storage.findRedirectURI(form.get('code') ?? '') ?? 'http://127.0.0.1/');
  } else if (given !== '' && (path === paths.introspection || path === paths.resources)) {
    // oidc-provider refuses an ID token here. It must only authenticate the client: token-rules.ts makes the response.
    changed.set('token', 'opaque');
  } else if (given !== '' && path === paths.revocation) {
    const token = storage.resolveToken(given);
    // Hide other JWTs: oidc-provider would refuse them because of their form.
    changed.set('token', token === '' || token.includes('.') ? 'unknown' : token);
  }
  return changed;
}
