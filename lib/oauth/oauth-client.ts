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
  buildTokenForm,
  readIntrospection,
  readResources,
  readTokens,
  type ClientCredentials,
  type Introspection,
  type Resources,
  type Tokens,
} from './tokens.ts';

/** The calls of Roblox's OAuth 2.0. */
export type OAuthClient = ReturnType<typeof createOAuthClient>;

/** What may end a request early. Not for a grant: its response must be read. */
export type RequestLimits = Pick<HttpRequest, 'signal' | 'timeoutMs'>;

/**
 * Makes the OAuth client of one app. It sends each request once: a code or a refresh token works once, and without a response nobody knows
 * whether it was used. A transport that retries is fine for `revoke`, `introspect` and `resources`, but not for a grant.
 */
export function createOAuthClient(options: {
  readonly endpoints: Endpoints;
  readonly credentials: ClientCredentials;
  readonly transport: Transport;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}) {
  const { endpoints, credentials, transport, now = () => Date.now() } = options;

  /**
   * Sends a form, and reads the response.
   * @param readJSON reads the parsed body; undefined when it is of no use
   * @throws {OAuthError} refused
   * @throws {ConnectionError} no usable response
   */
  async function post<T>(
    url: string,
    parameters: Readonly<Record<string, string | undefined>>,
    readJSON: (json: unknown) => T | undefined,
    { signal, timeoutMs }: RequestLimits = {},
  ): Promise<T> {
    const message = buildTokenForm(credentials, parameters);
    const request = { method: 'POST', url, ...message, signal, timeoutMs, maxBytes: MAX_OAUTH_BODY_BYTES };
    const response = await transport(request);
    const json = parseJSON(response.text);
    const refusal = readRefusal(request, response, json, now());
    if (refusal !== undefined) throw refusal;
    const value = readJSON(json);
    if (value === undefined) throw createConnectionError('invalid_body', request, { status: response.status });
    return value;
  }

  /** Sends a grant to the token endpoint. @returns the tokens, and the parsed body */
  function grant(parameters: Readonly<Record<string, string | undefined>>) {
    return post(endpoints.token, parameters, (json) => {
      const tokens = readTokens(json, now());
      return tokens && { tokens, json: readObject(json)! }; // tokens were read from it
    });
  }

  return {
    grant,
    /**
     * Exchanges a refresh token for a new set of tokens. Roblox accepts it once: store the new one before you use the new access token.
     * @throws {OAuthError} `invalid_grant`: used, expired or revoked
     * @throws {ConnectionError} no usable response: the refresh token may have been used
     * @see RFC 6749, section 6 https://www.rfc-editor.org/rfc/rfc6749#section-6
     */
    async refresh(refreshToken: string): Promise<Tokens> {
      const { tokens } = await grant({ grant_type: 'refresh_token', refresh_token: refreshToken });
      return tokens;
    },
    /** Ends an authorization. @see RFC 7009 */
    async revoke(token: string, limits?: RequestLimits): Promise<void> {
      // Roblox's response is a 200 with an empty body.
      await post(endpoints.revocation, { token }, () => true, limits);
    },
    /** Asks what Roblox knows about a token. @see RFC 7662 */
    introspect(token: string, limits?: RequestLimits): Promise<Introspection> {
      return post(endpoints.introspection, { token }, readIntrospection, limits);
    },
    /** Asks what the user chose on the consent page. */
    resources(accessToken: string, limits?: RequestLimits): Promise<Resources> {
      return post(endpoints.resources, { token: accessToken }, readResources, limits);
    },
  };
}

/** Our `error` for a response that names none. */
const STATUS_ERRORS: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'unauthorized',
  403: 'access_denied',
  429: 'too_many_requests',
};

/**
 * Reads a refusal: RFC 6749's `{ error, error_description }`, whatever the status, or one of Open Cloud's error bodies, which the gateway
 * in front of the OAuth endpoints sends.
 * @param json the response's parsed body
 * @returns undefined when the response is a success
 * @see RFC 6749, section 5.2 https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
function readRefusal(
  request: HttpRequest,
  response: HttpResponse,
  json: unknown,
  nowMs: number,
): OAuthError | ConnectionError | undefined {
  const { status, text } = response;
  const error = readString(readObject(json)?.['error']);
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
