import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import { isForm, readBody, sendText } from './http.ts';
import type { Exchange } from './http.ts';
import type { EmulatorOptions } from './options.ts';

/** The emulator's ear: it takes requests apart, and lets go of everything when it is closed. */
export interface Listener {
  readonly url: string;
  readonly connections: number;
  resetConnections(): void;
  /** Who answers from now on. */
  handle(answer: (exchange: Exchange) => Promise<void>): void;
  /** Waits so long, or until it is closed. */
  wait(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** Listens where the options say. */
export async function startListening(options: EmulatorOptions): Promise<Listener> {
  const waiting = new Set<() => void>();
  let connections = 0;
  let answer: ((exchange: Exchange) => Promise<void>) | undefined;

  async function take(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await readBody(req).catch(() => undefined);
    if (body !== undefined) await answer?.(readExchange(req, res, body));
    else if (!req.destroyed) sendText(res, 413, 'text/plain', 'Too large');
  }
  const server = createServer({ keepAliveTimeout: options.keepAliveTimeout ?? 5000 }, (req, res) => {
    take(req, res).catch((error: unknown) => {
      console.error('Roblox emulator:', error);
      res.destroy();
    });
  });
  server.on('connection', () => (connections += 1));

  return {
    url: await listen(server, options),
    get connections() {
      return connections;
    },
    resetConnections() {
      connections = 0;
    },
    handle(given) {
      answer = given;
    },
    wait(ms) {
      return new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          waiting.delete(done);
          resolve();
        };
        const timer = setTimeout(done, ms);
        waiting.add(done);
      });
    },
    close() {
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const done of waiting) done();
      });
    },
  };
}

function listen(server: Server, { port = 0, host = '127.0.0.1' }: EmulatorOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      const found = typeof address === 'object' && address !== null ? address.port : port;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${found}`);
    });
  });
}

function readExchange(req: IncomingMessage, res: ServerResponse, body: Buffer): Exchange {
  // Not parsed as a URL: that would straighten out `..`, and tests look for exactly such things.
  const [path = '/', ...query] = (req.url ?? '/').split('?');
  return {
    ...{ req, res, path, body },
    method: req.method ?? 'GET',
    query: new URLSearchParams(query.join('?')),
    form: isForm(req) ? new URLSearchParams(body.toString()) : undefined,
  };
}
