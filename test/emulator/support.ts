import { createHash } from 'node:crypto';

import { createVisitor, DEMO_CLIENT, startEmulator } from '../../lib/emulator/index.ts';
import type { EmulatedClient, Emulator, EmulatorOptions, IssueOptions } from '../../lib/emulator/index.ts';

/** A parsed response. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body's JSON, or an empty object. */
  readonly json: Record<string, unknown>;
}

/** An emulator, and functions that send requests to it like an app. */
export interface Bench {
  readonly roblox: Emulator;
  get(path: string, token?: string): Promise<Answer>;
  post(
    path: string,
    form: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  postJson(path: string, body: unknown, token: string, method?: 'POST' | 'PATCH'): Promise<Answer>;
  /** Sends any request. */
  send(path: string, init: RequestInit): Promise<Answer>;
  /** Signs a user in. Returns the response of the token endpoint. */
  signIn(about?: SignIn): Promise<Answer>;
  /** Sends an authorization request, and returns the callback URL. */
  authorize(parameters?: Readonly<Record<string, string | undefined>>, decision?: Decision): Promise<URL>;
  /** Issues an access token without a login. */
  token(about?: IssueOptions): Promise<string>;
}

export interface Decision {
  readonly user?: string;
  readonly action?: 'allow' | 'cancel';
  readonly resources?: readonly string[];
}

export interface SignIn extends Decision {
  readonly parameters?: Readonly<Record<string, string | undefined>>;
  readonly client?: EmulatedClient;
  readonly verifier?: string;
}

export const redirectURI = 'http://localhost:3000/auth/roblox/callback';
export const verifier = 'a-verifier-of-more-than-forty-three-characters-._~';
export const credentials = { client_id: DEMO_CLIENT.clientID, client_secret: DEMO_CLIENT.clientSecret };

export function hashVerifier(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** Runs a test with its own emulator. */
export async function withEmulator(options: EmulatorOptions, test: (bench: Bench) => Promise<void>): Promise<void> {
  const roblox = await startEmulator(options);
  try {
    await test(createBench(roblox));
  } finally {
    await roblox.close();
  }
}

export function createBench(roblox: Emulator): Bench {
  async function send(path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(roblox.url + path, { redirect: 'manual', ...init });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    // Every JSON response of the emulator is an object.
    const json = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { status: response.status, headers: response.headers, text, json };
  }
  const bench: Bench = {
    roblox,
    get: (path, token) => send(path, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    post: (path, form, headers = {}) => send(path, { method: 'POST', body: new URLSearchParams(form), headers }),
    send,
    postJson: (path, body, token, method = 'POST') =>
      send(path, {
        method,
        body: JSON.stringify(body),
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      }),
    async authorize(parameters = {}, decision = {}) {
      const visitor = createVisitor({ baseURL: roblox.url });
      try {
        return new URL(await visitor.authorize(authorizationURL(roblox, parameters), decision));
      } finally {
        visitor.close();
      }
    },
    async signIn({ parameters, client, verifier: codeVerifier, ...decision } = {}) {
      const callback = await bench.authorize(parameters, decision);
      return bench.post('/oauth/v1/token', {
        ...(client === undefined ? credentials : { client_id: client.clientID }),
        ...(client?.clientSecret === undefined ? {} : { client_secret: client.clientSecret }),
        ...(codeVerifier === undefined ? {} : { code_verifier: codeVerifier }),
        grant_type: 'authorization_code',
        code: callback.searchParams.get('code') ?? '',
        redirect_uri: parameters?.['redirect_uri'] ?? redirectURI,
      });
    },
    token: async (about) => (await roblox.issueTokens(about)).access_token,
  };
  return bench;
}

export function authorizationURL(
  roblox: Emulator,
  parameters: Readonly<Record<string, string | undefined>> = {},
): string {
  const all = {
    client_id: DEMO_CLIENT.clientID,
    redirect_uri: redirectURI,
    response_type: 'code',
    scope: 'openid profile',
    state: 'the-state',
    ...parameters,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(all)) if (value !== undefined) query.append(name, value);
  return `${roblox.url}/oauth/v1/authorize?${query}`;
}
