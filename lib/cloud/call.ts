import type { HttpRequest, HttpResponse, Transport } from '../http/transport.ts';
import { refusalError } from './error-body.ts';
import { describeValue } from '../errors.ts';
import { buildURL, type Parameter, type Query } from './url.ts';

/** The largest answer that is read. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Whose calls these are. */
export interface Credential {
  /** A valid access token, renewed before it runs out, and what to use `instead` after a 401: undefined when there is nothing. */
  lease(signal: AbortSignal | undefined): Promise<{
    readonly accessToken: string;
    instead(signal: AbortSignal | undefined): Promise<string | undefined>;
  }>;
  /** The scopes that the user granted; empty where nobody knows. */
  granted(): readonly string[];
  /** Every token and secret there is and was: what no error may show. */
  secrets(): readonly string[];
}

/** One call of an HTTP API of Roblox's. */
export interface Call {
  readonly method: string;
  /** A path under `baseURL`, a template perhaps: `/cloud/v2/groups/{group_id}`. */
  readonly path: string;
  /** Values for the template's places. */
  readonly values?: Readonly<Record<string, Parameter>> | undefined;
  readonly query?: Query | undefined;
  /** Sent as JSON; a FormData as multipart/form-data. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The scope that it needs, or may need, for the error that says so. */
  readonly scope?: string | undefined;
}

/**
 * Makes a call as the signed-in user.
 * @returns the parsed JSON, undefined for an empty body
 * @throws {TypeError} the call cannot be made like this
 * @throws {RobloxAPIError} Roblox answered with an error
 * @throws {ConnectionError} no usable answer
 */
export type MakeCall = (call: Call) => Promise<unknown>;

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** Headers that are ours to set, or that would send the credential elsewhere. */
const OUR_HEADERS = /^(?:authorization|cookie|host|content-length|connection|transfer-encoding|x-api-key|proxy-.*)$/i;

/** Makes the one way to Open Cloud: token in, request out, a second try with a renewed token after a 401, answer read. */
export function createCaller(options: {
  readonly baseURL: string;
  /** A patient one: it decides what is tried again. */
  readonly transport: Transport;
  readonly credential: Credential;
  readonly now: () => number;
}): MakeCall {
  const { baseURL, transport, credential, now } = options;

  return async (call) => {
    const request = await buildRequest(baseURL, call);
    const send = (accessToken: string): Promise<HttpResponse> =>
      transport({
        ...request,
        headers: { ...request.headers, authorization: `Bearer ${accessToken}` },
        secrets: credential.secrets(),
      });
    const lease = await credential.lease(call.signal);
    let response = await send(lease.accessToken);
    if (response.status === 401) {
      const another = await lease.instead(call.signal);
      if (another !== undefined) response = await send(another);
    }
    return readAnswer(response, { ...request, secrets: credential.secrets() }, call.scope);
  };

  function readAnswer(response: HttpResponse, request: HttpRequest, scope: string | undefined): unknown {
    const { status, text } = response;
    const refused = () =>
      refusalError({
        ...request,
        ...response,
        header: response.header,
        scope,
        granted: credential.granted(),
        nowMs: now(),
      });
    if (status < 200 || status > 299) throw refused();
    if (text.trim() === '') return undefined;
    try {
      return JSON.parse(text);
    } catch {
      throw refused();
    }
  }
}

async function buildRequest(baseURL: string, call: Call): Promise<HttpRequest> {
  const method = String(call.method).toUpperCase();
  if (!METHODS.has(method)) {
    throw new TypeError(`method must be one of ${[...METHODS].join(', ')}, but is ${describeValue(call.method)}`);
  }
  const url = buildURL(baseURL, call.path, call.values, call.query);
  const headers: Record<string, string> = { accept: 'application/json' };
  for (const [name, value] of Object.entries(call.headers ?? {})) {
    if (OUR_HEADERS.test(name)) throw new TypeError(`headers must not have ${name}: the client sets it itself`);
    headers[name.toLowerCase()] = value;
  }
  const body = await encodeBody(call.body);
  if (body !== undefined) {
    if (method === 'GET' || method === 'HEAD') throw new TypeError(`body must be left out of a ${method}`);
    headers['content-type'] = body.type;
  }
  const { signal } = call;
  return { method, url, headers, body: body?.content, signal, maxBytes: MAX_BODY_BYTES, secrets: [] };
}

async function encodeBody(body: unknown): Promise<{ type: string; content: string | Uint8Array } | undefined> {
  if (body === undefined) return undefined;
  if (body instanceof FormData) {
    // The platform knows how a form is written; whole and in memory, it can be sent again.
    const form = new Response(body);
    const type = form.headers.get('content-type') ?? 'multipart/form-data';
    return { type, content: new Uint8Array(await form.arrayBuffer()) };
  }
  const content: string | undefined = JSON.stringify(body);
  if (content === undefined) throw new TypeError(`body must be JSON, but is ${describeValue(body)}`);
  return { type: 'application/json', content };
}
