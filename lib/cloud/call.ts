import { refuse, refuseUnknownOptions } from '../errors.ts';
import { checkTimeout, runWithEitherSignal, setDeadline, type Sleep } from '../http/abort.ts';
import { parseJSON, readObject, readString } from '../http/json.ts';
import { createConnectionError, type HttpRequest, type HttpResponse, type Transport } from '../http/transport.ts';
import { createAPIError } from './api-error.ts';
import { readRaw, type Raw } from './read.ts';
import { buildURL, isPlainObject, type Parameter, type Query } from './url.ts';

const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** The options of every call. */
export interface CallOptions {
  /** Ends the call at once, including its HTTP request and its waits. The call throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds for this call: its requests, retries and waits together. In a list: for each page.
   * Without it, each request has the client's `timeout`.
   */
  readonly timeout?: number | undefined;
}

/** The limits of a call: what may end its requests early. */
export interface CallLimits {
  readonly signal: AbortSignal | undefined;
  /** Milliseconds for one request, in place of the client's `timeout`. */
  readonly timeoutMs: number | undefined;
  /** Call it when a request begins: the error of a time-out names the latest request. */
  begin(request: Pick<HttpRequest, 'method' | 'url' | 'secrets'>): void;
}

/** The tokens of the user who makes the calls. */
export interface Credential {
  /** Gets a valid access token. `replace` gets another one after a 401; undefined when there is none. */
  lease(signal: AbortSignal | undefined): Promise<{
    readonly accessToken: string;
    replace(signal: AbortSignal | undefined): Promise<string | undefined>;
  }>;
  /** The scopes that the user granted; empty when they are unknown. */
  granted(): readonly string[];
  /** All current and old tokens and secrets: values that no error may show. */
  secrets(): readonly string[];
}

/** One call of Roblox's APIs. */
export interface Call {
  readonly method: string;
  /** A path under `baseURL`, or a template such as `/cloud/v2/groups/{group_id}`. */
  readonly path: string;
  /** Values for the places of the template. */
  readonly values?: Readonly<Record<string, Parameter>> | undefined;
  readonly query?: Query | undefined;
  /** Sent as JSON; a FormData as multipart/form-data. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly limits?: CallLimits | undefined;
  /** The scope that the call needs, or may need. The error of a refusal names it. */
  readonly scope?: string | undefined;
  /** `object`: refuse a response that is not a JSON object. `operation`: like `object`, and throw the error of a failed operation. */
  readonly response?: 'object' | 'operation' | undefined;
}

/**
 * Makes a call as the signed-in user.
 * @returns the parsed JSON; undefined for an empty body
 * @throws {TypeError} the call is wrong
 * @throws {RobloxAPIError} Roblox responded with an error
 * @throws {ConnectionError} no usable response
 */
export type MakeCall = (call: Call) => Promise<unknown>;

/**
 * Runs a call with its options. `signal` and `timeout` end everything that `work` waits for.
 * @param budgetMs milliseconds for the call when the caller gives no `timeout`
 * @throws {TypeError} an unknown option, or a value that cannot work
 * @throws {ConnectionError} `timeout`
 */
export async function runCall<T>(
  options: CallOptions | undefined,
  work: (limits: CallLimits) => Promise<T>,
  budgetMs?: number,
): Promise<T> {
  const { signal, timeout: timeoutMs } = readCallOptions(options);
  signal?.throwIfAborted();
  const wholeMs = timeoutMs ?? budgetMs;
  if (wholeMs === undefined) return work({ signal, timeoutMs, begin() {} });
  let latest: Parameters<CallLimits['begin']>[0] = { method: 'GET', url: 'Roblox', secrets: [] };
  const begin: CallLimits['begin'] = (request) => (latest = request);
  const deadline = new AbortController();
  const clearDeadline = setDeadline(wholeMs, () => deadline.abort(createConnectionError('timeout', latest)));
  try {
    return await runWithEitherSignal(signal, deadline.signal, (either) => work({ signal: either, timeoutMs, begin }));
  } finally {
    clearDeadline();
  }
}

/** Checks the options of a call. @param others the names of further options @throws {TypeError} like {@link runCall} */
export function readCallOptions(options: unknown = {}, others: readonly string[] = []): CallOptions {
  if (!isPlainObject(options)) refuse('options', options, 'a plain object, such as { signal, timeout }');
  const names = [...others, 'signal', 'timeout'];
  refuseUnknownOptions(options, Object.fromEntries(names.map((name) => [name, true])));
  const { signal, timeout } = options;
  if (signal !== undefined && !isAbortSignal(signal)) refuse('signal', signal, 'an AbortSignal');
  return { signal, timeout: timeout === undefined ? undefined : checkTimeout(timeout) };
}

