import type { IncomingMessage } from 'node:http';
import { trimSpaces } from '../login/cookies.ts';

/** What a framework may have put on the request; nothing of it is certain. */
interface FrameworkRequest extends IncomingMessage {
  readonly query?: unknown;
  readonly originalUrl?: unknown;
  readonly app?: { get?: (setting: string) => unknown };
}

/** The request's method in capitals; GET where the framework's request has none. */
export function readMethod(req: IncomingMessage): string {
  return (req.method ?? 'GET').toUpperCase();
}

/**
 * Reads the query of a request: each parameter as the framework parsed it, else from the URL.
 * Express's `query parser` may be off, and others give a URLSearchParams, a Map or a validator's copy.
 * A parameter that came twice is an array.
 */
export function readQuery(req: IncomingMessage): Readonly<Record<string, unknown>> {
  const { query } = req as FrameworkRequest;
  const path = readPath(req);
  const parameters = new URLSearchParams(path.includes('?') ? path.slice(path.indexOf('?')) : '');
  const fromURL = [...new Set(parameters.keys())].map((name) => {
    const values = parameters.getAll(name);
    return [name, values.length === 1 ? values[0] : values] as const;
  });
  const parsed = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries([...fromURL, ...parsed]);
}

/** The path and query that the browser asked for: `url` alone may lack what the app is mounted on. */
function readPath(req: FrameworkRequest): string {
  const { originalUrl, url } = req;
  return typeof originalUrl === 'string' ? originalUrl : (url ?? '/');
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
    const path = readPath(req);
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
