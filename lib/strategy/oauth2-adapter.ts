import { inspect } from 'node:util';
import { OAuthError } from '../errors.ts';
import { MAX_OAUTH_BODY_BYTES } from '../http/json.ts';
import type { Transport } from '../http/transport.ts';
import type { OAuthClient } from '../oauth/oauth-client.ts';

/** What the `oauth` package's errors look like; passport-oauth2 and its neighbours read these two. */
export interface OAuth2StatusError {
  readonly statusCode: number;
  readonly data: string;
}

type Callback = (error: unknown, ...results: unknown[]) => void;

/** What we use of the `oauth` package's class, whose own types are no dependency of ours. */
interface OAuth2 {
  _clientSecret: string | undefined;
}
type OAuth2Constructor = new (
  clientId: string,
  clientSecret: string | undefined,
  baseSite: string,
  authorizeUrl: string,
  accessTokenUrl: string,
  customHeaders?: object,
) => OAuth2;

/**
 * Gives passport-oauth2's `_oauth2` our way to Roblox: time-outs, a size cap, no empty secret, the client authentication that was
 * chosen, and errors with their cause. It stays a subclass of the original, with its positional constructor and its methods on the
 * prototype, since passport-oauth2-refresh makes another one from `strategy._oauth2.constructor`.
 * @param base the object that passport-oauth2's constructor made
 * @see https://github.com/fiznool/passport-oauth2-refresh
 */
export function adaptOAuth2<T extends object>(
  base: T,
  app: {
    readonly clientID: string;
    readonly clientSecret: string | undefined;
    readonly authorizationURL: string;
    readonly tokenURL: string;
    readonly oauth: OAuthClient;
    readonly transport: Transport;
  },
): T {
  const { oauth, transport } = app;
  // passport-oauth2 keeps the class for itself; every object of it leads there.
  const Base = base.constructor as OAuth2Constructor;

  class RobloxOAuth2 extends Base {
    constructor(...positions: ConstructorParameters<OAuth2Constructor>) {
      super(...positions);
      // Readable, since others copy it from here, but not shown.
      Object.defineProperty(this, '_clientSecret', { enumerable: false });
    }

    /** Sends a grant; `results` is the answer without its refresh token, as in the original. */
    getOAuthAccessToken(grant: string, parameters: unknown, callback: Callback): void {
      // `parameters` may be left out.
      const done = typeof parameters === 'function' ? (parameters as Callback) : callback;
      const form = typeof parameters === 'object' ? (parameters as Record<string, string>) : {};
      const grantParameter = form['grant_type'] === 'refresh_token' ? 'refresh_token' : 'code';
      oauth.grant({ ...form, [grantParameter]: grant }).then(
        ({ refresh_token: refreshToken, ...results }) => done(null, results['access_token'], refreshToken, results),
        (error: unknown) => done(error instanceof OAuthError ? withStatus(error) : error),
      );
    }

    /** The one way out of the original: `get` and `getProtectedResource` come through here. */
    _request(
      method: string,
      url: string,
      headers: Readonly<Record<string, string>> | null,
      body: string | null,
      accessToken: string | null,
      callback: Callback,
    ): void {
      const bearer = accessToken ? { authorization: `Bearer ${accessToken}` } : {};
      transport({
        method,
        url,
        headers: { ...headers, ...bearer },
        body: body || undefined,
        maxBytes: MAX_OAUTH_BODY_BYTES,
        secrets: accessToken ? [accessToken] : [],
      }).then(
        ({ status, text }) =>
          status >= 200 && status <= 299
            ? callback(null, text, { statusCode: status })
            : callback({ statusCode: status, data: text }),
        callback,
      );
    }

    [inspect.custom](): string {
      return `RobloxOAuth2 { clientID: ${inspect(app.clientID)} }`;
    }
  }

  const adapted = new RobloxOAuth2(app.clientID, app.clientSecret, '', app.authorizationURL, app.tokenURL);
  return adapted as unknown as T; // a subclass of T's own class, see above
}

/** The error with what the `oauth` package's errors have, so that `_createOAuthError` and `parseErrorResponse` read it. */
function withStatus(error: OAuthError): OAuthError & OAuth2StatusError {
  const { error: code, error_description } = error;
  return Object.assign(error, {
    statusCode: error.status,
    data: JSON.stringify({ error: code, error_description }),
  });
}
