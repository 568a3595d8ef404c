import { refuse, refuseUnknownOptions } from '../errors.ts';
import { checkTimeout, runWithEitherSignal, setDeadline } from '../http/abort.ts';
import { parseJSON, readObject } from '../http/json.ts';
import { createConnectionError, type HttpRequest, type HttpResponse, type Transport } from '../http/transport.ts';
import { createAPIError } from './api-error.ts';
import { buildURL, isPlainObject, type Parameter, type Query } from './url.ts';

/** The largest answer that is read. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** What every call takes. */
export interface CallOptions {
  /** Ends the call at once, its HTTP request and its waits included. The call throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds for this call: its requests, retries and waits together. In a list: for each page.
   * Without it each request has the client's own `timeout`.
   */
  readonly timeout?: number | undefined;
}

/** What ends the requests of a call. */
export interface CallLimits {
  readonly signal: AbortSignal | undefined;
  /** Milliseconds for one request, in place of the client's own time-out. */
  readonly timeoutMs: number | undefined;
  /** Is told each request that begins: the error of a time-out names the latest. */
  begin(request: Pick<HttpRequest, 'method' | 'url' | 'secrets'>): void;
}

/** Whose calls these are. */
export interface Credential {
  /** A valid access token, renewed before it expires, and what to use `instead` after a 401: undefined when there is nothing. */
  lease(signal: AbortSignal | undefined): Promise<{
    readonly accessToken: string;
    replace(signal: AbortSignal | undefined): Promise<string | undefined>;
  }>;
  /** The scopes that the user granted; empty when they are not known. */
  granted(): readonly string[];
  /** Every token and secret, present and past: what no error may show. */
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
  /** `object`: any other JSON is no answer. `operation`: an object too, and the error of a failed operation is thrown. */
  readonly answer?: 'object' | 'operation' | undefined;
}

/**
 * Makes a call as the signed-in user.
 * @returns the parsed JSON, undefined for an empty body
 * @throws {TypeError} the call cannot be made like this
 * @throws {RobloxAPIError} Roblox answered with an error
 * @throws {ConnectionError} no usable answer
 */
export type MakeCall = (call: Call) => Promise<unknown>;

/**
 * Runs a call with its options: `signal` ends all that `work` waits for, and so does the end of `timeout`.
 * @param budgetMs milliseconds for the call where the caller gives no `timeout`
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

/** Checks the options of a call. @param others the names of its own options @throws {TypeError} as {@link runCall} does */
export function readCallOptions(options: unknown = {}, others: readonly string[] = []): CallOptions {
  if (!isPlainObject(options)) refuse('options', options, 'a plain object, such as { signal, timeout }');
  const names = [...others, 'signal', 'timeout'];
  refuseUnknownOptions(options, Object.fromEntries(names.map((name) => [name, true])));
  const { signal, timeout } = options;
  if (signal !== undefined && !isAbortSignal(signal)) refuse('signal', signal, 'an AbortSignal');
  return { signal, timeout: timeout === undefined ? undefined : checkTimeout(timeout) };
}

/** By its shape: polyfills and other realms have a class of their own. */
function isAbortSignal(value: unknown): value is AbortSignal {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as AbortSignal).aborted === 'boolean' &&
    typeof (value as AbortSignal).addEventListener === 'function'
  );
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** Headers that are ours to set, or that would send the credential elsewhere. */
const OUR_HEADERS = /^(?:authorization|cookie|host|content-length|connection|transfer-encoding|x-api-key|proxy-.*)$/i;

/** Makes the one way to Open Cloud: token in, request out, one more try with a renewed token after a 401, answer read. */
export function createCaller(options: {
  readonly baseURL: string;
  /** Decides by itself what is tried again. */
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
    return readAnswer(call, { ...request, secrets: credential.secrets() }, response);
  };

  function readAnswer(call: Call, request: HttpRequest, response: HttpResponse): unknown {
    const { status, text } = response;
    const refused = (what: { readonly status: number; readonly text: string }) => {
      const granted = credential.granted();
      return createAPIError({ ...request, ...what, header: response.header, scope: call.scope, granted, nowMs: now() });
    };
    if (status < 200 || status > 299) throw refused(response);
    if (text.trim() === '' && call.answer === undefined) return undefined;
    const json = parseJSON(text);
    if (json === undefined) throw refused(response);
    if (call.answer === undefined) return json;
    const answer = readObject(json);
    if (answer === undefined) throw createConnectionError('invalid_body', request, { status });
    const error = call.answer === 'operation' ? readObject(answer['error']) : undefined;
    if (error !== undefined) {
      throw refused({ status: readFailureStatus(error['code']) ?? status, text: JSON.stringify(error) });
    }
    return answer;
  }
}

/** The code of a failed operation is an HTTP status in the assets API, and a number below 17 in the others. */
function readFailureStatus(code: unknown): number | undefined {
  return typeof code === 'number' && code >= 400 && code <= 599 ? code : undefined;
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
    if (OUR_HEADERS.test(name)) throw new TypeError(`headers must not have ${name}: the client sets it itself`);
    if (typeof value !== 'string' || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      // Its value is not shown: it may be a secret.
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
    // The platform knows how a form is written; whole and in memory, it can be sent again.
    const form = new Response(body);
    const type = form.headers.get('content-type') ?? 'multipart/form-data';
    return { type, content: new Uint8Array(await form.arrayBuffer()), boundary: true };
  }
  if (!isJSON(body)) refuse('body', body, "JSON (an object, an array, a string), or the platform's FormData");
  return { type: 'application/json', content: JSON.stringify(body), boundary: false };
}

/** Whether a body can be sent as JSON: of a Map, a Blob, bytes or a stream JSON.stringify would make `{}` without a word. */
function isJSON(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return body === null || /^(string|number|boolean)$/.test(typeof body);
  return Array.isArray(body) || isPlainObject(body) || typeof (body as { toJSON?: unknown }).toJSON === 'function';
}
