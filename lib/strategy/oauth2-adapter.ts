import { inspect } from 'node:util';
import { OAuthError, refuse } from '../errors.ts';
import { MAX_OAUTH_BODY_BYTES } from '../http/json.ts';
import { runOutsidePromise } from '../http/platform.ts';
import type { Transport } from '../http/transport.ts';
import { readAgent } from '../oauth/app-options.ts';
import { createOAuthClient } from '../oauth/oauth-client.ts';
import type { StrategySettings } from './options.ts';

type Callback = (error: unknown, ...results: unknown[]) => void;

/** What we use of the `oauth` package's class. We do not depend on its types. */
interface OAuth2 {
  _customHeaders: Readonly<Record<string, string>>;
}

/**
 * Makes the replacement for passport-oauth2's `_oauth2`, which uses our transport: with time-outs, a limit for the body, no empty secret, the chosen
 * client authentication, and errors with their cause.
 *
 * It is for passport-oauth2-refresh and for apps that call `_oauth2`. Logins do not call its methods, so overriding them changes no
 * login. Override `tokenParams`, `userProfile` or `parseErrorResponse` of the strategy instead. `setAgent` and `_customHeaders` apply to logins
 * too.
 *
 * It is a subclass of the original with the same constructor, and its methods are on the prototype, because passport-oauth2-refresh makes
 * another object from `strategy._oauth2.constructor`.
 * @param base the object that passport-oauth2's constructor made
 * @see https://github.com/fiznool/passport-oauth2-refresh
 */
export function adaptOAuth2<T extends object>(
  base: T,
  settings: Pick<StrategySettings, 'credentials' | 'endpoints' | 'http'>,
  transport: Transport,
): T & OAuth2 {
  const { credentials, endpoints, http } = settings;
  // passport-oauth2 does not export the class.
  const Base = base.constructor as new (...positions: unknown[]) => OAuth2;

  class RobloxOAuth2 extends Base {
    constructor(...positions: unknown[]) {
      super(...positions);
      // Other packages read it here, but it must not be printed.
      Object.defineProperty(this, '_clientSecret', { enumerable: false });
    }

    /** Sets the strategy's option `agent`. Without an agent, the default is used again. */
    setAgent(agent: unknown): void {
      if (http.fetch !== undefined) {
        throw new TypeError(
          'setAgent cannot be used together with fetch: give the agent (or dispatcher) to your own fetch',
        );
      }
      http.agent = agent === undefined || agent === null ? undefined : readAgent(agent);
    }

    setAccessTokenName(name: unknown): void {
      if (name !== 'access_token') refuse('accessTokenName', name, "'access_token': a token is sent in a header");
    }

    setAuthMethod(method: unknown): void {
      if (method !== 'Bearer') refuse('authMethod', method, "'Bearer', the only one of Roblox");
    }

    /** Sends a grant. `results` is the response without its refresh token, as in the original. */
    getOAuthAccessToken(grant: string, parameters: unknown, callback: Callback): void {
      // `parameters` may be left out.
      const done = typeof parameters === 'function' ? (parameters as Callback) : callback;
      const form = typeof parameters === 'object' ? (parameters as Record<string, string>) : {};
      const grantParameter = form['grant_type'] === 'refresh_token' ? 'refresh_token' : 'code';
      const oauth = createOAuthClient({ endpoints, credentials, transport: addCustomHeaders(transport, this) });
      oauth.grant({ ...form, [grantParameter]: grant }).then(
        ({ tokens, json: { refresh_token: refreshToken, ...results } }) =>
          runOutsidePromise(done, null, tokens.accessToken, refreshToken, results),
        (error: unknown) => runOutsidePromise(done, error instanceof OAuthError ? addStatus(error) : error),
      );
    }

    /** All requests of the original class go through this method, such as `get` and `getProtectedResource`. */
    _request(
      method: string,
      url: string,
      headers: Readonly<Record<string, string>> | null,
      body: string | null,
      accessToken: string | null,
      callback: Callback,
    ): void {
      const bearer = accessToken ? { authorization: `Bearer ${accessToken}` } : {};
      const send = addCustomHeaders(transport, this);
      send({
        method,
        url,
        headers: { ...headers, ...bearer },
        body: body || undefined,
        maxBytes: MAX_OAUTH_BODY_BYTES,
        secrets: accessToken ? [accessToken] : [],
      }).then(
        ({ status, text }) =>
          status >= 200 && status <= 299
            ? runOutsidePromise(callback, null, text, { statusCode: status })
            : runOutsidePromise(callback, { statusCode: status, data: text }),
        (error: unknown) => runOutsidePromise(callback, error),
      );
    }

    [inspect.custom](): string {
      return `RobloxOAuth2 { clientID: ${inspect(credentials.clientID)} }`;
    }
  }

  const { clientID, clientSecret } = credentials;
  const oauth2 = new RobloxOAuth2(clientID, clientSecret, '', endpoints.authorization, endpoints.token);
  return oauth2 as unknown as T & OAuth2; // a subclass of T's class
}

/** Adds `_customHeaders` to each request. They are read at each request: an app may change them. */
export function addCustomHeaders(transport: Transport, oauth2: OAuth2): Transport {
  return (request) => {
    const headers = oauth2._customHeaders ?? {}; // any app may set it
    const hasHeaders = Object.keys(headers).length > 0;
    return transport(hasHeaders ? { ...request, headers: { ...headers, ...request.headers } } : request);
  };
}

/** Adds the fields of the `oauth` package's errors, which passport-oauth2 and other packages read. */
function addStatus(error: OAuthError) {
  const { error: code, error_description } = error;
  return Object.assign(error, {
    statusCode: error.status,
    data: JSON.stringify({ error: code, error_description }),
  });
}
