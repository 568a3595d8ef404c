import { expect } from 'chai';
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { inspect } from 'node:util';
import zlib from 'node:zlib';
import nock from 'nock';
import { ConnectionError, type ConnectionErrorCode } from '../../lib/errors.ts';
import { createNodeTransport } from '../../lib/http/node-transport.ts';
import { catchError } from '../support/thrown.ts';
import { createTransport, type HttpRequest, type Transport } from '../../lib/http/transport.ts';

const SECRET = 'a-secret-that-nobody-may-see';

const TRANSPORTS: [string, (timeoutMs: number) => Transport][] = [
  ['node-fetch', (timeoutMs) => createTransport({ timeoutMs })],
  ["the platform's fetch", (timeoutMs) => createTransport({ timeoutMs, fetch })],
  ['node:http', (timeoutMs) => createNodeTransport({ timeoutMs }).transport],
];

/** A server that sends the bytes of a test to each request, and records what it received. */
async function startServer(say: (socket: Socket, request: string) => void) {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      heard.push(chunk.toString());
      say(socket, chunk.toString());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    sockets,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const requestTo = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  url: `${url}/oauth/v1/token?code=${SECRET}`,
  headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Bearer ${SECRET}` },
  body: `code=${SECRET}`,
  maxBytes: 1000,
  secrets: [SECRET],
  ...more,
});

const response = (body: string | Buffer, headers = '', status = '200 OK') =>
  Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status}\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n`),
    Buffer.from(body),
  ]);

