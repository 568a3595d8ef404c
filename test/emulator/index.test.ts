import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

import { expect } from 'chai';
import { decodeJwt } from 'jose';

import { createVisitor, DEMO_CLIENT, startEmulator } from '../../lib/emulator/index.ts';
import type { EmulatorOptions } from '../../lib/emulator/index.ts';
import { authorizationURL, credentials, redirectURI, withEmulator } from './support.ts';

/** Runs a module in its own process, at the root of the package. */
async function run(script: string): Promise<{ stdout: string; stderr: string; code: number | null }> {
  const args = ['--import', './scripts/strip-types.js', '--input-type=module', '--eval', script];
  const child = spawn(process.execPath, args, { cwd: new URL('../..', import.meta.url), env: { PATH: '' } });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { stdout, stderr, code: child.exitCode };
}

/** Starts an emulator in a process where the import of oidc-provider fails. */
function runWithBrokenProvider(error: { code?: string; message: string }) {
  const hooks = `export const resolve = (name, context, next) => {
    if (name !== 'oidc-provider') return next(name, context);
    throw Object.assign(new Error(), ${JSON.stringify(error)});
  };`;
  return run(`
    import { register } from 'node:module';
    import { startEmulator } from './lib/emulator/index.ts';
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}));
    await startEmulator().catch((error) => console.log(error.message, error.code));`);
}

