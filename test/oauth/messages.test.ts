import { expect } from 'chai';
import fc from 'fast-check';
import { inspect } from 'node:util';
import { redact } from '../../lib/http/redact.ts';
import { buildAuthorizationURL, readCallback } from '../../lib/oauth/authorization.ts';
import { deriveEndpoints } from '../../lib/oauth/endpoints.ts';
import { deriveCodeChallenge, deriveNonce, createOneTimeValue } from '../../lib/oauth/authorization.ts';
import { readProfile } from '../../lib/oauth/profile.ts';
import {
  readIntrospection,
  readResources,
  buildTokenForm,
  type ClientCredentials,
} from '../../lib/oauth/token-messages.ts';
import { readTokens, splitScopes } from '../../lib/oauth/tokens.ts';

describe('the endpoints', () => {
  it("are Roblox's own by default", () => {
    expect(deriveEndpoints()).to.deep.equal({
      baseURL: 'https://apis.roblox.com',
      issuer: 'https://apis.roblox.com/oauth/',
      authorization: 'https://apis.roblox.com/oauth/v1/authorize',
      token: 'https://apis.roblox.com/oauth/v1/token',
      revocation: 'https://apis.roblox.com/oauth/v1/token/revoke',
      introspection: 'https://apis.roblox.com/oauth/v1/token/introspect',
      resources: 'https://apis.roblox.com/oauth/v1/token/resources',
      userinfo: 'https://apis.roblox.com/oauth/v1/userinfo',
      certs: 'https://apis.roblox.com/oauth/v1/certs',
    });
  });

  for (const base of [
    'http://127.0.0.1:4000',
    'http://127.9.8.7',
    'http://localhost:1',
    'http://[::1]:9',
    'http://a.localhost',
  ]) {
    it(`may be on loopback over plain http: ${base}`, () => {
      expect(deriveEndpoints(`${base}/`).token).to.equal(`${base}/oauth/v1/token`);
    });
  }
});

describe('one-time values', () => {
  it('make the S256 challenge of RFC 7636, appendix B', () => {
    expect(deriveCodeChallenge('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).to.equal(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    );
  });

  it('come from the random bytes that were given', () => {
    expect(createOneTimeValue((size) => Buffer.alloc(size, 7))).to.equal(Buffer.alloc(32, 7).toString('base64url'));
  });

  it('derive a nonce that is not the challenge and does not reveal the verifier', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 43 }), (verifier) => {
        expect(deriveNonce(verifier)).to.match(/^[\w-]{43}$/);
        expect(deriveNonce(verifier)).to.not.equal(deriveCodeChallenge(verifier));
        expect(deriveNonce(verifier)).to.equal(deriveNonce(verifier));
      }),
    );
  });
});

describe('a callback query', () => {
  it('is not a callback without a code or an error', () => {
    for (const query of [{}, { state: 'x' }, { code: undefined }, Object.create({ code: 'inherited' })]) {
      expect(readCallback(query)).to.equal(undefined);
    }
  });

  it('is read without an error, for any query, and gives only strings', () => {
    const value = fc.oneof(fc.string(), fc.array(fc.string()), fc.anything());
    const query = fc.dictionary(fc.constantFrom('code', 'error', 'state', 'error_description', '__proto__'), value);
    fc.assert(
      fc.property(query, (given) => {
        const callback = readCallback(given);
        if (callback === undefined) return;
        for (const part of Object.values(callback)) if (part !== undefined) expect(part).to.be.a('string');
        if (callback.kind === 'code') expect(callback.code).to.equal(given['code']);
      }),
    );
  });
});

describe('the authorization URL', () => {
  it('carries any value unchanged, a space as %20', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string()), (parameters) => {
        const url = new URL(buildAuthorizationURL('https://roblox.test/oauth/v1/authorize', parameters));
        expect(Object.fromEntries(url.searchParams)).to.deep.equal(parameters);
        expect(url.search).to.not.include('+');
        expect(url.origin + url.pathname).to.equal('https://roblox.test/oauth/v1/authorize');
      }),
    );
  });

  it('leaves out what is undefined', () => {
    expect(buildAuthorizationURL('https://roblox.test/', { a: undefined, b: null, c: 'x' })).to.equal(
      'https://roblox.test/?c=x',
    );
  });
});

