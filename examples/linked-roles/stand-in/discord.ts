/**
 * Imitates Discord on a loopback port: its sign-in, and the part of its API that linked roles need. It refuses what Discord refuses. The
 * people are made up.
 * @see https://discord.com/developers/docs/topics/oauth2
 */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type Express, type Request, type Response } from 'express';
import { consentPage } from '../../login-page/providers/stand-in.ts';
import type { DiscordApp, MetadataRecord } from '../discord.ts';
import { createQuotas, findMistake, readForm, refuse, refuseFor } from './discord-http.ts';
import { readConnection, readRecords, type StoredConnection } from './discord-rules.ts';

export interface DiscordPerson {
  readonly id: string;
  readonly username: string;
  /** The display name. */
  readonly name: string;
}

export const DISCORD_PEOPLE: readonly DiscordPerson[] = [
  { id: '800000000000000001', username: 'sam.rivers', name: 'Sam' },
  { id: '800000000000000002', username: 'imani', name: 'Imani' },
  { id: '800000000000000003', username: 'juniper', name: 'Juniper' },
];

/** A request to the stand-in. */
export interface DiscordRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A fault: how to answer the next requests instead. */
export interface DiscordFault {
  readonly method: string;
  readonly path: RegExp;
  readonly status: number;
  readonly times: number;
  readonly retryAfterSeconds?: number;
  /** Whether it is the limit of the whole app, not of one person. */
  readonly isGlobal?: boolean;
}

export interface DiscordStandIn {
  readonly url: string;
  /** The registered app. */
  readonly app: DiscordApp;
  /** For adding more pages to the same server. */
  readonly express: Express;
  readonly people: readonly DiscordPerson[];
  readonly records: readonly MetadataRecord[];
  /** The stored values of each person, by their ID. */
  readonly connections: ReadonlyMap<string, StoredConnection>;
  readonly requests: DiscordRequest[];
  /** The refresh tokens that were used a second time. */
  readonly reused: string[];
  /** Makes all access tokens expire. */
  expireAccessTokens(): void;
  /** Removes the app, as a person can do in Discord's settings: the tokens end, and the stored values are deleted. */
  deauthorize(userId: string): void;
  fail(fault: DiscordFault): void;
  /** Called before each response, so that a test can delay it. */
  hold: ((request: { readonly method: string; readonly path: string }) => Promise<void>) | undefined;
  /** Issues tokens without a sign-in. */
  issueTokens(userId: string): { accessToken: string; refreshToken: string; expiresAt: number };
  close(): Promise<void>;
}

interface Grant {
  readonly userId: string;
  readonly scope: string;
  accessToken: string;
  refreshToken: string;
  expiresAt: number;
}

