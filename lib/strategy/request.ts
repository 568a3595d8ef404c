import type { IncomingMessage } from 'node:http';

/** What a framework may put on the request. */
export interface FrameworkRequest extends IncomingMessage {
  readonly query?: unknown;
  readonly originalUrl?: unknown;
  readonly app?: { get?: (setting: string) => unknown };
}

/**
 * Reads the query of a request. A parameter that the framework did not parse is read from the URL: Express's `query parser` may be off,
 * and `query` may be a URLSearchParams or a Map.
 * A parameter that is given twice becomes an array.
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

/** Reads the path and query that the browser asked for. `url` may lack the path where the app is mounted. */
export function readPath(req: FrameworkRequest): string {
  const { originalUrl, url } = req;
  return typeof originalUrl === 'string' ? originalUrl : (url ?? '/');
}
