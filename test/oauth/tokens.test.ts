import { expect } from 'chai';
import fc from 'fast-check';
import {
  buildTokenForm,
  readIntrospection,
  readResources,
  readTokens,
  splitScopes,
  type ClientCredentials,
} from '../../lib/oauth/tokens.ts';
import { anyCharacter } from '../support/any-text.ts';

describe('a form for a token endpoint', () => {
  const credentials = fc.record({
    clientID: fc.string({ minLength: 1, unit: anyCharacter }),
    clientSecret: fc.option(fc.string({ minLength: 1, unit: anyCharacter }), { nil: undefined }),
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
    const response = {
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
    expect(readResources(response)).to.deep.equal({
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
