import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

import type { EmulatorOptions, RequestRecord } from './options.ts';

/** A request and its response. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  /** Whether the body is over the limit. It was not kept then. */
  readonly isTooLarge: boolean;
  readonly form: URLSearchParams | undefined;
}

/** How much of a refused body we still read, so that its sender can read the response. */
const DISCARD_LIMIT = 64 * 1024 * 1024;

/**
 * Reads a body.
 * @returns undefined as soon as the body is known to be larger than `limit`; the rest is read and discarded
 */
function readBody(req: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    if (Number(req.headers['content-length'] ?? 0) > limit) resolve(undefined);
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else resolve(undefined);
      if (size > limit + DISCARD_LIMIT) req.destroy();
    });
    req.on('end', () => resolve(size > limit ? undefined : Buffer.concat(chunks, size)));
    // The client has closed the connection.
    req.on('close', () => resolve(undefined));
    req.on('error', () => resolve(undefined));
  });
}

type Headers = Readonly<Record<string, string>>;

export function sendText(res: ServerResponse, status: number, type: string, text: string, headers: Headers = {}): void {
  const bytes = Buffer.from(text);
  res.writeHead(status, { 'content-type': type, 'content-length': bytes.length, ...headers });
  res.end(bytes);
}

export function sendJson(res: ServerResponse, status: number, value: unknown, headers: Headers = {}): void {
  sendText(res, status, 'application/json; charset=utf-8', JSON.stringify(value), headers);
}

// Headshots may come from any host. Nothing else may load, and no script may run.
const pageHeaders = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src * data:; base-uri 'none'; frame-ancestors 'none'",
};

export function sendPage(res: ServerResponse, status: number, html: string): void {
  sendText(res, status, 'text/html; charset=utf-8', html, pageHeaders);
}

export function sendRedirect(res: ServerResponse, location: string): void {
  res.writeHead(303, { location, 'content-length': 0, 'cache-control': 'no-store' });
  res.end();
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * Starts the HTTP server of the emulator.
 * @param readLimit returns the largest body of a request, in bytes
 */
export async function startListening(options: EmulatorOptions, readLimit: (req: IncomingMessage) => number) {
  const closing = new AbortController();
  let connections = 0;
  let handler: ((exchange: Exchange) => Promise<void>) | undefined;

  async function take(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await readBody(req, readLimit(req));
    await handler?.(readExchange(req, res, body));
  }
  const server = createServer({ keepAliveTimeout: options.keepAliveTimeout ?? 5000 }, (req, res) => {
    take(req, res).catch((error: unknown) => {
      console.error('Roblox emulator:', error);
      res.destroy();
    });
  });
  server.on('connection', () => (connections += 1));
  const { port = 0, host = '127.0.0.1' } = options;
  await once(server.listen(port, host), 'listening');
  const address = server.address() as AddressInfo; // not a pipe

  return {
    /** Without a slash at the end. */
    address: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    get connections() {
      return connections;
    },
    resetConnections() {
      connections = 0;
    },
    /** Sets the function that handles requests. */
    handle(given: (exchange: Exchange) => Promise<void>): void {
      handler = given;
    },
    /** Waits this long, or until the server is closed. */
    wait: (ms: number) => setTimeout(ms, undefined, { signal: closing.signal }).catch(() => undefined),
    close(): Promise<void> {
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        closing.abort();
      });
    },
  };
}

function readExchange(req: IncomingMessage, res: ServerResponse, body: Buffer | undefined): Exchange {
  // Not parsed as a URL, which would resolve `..`: tests check that no client sends it.
  const [path = '/', ...query] = (req.url ?? '/').split('?');
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(req.headers['content-type'] ?? '');
  return {
    req,
    res,
    method: req.method ?? 'GET',
    path,
    query: new URLSearchParams(query.join('?')),
    body: body ?? Buffer.alloc(0),
    isTooLarge: body === undefined,
    form: isForm && body !== undefined ? new URLSearchParams(body.toString()) : undefined,
  };
}

/** The newest requests, and how many requests each path had. */
export class RequestLog {
  /** Oldest first. */
  readonly requests: RequestRecord[] = [];
  readonly #counts = new Map<string, number>();
  readonly #kept: number;
  readonly #onRequest: EmulatorOptions['onRequest'];

  constructor({ requestsKept = 1000, onRequest }: EmulatorOptions) {
    this.#kept = requestsKept;
    this.#onRequest = onRequest;
  }

  add({ req, res, method, path, query, form }: Exchange): void {
    const fields = form === undefined ? {} : { form: Object.fromEntries(form) };
    const { headers } = req;
    const record: RequestRecord = { method, path, query, headers, at: Date.now(), ...fields, status: 0 };
    // Set the status before the response is sent, so that a client that has the response finds it here.
    const writeHead = res.writeHead.bind(res) as (...args: unknown[]) => typeof res;
    res.writeHead = (...args: unknown[]) => {
      if (typeof args[0] === 'number') record.status = args[0];
      return writeHead(...args);
    };
    res.on('close', () => this.#onRequest?.(record));
    this.requests.push(record);
    if (this.requests.length > this.#kept) this.requests.shift();
    if (this.#counts.size < 10_000 || this.#counts.has(path)) this.#counts.set(path, this.count(path) + 1);
  }

  count(path: string | RegExp): number {
    if (typeof path === 'string') return this.#counts.get(path) ?? 0;
    let sum = 0;
    for (const [key, times] of this.#counts) if (path.test(key)) sum += times;
    return sum;
  }

  reset(): void {
    this.requests.length = 0;
    this.#counts.clear();
  }
}

/**
 * Whether a Host header names this server. IP addresses always do: DNS rebinding needs a host name of the attacker.
 */
export function isKnownHost(host: string | undefined, known: ReadonlySet<string>): boolean {
  const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
  return known.has(name) || /^(?:.*\.)?localhost$|^\d+\.\d+\.\d+\.\d+$|^\[.*\]$/.test(name);
}
