import { expect } from 'chai';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import nock from 'nock';
import { createNodeTransport } from '../../lib/http/node-transport.ts';
import { createTransport, type Transport } from '../../lib/http/transport.ts';

/** A server on its own thread, which answers while this thread is blocked. It never answers `/silent`. */
const SERVER = `
const { parentPort } = require('node:worker_threads');
const zlib = require('node:zlib');
const server = require('node:http').createServer((req, res) => {
  req.resume().on('end', () => {
    parentPort.postMessage({ heard: req.url });
    const body = JSON.stringify({ text: 'x'.repeat(req.url === '/large' ? 900_000 : 10) });
    if (req.url === '/silent') return;
    setTimeout(() => {
      if (req.url !== '/packed') return res.end(body);
      res.writeHead(200, { 'content-encoding': 'gzip' }).end(zlib.gzipSync(body));
    }, 30);
  });
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage({ port: server.address().port }));
`;

/** Blocks the event loop. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

const TRANSPORTS: [string, (timeoutMs: number) => Transport][] = [
  ['node-fetch', (timeoutMs) => createTransport({ timeoutMs })],
  ["the platform's fetch", (timeoutMs) => createTransport({ timeoutMs, fetch })],
  ['node:http', (timeoutMs) => createNodeTransport({ timeoutMs }).transport],
];

describe('when the event loop was blocked for longer than the time-out', () => {
  let worker: Worker;
  let url = '';
  before(async () => {
    nock.restore(); // it takes turns of its own
    worker = new Worker(SERVER, { eval: true });
    const [message] = (await once(worker, 'message')) as [{ port: number }];
    url = `http://127.0.0.1:${message.port}`;
  });
  after(() => worker.terminate());

  async function requestAndBlock(transport: Transport, path: string) {
    const request = { method: 'GET', url: `${url}${path}`, headers: {}, maxBytes: 1_000_000, secrets: [] };
    await transport({ ...request, url: `${url}/warm-up`, timeoutMs: 5000 });
    const heard = new Promise<void>((resolve) => {
      worker.on('message', function listen(message: { heard: string }) {
        if (message.heard !== path) return;
        worker.off('message', listen);
        block(250);
        resolve();
      });
    });
    const answered = transport(request);
    answered.catch(() => {}); // heard below
    await heard;
    return answered;
  }

  for (const [name, make] of TRANSPORTS) {
    for (const path of ['/large', '/packed']) {
      it(`a response that has arrived is read: over ${name}, ${path}`, async () => {
        const { status, text } = await requestAndBlock(make(200), path);
        expect(status).to.equal(200);
        expect(JSON.parse(text)).to.have.property('text');
        // A deadline leaves 50 ms to read what has arrived, and a busy machine may take them all. A mistake fails every time.
      }).retries(3);
    }

    it(`a request without a response times out: over ${name}`, async () => {
      const error: unknown = await requestAndBlock(make(200), '/silent').catch((thrown: unknown) => thrown);
      expect(error).to.have.property('code', 'timeout');
    });
  }
});
