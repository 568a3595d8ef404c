import { inspect } from 'node:util';
import { expect } from 'chai';
import { RobloxClient } from '../../lib/client/client.ts';
import type { RobloxClientOptions } from '../../lib/client/options.ts';
import { RobloxAPIError } from '../../lib/errors.ts';
import { catchError } from '../support/thrown.ts';
import { serve, type Served } from './support.ts';

/** Values that look different in a URL, a form, JSON and a Basic header. */
const SECRETS = {
  accessToken: 'ACCESS.one+/=~',
  refreshToken: "REFRESH.one+/=*'(~",
  clientSecret: 'SECRET+"/=&\\~!',
  idToken: 'ID.one.token',
};
const RENEWED = { access_token: 'ACCESS.two+/=', refresh_token: 'REFRESH.two+/=', id_token: 'ID.two.token' };
const BASIC = Buffer.from(`840:${new URLSearchParams([['', SECRETS.clientSecret]]).toString().slice(1)}`).toString(
  'base64',
);

/** Every secret, and a part of each that is the same in every encoding. */
const MARKS = [
  ...Object.values(SECRETS),
  ...Object.values(RENEWED),
  'ACCESS.',
  'REFRESH.',
  'SECRET',
  'ID.one',
  'ID.two',
  BASIC.slice(0, 30),
];

const FILE = new Blob(['x'], { type: 'image/png' });
const ASSET = { assetType: 'Decal', displayName: SECRETS.accessToken, description: SECRETS.accessToken, file: FILE };
const NOTE = { source: { universe: 'universes/7' }, payload: { messageId: SECRETS.accessToken } };

/** Everything that a developer or a logger can see of a value. */
function everythingOf(value: unknown): string {
  const seen = [
    inspect(value, { depth: Infinity, showHidden: true, getters: true, maxStringLength: Infinity }),
    String(value),
  ];
  seen.push(JSON.stringify(value) ?? '', JSON.stringify(value, Object.getOwnPropertyNames(value ?? {})) ?? '');
  if (value instanceof Error)
    seen.push(value.message, value.stack ?? '', value.cause === undefined ? '' : everythingOf(value.cause));
  return seen.join('\n');
}

function expectNoSecret(value: unknown): void {
  const text = everythingOf(value);
  for (const mark of MARKS) expect(text, mark).to.not.include(mark);
}