describe('a form for a token endpoint', () => {
  const credentials = fc.record({
    clientID: fc.string({ minLength: 1, unit: 'grapheme' }),
    clientSecret: fc.option(fc.string({ minLength: 1, unit: 'grapheme' }), { nil: undefined }),
  });

  it('never has credentials in two places, and never an empty secret', () => {
    const methods = fc.constantFrom<ClientCredentials['clientAuthentication']>(
      'client_secret_post',
      'client_secret_basic',
    );
    fc.assert(
      fc.property(credentials, methods, fc.string(), (client, method, code) => {
        const clientAuthentication = client.clientSecret === undefined ? 'none' : method;
        const { headers, body } = buildTokenForm({ ...client, clientAuthentication }, { code, empty: undefined });
        const form = new URLSearchParams(body);
        const inBody = form.has('client_id') || form.has('client_secret');
        expect(inBody).to.not.equal('authorization' in headers);
        expect(form.get('client_secret')).to.not.equal('');
        expect(form.has('empty')).to.equal(false);
        expect(form.get('code')).to.equal(code);
      }),
    );
  });

  it('encodes a Basic header as RFC 6749, section 2.3.1 requires', () => {
    const { headers } = buildTokenForm(
      { clientID: 'a:b', clientSecret: 'c d%', clientAuthentication: 'client_secret_basic' },
      {},
    );
    const basic = String(headers['authorization']).replace('Basic ', '');
    expect(Buffer.from(basic, 'base64').toString()).to.equal('a%3Ab:c+d%25');
  });

  it('counts every credential among its secrets', () => {
    const { secrets } = buildTokenForm(
      { clientID: '1', clientSecret: 'the-secret', clientAuthentication: 'client_secret_post' },
      { code: 'the-code', code_verifier: 'the-verifier', refresh_token: 'the-refresh', token: 'the-token', x: 'y' },
    );
    expect(secrets).to.have.members(['the-code', 'the-verifier', 'the-refresh', 'the-token', 'the-secret']);
  });
});

describe('the responses of the token endpoints', () => {
  it('are read without an error, for any JSON', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        for (const read of [readIntrospection, readResources]) read(value);
        const tokens = readTokens(value, 0);
        if (tokens !== undefined) expect(tokens.accessToken).to.be.a('string').that.is.not.empty;
      }),
    );
  });

  it('count the lifetime of an access token from the moment of the response', () => {
    const tokens = readTokens(
      { access_token: 'a', token_type: 'Bearer', expires_in: 899, scope: 'openid profile' },
      1_000,
    );
    expect(tokens?.expiresAt?.getTime()).to.equal(900_000);
    expect(tokens?.scope).to.deep.equal(['openid', 'profile']);
    const strange = [
      undefined,
      null,
      true,
      false,
      'soon',
      '',
      ' ',
      '-1',
      '1e3',
      '0x10',
      -1,
      Number.NaN,
      Infinity,
      1e300,
      [],
      [899],
      {},
    ];
    for (const expires_in of strange) {
      expect(readTokens({ access_token: 'a', expires_in }, 0)?.expiresAt, String(expires_in)).to.equal(undefined);
    }
    expect(readTokens({ access_token: 'a', expires_in: '899' }, 0)?.expiresAt).to.deep.equal(new Date(899_000));
    expect(readTokens({ access_token: 'a', expires_in: 0 }, 0)?.expiresAt).to.deep.equal(new Date(0));
  });

  it('have tokens only if they are Bearer tokens', () => {
    for (const token_type of [undefined, null, 'Bearer', 'bearer', 'BEARER']) {
      expect(readTokens({ access_token: 'a', token_type }, 0)).to.have.property('accessToken', 'a');
    }
    for (const token_type of ['mac', 'DPoP', '', 'Bearer ', 7, true, {}, ['Bearer']]) {
      expect(readTokens({ access_token: 'a', token_type }, 0), String(token_type)).to.equal(undefined);
    }
  });

  it('have no token that cannot stand in a header', () => {
    for (const token of ['', ' ', 'a b', 'a\r\nhost: b', 'ä', 7, null, {}]) {
      expect(readTokens({ access_token: token }, 0)).to.equal(undefined);
      const tokens = readTokens({ access_token: 'a', refresh_token: token, id_token: token }, 0);
      expect(tokens).to.include({ refreshToken: undefined, idToken: undefined });
    }
  });

  it('have the experiences and accounts that the user chose', () => {
    const answer = {
      resource_infos: [
        {
          owner: { id: '1516563360', type: 'User' },
          resources: { universe: { ids: ['3828411582'] }, creator: { ids: ['U', 'G7'] } },
        },
        { owner: { id: '99', type: 'Group' }, resources: { creator: { ids: ['U'] } } },
        { owner: { id: '5', type: 'User' }, resources: { universe: { ids: ['1', '2'] } } },
        { owner: { id: '6', type: 'User' }, resources: {} },
        { resources: { universe: { ids: ['7'] } } },
      ],
    };
    expect(readResources(answer)).to.deep.equal({
      experiences: [
        { id: '3828411582', owner: { type: 'User', id: '1516563360' } },
        { id: '1', owner: { type: 'User', id: '5' } },
        { id: '2', owner: { type: 'User', id: '5' } },
      ],
      accounts: [
        { type: 'User', id: '1516563360' },
        { type: 'Group', id: '7' },
        { type: 'Group', id: '99' },
      ],
    });
    expect(readResources({ resource_infos: [] })).to.deep.equal({ experiences: [], accounts: [] });
    expect(readResources({})).to.equal(undefined);
  });

  it('leave out invalid IDs from the resources', () => {
    const noIDs = ['G', '0', '007', '-1', '1.5', '7/8', '../7', '12345678901234567890', 0, 1.5, null, {}, ['7']];
    const owner = { id: '5', type: 'User' };
    const read = (resources: object, of: object = owner) =>
      readResources({ resource_infos: [{ owner: of, resources }] });
    expect(read({ universe: { ids: [...noIDs, '', 'U', 'G7', 8] } })).to.deep.equal({
      experiences: [{ id: '8', owner }],
      accounts: [],
    });
    const noAccounts = [...noIDs, '', 'X7', 'U0', 'G007', 'G7/8', 'U-1'];
    expect(read({ creator: { ids: [...noAccounts, 'U8', '9'] } })).to.deep.equal({
      experiences: [],
      accounts: [
        { type: 'User', id: '8' },
        { type: 'User', id: '9' },
      ],
    });
    for (const other of [
      { ...owner, id: 'U' },
      { ...owner, id: undefined },
      { ...owner, type: 'Robot' },
      { id: '5' },
    ]) {
      const resources = { universe: { ids: ['1'] }, creator: { ids: ['U'] } };
      expect(read(resources, other)).to.deep.equal({ experiences: [], accounts: [] });
    }
  });

  it('have the facts about a token', () => {
    const raw = {
      active: true,
      jti: 'RT.1',
      iss: 'x',
      token_type: 'Bearer',
      client_id: '1',
      aud: '2',
      sub: '3',
      scope: 'openid',
      iat: 1,
      exp: 2,
    };
    expect(readIntrospection(raw)).to.deep.equal({
      active: true,
      sub: '3',
      clientId: '1',
      scope: ['openid'],
      issuedAt: new Date(1000),
      expiresAt: new Date(2000),
      raw,
    });
    expect(readIntrospection({ active: false })).to.deep.equal({ active: false, scope: [], raw: { active: false } });
    expect(readIntrospection({})).to.equal(undefined);
    const strange = { active: true, sub: 'me', scope: 7, client_id: 7, iat: '1', exp: 1e300 };
    expect(readIntrospection(strange)).to.deep.equal({ active: true, scope: [], raw: strange });
  });

  it('split scopes in every form', () => {
    expect(splitScopes(' openid  profile openid')).to.deep.equal(['openid', 'profile']);
    expect(splitScopes(['openid profile', 'group:read'])).to.deep.equal(['openid', 'profile', 'group:read']);
  });
});

