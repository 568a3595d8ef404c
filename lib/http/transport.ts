import { validateHeaderName, validateHeaderValue, type Agent } from 'node:http';
import type { Readable } from 'node:stream';
import { ConnectionError, describeValue, refuseSecret, type ConnectionErrorCode } from '../errors.ts';
import { setDeadline } from './abort.ts';
import { copyError, redact } from './redact.ts';

/** What we read of a response. node-fetch's `Response` and the platform's both fit. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** A web stream or a Node stream: both can be iterated. */
  readonly body?: unknown;
  text(): Promise<string>;
}

/** The second argument of a `fetch`. */
export interface FetchInit {
  readonly method: string;
  readonly headers: Record<string, string>;
  /** Text. For a form with files: bytes, which every `fetch` accepts too, but whose types differ. */
  readonly body?: string;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}

/**
 * Any `fetch`-shaped function: the platform's, node-fetch's, undici's with a dispatcher, or your own around one of them,
 * for proxies, tracing and tests.
 */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** An agent for all requests, or a function that gives one for a URL; undefined from it means the default. */
export type AgentChoice = Agent | ((url: URL) => Agent | undefined);

/** The settings of a transport. */
export interface HttpSettings {
  readonly fetch: Fetch | undefined;
  /** Read at each request: `strategy._oauth2.setAgent()` may replace it. */
  agent: AgentChoice | undefined;
  /** Milliseconds for one request, including its response. */
  readonly timeoutMs: number;
}

/** One HTTP request, ready to be sent. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  /** The largest body that is read, in bytes. Not checked for a `fetch` whose body is no stream. */
  readonly maxBytes: number;
  /** Ends the request at once. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for this request, in place of the transport's time-out. */
  readonly timeoutMs?: number | undefined;
  /** Values that no error may show. */
  readonly secrets: readonly string[];
}

/** One HTTP response with its whole body. */
export interface HttpResponse {
  readonly status: number;
  /** The value of a header, or null. The name may be in any case. */
  header(name: string): string | null;
  readonly text: string;
}

/**
 * Makes one attempt. Follows no redirect. Reads every body to its end, or cancels it.
 * @throws {ConnectionError} no response, or a response that cannot be read
 * @throws {TypeError} the request cannot be made: a header has a forbidden character, or the agent is for another protocol
 * @throws the signal's reason, when `signal` aborts
 */
export type Transport = (request: HttpRequest) => Promise<HttpResponse>;

const MESSAGES: Readonly<Record<ConnectionErrorCode, string>> = {
  timeout: 'no response in time',
  network: 'the connection failed',
  redirect: 'the response is a redirect, which is not followed',
  body_too_large: 'the response is too large',
  invalid_body: 'the response cannot be read',
  server_error: 'the server failed',
  unexpected_status: 'the server refused',
};

/** Makes the error for a request without a usable response. Its message has the method and the URL without query. */
export function createConnectionError(
  code: ConnectionErrorCode,
  request: Pick<HttpRequest, 'method' | 'url' | 'secrets'>,
  about: { status?: number; said?: string | undefined; cause?: unknown } = {},
): ConnectionError {
  const url = redact(removeQuery(request.url), request.secrets);
  const status = about.status === undefined ? '' : ` (HTTP ${about.status})`;
  const said = about.said === undefined ? '' : `: ${about.said}`;
  return new ConnectionError(`${request.method} ${url}: ${MESSAGES[code]}${status}${said}`, {
    code,
    method: request.method,
    url,
    ...(about.status === undefined ? {} : { status: about.status }),
    ...('cause' in about ? { cause: copyError(about.cause, request.secrets) } : {}),
  });
}

