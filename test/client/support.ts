import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRenewal, createTokenKeeper } from '../../lib/client/token-keeper.ts';
import type { Tokens } from '../../lib/oauth/tokens.ts';

/** A server on a loopback port that gives the responses of a test, and counts requests. */
export async function serve(answer: (req: IncomingMessage, res: ServerResponse, body: string) => void) {
  const requests: { method: string; path: string; authorization: string | undefined; body: string }[] = [];
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    requests.push({ method: req.method ?? '', path: req.url ?? '', authorization: req.headers.authorization, body });
    answer(req, res, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a server that listens on a port has one
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    count: (path: string) => requests.filter((request) => request.path.startsWith(path)).length,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type Served = Awaited<ReturnType<typeof serve>>;

export const START = Date.UTC(2026, 7, 22);

export function tokens(number: number, change: Partial<Tokens> = {}): Tokens {
  return {
    accessToken: `access-${number}`,
    refreshToken: `refresh-${number}`,
    idToken: undefined,
    tokenType: 'Bearer',
    scope: ['openid'],
    expiresAt: new Date(START + number * 900_000),
    ...change,
  };
}

/** A keeper with the tokens "1", a clock, and renewals and revocations that the test settles one by one. */
export function scene(options: { store?: (tokens: Tokens) => unknown; first?: Partial<Tokens> } = {}) {
  let now = START;
  const renewals: { token: string; resolve: (tokens: Tokens) => void; reject: (error: unknown) => void }[] = [];
  const revocations: { token: string; resolve: () => void; reject: (error: unknown) => void }[] = [];
  const oauth = {
    refresh: (token: string) => new Promise<Tokens>((resolve, reject) => renewals.push({ token, resolve, reject })),
    revoke: (token: string) => new Promise<void>((resolve, reject) => revocations.push({ token, resolve, reject })),
  };
  const clock = { now: () => now, random: () => 1 };
  const renewal = createRenewal({ oauth, store: options.store, ...clock });
  const keeper = createTokenKeeper({ tokens: tokens(1, options.first), renewal, now: clock.now });
  return { keeper, renewals, revocations, advance: (ms: number) => (now += ms) };
}

export const settled = () => new Promise((resolve) => setImmediate(resolve));
export const access = async (keeper: ReturnType<typeof scene>['keeper'], signal?: AbortSignal) =>
  (await keeper.lease(signal)).accessToken;
