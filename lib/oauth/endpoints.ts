import { refuse } from '../errors.ts';

/**
 * Facts about Roblox's OAuth 2.0 and OpenID Connect.
 * @see https://create.roblox.com/docs/cloud/auth/oauth2-reference
 */

/** The base URL of the real Roblox. */
export const ROBLOX_BASE_URL = 'https://apis.roblox.com';

/** The only algorithm of Roblox's ID tokens (`id_token_signing_alg_values_supported` in its discovery document). */
export const ID_TOKEN_ALGORITHM = 'ES256';

/** The longest redirect URL that Roblox registers. @see https://create.roblox.com/docs/cloud/auth/oauth2-registration */
export const MAX_REDIRECT_URL_LENGTH = 256;

/** The path of userinfo, under the base URL. */
export const USERINFO_PATH = '/oauth/v1/userinfo';

/** The values of `prompt` in Roblox's reference. `none` is not reliable: some screens cannot be skipped. */
export const PROMPTS = ['none', 'login', 'consent', 'select_account'] as const;

/** The URLs of all endpoints. */
export type Endpoints = Readonly<ReturnType<typeof deriveEndpoints>>;

/**
 * Derives all endpoints from a base URL.
 * @param baseURL `https:`, or `http:` for a loopback host (an emulator); no query, fragment or credentials
 * @throws {TypeError} for anything else
 */
export function deriveEndpoints(baseURL: string = ROBLOX_BASE_URL) {
  const base = readBaseURL(baseURL);
  const oauth = `${base}/oauth`;
  return {
    /** Without a slash at the end: Open Cloud's paths (`/cloud/v2/…`) are appended to it. */
    baseURL: base,
    /** With a slash at the end, unlike most issuers. */
    issuer: `${oauth}/`,
    authorization: `${oauth}/v1/authorize`,
    token: `${oauth}/v1/token`,
    revocation: `${oauth}/v1/token/revoke`,
    introspection: `${oauth}/v1/token/introspect`,
    /** What the user chose on the consent page. Roblox's own endpoint, in no RFC. */
    resources: `${oauth}/v1/token/resources`,
    userinfo: base + USERINFO_PATH,
    certs: `${oauth}/v1/certs`,
  };
}

function readBaseURL(baseURL: unknown): string {
  const url = typeof baseURL === 'string' && URL.canParse(baseURL) ? new URL(baseURL) : undefined;
  if (url === undefined) refuse('baseURL', baseURL, `an absolute URL such as '${ROBLOX_BASE_URL}'`);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('baseURL must have no credentials, query or fragment');
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new TypeError(
      `baseURL must be https: (plain http: is for a loopback host only), but is ${url.protocol}//${url.host}`,
    );
  }
  return url.href.replace(/\/+$/, '');
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d+){3}$/.test(hostname)
  );
}