describe('a profile', () => {
  const base = { sub: '1', name: 'Display', nickname: 'Display', preferred_username: 'user', created_at: 0 };

  it('has no photos when the picture is null or missing', () => {
    for (const picture of [null, undefined, '', 7]) expect(readProfile({ ...base, picture }).photos).to.deep.equal([]);
  });

  it('has only the fields of openid, and none that is undefined', () => {
    expect(readProfile({ sub: '1' })).to.deep.equal({
      provider: 'roblox',
      id: '1',
      profileUrl: 'https://www.roblox.com/users/1/profile',
      photos: [],
      _raw: '{"sub":"1"}',
      _json: { sub: '1' },
    });
  });

  const linked: [name: string, claims: Record<string, unknown>, expected: object][] = [
    ['a script', { profile: 'javascript:alert(1)', picture: 'javascript:alert(1)' }, { photos: [] }],
    ['data', { profile: 'data:text/html,x', picture: 'data:image/svg+xml,x' }, { photos: [] }],
    ['plain http', { profile: 'http://www.roblox.com/users/1/profile' }, {}],
    ['no URL', { profile: 'roblox', picture: 'me.png' }, { photos: [] }],
    ['no text', { profile: 7, picture: 7 }, { photos: [] }],
  ];
  for (const [name, claims, expected] of linked) {
    it(`has the user's page at Roblox and no picture when its claims are ${name}`, () => {
      const profileUrl = 'https://www.roblox.com/users/1/profile';
      expect(readProfile({ ...base, ...claims })).to.deep.include({ profileUrl, ...expected });
    });
  }

  for (const createdAt of [1e300, '1584682495', true, null]) {
    it(`has no date when created_at is ${inspect(createdAt)}`, () => {
      expect(readProfile({ ...base, created_at: createdAt })).to.not.have.property('createdAt');
    });
  }

  it('has the nickname when there is no name', () => {
    expect(readProfile({ sub: '1', nickname: 'Nick' }).displayName).to.equal('Nick');
  });
});

describe('redaction', () => {
  it('leaves no secret in any text, plain or encoded', () => {
    const secret = fc.string({ minLength: 4, maxLength: 40 }).filter((text) => !'[redacted]'.includes(text));
    fc.assert(
      fc.property(fc.string(), secret, fc.string(), (before, hidden, after) => {
        const clean = redact(`${before}${hidden}${after}${encodeURIComponent(hidden)}`, [hidden]);
        expect(clean.replaceAll('[redacted]', '\0')).to.not.include(hidden);
      }),
    );
  });
});
