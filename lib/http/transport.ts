import type { Agent } from 'node:http';
import { ConnectionError, type ConnectionErrorCode } from '../errors.ts';
import { clearTimeout, setTimeout } from './platform.ts';
import { redact, redactError } from './redact.ts';

/** What we read of an answer; both node-fetch's `Response` and the platform's are one. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** A web stream or a Node stream: both can be iterated. */
  readonly body?: unknown;
  text(): Promise<string>;
}

/** What we hand to a `fetch`. */
export interface FetchInit {
  readonly method: string;
  readonly headers: Record<string, string>;
  /** Text; for a form with files it is bytes, which every fetch takes too, each by a type of its own. */
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

/** How HTTP requests are made. */
export interface HttpSettings {
  readonly fetch: Fetch | undefined;
  /** Read at each request: `strategy._oauth2.setAgent()` may replace it. */
  agent: AgentChoice | undefined;
  /** Milliseconds for one request, its answer included. */
  readonly timeoutMs: number;
}

/** One HTTP request, ready to leave. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  /** How many bytes of the answer are read at the most. */
  readonly maxBytes: number;
  /** Ends the request at once. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for this exchange, in place of the transport's own time-out. */
  readonly timeoutMs?: number | undefined;
  /** What this request carries that no error may show. */
  readonly secrets: readonly string[];
}

/** One HTTP answer, read to its end. */
export interface HttpResponse {
  readonly status: number;
  /** A header's value, or null; the name in any case. */
  header(name: string): string | null;
  readonly text: string;
}

/**
 * Makes one attempt.
 * @throws {ConnectionError} no answer, or one that cannot be read; never a redirect followed
 * @throws the signal's own reason, when `signal` ends it
 */
export type Transport = (request: HttpRequest) => Promise<HttpResponse>;

const MESSAGES: Readonly<Record<ConnectionErrorCode, string>> = {
  timeout: 'no answer in time',
  network: 'the connection failed',
  redirect: 'the answer is a redirect, which is not followed',
  body_too_large: 'the answer is too large',
  invalid_body: 'the answer cannot be read',
  server_error: 'the server failed',
  unexpected_status: 'the server refused and gave no reason',
};

/** The error for a request without a usable answer; the message names what was asked, without its query. */
export function connectionError(
  code: ConnectionErrorCode,
  request: Pick<HttpRequest, 'method' | 'url' | 'secrets'>,
  about: { status?: number; cause?: unknown } = {},
): ConnectionError {
  const url = redact(withoutQuery(request.url), request.secrets);
  const status = about.status === undefined ? '' : ` (HTTP ${about.status})`;
  return new ConnectionError(`${request.method} ${url}: ${MESSAGES[code]}${status}`, {
    code,
    method: request.method,
    url,
    ...(about.status === undefined ? {} : { status: about.status }),
    ...('cause' in about ? { cause: redactError(about.cause, request.secrets) } : {}),
  });
}

/** A URL that may stand in an error: no query, no fragment. */
export function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '');
}

/**
 * The way to Roblox over a `fetch`: a deadline for the whole exchange, a cap on the body, no redirects, and every body read to its
 * end or cancelled, so that its connection can be used again.
 * @param options.fetch the function to use; node-fetch when undefined, loaded at the first request
 * @param options.timeoutMs milliseconds for one exchange, its body included
 */
export function createTransport(options: Partial<HttpSettings> & Pick<HttpSettings, 'timeoutMs'>): Transport {
  return async (request) => {
    request.signal?.throwIfAborted();
    const fetch = options.fetch ?? withAgent(await nodeFetch(), options.agent);
    const deadline = new AbortController();
    let stop: (reason: unknown) => void = () => {};
    // The race settles even where a `fetch` does not listen to its signal.
    const stopped = new Promise<never>((_, reject) => {
      stop = (reason) => {
        reject(reason);
        deadline.abort(reason);
      };
    });
    stopped.catch(() => {});
    const timer = setTimeout(() => stop(connectionError('timeout', request)), request.timeoutMs ?? options.timeoutMs);
    const cancel = () => stop(request.signal?.reason);
    request.signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await Promise.race([attempt(fetch, request, deadline.signal), stopped]);
    } catch (error) {
      if (deadline.signal.aborted) throw deadline.signal.reason;
      throw error instanceof ConnectionError ? error : connectionError('network', request, { cause: error });
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', cancel);
    }
  };
}

async function attempt(fetch: Fetch, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  const response = await fetch(request.url, {
    method: request.method,
    headers: { ...request.headers },
    // Bytes pass for text in the type alone, see FetchInit.
    ...(request.body === undefined ? {} : { body: request.body as string }),
    redirect: 'manual',
    signal,
  });
  const { status } = response;
  const text = await readText(response, request);
  // Status 0 is how a browser-like fetch shows a redirect that it was told not to follow.
  if (status === 0 || (status >= 300 && status < 400)) throw connectionError('redirect', request, { status });
  return { status, header: (name) => response.headers.get(name), text };
}

async function readText(response: FetchResponse, request: HttpRequest): Promise<string> {
  const { body } = response;
  if (!isAsyncIterable(body)) return response.text();
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels a web stream and destroys a Node stream: the connection is not held.
  for await (const chunk of body) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array); // what body streams yield
    size += bytes.byteLength;
    if (size > request.maxBytes) throw connectionError('body_too_large', request, { status: response.status });
    chunks.push(bytes);
  }
  return decodeText(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
}

const utf8 = new TextDecoder();

/** Bytes as text, as a `fetch` reads them: UTF-8, without a byte order mark. */
export function decodeText(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** node-fetch takes an agent, or a function that gives one, among its own options. */
function withAgent(fetch: Fetch, agent: AgentChoice | undefined): Fetch {
  return agent === undefined ? fetch : (url, init) => fetch(url, Object.assign({ agent }, init));
}

let nodeFetchLoaded: Promise<Fetch> | undefined;

/** node-fetch, loaded once and only when a request needs it. */
function nodeFetch(): Promise<Fetch> {
  // Its types say more than we use, and must not become part of ours.
  nodeFetchLoaded ??= import('node-fetch').then((module) => module.default as unknown as Fetch);
  return nodeFetchLoaded;
}
