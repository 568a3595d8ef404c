import { OAuthError, type ConnectionError } from '../errors.ts';
import {
  MAX_OAUTH_BODY_BYTES,
  parseJSON,
  readErrorBody,
  readObject,
  readString,
  createRefusalError,
} from '../http/json.ts';
import { redact } from '../http/redact.ts';
import { readRetryAfterSeconds } from '../http/retry.ts';
import { createConnectionError, type HttpRequest, type HttpResponse, type Transport } from '../http/transport.ts';
import type { Endpoints } from './endpoints.ts';
import {
  readIntrospection,
  readResources,
  buildTokenForm,
  type ClientCredentials,
  type Introspection,
  type Resources,
} from './token-messages.ts';
import { readTokens, type Tokens } from './tokens.ts';

/**
 * The verbs of Roblox's OAuth 2.0. None is ever repeated by itself: a code and a refresh token can be spent once, and who does not
 * hear the answer cannot know whether they were.
 */
export interface OAuthClient {
  /**
   * Sends a grant to the token endpoint and hands back the answer as it came.
   * @throws {OAuthError} refused
   * @throws {ConnectionError} no answer
   */
  grant(parameters: Readonly<Record<string, string | undefined>>): Promise<Record<string, unknown>>;
  /**
   * Trades a refresh token for the next set of tokens. Roblox honours it once: store the next one before you use anything else.
   * @throws {OAuthError} `invalid_grant`: used, expired or withdrawn
   * @throws {ConnectionError} no answer: the token may be spent or not
   * @see RFC 6749, section 6 https://www.rfc-editor.org/rfc/rfc6749#section-6
   */
  refresh(refreshToken: string): Promise<Tokens>;
  /** Ends an authorization. @see RFC 7009 */
  revoke(token: string, limits?: RequestLimits): Promise<void>;
  /** Asks what Roblox knows of a token. @see RFC 7662 */
  introspect(token: string, limits?: RequestLimits): Promise<Introspection>;
  /** Asks what the user chose on the consent page. */
  resources(accessToken: string, limits?: RequestLimits): Promise<Resources>;
}

/** What ends one request: neither is for a request that spends a code or a refresh token. */
export type RequestLimits = Pick<HttpRequest, 'signal' | 'timeoutMs'>;

/** Makes the verbs for one app. */
export function createOAuthClient(options: {
  readonly endpoints: Endpoints;
  readonly credentials: ClientCredentials;
  readonly transport: Transport;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}): OAuthClient {
  const { endpoints, credentials, transport, now = () => Date.now() } = options;

  async function post(
    url: string,
    parameters: Readonly<Record<string, string | undefined>>,
    { signal, timeoutMs }: RequestLimits = {},
  ) {
    const message = buildTokenForm(credentials, parameters);
    const request = { method: 'POST', url, ...message, signal, timeoutMs, maxBytes: MAX_OAUTH_BODY_BYTES };
    const response = await transport(request);
    const refusal = readRefusal(request, response, now());
    if (refusal !== undefined) throw refusal;
    return { request, json: parseJSON(response.text), status: response.status };
  }

  /** Reads a JSON answer, or says that it is none. */
  function read<T>(
    { request, json, status }: { request: HttpRequest; json: unknown; status: number },
    reader: (json: unknown) => T | undefined,
  ) {
    const value = reader(json);
    if (value === undefined) throw createConnectionError('invalid_body', request, { status });
    return value;
  }

  async function grant(parameters: Readonly<Record<string, string | undefined>>) {
    const answer = await post(endpoints.token, parameters);
    read(answer, (json) => readTokens(json, now()));
    return readObject(answer.json)!; // tokens were read from it
  }

  return {
    grant,
    async refresh(refreshToken) {
      const answer = await post(endpoints.token, { grant_type: 'refresh_token', refresh_token: refreshToken });
      return read(answer, (json) => readTokens(json, now()));
    },
    async revoke(token, limits) {
      // Roblox answers 200 with an empty body: success is the status, there is nothing to read.
      await post(endpoints.revocation, { token }, limits);
    },
    async introspect(token, limits) {
      return read(await post(endpoints.introspection, { token }, limits), readIntrospection);
    },
    async resources(accessToken, limits) {
      return read(await post(endpoints.resources, { token: accessToken }, limits), readResources);
    },
  };
}

/** The `error` of an answer that has no word of its own for it. */
const STATUS_ERRORS: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'unauthorized',
  403: 'access_denied',
  429: 'too_many_requests',
};

/**
 * Reads the answer of a token endpoint that refuses: RFC 6749's `{ error, error_description }`, whatever its status, or one of Open
 * Cloud's shapes, which a gateway in front of it sends.
 * @returns undefined when the answer is a success
 * @see RFC 6749, section 5.2 https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
function readRefusal(
  request: HttpRequest,
  response: HttpResponse,
  nowMs: number,
): OAuthError | ConnectionError | undefined {
  const { status, text } = response;
  const error = readString(readObject(parseJSON(text))?.['error']);
  if (error === undefined && status >= 200 && status <= 299) return undefined;
  const { code, message } = readErrorBody(text, request.secrets);
  const isExplained = error !== undefined || status === 429 || (status < 500 && (code ?? message) !== undefined);
  if (!isExplained) return createRefusalError(request, response);
  const ownCode = typeof code === 'string' ? code : (STATUS_ERRORS[status] ?? `http_${status}`);
  return new OAuthError({
    error: error === undefined ? ownCode : redact(error, request.secrets).slice(0, 100),
    error_description: message,
    status,
    retryAfter: readRetryAfterSeconds(response, nowMs),
  });
}