/** Removes query and fragment of a URL, so that an error may show it. */
export function removeQuery(url: string): string {
  return url.replace(/[?#].*$/s, '');
}

/**
 * Sends a request, and waits for the status and headers of its response.
 * @param onStop is given a function that ends the exchange at once
 */
export type Exchange = (
  request: HttpRequest,
  onStop: (stop: (reason: unknown) => void) => void,
) => Promise<FetchResponse>;

/** Makes the transport of a client. It uses `settings.fetch`, or else node-fetch, which it loads at the first request. */
export function createTransport(settings: Partial<HttpSettings> & Pick<HttpSettings, 'timeoutMs'>): Transport {
  const exchange: Exchange = async (request, onStop) => {
    const fetch = settings.fetch ?? (await loadNodeFetch());
    // node-fetch's own option.
    const agent = settings.fetch === undefined ? settings.agent : undefined;
    const controller = new AbortController();
    onStop((reason) => controller.abort(reason));
    return fetch(request.url, {
      method: request.method,
      headers: { ...request.headers },
      // Cast: every `fetch` also takes bytes.
      ...(request.body === undefined ? {} : { body: request.body as string }),
      redirect: 'manual',
      signal: controller.signal,
      ...(agent === undefined ? {} : { agent }),
    });
  };
  return createTransportOver({ exchange, timeoutMs: settings.timeoutMs });
}

/**
 * Makes a transport from an exchange. It adds one deadline for the whole exchange, a limit for the body, and the refusal of redirects. It
 * reads every body to its end or cancels it, so that the connection can be used again.
 * @param options.timeoutMs milliseconds for one exchange, including the body
 * @param options.unpack decompresses a body by its `content-encoding`, if the exchange does not
 */
export function createTransportOver(options: {
  readonly exchange: Exchange;
  readonly timeoutMs: number;
  readonly unpack?: (body: Uint8Array, encoding: string | null, maxBytes: number) => Uint8Array;
}): Transport {
  const { exchange, timeoutMs, unpack = (body) => body } = options;

  async function attempt(request: HttpRequest, onStop: Parameters<Exchange>[1]): Promise<HttpResponse> {
    const response = await exchange(request, onStop);
    const { status, headers } = response;
    const body = await readBody(response, request);
    // Status 0 is how a browser-like fetch shows a redirect that it did not follow.
    if (status === 0 || (status >= 300 && status < 400)) throw createConnectionError('redirect', request, { status });
    try {
      const text = utf8.decode(unpack(body, headers.get('content-encoding'), request.maxBytes));
      return { status, header: (name) => headers.get(name), text };
    } catch (cause) {
      const isTooLarge = (cause as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE'; // zlib throws errors
      throw isTooLarge ? createConnectionError('body_too_large', request, { status }) : cause;
    }
  }

  return (request) =>
    new Promise((resolve, reject) => {
      request.signal?.throwIfAborted();
      checkHeaders(request.headers);
      let isOver = false;
      let hangUp: (reason: unknown) => void = () => {};
      const settle = () => {
        isOver = true;
        clearDeadline();
        request.signal?.removeEventListener('abort', cancel);
      };
      // Settle first: a `fetch` may ignore its signal.
      const stop = (reason: unknown) => {
        settle();
        reject(reason);
        hangUp(reason);
      };
      const cancel = () => stop(request.signal?.reason);
      const clearDeadline = setDeadline(request.timeoutMs ?? timeoutMs, () =>
        stop(createConnectionError('timeout', request)),
      );
      request.signal?.addEventListener('abort', cancel, { once: true });
      const onStop: Parameters<Exchange>[1] = (end) => {
        hangUp = end;
        if (isOver) end(new Error('The request was stopped'));
      };
      attempt(request, onStop).then(
        (response) => {
          settle();
          resolve(response);
        },
        (error: unknown) => {
          if (isOver) return;
          settle();
          reject(error instanceof ConnectionError ? error : explainFailure(error, request));
        },
      );
    });
}

function explainFailure(error: unknown, request: HttpRequest): Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // An http.Agent for an https: URL, or the other way round.
  if (code === 'ERR_INVALID_PROTOCOL')
    return new TypeError(`agent cannot be used for ${removeQuery(request.url)}: it is for another protocol`);
  return createConnectionError('network', request, { cause: error });
}

/** @throws {TypeError} names the header, never its value */
function checkHeaders(headers: HttpRequest['headers']): void {
  for (const name in headers) {
    try {
      validateHeaderName(name);
    } catch {
      throw new TypeError(`headers must have names of letters, digits and hyphens, but one is ${describeValue(name)}`);
    }
    const value: unknown = headers[name];
    if (typeof value !== 'string') refuseSecret(`headers['${name}']`, value, 'a string');
    try {
      validateHeaderValue(name, value);
    } catch {
      throw new TypeError(`headers['${name}'] has a line break or another character that no header may have`);
    }
  }
}

/** Removes a byte order mark, as a `fetch` does. */
const utf8 = new TextDecoder();

/** Reads a body to its end. Cancels one that is too large, so that it holds no connection. */
async function readBody(response: FetchResponse, request: HttpRequest): Promise<Uint8Array> {
  const { body, status } = response;
  const tooLarge = () => createConnectionError('body_too_large', request, { status });
  if (isNodeStream(body)) return readNodeStream(body, request.maxBytes, tooLarge);
  if (!isAsyncIterable(body)) return Buffer.from(await response.text());
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels a web stream.
  for await (const chunk of body) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array); // what body streams yield
    size += bytes.byteLength;
    if (size > request.maxBytes) throw tooLarge();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Uses events: to read a Node stream with `for await` takes twice the CPU time of a whole exchange. */
function readNodeStream(body: Readable, maxBytes: number, tooLarge: () => ConnectionError): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    let isComplete = false;
    body.on('data', (chunk: Uint8Array | string) => {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      size += bytes.byteLength;
      if (size <= maxBytes) return void chunks.push(bytes);
      reject(tooLarge());
      body.destroy();
    });
    body.on('end', () => {
      isComplete = true;
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    });
    body.on('error', reject);
    body.on('close', () => {
      if (!isComplete) reject(new Error('The connection was closed before the response was complete'));
    });
  });
}

function isNodeStream(value: unknown): value is Readable {
  return typeof value === 'object' && value !== null && 'on' in value && 'destroy' in value && 'pipe' in value;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

let nodeFetchLoaded: Promise<Fetch> | undefined;

function loadNodeFetch(): Promise<Fetch> {
  // Cast: node-fetch's types must not become part of ours.
  nodeFetchLoaded ??= import('node-fetch').then((module) => module.default as unknown as Fetch);
  return nodeFetchLoaded;
}