/** Faults of a connection, and their error codes. */
const FAULTS: [string, ConnectionErrorCode, number | undefined, (socket: Socket) => void][] = [
  ['says nothing', 'timeout', undefined, () => {}],
  [
    'stops after the headers',
    'timeout',
    undefined,
    (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n'),
  ],
  [
    'sends its body one byte at a time, for ever',
    'timeout',
    undefined,
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      const timer = setInterval(() => socket.write('1\r\n \r\n'), 5);
      socket.on('close', () => clearInterval(timer));
    },
  ],
  ['resets the connection', 'network', undefined, (socket) => socket.resetAndDestroy()],
  ['hangs up', 'network', undefined, (socket) => socket.end()],
  [
    'resets the connection in the body',
    'network',
    undefined,
    (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{', () => socket.resetAndDestroy()),
  ],
  [
    'hangs up in the body',
    'network',
    undefined,
    (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{'),
  ],
  [
    'hangs up in a chunk',
    'network',
    undefined,
    (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{'),
  ],
  ['speaks no HTTP, and echoes a secret', 'network', undefined, (socket) => socket.end(`220 mail ${SECRET}\r\n`)],
  ['redirects', 'redirect', 302, (socket) => socket.end(response('moved', 'location: /elsewhere\r\n', '302 Found'))],
  [
    'redirects with 308',
    'redirect',
    308,
    (socket) => socket.end(response('', 'location: /elsewhere\r\n', '308 Permanent Redirect')),
  ],
  ['redirects to nowhere', 'redirect', 303, (socket) => socket.end(response('', '', '303 See Other'))],
  ['sends a large body', 'body_too_large', 200, (socket) => socket.write(response('x'.repeat(1001)))],
  [
    'sends a body without end',
    'body_too_large',
    200,
    (socket) => {
      const pour = () => {
        while (!socket.destroyed && socket.write('400\r\n' + 'x'.repeat(1024) + '\r\n'));
      };
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      socket.on('drain', pour);
      pour();
    },
  ],
  [
    'sends a gzip bomb',
    'body_too_large',
    200,
    (socket) => socket.write(response(zlib.gzipSync(Buffer.alloc(200_000)), 'content-encoding: gzip\r\n')),
  ],
  [
    'sends gzip that is none',
    'network',
    undefined,
    (socket) => socket.write(response(`not gzip at all ${SECRET}`, 'content-encoding: gzip\r\n')),
  ],
];

for (const [name, make] of TRANSPORTS) {
  describe(`the transport over ${name}`, () => {
    for (const [fault, code, status, say] of FAULTS) {
      it(`throws ${code} when the server ${fault}`, async () => {
        const server = await startServer(say);
        const error = await catchError(make(code === 'timeout' ? 60 : 5000)(requestTo(server.url)));
        expect(error, inspect(error)).to.be.instanceOf(ConnectionError);
        expect(error).to.include({ code, method: 'POST', url: `${server.url}/oauth/v1/token`, status });
        expect(inspect(error, { depth: 12, showHidden: true, maxStringLength: Infinity })).to.not.include(SECRET);
        const hex = Buffer.from(SECRET).toString('hex').match(/../g)?.join(' ') ?? '';
        expect(inspect(error, { depth: 12, showHidden: true, maxArrayLength: Infinity })).to.not.include(hex);
        expect(server.heard, 'one request, never repeated').to.have.length(1);
        await server.close();
      });
    }

    it('uses the time-out of a request in place of its own', async () => {
      const server = await startServer(() => {});
      const error = await catchError(make(5000)(requestTo(server.url, { timeoutMs: 60 })));
      expect(error).to.be.instanceOf(ConnectionError).with.property('code', 'timeout');
      await server.close();
    });

    it('throws network when nobody listens', async () => {
      const server = await startServer(() => {});
      await server.close();
      const error = await catchError(make(5000)(requestTo(server.url)));
      expect(error).to.be.instanceOf(ConnectionError).with.property('code', 'network');
      expect(inspect(error)).to.include('ECONNREFUSED');
    });

    for (const [what, header] of [
      ['could hold another', { authorization: `Bearer ${SECRET}\r\nhost: elsewhere` }],
      ['has a character beyond latin1', { 'x-one': `${SECRET}\u{1f600}` }],
      ['is a number', { 'x-one': 7 as unknown as string }],
      ['is undefined', { 'x-one': undefined as unknown as string }],
      ['has a name that is none', { [`x ${'y'.repeat(50)}`]: '1' }],
    ] as [string, Record<string, string>][]) {
      it(`refuses a header that ${what} with a TypeError that does not show it, and sends nothing`, async () => {
        const server = await startServer(() => {});
        const error = await catchError(make(5000)(requestTo(server.url, { headers: header })));
        expect(error).to.be.instanceOf(TypeError);
        expect(String(error)).to.match(/^TypeError: headers/);
        expect(inspect(error, { depth: 12, showHidden: true })).to.not.include(SECRET);
        expect(server.sockets.size).to.equal(0);
        await server.close();
      });
    }

    it('returns status, headers and text', async () => {
      const server = await startServer((socket) =>
        socket.write(response('{"ü":1}', 'x-one: 1\r\n', '418 I am a teapot')),
      );
      const { status, header, text } = await make(5000)(requestTo(server.url));
      expect({ status, text, one: header('X-One'), none: header('x-none') }).to.deep.equal({
        status: 418,
        text: '{"ü":1}',
        one: '1',
        none: null,
      });
      const [heard] = server.heard;
      expect(heard).to.match(/^POST \/oauth\/v1\/token\?code=\S+ HTTP\/1\.1\r\n/);
      expect(heard).to.match(/\r\n\r\ncode=a-secret-that-nobody-may-see$/);
      expect(heard).to.match(/\r\nuser-agent: \S/i);
      await server.close();
    });

    it('reads an empty body, and one that begins with a byte order mark', async () => {
      const bodies = ['', '\ufeff{}'];
      const server = await startServer((socket) => socket.write(response(bodies.shift() ?? 'no more')));
      expect((await make(5000)(requestTo(server.url))).text).to.equal('');
      expect((await make(5000)(requestTo(server.url))).text).to.equal('{}');
      await server.close();
    });

    for (const [what, encoding, pack] of [
      ['gzip', 'gzip', zlib.gzipSync],
      ['gzip in capitals', 'GZIP', zlib.gzipSync],
      ['gzip under its old name', 'x-gzip', zlib.gzipSync],
      ['gzip without its trailer', 'gzip', (text: string) => zlib.gzipSync(text).subarray(0, -8)],
      ['deflate', 'deflate', zlib.deflateSync],
      ['raw deflate', 'deflate', zlib.deflateRawSync],
      ['brotli', 'br', zlib.brotliCompressSync],
      ['nothing, and said to be', 'identity', Buffer.from],
    ] as [string, string, (text: string) => Buffer][]) {
      it(`reads a body that was compressed by ${what}`, async () => {
        const server = await startServer((socket) =>
          socket.write(response(pack('{"a":1}'), `content-encoding: ${encoding}\r\n`)),
        );
        expect((await make(5000)(requestTo(server.url))).text).to.equal('{"a":1}');
        await server.close();
      });
    }

    it('reads an empty compressed body', async () => {
      const server = await startServer((socket) => socket.write(response('', 'content-encoding: gzip\r\n')));
      expect((await make(5000)(requestTo(server.url))).text).to.equal('');
      await server.close();
    });

    it('sends nothing with an aborted signal', async () => {
      const server = await startServer(() => {});
      const reason = new Error('enough');
      expect(await catchError(make(5000)(requestTo(server.url, { signal: AbortSignal.abort(reason) })))).to.equal(
        reason,
      );
      expect(server.sockets.size).to.equal(0);
      await server.close();
    });

    for (const [where, words] of [
      ['before the response', ''],
      ['in the body', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{'],
    ] as const) {
      it(`ends at once with a signal ${where}: it throws the signal's reason, and closes the connection`, async () => {
        const controller = new AbortController();
        const reason = new Error('enough');
        let closed: Promise<unknown> = Promise.resolve();
        const server = await startServer((socket) => {
          closed = new Promise((resolve) => socket.on('close', resolve));
          if (words === '') controller.abort(reason);
          else socket.write(words, () => setImmediate(() => controller.abort(reason)));
        });
        expect(await catchError(make(5000)(requestTo(server.url, { signal: controller.signal })))).to.equal(reason);
        await closed;
        await server.close();
      });
    }

    it('leaves no listener on the signal after the request', async () => {
      const server = await startServer((socket) => socket.write(response('{}')));
      const { signal } = new AbortController();
      const listeners = new Set<unknown>();
      const { addEventListener, removeEventListener } = signal;
      Object.assign(signal, {
        addEventListener: (type: string, listener: never, ...more: never[]) => {
          listeners.add(listener);
          addEventListener.call(signal, type, listener, ...more);
        },
        removeEventListener: (type: string, listener: never, ...more: never[]) => {
          listeners.delete(listener);
          removeEventListener.call(signal, type, listener, ...more);
        },
      });
      await make(5000)(requestTo(server.url, { signal }));
      expect(listeners.size).to.equal(0);
      await server.close();
    });

    it('keeps its connection for the next request, after any response', async () => {
      nock.restore(); // it lets requests through over connections of their own
      let connections = 0;
      const server = http.createServer((req, res) => {
        const status = Number(req.url?.slice(1));
        req
          .resume()
          .on('end', () => res.writeHead(status, { location: '/200' }).end(status === 204 ? '' : '{"error":1}'));
      });
      server.on('connection', () => (connections += 1));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const transport = make(5000);
      for (const status of [200, 404, 500, 302, 204, 401, 200, 200]) {
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${status}`;
        await transport(requestTo('', { url })).catch((error: unknown) => {
          expect(error).to.be.instanceOf(ConnectionError).with.property('code', 'redirect');
        });
      }
      expect(connections).to.be.at.most(2); // the platform's fetch opens another after a redirect
      server.closeAllConnections();
      server.close();
    });

    it('can be answered by nock', async () => {
      if (!nock.isActive()) nock.activate();
      const scope = nock('https://roblox.test')
        .post('/oauth/v1/token', `code=${SECRET}`)
        .query(true)
        .reply(200, { a: 1 }, { 'x-one': '1' })
        .get('/gone')
        .replyWithError(Object.assign(new Error(`no ${SECRET}`), { code: 'ENOTFOUND' }))
        .get('/moved')
        .reply(302, 'moved', { location: 'https://elsewhere.test/' })
        .get('/late')
        .delay(60_000)
        .reply(200);
      try {
        const { status, text, header } = await make(5000)(requestTo('https://roblox.test'));
        expect([status, text, header('x-one')]).to.deep.equal([200, '{"a":1}', '1']);
        for (const [path, code] of [
          ['gone', 'network'],
          ['moved', 'redirect'],
          ['late', 'timeout'],
        ]) {
          const request = requestTo('', { method: 'GET', url: `https://roblox.test/${path}`, body: undefined });
          const error = await catchError(make(code === 'timeout' ? 60 : 5000)(request));
          expect(error, inspect(error)).to.be.instanceOf(ConnectionError).with.property('code', code);
          expect(inspect(error, { depth: 12, showHidden: true })).to.not.include(SECRET);
        }
        scope.done();
      } finally {
        nock.abortPendingRequests();
        nock.cleanAll();
        nock.restore();
      }
    });
  });
}
