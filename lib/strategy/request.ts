import type { IncomingMessage } from 'node:http';
import { trimSpaces } from '../login/cookies.ts';

/** What a framework may have put on the request; nothing of it is certain. */
interface FrameworkRequest extends IncomingMessage {
  readonly query?: unknown;
  readonly originalUrl?: unknown;
  readonly app?: { get?: (setting: string) => unknown };
}

/**
 * The query of a request: as the framework read it, or read from the URL where there is no framework.
 * A parameter that came twice is an array, whoever read it.
 */
export function queryOf(req: IncomingMessage): Readonly<Record<string, unknown>> {
  const { query, originalUrl, url } = req as FrameworkRequest;
  if (typeof query === 'object' && query !== null) return query as Record<string, unknown>; // any object can be read by name
  const path = typeof originalUrl === 'string' ? originalUrl : (url ?? '');
  const parameters = new URLSearchParams(path.includes('?') ? path.slice(path.indexOf('?')) : '');
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => {
      const values = parameters.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

/**
 * Makes a callback URL absolute, by the request where it is relative.
 * @param trustProxy whether X-Forwarded-Proto and X-Forwarded-Host are believed; Express's `trust proxy` setting is too
 * @throws {TypeError} it cannot be made absolute
 */
export function absoluteURL(callbackURL: string, req: IncomingMessage, trustProxy: boolean): string {
  if (URL.canParse(callbackURL)) return callbackURL;
  const trusted = trustProxy || expressTrusts(req);
  const forwarded = (name: string) => (trusted ? firstOf(req.headers[name]) : undefined);
  // `connection` is what some frameworks' requests call it; Fastify's has `socket` alone.
  const socket = (req.socket ?? req.connection) as { encrypted?: boolean } | undefined;
  const protocol = (forwarded('x-forwarded-proto') ?? (socket?.encrypted ? 'https' : 'http')).toLowerCase();
  // HTTP/2 has `:authority` for it.
  const host = forwarded('x-forwarded-host') ?? req.headers.host ?? firstOf(req.headers[':authority']);
  const base = `${protocol}://${host ?? ''}`;
  if ((protocol === 'https' || protocol === 'http') && host !== undefined && URL.canParse(base)) {
    const { originalUrl, url } = req as FrameworkRequest;
    const path = typeof originalUrl === 'string' ? originalUrl : (url ?? '/');
    // The path alone: a request target may name a host of its own (`//evil.example/`), which must not become ours.
    const here = new URL(base);
    if (URL.canParse(path, base)) here.pathname = new URL(path, base).pathname;
    if (URL.canParse(callbackURL, here.href)) return new URL(callbackURL, here).href;
  }
  throw new TypeError(
    'callbackURL is relative and the request does not tell which host it came to: give an absolute callbackURL',
  );
}

function firstOf(header: string | readonly string[] | undefined): string | undefined {
  const first = trimSpaces((typeof header === 'string' ? header : header?.[0])?.split(',')[0] ?? '');
  return first === '' ? undefined : first;
}

/** Whether Express's `trust proxy` setting (or Koa's `proxy`, by koa-passport) believes the peer. */
function expressTrusts(req: FrameworkRequest): boolean {
  const { app } = req;
  if (typeof app?.get !== 'function') return false;
  const trusts = app.get('trust proxy fn');
  if (typeof trusts === 'function') return trusts(req.socket?.remoteAddress, 0) === true;
  return Boolean(app.get('trust proxy'));
}