const WEEK_SECONDS = 604_800;
export async function startDiscord(options: {
  readonly people?: readonly DiscordPerson[];
  readonly now?: () => number;
  /** How many requests are kept: the newest. */
  readonly requestsKept?: number;
}): Promise<DiscordStandIn> {
  const { people = DISCORD_PEOPLE, now = () => Date.now(), requestsKept = 10_000 } = options;
  const app = express().disable('x-powered-by');
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a server that listens on a port has one
  const secret = () => randomBytes(24).toString('base64url');
  const registered = { clientID: '1100000000000000001', clientSecret: secret(), botToken: secret(), baseURL: url };

  const codes = new Map<
    string,
    { userId: string; scope: string; redirectURI: string; challenge: string; until: number }
  >();
  /** Each person has one authorization, however often they sign in. */
  const grants = new Map<string, Grant[]>();
  const spent = new Set<string>();
  const quotas = createQuotas(now);
  let faults: (DiscordFault & { left: number })[] = [];
  let records: readonly MetadataRecord[] = [];
  const connections = new Map<string, StoredConnection>();
  const requests: DiscordRequest[] = [];
  const reused: string[] = [];
  const allGrants = () => [...grants.values()].flat();

  function grant(userId: string, scope: string): Grant {
    const made = {
      userId,
      scope,
      accessToken: secret(),
      refreshToken: secret(),
      expiresAt: now() + WEEK_SECONDS * 1000,
    };
    grants.set(userId, [...(grants.get(userId) ?? []), made]);
    return made;
  }

  app.use(async (req, res, next) => {
    const { method, path } = req;
    res.on('finish', () => {
      requests.push({ method, path, status: res.statusCode, at: now() });
      if (requests.length > requestsKept) requests.shift();
    });
    await standIn.hold?.({ method, path });
    const fault = faults.find((one) => one.method === method && one.path.test(path));
    if (fault === undefined) return next();
    fault.left -= 1;
    faults = faults.filter(({ left }) => left > 0);
    const { status, retryAfterSeconds, isGlobal = false } = fault;
    if (status === 429) return refuseFor(res, retryAfterSeconds ?? 1, isGlobal);
    res.status(status).json({ message: `${status}: Broken on purpose`, code: 0 });
  });

  app.get('/oauth2/authorize', (req, res) => {
    const mistake = findMistake(req.query, registered.clientID);
    res.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    if (mistake !== undefined) res.status(400).send(mistake);
    else res.send(consentPage({ name: 'Discord', color: '#4752c4', people }));
  });

  // The form is posted to the URL of its page, which has the app's parameters.
  app.post('/oauth2/authorize', express.urlencoded(), (req, res) => {
    const mistake = findMistake(req.query, registered.clientID);
    if (mistake !== undefined) return void res.status(400).send(mistake);
    const { redirect_uri, scope, state, code_challenge = '' } = req.query as Record<string, string>; // findMistake has checked them
    const callback = new URL(redirect_uri!);
    const person = people.find(({ id }) => id === req.body.user);
    if (req.body.action === 'allow' && person !== undefined) {
      const code = secret();
      const until = now() + 60_000;
      codes.set(code, {
        userId: person.id,
        scope: scope!,
        redirectURI: redirect_uri!,
        challenge: code_challenge,
        until,
      });
      callback.searchParams.set('code', code);
    } else {
      callback.searchParams.set('error', 'access_denied');
      callback.searchParams.set('error_description', 'The resource owner or authorization server denied the request');
    }
    if (state !== undefined) callback.searchParams.set('state', state);
    res.redirect(callback.href);
  });

  app.post('/api/oauth2/token', readForm, authenticateApp, (req: Request, res: Response) => {
    const {
      grant_type,
      code = '',
      redirect_uri,
      code_verifier = '',
      refresh_token = '',
    } = req.body as Record<string, string>;
    if (grant_type === 'authorization_code') {
      const kept = codes.get(code);
      codes.delete(code);
      const challenge = createHash('sha256').update(code_verifier).digest('base64url');
      const isProved = kept !== undefined && (kept.challenge === '' || kept.challenge === challenge);
      if (!isProved || kept.until < now() || kept.redirectURI !== redirect_uri) {
        return void res.status(400).json({ error: 'invalid_grant', error_description: 'Invalid "code" in request.' });
      }
      return void res.json(tokenAnswer(grant(kept.userId, kept.scope)));
    }
    if (grant_type !== 'refresh_token') return void res.status(400).json({ error: 'unsupported_grant_type' });
    const known = allGrants().find(({ refreshToken }) => refreshToken === refresh_token);
    if (spent.has(refresh_token)) reused.push(refresh_token);
    if (known === undefined) {
      const description = 'Invalid "refresh_token" in request.';
      return void res.status(400).json({ error: 'invalid_grant', error_description: description });
    }
    spent.add(refresh_token);
    Object.assign(known, { accessToken: secret(), refreshToken: secret(), expiresAt: now() + WEEK_SECONDS * 1000 });
    res.json(tokenAnswer(known));
  });

  // Ends all tokens of the authorization, whichever of them was sent. RFC 7009: an unknown token is not an error.
  app.post('/api/oauth2/token/revoke', readForm, authenticateApp, (req: Request, res: Response) => {
    const { token } = req.body as Record<string, string>;
    const known = allGrants().find(({ accessToken, refreshToken }) => accessToken === token || refreshToken === token);
    if (known !== undefined) grants.delete(known.userId);
    res.json({});
  });

  app.get('/api/users/@me', (req, res) => {
    const access = readBearer(req, res, 'identify');
    const person = people.find(({ id }) => id === access?.userId);
    if (person !== undefined) res.json({ id: person.id, username: person.username, global_name: person.name });
  });

  const connectionPath = '/api/v10/users/@me/applications/:application/role-connection';
  app.use(connectionPath, express.json(), (req, res, next) => {
    const access = readBearer(req, res, 'role_connections.write');
    if (access === undefined) return;
    if (req.params['application'] !== registered.clientID)
      return refuse(res, 403, 50025, 'Invalid OAuth2 access token');
    if (!quotas.take(`${req.method} ${access.userId}`, res)) return;
    res.locals['userId'] = access.userId;
    next();
  });
  app.get(
    connectionPath,
    (_req, res) =>
      void res.json(
        connections.get(res.locals['userId']) ?? { platform_name: null, platform_username: null, metadata: {} },
      ),
  );
  app.put(connectionPath, (req, res) => {
    const content = readConnection(req.body, records);
    if ('errors' in content) return void res.status(400).json(content);
    connections.set(res.locals['userId'], content);
    res.json(content);
  });
  app.delete(connectionPath, (_req, res) => {
    connections.delete(res.locals['userId']);
    res.status(204).end();
  });

  const recordsPath = '/api/v10/applications/:application/role-connections/metadata';
  app.use(recordsPath, express.json(), (req, res, next) => {
    const isBot = req.get('authorization') === `Bot ${registered.botToken}`;
    if (!isBot) return refuse(res, 401, 0, '401: Unauthorized');
    if (req.params['application'] !== registered.clientID)
      return refuse(res, 403, 20012, 'You are not authorized to perform this action on this application');
    next();
  });
  app.get(recordsPath, (_req, res) => void res.json(records));
  app.put(recordsPath, (req, res) => {
    const content = readRecords(req.body);
    if ('errors' in content) return void res.status(400).json(content);
    records = content;
    res.json(content);
  });

  function authenticateApp(req: Request, res: Response, next: () => void): void {
    const { client_id, client_secret } = req.body as Record<string, string>;
    const basic = `Basic ${Buffer.from(`${registered.clientID}:${registered.clientSecret}`).toString('base64')}`;
    const header = req.get('authorization');
    const isOurs =
      header === undefined
        ? client_id === registered.clientID && client_secret === registered.clientSecret
        : header === basic;
    if (isOurs) next();
    else res.status(401).json({ error: 'invalid_client' });
  }

  function readBearer(req: Request, res: Response, scope: string): Grant | undefined {
    const [, token] = /^Bearer (\S+)$/.exec(req.get('authorization') ?? '') ?? [];
    const access = allGrants().find(({ accessToken, expiresAt }) => accessToken === token && expiresAt > now());
    if (access === undefined) refuse(res, 401, 0, '401: Unauthorized');
    else if (!access.scope.split(' ').includes(scope)) refuse(res, 403, 50001, 'Missing Access');
    else return access;
    return undefined;
  }

  const tokenAnswer = ({ accessToken, refreshToken, scope }: Grant) => ({
    ...{ access_token: accessToken, token_type: 'Bearer', expires_in: WEEK_SECONDS },
    ...{ refresh_token: refreshToken, scope },
  });

  const standIn: DiscordStandIn = {
    url,
    app: registered,
    express: app,
    people,
    get records() {
      return records;
    },
    connections,
    requests,
    reused,
    hold: undefined,
    expireAccessTokens() {
      for (const one of allGrants()) one.expiresAt = 0;
    },
    deauthorize(userId) {
      grants.delete(userId);
      connections.delete(userId);
    },
    fail(fault) {
      faults.push({ ...fault, left: fault.times });
    },
    issueTokens: (userId) => ({ ...grant(userId, 'identify role_connections.write') }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return standIn;
}
