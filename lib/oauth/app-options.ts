import { refuse, refuseSecret } from '../errors.ts';
import { checkTimeout } from '../http/abort.ts';
import { createTransport, type AgentChoice, type Fetch, type HttpSettings, type Transport } from '../http/transport.ts';
import { deriveEndpoints, type Endpoints } from './endpoints.ts';
import { createOAuthClient, type OAuthClient } from './oauth-client.ts';
import type { ClientAuthentication, ClientCredentials } from './tokens.ts';

/** The options that a strategy, a client and a vault share: the app's credentials, and how to reach Roblox. */
export interface AppOptions {
  /** The app's client ID, from the Creator Dashboard. A string: a Roblox ID may be too large for a JavaScript number. */
  readonly clientID?: string | undefined;
  /** The app's secret. Without it the client is public: PKCE cannot be turned off, and no secret is sent. */
  readonly clientSecret?: string | undefined;
  /** `client_secret_post` (the default with a secret), `client_secret_basic`, or `none` (the default without one). */
  readonly clientAuthentication?: ClientAuthentication | undefined;
  /**
   * The base URL of Roblox; `https://apis.roblox.com` by default. The OAuth endpoints, the issuer and Open Cloud derive from it. Plain
   * `http:` is for a loopback host only (the emulator).
   */
  readonly baseURL?: string | undefined;
  /**
   * A function such as `fetch`, for proxies, tracing and tests. By default a client uses node-fetch, and a login uses `node:http`, like
   * `passport-oauth2`.
   */
  readonly fetch?: Fetch | undefined;
  /**
   * An `http.Agent` (an `https.Agent` for `https:`), or a function that returns one for a URL: for proxies and your own certificate
   * authorities. By default connections are kept alive. Not together with `fetch`.
   */
  readonly agent?: AgentChoice | undefined;
  /** How long one HTTP request may take, in milliseconds; 10000 by default. */
  readonly timeout?: number | undefined;
}

/** The names of {@link AppOptions}, for `refuseUnknownOptions`. */
export const APP_OPTION_NAMES: Readonly<Record<keyof AppOptions, true>> = {
  clientID: true,
  clientSecret: true,
  clientAuthentication: true,
  baseURL: true,
  fetch: true,
  agent: true,
  timeout: true,
};

/** What a strategy, its clients and its vault share. */
export interface App {
  readonly endpoints: Endpoints;
  readonly credentials: ClientCredentials;
  /** Makes one attempt, with its own time-out. */
  readonly transport: Transport;
  /** Milliseconds for one attempt. */
  readonly timeoutMs: number;
  readonly oauth: OAuthClient;
}

/** Makes an app, with its OAuth client. */
export function createApp(parts: Omit<App, 'oauth'>): App {
  return { ...parts, oauth: createOAuthClient(parts) };
}

/** The app of a client. It has no credentials when the client was given an access token only. */
export type ClientApp = App | Pick<App, 'endpoints' | 'transport'>;

/**
 * Checks where Roblox is, and how to reach it.
 * @throws {TypeError} names the option, what came and what would work
 */
export function readAppSettings({ baseURL, fetch, agent, timeout }: AppOptions) {
  const endpoints = deriveEndpoints(baseURL);
  if (fetch !== undefined && typeof fetch !== 'function') refuse('fetch', fetch, 'a function');
  if (agent !== undefined) readAgent(agent);
  if (agent !== undefined && fetch !== undefined) {
    throw new TypeError('agent cannot be used together with fetch: give the agent (or dispatcher) to your own fetch');
  }
  const http: HttpSettings = { fetch, agent, timeoutMs: readTimeout(timeout) };
  return { endpoints, http };
}

/** Checks the credentials. @throws {TypeError} like {@link readAppSettings}; also when `clientID` is missing */
export function readCredentials(options: AppOptions): ClientCredentials {
  const clientID = readClientID(options.clientID);
  const clientSecret = readClientSecret(options.clientSecret);
  const clientAuthentication = readClientAuthentication(options.clientAuthentication, clientSecret);
  return { clientID, clientSecret, clientAuthentication };
}

/** @throws {TypeError} neither an agent nor a function */
export function readAgent(agent: unknown): AgentChoice {
  // By shape: proxy agents may extend another copy of http.Agent.
  const isAgent = typeof agent === 'object' && agent !== null && 'addRequest' in agent;
  if (!isAgent && typeof agent !== 'function') {
    refuse('agent', agent, 'an http.Agent (https.Agent for https:), or a function that gives one for a URL');
  }
  return agent as AgentChoice; // just checked
}

/** Makes the app of a client or a vault. @throws {TypeError} like {@link readAppSettings} */
export function readApp(options: AppOptions & { readonly clientID: string }): App;
export function readApp(options: AppOptions): ClientApp;
export function readApp(options: AppOptions): ClientApp {
  const credentials = options.clientID === undefined ? undefined : readCredentials(options);
  const { endpoints, http } = readAppSettings(options);
  const transport = createTransport(http);
  if (credentials === undefined) return { endpoints, transport };
  return createApp({ endpoints, transport, credentials, timeoutMs: http.timeoutMs });
}

/** RFC 6749, appendix A.1 and A.2, but without spaces at the ends: those come from careless copying. */
const CREDENTIAL = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** @throws {TypeError} not a client ID; also a number, which cannot hold every Roblox ID */
function readClientID(clientID: unknown): string {
  if (typeof clientID === 'number') {
    throw new TypeError(
      'clientID must be a string, but is a number: put it in quotes, because a number cannot hold every Roblox ID',
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

/** An empty secret counts as missing: an environment variable that is not set is often empty. */
export function readClientSecret(clientSecret: unknown): string | undefined {
  if (clientSecret === undefined || clientSecret === null || clientSecret === '') return undefined;
  if (typeof clientSecret !== 'string') {
    refuseSecret('clientSecret', clientSecret, 'a string, or left out for a public client');
  }
  if (!CREDENTIAL.test(clientSecret)) {
    throw new TypeError(
      'clientSecret must be printable ASCII without white space around it: look for a stray line break',
    );
  }
  return clientSecret;
}

/** @throws {TypeError} an unknown method, one that needs a secret when there is none, or `none` with a secret */
function readClientAuthentication(method: unknown, clientSecret: string | undefined): ClientAuthentication {
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

/**
 * Finds a mistake of copying: quotation marks, white space, a placeholder that was not filled in.
 * @returns the end of a sentence that begins with the option's name; undefined when there is no mistake
 */
export function findSlip(value: string): string | undefined {
  if (value !== value.trim()) return 'has white space or a line break around it. Copy it again without them';
  if (/^(["'`]).*\1$/s.test(value)) return 'has quotation marks around it, which became part of the value. Remove them';
  if (/^(undefined|null|NaN|\[object Object\])$/.test(value)) return `is the word '${value}': nothing was filled in`;
  if (/^(<.*>|\$\{.*\}|your[-_ ].*|change[-_ ]?me|x+|\.+)$/i.test(value)) {
    return 'is still a placeholder. Fill in the value of your app';
  }
  return undefined;
}

/** @throws {TypeError} not a number of milliseconds that a timer accepts */
export function readTimeout(timeout: unknown): number {
  return timeout === undefined ? 10_000 : checkTimeout(timeout);
}

/** @throws {TypeError} not a finite number of 0 or more */
export function readNumber(name: string, value: unknown, otherwise: number, unit: string): number {
  if (value === undefined) return otherwise;
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  refuse(name, value, `a number of ${unit}, 0 or more`);
}
