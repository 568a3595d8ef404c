import http, { type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { agentFor, dropDeadConnections, isConnected, targetOf, type Target } from './node-agents.ts';
import { clearTimeout, setTimeout } from './platform.ts';
import {
  connectionError,
  decodeText,
  type AgentChoice,
  type HttpRequest,
  type HttpSettings,
  type Transport,
} from './transport.ts';

/** A transport that can tell whether its next request finds a connection. */
export interface ConnectingTransport {
  readonly transport: Transport;
  /** Whether a connection to this URL's host is there; also true where none would be kept, so that to open one would help nobody. */
  isConnected(url: string): boolean;
}

/**
 * The way to Roblox over `node:http`, for logins: an exchange costs a fifth of the CPU time that node-fetch's streams take, and we know
 * which connections there are. What it promises is what {@link createTransport} promises: a deadline for the whole exchange, a cap on
 * the body, no redirects, and every body read to its end or its connection closed.
 * @param options.timeoutMs milliseconds for one exchange, its body included
 */
export function createNodeTransport(
  options: Partial<HttpSettings> & Pick<HttpSettings, 'timeoutMs'>,
): ConnectingTransport {
  let keepsConnections = true;
  return {
    async transport(request) {
      request.signal?.throwIfAborted();
      const target = readTarget(request);
      const agent = chooseAgent(options.agent, request.url) ?? agentFor(target.protocol);
      await dropDeadConnections(agent, target);
      const { response, body } = await exchange(request, target, agent, request.timeoutMs ?? options.timeoutMs);
      const { statusCode: status = 0, headers } = response;
      keepsConnections = headers.connection?.toLowerCase() !== 'close';
      if (status >= 300 && status < 400) throw connectionError('redirect', request, { status });
      return {
        status,
        header: (name) => headerOf(headers[name.toLowerCase()]),
        text: readText(response, body, request),
      };
    },
    isConnected(url) {
      if (!keepsConnections) return true;
      const target = targetOf(url);
      return isConnected(chooseAgent(options.agent, url) ?? agentFor(target.protocol), target);
    },
  };
}

function chooseAgent(agent: AgentChoice | undefined, url: string): Agent | undefined {
  return typeof agent === 'function' ? agent(new URL(url)) : agent;
}

interface Answer {
  readonly response: IncomingMessage;
  readonly body: Buffer;
}

function readTarget(request: HttpRequest): Target {
  try {
    return targetOf(request.url);
  } catch (cause) {
    throw connectionError('network', request, { cause });
  }
}

/** Sends a request and takes in its answer, whatever it says. */
function exchange(request: HttpRequest, target: Target, agent: Agent, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { signal, maxBytes } = request;
    let settled = false;
    const stop = (reason: unknown) => {
      leave();
      reject(reason);
      sent?.destroy();
    };
    const fail = (error: unknown) => {
      if (!settled) stop(connectionError('network', request, { cause: withoutPacket(error) }));
    };
    const cancel = () => stop(signal?.reason);
    const timer = setTimeout(() => stop(connectionError('timeout', request)), timeoutMs);
    const leave = () => {
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    };
    let sent: ClientRequest | undefined;
    if (signal?.aborted) return cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      sent = open(request, target, agent);
    } catch (error) {
      return fail(error);
    }
    sent.on('error', fail);
    // Where there is an end without an answer and without an error, as after an upgrade that nobody asked for.
    const lost = () => {
      // Every exchange ends with a stream that closes, and an error is dear to make.
      if (!settled) fail(new Error('The connection was closed before the answer was complete'));
    };
    sent.on('close', lost);
    sent.on('response', (response) => {
      sent?.off('close', lost);
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxBytes) stop(connectionError('body_too_large', request, { status: response.statusCode ?? 0 }));
        else chunks.push(chunk);
      });
      response.on('error', fail);
      response.on('close', lost);
      response.on('end', () => {
        leave();
        resolve({ response, body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) });
      });
    });
    sent.end(request.body);
  });
}

/** @throws {TypeError} a header that cannot be sent */
function open(request: HttpRequest, { protocol, hostname, port, path }: Target, agent: Agent): ClientRequest {
  // Asked for by its module's name each time: that is where tracing and nock put theirs.
  return (protocol === 'https:' ? https : http).request({
    protocol,
    hostname,
    port,
    path,
    method: request.method,
    // Some gateways turn away who does not say what it is. Answers to a login are small, not worth to be packed.
    headers: { 'user-agent': 'passport-roblox-oauth2', 'accept-encoding': 'identity', ...request.headers },
    agent,
  });
}

/** A parser's error carries the answer as it came. */
function withoutPacket(error: unknown): unknown {
  if (typeof error === 'object' && error !== null && 'rawPacket' in error) delete error.rawPacket;
  return error;
}

function headerOf(value: string | readonly string[] | undefined): string | null {
  return typeof value === 'string' ? value : (value?.join(', ') ?? null);
}

/** Unpacks a body as its `content-encoding` says; undefined where it is not packed, or in a way that nobody asked for. */
function unpackerOf(encoding: string | undefined) {
  if (encoding === undefined) return undefined;
  // Loaded here, since it is hardly ever needed.
  const { gunzipSync, inflateSync, brotliDecompressSync } = process.getBuiltinModule('node:zlib');
  switch (encoding.toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return gunzipSync;
    case 'deflate':
      return inflateSync;
    case 'br':
      return brotliDecompressSync;
  }
  return undefined;
}

/** The body as text; unpacked where something in between packed it although we asked for it as it is. */
function readText(response: IncomingMessage, body: Buffer, request: HttpRequest): string {
  const unpack = unpackerOf(response.headers['content-encoding']);
  if (unpack === undefined || body.length === 0) return decodeText(body);
  try {
    return decodeText(unpack(body, { maxOutputLength: request.maxBytes }));
  } catch (cause) {
    const isLarge = (cause as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE'; // zlib throws errors
    throw isLarge
      ? connectionError('body_too_large', request, { status: response.statusCode ?? 0 })
      : connectionError('network', request, { cause });
  }
}
