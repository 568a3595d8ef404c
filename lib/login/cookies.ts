import type { IncomingMessage } from 'node:http';

/** What sets a cookie: Node's response, and with it Express's and Koa's; or Fastify's reply. */
export type CookieResponse =
  | {
      getHeader(name: string): number | string | readonly string[] | undefined;
      setHeader(name: string, value: readonly string[]): unknown;
    }
  | { header(name: string, value: string): unknown };

/** One cookie of a request, as it came. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
}

/**
 * The cookies of a request, in their order. Values are not decoded, and rubbish is left out.
 * @see RFC 6265, section 5.4 https://www.rfc-editor.org/rfc/rfc6265#section-5.4
 */
export function cookiesOf(req: IncomingMessage): readonly Cookie[] {
  const header: unknown = req.headers?.cookie;
  if (typeof header !== 'string') return [];
  return header.split(';').flatMap((pair) => {
    const equals = pair.indexOf('=');
    if (equals === -1) return [];
    return { name: pair.slice(0, equals).trim(), value: pair.slice(equals + 1).trim() };
  });
}

/** A Set-Cookie header for this host alone, out of scripts' reach, that comes along when another site links here. */
export function setCookie(cookie: Cookie, about: { readonly maxAgeSeconds: number; readonly secure: boolean }): string {
  const secure = about.secure ? '; Secure' : '';
  return `${cookie.name}=${cookie.value}; Max-Age=${about.maxAgeSeconds}; Path=/; HttpOnly${secure}; SameSite=Lax`;
}

/** Adds Set-Cookie headers to those that are there. */
export function addSetCookies(res: CookieResponse, added: readonly string[]): void {
  if (added.length === 0) return;
  if ('setHeader' in res && typeof res.setHeader === 'function') {
    const present = res.getHeader('Set-Cookie');
    res.setHeader('Set-Cookie', [...(present === undefined ? [] : [present].flat().map(String)), ...added]);
  } else if ('header' in res) {
    // Fastify's own way; it adds a Set-Cookie to those before.
    for (const each of added) res.header('Set-Cookie', each);
  }
}

/** Where frameworks and Node keep the response of a request; nothing of it is certain. */
interface RequestWithResponse extends IncomingMessage {
  readonly ctx?: { readonly res?: unknown };
  readonly res?: unknown;
  readonly socket: IncomingMessage['socket'] & { readonly _httpMessage?: { readonly req?: unknown } | null };
}

/** The response that belongs to a request; undefined where the framework does not tell. */
export function responseOf(req: IncomingMessage): CookieResponse | undefined {
  const { ctx, res, socket } = req as RequestWithResponse;
  // Under Koa `req.res` is a mock that koa-passport made up, which keeps no header; the real one is the context's.
  // Connect puts it nowhere. Node's server has it on the socket, for the request that is being answered and no other.
  const onSocket = socket?._httpMessage?.req === req ? socket._httpMessage : undefined;
  return [ctx?.res, res, onSocket].find(canSetCookies);
}

/** Whether something can set cookies. */
export function canSetCookies(value: unknown): value is CookieResponse {
  if (typeof value !== 'object' || value === null) return false;
  const { getHeader, setHeader, header } = value as Record<string, unknown>; // any object can be read by name
  return (typeof getHeader === 'function' && typeof setHeader === 'function') || typeof header === 'function';
}
