import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { createNodeTransport } from '../../lib/http/node-transport.ts';

/** A server that counts its connections. */
export async function startServer(options: { headers?: Record<string, string>; keepAliveTimeout?: number } = {}) {
  const connections: Socket[] = [];
  const server = http.createServer((req, res) => {
    req.resume().on('end', () => res.writeHead(200, options.headers).end('{"keys":[]}'));
  });
  server.keepAliveTimeout = options.keepAliveTimeout ?? 600_000;
  server.on('connection', (socket) => connections.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    connections,
    /** Closes the idle connections, as providers do after some time. */
    closeIdle: () => server.closeIdleConnections(),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Sends a request like that of a login. */
export const post = (to: ReturnType<typeof createNodeTransport>, url: string) =>
  to.transport({ method: 'POST', url, headers: {}, body: 'code=1', maxBytes: 1000, secrets: [] });
