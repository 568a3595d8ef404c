import { expect } from 'chai';
import fc from 'fast-check';
import { ConnectionError, type ConnectionErrorCode } from '../../lib/errors.ts';
import { getJSON, readErrorBody } from '../../lib/http/json.ts';
import { createConnectionError, type Transport } from '../../lib/http/transport.ts';
import { catchError } from '../support/thrown.ts';

describe('an error body', () => {
  const cases: [string, unknown, object][] = [
    [
      "is the gateway's",
      { errors: [{ code: 0, message: 'Group not found' }] },
      { code: 0, message: 'Group not found', details: undefined },
    ],
    [
      "is the gateway's with more to say",
      {
        errors: [
          { code: 3, message: 'a', field: 'x' },
          { code: 4, message: 'b' },
        ],
      },
      {
        code: 3,
        message: 'a; b',
        details: [
          { code: 3, message: 'a', field: 'x' },
          { code: 4, message: 'b' },
        ],
      },
    ],
    [
      "is v2's",
      { code: 'PERMISSION_DENIED', message: 'no', details: [{ '@type': 't' }] },
      { code: 'PERMISSION_DENIED', message: 'no', details: [{ '@type': 't' }] },
    ],
    ["is v2's with a number", { code: 7, message: 'no' }, { code: 7, message: 'no', details: undefined }],
    [
      "is v1's",
      { error: 'INVALID_ARGUMENT', message: 'no', errorDetails: [{ errorDetailType: 'x' }] },
      { code: 'INVALID_ARGUMENT', message: 'no', details: [{ errorDetailType: 'x' }] },
    ],
    [
      "is ASP.NET's",
      { errors: { topic: ['too long', 'too dull'], '': ['odd'] }, title: 'Not valid', status: 400 },
      {
        code: undefined,
        message: 'Not valid (topic: too long too dull; odd)',
        details: { topic: ['too long', 'too dull'], '': ['odd'] },
      },
    ],
    [
      "is OAuth's",
      { error: 'insufficient_scope', error_description: 'more, please' },
      { code: 'insufficient_scope', message: 'more, please', details: undefined },
    ],
    ['has an empty list', { errors: [] }, { code: undefined, message: undefined, details: undefined }],
    ['is a list of texts', { errors: ['no'] }, { code: undefined, message: 'no', details: undefined }],
    ['is null', null, { code: undefined, message: undefined, details: undefined }],
    ['is a number', 7, { code: undefined, message: undefined, details: undefined }],
  ];
  for (const [name, body, expected] of cases) {
    it(`is read when it ${name}`, () => {
      expect(readErrorBody(JSON.stringify(body), [])).to.deep.equal(expected);
    });
  }

  for (const text of ['', '<html><body>502 Bad Gateway</body></html>', '{"code":']) {
    it(`has no message when it is ${JSON.stringify(text)}`, () => {
      expect(readErrorBody(text, [])).to.deep.equal({ code: undefined, message: undefined, details: undefined });
    });
  }

  it('is read without an error, for any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const { code, message } = readErrorBody(text, []);
        expect(['string', 'number', 'undefined']).to.include(typeof code);
        expect(['string', 'undefined']).to.include(typeof message);
      }),
    );
    fc.assert(
      fc.property(fc.record({ errors: fc.jsonValue(), code: fc.jsonValue(), message: fc.jsonValue() }), (body) => {
        expect(['string', 'undefined']).to.include(typeof readErrorBody(JSON.stringify(body), []).message);
      }),
    );
  });

  it('is redacted before it is shortened, wherever a secret lies', () => {
    const token = 'RBX-' + 't'.repeat(980);
    for (let before = 0; before < 1100; before += 7) {
      const text = JSON.stringify({ message: `${'m'.repeat(before)}${token}`, code: token, details: [token] });
      const { code, message, details } = readErrorBody(text, [token]);
      expect(JSON.stringify({ code, message, details })).to.not.match(/tt/);
      expect(message).to.have.length.at.most(1000);
    }
  });

  it('that is too large has no message', () => {
    expect(readErrorBody(JSON.stringify({ message: 'x'.repeat(70_000) }), []).message).to.equal(undefined);
  });
});

describe('a JSON object of an OAuth endpoint', () => {
  const URL = 'https://roblox.test/oauth/v1/userinfo';
  const SECRET = 'the-access-token';

  /** A transport with these responses, one after the other. */
  function scene(...responses: ([status: number, text: string] | ConnectionErrorCode)[]) {
    let requests = 0;
    const transport: Transport = async (request) => {
      const response = responses[requests];
      requests += 1;
      if (response === undefined) throw new Error('one request too many');
      if (typeof response === 'string') throw createConnectionError(response, request);
      return { status: response[0], text: response[1], header: () => null };
    };
    return { get: () => getJSON(transport, URL, SECRET), requests: () => requests };
  }

  for (const passing of [[502, ''], [503, '{"code":"UNAVAILABLE"}'], [504, '<html>'], 'network'] as const) {
    it(`is requested once more after ${passing.toString()}`, async () => {
      const { get } = scene(passing === 'network' ? passing : [...passing], [200, '{"sub":"1"}']);
      expect((await get()).json).to.deep.equal({ sub: '1' });
    });

    it(`is an error after ${passing.toString()} twice`, async () => {
      const response: [number, string] | 'network' = passing === 'network' ? passing : [...passing];
      const { get, requests } = scene(response, response);
      const error = await catchError(get());
      expect(error).to.be.instanceOf(ConnectionError);
      expect(error).to.have.property('code', passing === 'network' ? 'network' : 'server_error');
      expect(requests()).to.equal(2);
    });
  }

  for (const lasting of [
    [500, ''],
    [401, ''],
    [403, ''],
    [429, ''],
    [200, '[]'],
    [200, 'no JSON'],
  ] as [number, string][]) {
    it(`is requested only once when the response is ${lasting.join(' ')}`, async () => {
      const { get, requests } = scene(lasting);
      expect(await catchError(get())).to.be.instanceOf(ConnectionError);
      expect(requests()).to.equal(1);
    });
  }

  for (const code of ['timeout', 'redirect', 'body_too_large'] as const) {
    it(`is requested only once after ${code}`, async () => {
      const { get, requests } = scene(code);
      expect(await catchError(get())).to.have.property('code', code);
      expect(requests()).to.equal(1);
    });
  }

  it("fails with Roblox's message, and without the token", async () => {
    const { get } = scene([403, JSON.stringify({ errors: [{ code: 0, message: `no scope for ${SECRET}` }] })]);
    expect((await catchError(get())).message).to.equal(
      'GET https://roblox.test/oauth/v1/userinfo: the server refused (HTTP 403): no scope for [redacted]',
    );
  });
});
