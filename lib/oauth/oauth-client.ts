import { OAuthError } from '../errors.ts';
import { failureOf, MAX_OAUTH_BODY_BYTES } from '../http/get-json.ts';
import { connectionError, type HttpRequest, type Transport } from '../http/transport.ts';
import type { Endpoints } from './endpoints.ts';
import { parseJSON, readObject, readString } from '../http/json.ts';
import {
  readIntrospection,
  readResources,
  readTokenError,
  tokenForm,
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
  revoke(token: string): Promise<void>;
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
    const message = tokenForm(credentials, parameters);
    const request = { method: 'POST', url, ...message, signal, timeoutMs, maxBytes: MAX_OAUTH_BODY_BYTES };
    const response = await transport(request);
    const json = parseJSON(response.text);
    const refused = readTokenError(json, request.secrets);
    if (refused !== undefined) throw new OAuthError({ ...refused, status: response.status });
    if (response.status < 200 || response.status > 299) {
      throw connectionError(failureOf(response.status), request, { status: response.status });
    }
    return { request, json, status: response.status };
  }

  /** Reads a JSON answer, or says that it is none. */
  function read<T>(
    answer: { request: HttpRequest; json: unknown; status: number },
    reader: (json: unknown) => T | undefined,
  ) {
    const value = reader(answer.json);
    if (value === undefined) throw connectionError('invalid_body', answer.request, { status: answer.status });
    return value;
  }

  async function grant(parameters: Readonly<Record<string, string | undefined>>) {
    return read(await post(endpoints.token, parameters), (json) => {
      const answer = readObject(json);
      return readString(answer?.['access_token']) === undefined ? undefined : answer;
    });
  }

  return {
    grant,
    async refresh(refreshToken) {
      const answer = await post(endpoints.token, { grant_type: 'refresh_token', refresh_token: refreshToken });
      return read(answer, (json) => readTokens(json, now()));
    },
    async revoke(token) {
      // Roblox answers 200 with an empty body: success is the status, there is nothing to read.
      await post(endpoints.revocation, { token });
    },
    async introspect(token, limits) {
      return read(await post(endpoints.introspection, { token }, limits), readIntrospection);
    },
    async resources(accessToken, limits) {
      return read(await post(endpoints.resources, { token: accessToken }, limits), readResources);
    },
  };
}
