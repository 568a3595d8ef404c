/**
 * A process that plays Roblox, for {@link startRoblox}. It holds any number of emulators. A front before each one delays token answers,
 * before or after the refresh token is spent, and writes down who got what when.
 */
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { DEMO_CLIENT, startEmulator, type Emulator } from '../../../lib/emulator/index.ts';
import { makeMark, now, serve, tell } from './serve.ts';

export type RobloxMethods = typeof methods;

/** One token request, as the front saw it. Times are milliseconds since the epoch, with fractions. */
export interface TokenRequest {
  readonly userId: string;
  /** A mark of the refresh token that came. */
  readonly spent: string;
  /** The marks of the tokens that were issued for it; undefined for a refusal. */
  issued?: string;
  readonly cameAt: number;
  /** When Roblox had decided. */
  decidedAt?: number;
  /** When the answer was handed to the operating system. */
  leftAt?: number;
}

export interface RobloxEvent {
  readonly isReady?: true;
  readonly asked?: { readonly roblox: number; readonly userId: string };
  readonly spent?: { readonly roblox: number; readonly userId: string };
}

/** How the token endpoint behaves. */
export interface Behaviour {
  /** Milliseconds between the request and the moment that the old token is spent. */
  readonly before?: number;
  /** Milliseconds between that moment and the answer. */
  readonly after?: number;
  /** Keeps answers until it is false again. */
  readonly isHolding?: boolean;
  /** Answers 503 instead. */
  readonly isDown?: boolean;
}

interface Instance {
  readonly emulator: Emulator;
  readonly url: string;
  readonly log: TokenRequest[];
  /** Whose a refresh token is, by its mark. */
  readonly owners: Map<string, string>;
  behaviour: Behaviour;
  letGo: () => void;
  close(): void;
}

const instances = new Map<number, Instance>();
let opened = 0;
const agent = new Agent({ keepAlive: true });

function findInstance(roblox: number): Instance {
  const found = instances.get(roblox);
  if (found === undefined) throw new Error(`No Roblox number ${roblox}`);
  return found;
}

const methods = {
  /** Starts an emulator with so many users. */
  async open(userCount: number, accessTokenTTL = 900) {
    const id = opened++;
    const users = Array.from({ length: userCount }, (_, index) => ({
      id: String(5_000_000_000 + id * 10_000 + index),
      username: `User${index}`,
      displayName: `User ${index}`,
      createdAt: new Date(0),
      picture: null,
    }));
    const client = { ...DEMO_CLIENT };
    const emulator = await startEmulator({ port: 0, users, clients: [client], accessTokenTTL, requestsKept: 1 });
    const front = createServer((req, res) => {
      pass(id, req, res).catch((error: unknown) => {
        if (!res.destroyed) res.destroy(error instanceof Error ? error : undefined);
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => front.once('listening', resolve));
    const { port } = front.address() as AddressInfo; // it listens on a port
    const close = () => {
      front.closeAllConnections();
      front.close();
      void emulator.close();
    };
    const url = `http://127.0.0.1:${port}`;
    instances.set(id, { emulator, url, log: [], owners: new Map(), behaviour: {}, letGo: () => {}, close });
    return { id, url, users: users.map((user) => user.id) };
  },

  /** Signs users in, without a browser. */
  async issue(roblox: number, users: readonly string[]) {
    const { emulator, owners } = findInstance(roblox);
    return Promise.all(
      users.map(async (user) => {
        const tokens = await emulator.issueTokens({ user, scope: 'openid profile' });
        owners.set(makeMark(tokens.refresh_token), user);
        return { userId: user, accessToken: tokens.access_token, refreshToken: tokens.refresh_token };
      }),
    );
  },

  behave(roblox: number, behaviour: Behaviour) {
    const instance = findInstance(roblox);
    instance.behaviour = behaviour;
    if (behaviour.isHolding !== true) instance.letGo();
  },

  log: (roblox: number) => findInstance(roblox).log,

  /** How often the revocation endpoint was asked. */
  revocations: (roblox: number) => findInstance(roblox).emulator.count('/oauth/v1/token/revoke'),

  expireAccessTokens: (roblox: number) => findInstance(roblox).emulator.expireAccessTokens(),

  /** What a user does who withdraws the app's authorization in Roblox's settings. */
  withdraw: (roblox: number, userId: string) => findInstance(roblox).emulator.revokeAuthorizations(userId),

  close: (roblox: number) => findInstance(roblox).close(),
};

async function pass(roblox: number, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const instance = findInstance(roblox);
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const token = req.url === '/oauth/v1/token' ? new URLSearchParams(body.toString()).get('refresh_token') : null;
  if (token === null) {
    const answer = await ask(instance, req, body);
    res.writeHead(answer.status, answer.headers).end(answer.body);
    return;
  }

  const spent = makeMark(token);
  const userId = instance.owners.get(spent) ?? 'nobody';
  const entry: TokenRequest = { userId, spent, cameAt: now() };
  instance.log.push(entry);
  tell({ asked: { roblox, userId } } satisfies RobloxEvent);
  await pause(instance.behaviour.before ?? 0);
  if (instance.behaviour.isDown === true) {
    entry.decidedAt = now();
    res.writeHead(503).end();
    return;
  }
  const answer = await ask(instance, req, body);
  if (answer.status === 200) {
    const { refresh_token } = JSON.parse(answer.body.toString()) as { refresh_token: string }; // the emulator's own answer
    entry.issued = makeMark(refresh_token);
    instance.owners.set(entry.issued, userId);
  }
  entry.decidedAt = now();
  tell({ spent: { roblox, userId } } satisfies RobloxEvent);
  await pause(instance.behaviour.after ?? 0);
  while (answer.status === 200 && instance.behaviour.isHolding === true) {
    await new Promise<void>((resolve) => {
      const { letGo } = instance;
      instance.letGo = () => {
        letGo();
        resolve();
      };
    });
  }
  res.writeHead(answer.status, answer.headers).end(answer.body, () => (entry.leftAt = now()));
}

function ask(
  { emulator }: Instance,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${emulator.url}${url}`, { method, headers, agent }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const { connection: _, 'keep-alive': __, ...passed } = answer.headers;
        resolve({ status: answer.statusCode ?? 502, headers: passed, body: Buffer.concat(chunks) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

serve(methods);
