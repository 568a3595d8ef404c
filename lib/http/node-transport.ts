import http, { type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { chooseAgent, dropDeadConnections, isConnected, parseTarget, type Target } from './node-agents.ts';
import {
  createTransport,
  createTransportOver,
  type Exchange,
  type FetchResponse,
  type HttpRequest,
  type HttpSettings,
  type Transport,
} from './transport.ts';

/**
 * Makes the transport of logins, which can tell whether its next request finds an open connection. It uses `settings.fetch`, or else
 * `node:http`: that takes a fifth of the CPU time of node-fetch's streams, and shows which connections are open.
 */
export function createNodeTransport(settings: Partial<HttpSettings> & Pick<HttpSettings, 'timeoutMs'>): {
  readonly transport: Transport;
  /** Whether there is a connection to this URL's host. Also true when we cannot know, or when connections are not kept. */
  isConnected(url: string): boolean;
} {
  if (settings.fetch !== undefined) return { transport: createTransport(settings), isConnected: () => true };
  let keepsConnections = true;
  const pickAgent = ({ protocol }: Target, url: string) => {
    const { agent } = settings;
    return (typeof agent === 'function' ? agent(new URL(url)) : agent) ?? chooseAgent(protocol);
  };
  const exchange: Exchange = async (request, onStop) => {
    const target = parseTarget(request.url);
    const agent = pickAgent(target, request.url);
    await dropDeadConnections(agent, target);
    // `then` takes less memory than `await` while a login waits for its tokens.
    return send(target, agent, request, onStop).then((response) => {
      keepsConnections = response.headers.connection?.toLowerCase() !== 'close';
      return toFetchResponse(response);
    });
  };
  return {
    transport: createTransportOver({ exchange, unpack, timeoutMs: settings.timeoutMs }),
    isConnected(url) {
      const target = parseTarget(url);
      return !keepsConnections || isConnected(pickAgent(target, url), target);
    },
  };
}

/** Sends a request, and waits for the head of its response. */
function send(
  target: Target,
  agent: Agent,
  request: HttpRequest,
  onStop: Parameters<Exchange>[1],
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = open(target, agent, request);
    let response: IncomingMessage | undefined;
    sent.on('error', reject);
    sent.on('response', (message) => {
      response = message;
      resolve(message);
    });
    // The connection may close without a response and without an error, as after an unexpected upgrade.
    sent.on('close', () => {
      if (response === undefined) reject(new Error('The connection was closed before there was a response'));
    });
    sent.end(request.body);
    onStop(() => sent.destroy());
  });
}

function open(
  { protocol, hostname, port, path }: Target,
  agent: Agent,
  { method, headers }: HttpRequest,
): ClientRequest {
  // Look `request` up each time: tracing and nock replace it in its module.
  return (protocol === 'https:' ? https : http).request({
    protocol,
    hostname,
    port,
    path,
    method,
    // Some gateways refuse requests without a user agent. Responses in a login are too small to compress.
    headers: { 'user-agent': 'passport-roblox-oauth2', 'accept-encoding': 'identity', ...headers },
    agent,
  });
}

function toFetchResponse(response: IncomingMessage): FetchResponse {
  const { statusCode: status = 0, headers } = response;
  return {
    status,
    headers: {
      get(name) {
        const value = headers[name.toLowerCase()];
        return typeof value === 'string' ? value : (value?.join(', ') ?? null);
      },
    },
    body: response,
    text: () => Promise.reject(new Error('The body is a stream')), // never asked for
  };
}

/**
 * Decompresses a body. We ask for no compression, but a proxy may compress all the same. As lenient as node-fetch: the end may be
 * missing, and `deflate` may come without its zlib header.
 * @throws {RangeError} `ERR_BUFFER_TOO_LARGE`: larger than `maxBytes`
 */
function unpack(body: Uint8Array, encoding: string | null, maxBytes: number): Uint8Array {
  if (encoding === null || body.length === 0) return body;
  // Loaded here, because it is rarely needed.
  const zlib = process.getBuiltinModule('node:zlib');
  const options = { maxOutputLength: maxBytes, finishFlush: zlib.constants.Z_SYNC_FLUSH };
  switch (encoding.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return zlib.gunzipSync(body, options);
    case 'deflate':
    case 'x-deflate':
      return (body[0]! & 0x0f) === 8 ? zlib.inflateSync(body, options) : zlib.inflateRawSync(body, options);
    case 'br':
      return zlib.brotliDecompressSync(body, { maxOutputLength: maxBytes });
    default:
      return body;
  }
}