/** By shape: polyfills and other realms have their own class. */
function isAbortSignal(value: unknown): value is AbortSignal {
  const { aborted, addEventListener } = readRaw(value);
  return typeof aborted === 'boolean' && typeof addEventListener === 'function';
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** Headers that the client sets itself, or that would send the token elsewhere. */
const OUR_HEADERS = /^(?:authorization|cookie|host|content-length|connection|transfer-encoding|x-api-key|proxy-.*)$/i;

/** Makes the function for all calls of Open Cloud. It sends the access token, and tries once more with another one after a 401. */
export function createCaller(options: {
  readonly baseURL: string;
  /** It retries by itself. */
  readonly transport: Transport;
  readonly credential: Credential;
  readonly now: () => number;
}): MakeCall {
  const { baseURL, transport, credential, now } = options;

  return async (call) => {
    const { limits } = call;
    const request = await buildRequest(baseURL, call);
    limits?.begin({ ...request, secrets: credential.secrets() });
    const send = (accessToken: string): Promise<HttpResponse> =>
      transport({
        ...request,
        headers: { ...request.headers, authorization: `Bearer ${accessToken}` },
        secrets: credential.secrets(),
      });
    const lease = await credential.lease(limits?.signal);
    let response = await send(lease.accessToken);
    if (response.status === 401) {
      const another = await lease.replace(limits?.signal);
      if (another !== undefined) response = await send(another);
    }
    return readResponse(call, { ...request, secrets: credential.secrets() }, response);
  };

  function readResponse(call: Call, request: HttpRequest, response: HttpResponse): unknown {
    const { status, text } = response;
    const refused = (what: { readonly status: number; readonly text: string }) => {
      const granted = credential.granted();
      return createAPIError({ ...request, ...what, header: response.header, scope: call.scope, granted, nowMs: now() });
    };
    if (status < 200 || status > 299) throw refused(response);
    if (text.trim() === '' && call.response === undefined) return undefined;
    const json = parseJSON(text);
    if (json === undefined) throw refused(response);
    if (call.response === undefined) return json;
    const object = readObject(json);
    if (object === undefined) throw createConnectionError('invalid_body', request, { status });
    const error = call.response === 'operation' ? readObject(object['error']) : undefined;
    if (error === undefined) return object;
    const { code } = error;
    // In the assets API it is an HTTP status. Other APIs use numbers below 17.
    const isStatus = typeof code === 'number' && code >= 400 && code <= 599;
    throw refused({ status: isStatus ? code : status, text: JSON.stringify(error) });
  }
}

async function buildRequest(baseURL: string, call: Call): Promise<HttpRequest> {
  const method = typeof call.method === 'string' ? call.method.toUpperCase() : '';
  if (!METHODS.has(method)) refuse('method', call.method, `one of ${[...METHODS].join(', ')}`);
  const url = buildURL(baseURL, call.path, call.values, call.query);
  const headers = readHeaders(call.headers ?? {});
  const body = await encodeBody(call.body);
  if (body !== undefined) {
    if (method === 'GET' || method === 'HEAD') throw new TypeError(`body must be left out of a ${method}`);
    if (body.boundary || headers['content-type'] === undefined) headers['content-type'] = body.type;
  }
  const { signal, timeoutMs } = call.limits ?? {};
  return { method, url, headers, body: body?.content, signal, timeoutMs, maxBytes: MAX_BODY_BYTES, secrets: [] };
}

function readHeaders(given: unknown): Record<string, string> {
  if (!isPlainObject(given)) refuse('headers', given, 'a plain object of names and values');
  const headers: Record<string, string> = { accept: 'application/json' };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    // RFC 9110, section 5.
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) refuse('a name in headers', name, 'letters, digits and dashes');
    if (OUR_HEADERS.test(name))
      throw new TypeError(`headers must not have ${name}: the client sets it itself, or never sends it`);
    if (typeof value !== 'string' || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      // Do not show the value: it may be a secret.
      throw new TypeError(
        `headers.${name} must be a string without line breaks and other control characters, in Latin-1`,
      );
    }
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

async function encodeBody(body: unknown) {
  if (body === undefined) return undefined;
  if (body instanceof FormData) {
    // Response encodes the form. As bytes in memory, it can be sent again.
    const form = new Response(body);
    const type = form.headers.get('content-type') ?? 'multipart/form-data';
    return { type, content: new Uint8Array(await form.arrayBuffer()), boundary: true };
  }
  if (!isJSON(body)) refuse('body', body, "JSON (an object, an array, a string), or the platform's FormData");
  return { type: 'application/json', content: JSON.stringify(body), boundary: false };
}

/** Whether a body can be sent as JSON. JSON.stringify would silently make `{}` of a Map, a Blob, bytes or a stream. */
function isJSON(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return body === null || /^(string|number|boolean)$/.test(typeof body);
  return Array.isArray(body) || isPlainObject(body) || typeof (body as { toJSON?: unknown }).toJSON === 'function';
}

/** Milliseconds before each poll; the last one for all further polls. They grow because Roblox's quotas are small. */
const POLL_DELAYS_MS = [500, 1000, 2000, 4000];

/**
 * Begins a long-running operation, and polls it until it is done or `limits` end.
 * @param begin the call that begins the operation
 * @param poll the call that polls it; its path template has a place for `operation_id`
 * @returns the response of the operation
 * @throws {RobloxAPIError} the operation failed
 * @see https://create.roblox.com/docs/cloud/reference/patterns#long-running-operations
 */
export async function runOperation(
  call: MakeCall,
  { begin, poll, limits, sleep }: { begin: Call; poll: Call; limits: CallLimits; sleep: Sleep },
): Promise<Raw> {
  let operation = readRaw(await call({ ...begin, limits, response: 'operation' }));
  for (let polls = 0; ; polls += 1) {
    const response = readObject(operation['response']);
    if (response !== undefined) return response;
    const id = /(?:^|\/)operations\/([\w.~-]{1,200})$/.exec(readString(operation['path']) ?? '')?.[1];
    if (id === undefined || operation['done'] === true) {
      throw createConnectionError('invalid_body', { method: begin.method, url: begin.path, secrets: [] });
    }
    await sleep(POLL_DELAYS_MS[Math.min(polls, POLL_DELAYS_MS.length - 1)]!, limits.signal); // the list is not empty
    const values = { ...poll.values, operation_id: id };
    operation = readRaw(await call({ ...poll, values, limits, response: 'operation' }));
  }
}
