import { createTransport, type Fetch } from '../http/transport.ts';
import { createApp, type App } from './app.ts';
import { endpointsOf } from './endpoints.ts';
import type { ClientAuthentication } from './token-messages.ts';

/** How to speak to Roblox, and as which app: what a strategy, a client and a vault are told alike. */
export interface AppOptions {
  /** The app's client ID, from the Creator Dashboard. A string: it need not fit a JavaScript number. */
  readonly clientID?: string | undefined;
  /** The app's secret; without it the client is public. */
  readonly clientSecret?: string | undefined;
  /** `client_secret_post` (default with a secret), `client_secret_basic`, or `none`, which follows from a missing secret. */
  readonly clientAuthentication?: ClientAuthentication | undefined;
  /** Where Roblox is; `https://apis.roblox.com` by default. Plain `http:` for a loopback host only. */
  readonly baseURL?: string | undefined;
  /** Any `fetch`-shaped function, for proxies, tracing and tests. */
  readonly fetch?: Fetch | undefined;
  /** How long one HTTP request may take, in milliseconds; 10000 by default. */
  readonly timeout?: number | undefined;
}

/** The app that a client belongs to; without credentials where only an access token is known. */
export type ClientApp = App | Pick<App, 'endpoints' | 'transport'>;

/**
 * Puts an app together from its options.
 * @throws {TypeError} naming the option, what came and what would do
 */
export function readApp(options: AppOptions & { readonly clientID: string }): App;
export function readApp(options: AppOptions): ClientApp;
export function readApp(options: AppOptions): ClientApp {
  if (options.fetch !== undefined && typeof options.fetch !== 'function') refuse('fetch', options.fetch, 'a function');
  const endpoints = endpointsOf(options.baseURL);
  const transport = createTransport({ fetch: options.fetch, timeoutMs: readTimeout(options.timeout) });
  if (options.clientID === undefined) return { endpoints, transport };
  const clientID = readClientID(options.clientID);
  const clientSecret = readClientSecret(options.clientSecret);
  const clientAuthentication = readClientAuthentication(options.clientAuthentication, clientSecret);
  return createApp({ endpoints, transport, credentials: { clientID, clientSecret, clientAuthentication } });
}

/** RFC 6749, appendix A.1 and A.2, without the spaces around that copying leaves. */
const CREDENTIAL = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** @throws {TypeError} no client ID, or a number: a Roblox ID need not fit one */
export function readClientID(clientID: unknown): string {
  if (typeof clientID === 'number') {
    throw new TypeError(
      `clientID must be a string, but is a number: put it in quotes, since a Roblox ID need not fit a number`,
    );
  }
  if (typeof clientID !== 'string' || clientID.trim() === '') {
    refuse('clientID', clientID, "the app's client ID as a string, from the Creator Dashboard");
  }
  if (!CREDENTIAL.test(clientID)) {
    refuse('clientID', clientID, 'printable ASCII without white space around it: look for a stray space or line break');
  }
  return clientID;
}

/** An empty secret is no secret: environment variables are empty rather than missing. */
export function readClientSecret(clientSecret: unknown): string | undefined {
  if (clientSecret === undefined || clientSecret === null || clientSecret === '') return undefined;
  // What came is not shown: it may be the secret in another shape.
  if (typeof clientSecret !== 'string')
    throw new TypeError('clientSecret must be a string, or left out for a public client');
  if (!CREDENTIAL.test(clientSecret)) {
    throw new TypeError(
      'clientSecret must be printable ASCII without white space around it: look for a stray line break',
    );
  }
  return clientSecret;
}

/** @throws {TypeError} an unknown method, or one that does not go with the secret (or its lack) */
export function readClientAuthentication(method: unknown, clientSecret: string | undefined): ClientAuthentication {
  if (method === undefined) return clientSecret === undefined ? 'none' : 'client_secret_post';
  if (method !== 'client_secret_post' && method !== 'client_secret_basic' && method !== 'none') {
    refuse('clientAuthentication', method, "'client_secret_post', 'client_secret_basic' or 'none'");
  }
  if (method !== 'none' && clientSecret === undefined) {
    throw new TypeError(`clientAuthentication '${method}' needs a clientSecret`);
  }
  if (method === 'none' && clientSecret !== undefined) {
    throw new TypeError("clientAuthentication 'none' is for public clients: leave out clientSecret");
  }
  return method;
}

/** @throws {TypeError} not a number of milliseconds that a timer takes */
export function readTimeout(timeout: unknown): number {
  const timeoutMs = readNumber('timeout', timeout, 10_000, 'milliseconds');
  if (timeoutMs < 1 || timeoutMs > 0x7fffffff)
    refuse('timeout', timeout, 'a number of milliseconds from 1 to 2147483647');
  return timeoutMs;
}

/** @throws {TypeError} no finite number of 0 or more */
export function readNumber(name: string, value: unknown, otherwise: number, unit: string): number {
  if (value === undefined) return otherwise;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) refuse(name, value, `a number of ${unit}`);
  return value;
}

/** Says which option is wrong, what came, and what would do. */
export function refuse(name: string, value: unknown, expected: string): never {
  const shown =
    typeof value === 'string' ? `'${value}'` : value === undefined || value === null ? 'missing' : `a ${typeof value}`;
  throw new TypeError(`${name} must be ${expected}, but is ${shown}`);
}