describe('An emulator', () => {
  it('listens on its URL, which has no slash at the end, and several can run at the same time', async () => {
    const [first, second] = await Promise.all([startEmulator(), startEmulator({ port: 0, host: 'localhost' })]);
    expect(first.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(second.url).to.match(/^http:\/\/localhost:\d+$/);
    const page = await fetch(second.url);
    expect(await page.text()).to.include(DEMO_CLIENT.clientID);
    await Promise.all([first.close(), second.close()]);
  });

  it('gives the options of its first app, for a strategy, a client and a vault', async () => {
    const publicClient = { clientID: '7', redirectURIs: 'loopback' } as const;
    await withEmulator({}, async ({ roblox: { credentials, url } }) => {
      const { clientID, clientSecret } = DEMO_CLIENT;
      expect(credentials).to.deep.equal({ clientID, clientSecret, baseURL: url });
    });
    await withEmulator({ clients: [publicClient] }, async ({ roblox: { credentials, url } }) => {
      expect(credentials).to.deep.equal({ clientID: '7', baseURL: url });
    });
  });

  it('says that its port is taken', async () => {
    await withEmulator({}, async ({ roblox }) => {
      const outcome = await startEmulator({ port: Number(new URL(roblox.url).port) }).catch((error: unknown) => error);
      expect(outcome).to.have.property('code', 'EADDRINUSE');
    });
  });

  it('closes at once, with open connections too', async () => {
    const roblox = await startEmulator();
    roblox.faults.hang('/oauth/v1/certs');
    roblox.faults.delay('/slow', 60_000);
    const visitor = createVisitor({ baseURL: roblox.url });
    await visitor.get('/');
    const pending = [fetch(`${roblox.url}/oauth/v1/certs`), fetch(`${roblox.url}/slow`)];
    const outcomes = Promise.allSettled(pending);
    const idle = connect(Number(new URL(roblox.url).port), '127.0.0.1');
    await once(idle, 'connect');
    idle.on('error', () => undefined);
    while (roblox.count(/slow|certs/) < 2) await new Promise((resolve) => setImmediate(resolve));
    await roblox.close();
    expect((await outcomes).map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    visitor.close();
  });

  it('answers 413 to a body over 1 MiB, everywhere, while it is still being sent', async () => {
    await withEmulator({}, async ({ roblox, token, send }) => {
      const authorization = `Bearer ${await token()}`;
      const paths = ['/oauth/v1/token', '/oauth/v1/token/introspect', '/oauth/v1/token/revoke', '/oauth/v1/authorize'];
      for (const path of [...paths, '/oauth/v1/userinfo', '/cloud/v2/universes/1:publishMessage', '/nowhere']) {
        const body = 'x'.repeat(1024 * 1024 + 1);
        const { status } = await send(path, { method: 'POST', body, headers: { authorization } });
        expect(status, path).to.equal(413);
        expect(roblox.requests.at(-1)).to.include({ path, status: 413 });
      }
      const { port, hostname } = new URL(roblox.url);
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.write('POST /oauth/v1/token HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n');
      socket.write(`200000\r\n${'x'.repeat(0x200000)}\r\n`);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).to.match(/^HTTP\/1\.1 413 /);
      socket.destroy();
    });
  });

  it('can be closed by `await using`, and twice', async () => {
    const roblox = await startEmulator();
    await roblox[Symbol.asyncDispose]();
    await roblox.close();
    const outcome = await fetch(roblox.url).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(TypeError);
  });

  it('prints nothing and lets the process end', async () => {
    const script = `
      import { startEmulator, createVisitor } from './lib/emulator/index.ts';
      const roblox = await startEmulator();
      const visitor = createVisitor({ baseURL: roblox.url });
      await visitor.authorize(${JSON.stringify(authorizationURL({ url: '' } as never))}.replace(/^/, roblox.url));
      const { refresh_token } = await roblox.issueTokens();
      await fetch(roblox.url + '/oauth/v1/token/revoke', {
        method: 'POST',
        body: new URLSearchParams({ ...${JSON.stringify(credentials)}, token: refresh_token }),
        headers: { origin: 'https://app.example', accept: 'text/html' },
      });
      visitor.close();
      await roblox.close();`;
    expect(await run(script)).to.deep.equal({ stdout: '', stderr: '', code: 0 });
  });

  it('names the package to install when oidc-provider is missing', async () => {
    const { stdout, code } = await runWithBrokenProvider({
      code: 'ERR_MODULE_NOT_FOUND',
      message: "Cannot find package 'oidc-provider' imported from here",
    });
    expect(stdout).to.include('npm install --save-dev oidc-provider').and.include('OIDC_PROVIDER_MISSING');
    expect(code).to.equal(0);
  });

  it('does not tell to install oidc-provider when it is installed but cannot be loaded', async () => {
    for (const error of [
      { code: 'ERR_MODULE_NOT_FOUND', message: "Cannot find package 'koa' imported from oidc-provider" },
      { message: 'Cannot use import statement outside a module' },
    ]) {
      const { stdout } = await runWithBrokenProvider(error);
      expect(stdout)
        .to.match(/installed, but cannot be loaded.*--experimental-vm-modules/)
        .and.not.include('npm install');
    }
  });

  it('keeps a log of requests and counters, and forgets them on reset', async () => {
    await withEmulator({ requestsKept: 3 }, async ({ roblox, get, post }) => {
      await post('/oauth/v1/token?x=1', { ...credentials, grant_type: 'nothing' });
      await get('/oauth/v1/certs');
      await get('/oauth/v1/certs');
      const [first] = roblox.requests;
      expect(first).to.include({ method: 'POST', path: '/oauth/v1/token', status: 400 });
      expect(first?.query.get('x')).to.equal('1');
      expect(first?.form).to.deep.equal({ ...credentials, grant_type: 'nothing' });
      expect(roblox.count('/oauth/v1/certs')).to.equal(2);
      expect(roblox.count(/^\/oauth\//)).to.equal(3);
      await get('/');
      expect(roblox.requests).to.have.length(3);
      expect(roblox.requests.at(-1)).to.include({ path: '/', status: 200 });
      expect(roblox.connections).to.be.within(1, 4);
      roblox.reset();
      expect(roblox.requests).to.have.length(0);
      expect(roblox.count(/./)).to.equal(0);
      expect(roblox.connections).to.equal(0);
    });
  });

  it('accepts other users and clients', async () => {
    const options: EmulatorOptions = {
      users: [
        { id: '12', username: 'ann', displayName: 'Ann', createdAt: new Date(0), picture: 'https://x.example/a.png' },
      ],
      clients: [{ clientID: '34', clientSecret: 'secret', redirectURIs: [redirectURI] }],
    };
    await withEmulator(options, async ({ roblox, authorize, post, get }) => {
      const code = (await authorize({ client_id: '34' })).searchParams.get('code') ?? '';
      const form = { client_id: '34', client_secret: 'secret', grant_type: 'authorization_code', code };
      const { json } = await post('/oauth/v1/token', form);
      const userinfo = await get('/oauth/v1/userinfo', String(json['access_token']));
      expect(userinfo.json).to.include({ sub: '12', created_at: 0, picture: 'https://x.example/a.png' });
      const outcome = await roblox.issueTokens({ user: '1' }).catch((error: unknown) => error);
      expect(outcome).to.be.instanceOf(TypeError);
    });
  });

  it('keeps only the newest authorizations of a user', async () => {
    await withEmulator({ authorizationsKept: 2 }, async ({ roblox, get }) => {
      const tokens = [await roblox.issueTokens(), await roblox.issueTokens(), await roblox.issueTokens()];
      const other = await roblox.issueTokens({ user: '4100000002' });
      const statuses: number[] = [];
      for (const { access_token } of [...tokens, other]) {
        statuses.push((await get('/oauth/v1/userinfo', access_token)).status);
      }
      expect(statuses).to.deep.equal([401, 200, 200, 200]);
    });
  });

  it('uses the address of the option url in all its URLs', async () => {
    await withEmulator({ url: 'https://roblox.example/' }, async ({ roblox }) => {
      expect(roblox.url).to.equal('https://roblox.example');
      expect(roblox.address).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
      const response = await fetch(`${roblox.address}/oauth/.well-known/openid-configuration`);
      const discovery = (await response.json()) as Record<string, string>;
      expect(discovery['issuer']).to.equal('https://roblox.example/oauth/');
      const { id_token } = await roblox.issueTokens();
      expect(decodeJwt(id_token ?? '').iss).to.equal('https://roblox.example/oauth/');
    });
  });

  it('answers at /health', async () => {
    await withEmulator({}, async ({ get }) => {
      const { status, json } = await get('/health');
      expect({ status, json }).to.deep.equal({ status: 200, json: { status: 'ok' } });
    });
  });

  it('accepts only known host names and IP addresses, so that no web page can reach it by DNS rebinding', async () => {
    await withEmulator({ url: 'http://roblox.internal:4000', hosts: ['roblox'] }, async ({ roblox }) => {
      const ask = async (host: string) => {
        const request = get(`${roblox.address}/oauth/v1/certs`, { headers: { host } });
        const [response] = (await once(request, 'response')) as [IncomingMessage];
        response.resume();
        return response.statusCode;
      };
      for (const host of ['localhost', 'localhost:1', 'app.localhost', '127.0.0.1:80', '[::1]:80', '10.0.0.7']) {
        expect(await ask(host), host).to.equal(200);
      }
      for (const host of ['roblox', 'roblox:4000', 'roblox.internal:4000']) expect(await ask(host), host).to.equal(200);
      for (const host of ['evil.example', 'localhost.evil.example', 'roblox.evil.example', '127.0.0.1.evil.example']) {
        expect(await ask(host), host).to.equal(421);
      }
    });
  });

  it('lets web pages read its responses only with the knob cors', async () => {
    const origin = 'https://app.example';
    for (const cors of [false, true]) {
      await withEmulator({ cors }, async ({ roblox, send, token }) => {
        const authorization = `Bearer ${await token()}`;
        const asked = [
          await send('/oauth/v1/certs', { headers: { origin } }),
          await send('/oauth/v1/userinfo', { headers: { origin, authorization } }),
          await send('/cloud/v2/groups/7001', { headers: { origin, authorization } }),
          await send('/oauth/v1/token', {
            method: 'POST',
            headers: { origin },
            body: new URLSearchParams({
              ...credentials,
              grant_type: 'refresh_token',
              refresh_token: (await roblox.issueTokens()).refresh_token,
            }),
          }),
        ];
        for (const { status, headers } of asked) {
          expect(status).to.equal(200);
          expect(headers.get('access-control-allow-origin')).to.equal(cors ? '*' : null);
        }
        const preflight = await send('/cloud/v2/groups/7001', { method: 'OPTIONS', headers: { origin } });
        expect(preflight.status).to.equal(cors ? 204 : 401);
      });
    }
  });

  const user = { id: '1', username: 'a', displayName: 'A', createdAt: new Date(0), picture: null };
  const client = { clientID: '1', clientSecret: 's', redirectURIs: ['https://a.example/'] };
  const withRedirect = (uri: unknown) => ({ clients: [{ ...client, redirectURIs: [uri] }] });
  const refused: [string, Record<string, unknown>, RegExp][] = [
    [
      'a numeric user ID',
      { users: [{ ...user, id: 1 }] },
      /users\[0\]\.id must be a string of digits, but is number 1/,
    ],
    ['a user who is given twice', { users: [user, user] }, /users\[1\]\.id 1 is given twice/],
    ['no user name', { users: [{ ...user, username: undefined }] }, /users\[0\]\.username must be .* is missing/],
    [
      'a createdAt that is no date',
      { users: [{ ...user, createdAt: '2020' }] },
      /users\[0\]\.createdAt must be a valid Date, but is "2020": new Date\("2020"\)/,
    ],
    [
      'a membership without role',
      { users: [{ ...user, groups: [{ id: '2', roleIds: [] }] }] },
      /groups\[0\]\.roleIds must/,
    ],
    ['an item of no kind', { users: [{ ...user, inventory: [{}] }] }, /users\[0\]\.inventory\[0\] needs assetDetails/],
    [
      'a rank over 255',
      { groups: [{ id: '1', roles: [{ id: '2', displayName: 'x', rank: 256 }] }] },
      /roles\[0\]\.rank must/,
    ],
    ['users that are no list', { users: {} }, /users must be an array/],
    ['a numeric client ID', { clients: [{ ...client, clientID: 1 }] }, /clientID must be/],
    ['an empty secret', { clients: [{ ...client, clientSecret: '' }] }, /clientSecret is empty/],
    [
      'a scope that Roblox does not have',
      { clients: [{ ...client, scopes: ['openid', 'groups'] }] },
      /no scope groups/,
    ],
    ['profile without openid', { clients: [{ ...client, scopes: ['profile'] }] }, /profile needs openid/],
    ['no redirect URIs', { clients: [{ clientID: '1' }] }, /redirectURIs must be an array/],
    [
      'eleven redirect URIs',
      { clients: [{ ...client, redirectURIs: Array(11).fill('https://a.example/') }] },
      /10 URLs/,
    ],
    ['a redirect URI over 256 characters', withRedirect(`https://a.example/${'x'.repeat(240)}`), /256/],
    ['a relative redirect URI', withRedirect('/cb'), /redirectURIs\[0\] must be an absolute URL: "\/cb"/],
    ['a redirect URI with white space', withRedirect('https://a.example/ '), /absolute URL/],
    ['a redirect URI with a fragment', withRedirect('https://a.example/#x'), /no fragment/],
    ['a redirect URI that is a script', withRedirect('javascript:alert(1)'), /scheme that opens an app/],
    ['plain http', withRedirect('http://a.example/cb'), /https, or http:\/\/localhost/],
    ['plain http on a look-alike', withRedirect('http://localhost.a.example/cb'), /https, or http:\/\/localhost/],
    ['a loopback IP address', withRedirect('http://127.0.0.1:3000/cb'), /localhost, not its IP address/],
    ['a loopback IP address, by https', withRedirect('https://[::1]:3000/cb'), /localhost, not its IP address/],
    ['an unknown option', { user: [user] }, /user is not an option of the emulator\. Did you mean users\?/],
    ['another case', { subjecttype: 'pairwise' }, /Did you mean subjectType\?/],
    ['a knob of another type', { rateLimits: 'yes' }, /rateLimits must be a boolean/],
    ['an unknown subject type', { subjectType: 'private' }, /'public' or 'pairwise'/],
    ['a host that is a number', { host: 5 }, /host must be an address/],
    ['an address with a path', { url: 'https://a.example/roblox' }, /url must be like https/],
  ];
  for (const [name, options, message] of refused) {
    it(`refuses ${name}, and says where`, async () => {
      const outcome = await startEmulator(options as EmulatorOptions).catch((error: unknown) => error);
      expect(outcome).to.be.instanceOf(TypeError);
      expect(String(outcome)).to.match(message);
    });
  }

  it('accepts the redirect URLs that Roblox’s registration form accepts', async () => {
    const redirectURIs = [
      ...['https://app.example', 'https://app.example/cb?x=1', 'http://localhost:80', 'https://localhost:80/cb'],
      ...['my-app-scheme:/', 'my-app-scheme://foo/bar/...', 'my-app://action?param1=value1&param2=value2'],
    ];
    await withEmulator({ clients: [{ ...client, redirectURIs }] }, async ({ authorize }) => {
      for (const redirect_uri of redirectURIs) {
        const { href } = await authorize({ client_id: '1', redirect_uri });
        expect(href, redirect_uri).to.match(/[?&]code=/);
      }
    });
    const own = { ...client, redirectURIs: ['http://127.0.0.1:3000/cb', 'http://[::1]:3000/cb'] };
    await withEmulator({ clients: [own], loopbackIPs: true }, async ({ authorize }) => {
      const { href } = await authorize({ client_id: '1', redirect_uri: own.redirectURIs[0] });
      expect(href).to.match(/^http:\/\/127\.0\.0\.1:3000\/cb\?code=/);
    });
  });
});
