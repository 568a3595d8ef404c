import { expect } from 'chai';

import { createVisitor, DEMO_PUBLIC_CLIENT, startEmulator } from '../../../lib/emulator/index.ts';
import type { Emulator } from '../../../lib/emulator/index.ts';
import { authorizationURL, hashVerifier, createBench, redirectURI, verifier, withEmulator } from '../support.ts';
import type { Bench } from '../support.ts';

describe('The emulator asks a user for permission', () => {
  let roblox: Emulator;
  let bench: Bench;
  before(async () => {
    roblox = await startEmulator();
    bench = createBench(roblox);
  });
  after(() => roblox.close());

  it('Allow redirects back with a code and the state', async () => {
    const callback = await bench.authorize({ state: 'with & and "' });
    expect(callback.href.startsWith(`${redirectURI}?`)).to.equal(true);
    expect(callback.searchParams.get('state')).to.equal('with & and "');
    expect([...callback.searchParams.keys()]).to.have.members(['code', 'state']);
  });

  it('Cancel redirects back with access_denied, a description and the state', async () => {
    const callback = await bench.authorize({}, { action: 'cancel' });
    expect(Object.fromEntries(callback.searchParams)).to.deep.equal({
      error: 'access_denied',
      error_description: 'The user denied the request',
      state: 'the-state',
    });
  });

  it('two tabs of one browser can finish in any order, each as its own user', async () => {
    const visitor = createVisitor({ baseURL: roblox.url });
    const first = await visitor.get(authorizationURL(roblox, { state: 'first' }));
    const second = await visitor.get(authorizationURL(roblox, { state: 'second' }));
    const later = await visitor.authorize(second.url, { user: '4100000002' });
    const earlier = await visitor.authorize(first.url, { user: '4100000003' });
    visitor.close();
    expect(new URL(later).searchParams.get('state')).to.equal('second');
    expect(new URL(earlier).searchParams.get('state')).to.equal('first');
    expect(new URL(later).searchParams.get('code')).not.to.equal(new URL(earlier).searchParams.get('code'));
  });

  it('a redirect URI keeps its own query', async () => {
    const callback = await bench.authorize({ redirect_uri: 'http://127.0.0.1:8080/cb?tenant=a' });
    expect(callback.searchParams.get('tenant')).to.equal('a');
    expect(callback.searchParams.get('code')).to.be.a('string');
  });

  it('an unescaped redirect URI is understood', async () => {
    const url = authorizationURL(roblox).replace(encodeURIComponent(redirectURI), redirectURI);
    const visitor = createVisitor({ baseURL: roblox.url });
    expect(await visitor.authorize(url)).to.match(/[?&]code=/);
    visitor.close();
  });

  it('response_type none redirects back with only the state', async () => {
    const callback = await bench.authorize({ response_type: 'none' });
    expect([...callback.searchParams.keys()]).to.deep.equal(['state']);
  });

  for (const prompt of ['login', 'consent', 'select_account', 'login consent select_account']) {
    it(`prompt "${prompt}" shows the page`, async () => {
      expect((await bench.authorize({ prompt })).searchParams.has('code')).to.equal(true);
    });
  }

  const sentBack: [string, Record<string, string | undefined>, string][] = [
    ['prompt none without a session', { prompt: 'none' }, 'login_required'],
    ['prompt none among others', { prompt: 'none login' }, 'invalid_request'],
    ['an unknown prompt', { prompt: 'please' }, 'invalid_request'],
    ['no response_type', { response_type: undefined }, 'invalid_request'],
    ['the implicit flow', { response_type: 'token' }, 'unsupported_response_type'],
    ['no scope', { scope: undefined }, 'invalid_scope'],
    ['a scope that Roblox does not have', { scope: 'openid groups' }, 'invalid_scope'],
    ['a scope that Roblox keeps to itself', { scope: 'openid email' }, 'invalid_scope'],
    ['a scope of odd characters', { scope: 'openid "é<' }, 'invalid_scope'],
    ['profile without openid', { scope: 'profile' }, 'invalid_scope'],
    ['scopes with a comma', { scope: 'openid,profile' }, 'invalid_scope'],
    ['a public client without PKCE', { client_id: DEMO_PUBLIC_CLIENT.clientID }, 'invalid_request'],
    [
      'a plain challenge',
      { code_challenge: hashVerifier(verifier), code_challenge_method: 'plain' },
      'invalid_request',
    ],
    ['a challenge without method', { code_challenge: hashVerifier(verifier) }, 'invalid_request'],
    ['a challenge that is no hash', { code_challenge: 'short', code_challenge_method: 'S256' }, 'invalid_request'],
  ];
  for (const [name, parameters, error] of sentBack) {
    it(`${name} is sent back with ${error}`, async () => {
      const callback = await bench.authorize(parameters);
      expect(callback.href.startsWith(redirectURI)).to.equal(true);
      expect(callback.searchParams.get('error')).to.equal(error);
      // RFC 6749, section 4.1.2.1: no quotes, no backslash, ASCII only.
      expect(callback.searchParams.get('error_description')).to.match(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
      expect(callback.searchParams.get('state')).to.equal('the-state');
    });
  }

  it('a scope of the option extraScopes is accepted', async () => {
    await withEmulator({ extraScopes: ['universe.moon:read'] }, async ({ authorize }) => {
      expect((await authorize({ scope: 'universe.moon:read' })).searchParams.has('code')).to.equal(true);
      expect((await authorize({ scope: 'universe.sun:read' })).searchParams.get('error')).to.equal('invalid_scope');
    });
  });

  const neverSentBack: [string, Record<string, string | undefined>][] = [
    ['an unknown client', { client_id: '1' }],
    ['no client', { client_id: undefined }],
    ['no redirect URI', { redirect_uri: undefined }],
    ['a redirect URI elsewhere', { redirect_uri: 'https://evil.example/cb' }],
    ['a redirect URI that only looks local', { redirect_uri: 'http://localhost.evil.example/cb' }],
    ['a redirect URI of another kind', { redirect_uri: 'javascript:alert(1)' }],
  ];
  for (const [name, parameters] of neverSentBack) {
    it(`${name} ends on an error page with status 400`, async () => {
      const page = await fetch(authorizationURL(roblox, parameters), { redirect: 'manual' });
      expect(page.status).to.equal(400);
      expect(page.headers.get('content-type')).to.include('text/html');
      expect(page.headers.has('location')).to.equal(false);
    });
  }

  it('a parameter that is given twice is refused', async () => {
    const page = await fetch(`${authorizationURL(roblox)}&state=other`, { redirect: 'manual' });
    expect(page.headers.get('location')).to.include('error=invalid_request');
  });

  it('a form without a user or with an unknown one ends on an error page', async () => {
    for (const form of [{ action: 'allow' }, { action: 'allow', user: '7' }, { user: '4100000001' }]) {
      const page = await fetch(authorizationURL(roblox), { method: 'POST', body: new URLSearchParams(form) });
      expect(page.status).to.equal(400);
    }
  });

  it('registered redirect URIs are compared character by character, and scopes with those saved', async () => {
    const clients = [
      { clientID: '77', clientSecret: 's', redirectURIs: ['https://app.example/cb'], scopes: ['openid'] },
    ];
    await withEmulator({ clients }, async ({ roblox: strict, authorize }) => {
      const own = { client_id: '77', redirect_uri: 'https://app.example/cb', scope: 'openid' };
      expect((await authorize(own)).searchParams.has('code')).to.equal(true);
      for (const redirect_uri of ['https://app.example/cb/', 'https://app.example/CB', 'https://app.example/cb?x']) {
        const page = await fetch(authorizationURL(strict, { ...own, redirect_uri }), { redirect: 'manual' });
        expect(page.status, redirect_uri).to.equal(400);
      }
      const refused = await authorize({ ...own, scope: 'openid profile' });
      expect(refused.searchParams.get('error')).to.equal('invalid_scope');
    });
  });
});
