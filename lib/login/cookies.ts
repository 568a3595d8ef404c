import type { IncomingMessage } from 'node:http';

/** An object that can set a cookie: a response of Node (also Express's and Koa's), or a reply of Fastify. */
export type CookieResponse =
  | {
      getHeader(name: string): number | string | readonly string[] | undefined;
      setHeader(name: string, value: readonly string[]): unknown;
    }
  | { header(name: string, value: string): unknown };

/** One cookie of a request, not decoded. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
}

/**
 * Reads the cookies of a request, in their order. Does not decode values. Leaves out pairs without `=`.
 * @see RFC 6265, section 5.4 https://www.rfc-editor.org/rfc/rfc6265#section-5.4
 */
export function readCookies(req: IncomingMessage): readonly Cookie[] {
  const header: unknown = req.headers?.cookie;
  if (typeof header !== 'string') return [];
  return header.split(';').flatMap((pair) => {
    const equals = pair.indexOf('=');
    if (equals === -1) return [];
    return { name: trimSpaces(pair.slice(0, equals)), value: trimSpaces(pair.slice(equals + 1)) };
  });
}

/**
 * Removes spaces and tabs at both ends, the only white space in a header.
 * Not `String.trim`, which removes more: a sibling host can set a cookie named `\xA0__Host-…`. Browsers see no `__Host-` prefix in this
 * name, but a `trim` would make one.
 * @see RFC 6265, section 5.2 https://www.rfc-editor.org/rfc/rfc6265#section-5.2
 * @see RFC 9110, section 5.6.3 https://www.rfc-editor.org/rfc/rfc9110#section-5.6.3
 */
export function trimSpaces(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isSpace(text[start])) start += 1;
  while (end > start && isSpace(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

/** Builds a Set-Cookie header: for this host only, HttpOnly, SameSite=Lax. */
export function buildSetCookie(
  cookie: Cookie,
  about: { readonly maxAgeSeconds: number; readonly secure: boolean },
): string {
  const secure = about.secure ? '; Secure' : '';
  return `${cookie.name}=${cookie.value}; Max-Age=${about.maxAgeSeconds}; Path=/; HttpOnly${secure}; SameSite=Lax`;
}

/** Adds Set-Cookie headers. Keeps those that are already set. */
export function addSetCookies(res: CookieResponse, added: readonly string[]): void {
  if (added.length === 0) return;
  if ('setHeader' in res && typeof res.setHeader === 'function') {
    const present = res.getHeader('Set-Cookie');
    res.setHeader('Set-Cookie', [...(present === undefined ? [] : [present].flat().map(String)), ...added]);
  } else if ('header' in res) {
    // Fastify's `header` keeps earlier Set-Cookie headers.
    for (const each of added) res.header('Set-Cookie', each);
  }
}

/** Where frameworks and Node keep the response of a request. Each place may be missing. */
interface RequestWithResponse extends IncomingMessage {
  readonly ctx?: { readonly res?: unknown };
  readonly res?: unknown;
  readonly socket: IncomingMessage['socket'] & { readonly _httpMessage?: { readonly req?: unknown } | null };
}

/** Finds the response of a request; undefined when the framework does not show it. */
export function findResponse(req: IncomingMessage): CookieResponse | undefined {
  const { ctx, res, socket } = req as RequestWithResponse;
  // Koa: the real response is in the context. `req.res` is a mock of koa-passport, whose headers are lost.
  // Connect: the response is only on the socket, where Node keeps the one of the current request.
  const onSocket = socket?._httpMessage?.req === req ? socket._httpMessage : undefined;
  return [ctx?.res, res, onSocket].find(canSetCookies);
}

/** Whether a value can set cookies. */
export function canSetCookies(value: unknown): value is CookieResponse {
  if (typeof value !== 'object' || value === null) return false;
  const { getHeader, setHeader, header } = value as Record<string, unknown>; // any object can be read by name
  return (typeof getHeader === 'function' && typeof setHeader === 'function') || typeof header === 'function';
}
