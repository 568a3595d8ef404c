import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

import type { Exchange } from './http.ts';
import type { Storage } from './oauth/storage.ts';

/** Roblox's paths for what oidc-provider answers. */
export const paths = {
  token: '/oauth/v1/token',
  introspection: '/oauth/v1/token/introspect',
  revocation: '/oauth/v1/token/revoke',
  resources: '/oauth/v1/token/resources',
  userinfo: '/oauth/v1/userinfo',
} as const;

/** The endpoints that oidc-provider answers. */
export const providerPaths: ReadonlySet<string> = new Set(Object.values(paths));

/** Roblox takes one way of naming the client, not two. */
export function findAmbiguity({ req, form }: Exchange): Record<string, string> | undefined {
  if (form === undefined || !/^basic /i.test(req.headers.authorization ?? '')) return undefined;
  if (!form.has('client_id') && !form.has('client_secret')) return undefined;
  return {
    error: 'invalid_request',
    error_description: 'Ambiguous request because multiple authentication methods are used',
  };
}

/** The request with its body in front of it again, as oidc-provider wants to read it for itself. */
export function forward({ req, path, body, form }: Exchange, storage: Storage): IncomingMessage {
  const changed = form && new URLSearchParams(form);
  if (path === paths.token && changed?.get('grant_type') === 'authorization_code' && !changed.has('redirect_uri')) {
    // Roblox does not ask for the redirect URI again; oidc-provider does.
    changed.set('redirect_uri', storage.redirectURIOf(changed.get('code') ?? '') ?? 'http://127.0.0.1/');
  }
  if ((path === paths.introspection || path === paths.resources) && changed?.get('token')) {
    // It refuses to look at an ID token; what it is about is looked up above, once the client is authenticated.
    changed.set('token', 'opaque');
  }
  const bytes = changed === undefined ? body : Buffer.from(changed.toString());
  const { method, url, httpVersion, socket } = req;
  const headers = { ...req.headers };
  if ('content-length' in headers) headers['content-length'] = String(bytes.length);
  const copy = Object.assign(Readable.from(bytes.length > 0 ? [bytes] : [], { objectMode: false }), {
    ...{ method, url, httpVersion, socket, headers },
  });
  // Koa and oidc-provider use no more of a request than is copied here.
  return copy as unknown as IncomingMessage;
}
