import type { IncomingMessage } from 'node:http';

/** What a framework may have put on the request. */
export interface FrameworkRequest extends IncomingMessage {
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
export function readPath(req: FrameworkRequest): string {
  const { originalUrl, url } = req;
  return typeof originalUrl === 'string' ? originalUrl : (url ?? '/');
}
