import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

import { createVisitor, DEMO_CLIENT, startEmulator } from '../../lib/emulator/index.ts';
import type { EmulatedClient, Emulator, EmulatorOptions, IssueOptions } from '../../lib/emulator/index.ts';

/** A parsed response. */
export interface ParsedResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body's JSON, or an empty object. */
  readonly json: Record<string, unknown>;
}

/** An emulator, and functions that send requests to it like an app. */
export interface Bench {
  readonly roblox: Emulator;
  get(path: string, token?: string): Promise<ParsedResponse>;
  post(
    path: string,
    form: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<ParsedResponse>;
  postJson(path: string, body: unknown, token: string, method?: 'POST' | 'PATCH'): Promise<ParsedResponse>;
  /** Sends any request. */
  send(path: string, init: RequestInit): Promise<ParsedResponse>;
  /** Signs a user in. Returns the response of the token endpoint. */
  signIn(about?: SignIn): Promise<ParsedResponse>;
  /** Sends an authorization request, and returns the callback URL. */
  authorize(parameters?: Readonly<Record<string, string | undefined>>, decision?: Decision): Promise<URL>;
  /** Sends an authorization request, and returns the code of the callback. */
  newCode(parameters?: Readonly<Record<string, string | undefined>>): Promise<string>;
  /** Exchanges a code for tokens. The form lacks nothing but `code` and what authenticates the client. */
  exchange(form: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>): Promise<ParsedResponse>;
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

export function hashVerifier(plain: string): string {
  return createHash('sha256').update(plain).digest('base64url');
}

/** Parameters of an authorization request with PKCE. */
export const pkce = { code_challenge: hashVerifier(verifier), code_challenge_method: 'S256' };

/** The header of a client that authenticates with HTTP Basic. */
export const buildBasicHeader = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

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
  async function send(path: string, init: RequestInit): Promise<ParsedResponse> {
    const response = await fetch(roblox.url + path, { redirect: 'manual', ...init });
    const body = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    // Every JSON response of the emulator is an object.
    const json = isJson ? (JSON.parse(body) as Record<string, unknown>) : {};
    return { status: response.status, headers: response.headers, text: body, json };
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
    newCode: async (parameters) => (await bench.authorize(parameters)).searchParams.get('code') ?? '',
    exchange: (form, headers) =>
      bench.post('/oauth/v1/token', { grant_type: 'authorization_code', redirect_uri: redirectURI, ...form }, headers),
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

/** Runs a module in its own process, at the root of the package. */
export async function runModule(script: string): Promise<{ stdout: string; stderr: string; code: number | null }> {
  const args = ['--import', './scripts/strip-types.js', '--input-type=module', '--eval', script];
  const child = spawn(process.execPath, args, { cwd: new URL('../..', import.meta.url), env: { PATH: '' } });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { stdout, stderr, code: child.exitCode };
}
