import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { CLIENT_ID, ITEMS, PAGE_SIZE, SUBJECT } from './setting.ts';

/**
 * The cheapest provider that every contender believes: ES256-signed ID tokens, userinfo, keys, and an inventory of pages that were
 * written beforehand. A process of its own, so that nothing of it counts as a contender's.
 *
 * The contenders hand the nonce of a login in as its code, so no browser and no consent page is needed.
 */
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const kid = 'bench';
const certs = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' }] });

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwtHeader = base64url({ alg: 'ES256', kid, typ: 'JWT' });

function idToken(issuer: string, nonce: string): string {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const times = { iat: nowSeconds, nbf: nowSeconds, exp: nowSeconds + 36_000 };
  const payload = `${jwtHeader}.${base64url({ iss: issuer, aud: CLIENT_ID, sub: SUBJECT, nonce, ...times })}`;
  const signature = sign('sha256', Buffer.from(payload), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${payload}.${signature.toString('base64url')}`;
}

/** Tokens of about the length of Roblox's. */
const accessToken = createHash('sha512').update('access').digest('hex').repeat(6);
const refreshToken = createHash('sha512').update('refresh').digest('hex').repeat(6);

const userinfo = JSON.stringify({
  sub: SUBJECT,
  name: 'Builderman',
  nickname: 'Builderman',
  preferred_username: 'builderman',
  created_at: 1584682495,
  profile: `https://www.roblox.com/users/${SUBJECT}/profile`,
  picture: 'https://tr.rbxcdn.com/30DAY-AvatarHeadshot-Png/150/150/AvatarHeadshot/Png/noFilter',
});

const pages = Array.from({ length: ITEMS / PAGE_SIZE }, (_, page) =>
  Buffer.from(
    JSON.stringify({
      inventoryItems: Array.from({ length: PAGE_SIZE }, (_, index) => {
        const id = String(1_000_000 + page * PAGE_SIZE + index);
        return {
          path: `users/${SUBJECT}/inventory-items/${Buffer.from(id).toString('base64url')}`,
          assetDetails: { assetId: id, inventoryItemAssetType: 'HAT', instanceId: `9${id}` },
          addTime: '2024-03-01T12:34:56.789Z',
        };
      }),
      nextPageToken: (page + 1) * PAGE_SIZE < ITEMS ? String(page + 1) : '',
    }),
  ),
);

/** While held, token requests wait: so many logins are then in flight. */
let held: (() => void)[] | undefined;
let pageDelayMs = 0;

const server = http.createServer((req, res) => {
  const url = req.url ?? '';
  if (url === '/oauth/v1/token') {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const nonce = decodeURIComponent(/(?:^|&)code=([^&]*)/.exec(Buffer.concat(chunks).toString())?.[1] ?? '');
      const answer = () =>
        json(
          res,
          JSON.stringify({
            access_token: accessToken,
            refresh_token: refreshToken,
            token_type: 'Bearer',
            expires_in: 899,
            id_token: idToken(`${baseURL}/oauth/`, nonce),
            scope: 'openid profile',
          }),
        );
      if (held === undefined) answer();
      else held.push(answer);
    });
  } else if (url === '/oauth/v1/userinfo') json(res, userinfo);
  else if (url === '/oauth/v1/certs') json(res, certs);
  else if (url.includes('/inventory-items')) {
    const page = pages[Number(/[?&]pageToken=(\d+)/.exec(url)?.[1] ?? 0)];
    if (page === undefined) res.writeHead(400).end();
    else if (pageDelayMs === 0) json(res, page);
    else setTimeout(json, pageDelayMs, res, page);
  } else if (url.startsWith('/bench/')) control(url, res);
  else res.writeHead(404).end();
});

function json(res: http.ServerResponse, body: string | Buffer): void {
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
}

/** What a worker tells this process: let token requests wait, say how many do, let them go; and answer pages late. */
function control(url: string, res: http.ServerResponse): void {
  if (url === '/bench/hold') held = [];
  if (url === '/bench/release') {
    for (const answer of held ?? []) answer();
    held = undefined;
  }
  if (url.startsWith('/bench/page-delay/')) pageDelayMs = Number(url.split('/').at(-1));
  json(res, JSON.stringify({ held: held?.length ?? 0 }));
}

// Nobody's connection is closed during a run: what is measured is the exchange.
server.keepAliveTimeout = 600_000;
server.requestTimeout = 0;
server.headersTimeout = 0;
server.listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
process.send?.({ baseURL });

// Whatever ends the run ends this too.
process.on('disconnect', () => process.exit());