describe('no secret is shown', () => {
  let server: Served;
  /** How the server responds, by path. It echoes the whole request. */
  let answers: Record<string, number | 'redirect' | 'renew' | 'cut' | 'html'> = {};
  before(async () => {
    server = await serve((req, res, body) => {
      const echo = `${req.method} ${req.url} ${JSON.stringify(req.headers)} ${body}`;
      const answer = answers[new URL(req.url ?? '', 'http://x.test').pathname] ?? 403;
      if (answer === 'cut') return void req.socket.destroy();
      if (answer === 'redirect')
        return void res
          .writeHead(302, { location: `/?${body.replace(/\s/g, '')}`, 'x-echo': encodeURI(echo) })
          .end(echo);
      if (answer === 'renew')
        return void res.end(JSON.stringify({ ...RENEWED, token_type: 'Bearer', expires_in: 900 }));
      if (answer === 'html') return void res.end(`<html>${echo}</html>`);
      res.statusCode = answer;
      const details = [
        { echo, [echo]: body, form: body.startsWith('{') ? body : Object.fromEntries(new URLSearchParams(body)) },
      ];
      res.end(
        JSON.stringify({
          error: echo,
          error_description: echo,
          code: echo,
          message: echo,
          details,
          errorDetails: details,
        }),
      );
    });
  });
  after(() => server.close());
  beforeEach(() => {
    answers = {};
  });

  const clientOf = (change: Partial<RobloxClientOptions> = {}) =>
    new RobloxClient({ ...SECRETS, clientID: '840', userId: '1', baseURL: server.url, maxRetries: 0, ...change });

  it('by the client itself, before and after a renewal', async () => {
    const client = clientOf();
    expectNoSecret(client);
    expect(inspect(client)).to.match(/^RobloxClient \{ userId: '1'/);
    answers['/oauth/v1/token'] = 'renew';
    await client.refresh();
    expect(client.tokens.accessToken).to.equal(RENEWED.access_token);
    expectNoSecret(client);
    expectNoSecret({ client, list: client.inventory.list(), groups: client.groups });
  });

  const calls: [string, (client: RobloxClient) => Promise<unknown>][] = [
    ['inventory.list', (client) => client.inventory.list().toArray()],
    ['inventory.owns', (client) => client.inventory.owns({ assetIds: ['1'] })],
    ['groups.list', (client) => client.groups.list().toArray()],
    ['groups.get', (client) => client.groups.get('7')],
    ['groups.roles', (client) => client.groups.roles('7').toArray()],
    ['groups.joinRequests', (client) => client.groups.joinRequests('7').toArray()],
    ['groups.assignRole', (client) => client.groups.assignRole('7', { userId: '2', roleId: '99' })],
    ['groups.acceptJoinRequest', (client) => client.groups.acceptJoinRequest('7', '2')],
    ['assets.create', (client) => client.assets.create({ ...ASSET, creator: { userId: '1' } })],
    ['assets.create, for whom the user chose', (client) => client.assets.create(ASSET)],
    ['experiences.restartServers', (client) => client.experiences.restartServers('1')],
    ['user.notify', (client) => client.user.notify(NOTE)],
    ['user.get', (client) => client.user.get()],
    ['user.thumbnail', (client) => client.user.thumbnail()],
    ['userInfo', (client) => client.userInfo()],
    ['experiences.publish', (client) => client.experiences.publish('1', 't', 'm')],
    [
      'request',
      (client) =>
        client.request('POST', '/anything', { body: { a: SECRETS.accessToken }, query: { q: SECRETS.accessToken } }),
    ],
    [
      'request with a token in its path',
      (client) => client.request('GET', '/x/{t}', { path: { t: SECRETS.accessToken } }),
    ],
    ['resources', (client) => client.resources()],
    ['introspect', (client) => client.introspect()],
    ['refresh', (client) => client.refresh()],
    ['revoke', (client) => client.revoke()],
  ];
  const everywhere = (answer: (typeof answers)[string]) => new Proxy({}, { get: () => answer });
  // groups.rank ignores a 404: such a group has no members.
  for (const answer of [400, 500, 'cut'] as const) {
    it(`in the error of groups.rank, when the server responds with ${answer} and echoes the request`, async () => {
      answers = everywhere(answer);
      expectNoSecret(await catchError(clientOf().groups.rank('7')));
    });
  }

  for (const [name, call] of calls) {
    for (const answer of [400, 403, 404, 429, 500, 'redirect', 'cut', 'html'] as const) {
      it(`in the error of ${name}, when the server responds with ${answer} and echoes the request`, async () => {
        answers = everywhere(answer);
        for (const clientAuthentication of ['client_secret_post', 'client_secret_basic'] as const) {
          // An empty HTML page is a valid response to a revocation: only the status counts.
          const error = await call(clientOf({ clientAuthentication })).catch((reason: unknown) => reason);
          if (!(name === 'revoke' && answer === 'html')) expect(error).to.be.instanceOf(Error);
          expectNoSecret(error);
        }
      });
    }

    if (name === 'refresh') continue;
    it(`in the error of ${name}, when it fails after a renewal`, async () => {
      answers = new Proxy({}, { get: (_, path) => (path === '/oauth/v1/token' ? 'renew' : 401) });
      expectNoSecret(await catchError(call(clientOf())));
    });
  }

  it("in the errors of a fetch that keeps its request, and of an app's own onTokens", async () => {
    const fetch = async (url: string, init: { headers: Record<string, string>; body?: unknown }) => {
      throw Object.assign(new Error(`cannot reach ${url} with ${init.headers['authorization']} ${init.body}`), {
        init,
      });
    };
    const client = clientOf({ fetch });
    for (const [, call] of calls) expectNoSecret(await catchError(call(client)));
    answers['/oauth/v1/token'] = 'renew';
    const storing = clientOf({
      onTokens: (tokens) => {
        throw Object.assign(new Error(`cannot store ${tokens.refreshToken}`), { row: tokens });
      },
    });
    expectNoSecret(await catchError(storing.refresh()));
    expectNoSecret(storing);
  });

  it('in the error of an operation that failed', async () => {
    const token = SECRETS.accessToken;
    const error = { code: 400, message: `no ${token}`, details: [{ [token]: token }] };
    const fetch = async () => new Response(JSON.stringify({ path: `operations/${token}`, done: true, error }));
    const client = clientOf({ fetch });
    for (const call of [client.user.thumbnail(), client.assets.create({ ...ASSET, creator: { userId: '1' } })]) {
      const failure = await catchError(call);
      expect(failure).to.be.instanceOf(RobloxAPIError);
      expectNoSecret(failure);
    }
  });

  it('in a TypeError about a call', async () => {
    const token = `RBX-${SECRETS.accessToken}`;
    const client = clientOf();
    const wrong = [
      client.request('GET', '/x', { headers: { 'x-token': `${token}\n` } }),
      client.request('GET', `/x?token=${token}`),
      client.request(token, '/x'),
      client.groups.get(token),
      client.inventory.owns({ badgeIds: [token] }),
      client.user.thumbnail({ shape: token }),
      client.experiences.publish('1', token.repeat(9), 'm'),
      client.user.notify({ source: { universe: token }, payload: { messageId: 'm' } }),
      client.assets.create({ ...ASSET, contentType: token }),
    ];
    for (const call of wrong) {
      const error = await catchError(call);
      expect(error).to.be.instanceOf(TypeError);
      expectNoSecret(error);
    }
  });

  it('in a TypeError about an option', () => {
    const odd: Partial<RobloxClientOptions>[] = [
      { accessToken: `${SECRETS.accessToken} ` },
      { refreshToken: `${SECRETS.refreshToken}\n` },
      { clientSecret: { toString: () => SECRETS.clientSecret } as never },
      { clientID: '' },
    ];
    for (const change of odd) {
      let error: unknown;
      try {
        clientOf(change);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).to.be.instanceOf(TypeError);
      expectNoSecret(error);
    }
  });
});
