import { expect } from 'chai';
import { inspect } from 'node:util';
import { ConnectionError, OAuthError } from '../../lib/errors.ts';
import type { HttpRequest, Transport } from '../../lib/http/transport.ts';
import { deriveEndpoints } from '../../lib/oauth/endpoints.ts';
import { createOAuthClient } from '../../lib/oauth/oauth-client.ts';
import { catchError } from '../support/thrown.ts';

const REFRESH_TOKEN = 'the-refresh-token-of-the-test';

/** The OAuth client of an app whose endpoints have this response. */
function scene(status: number, text: string, fields: Record<string, string> = {}) {
  const requests: HttpRequest[] = [];
  const transport: Transport = async (request) => {
    requests.push(request);
    return { status, text, header: (name) => fields[name] ?? null };
  };
  const credentials = { clientID: '1', clientSecret: undefined, clientAuthentication: 'none' as const };
  const oauth = createOAuthClient({ endpoints: deriveEndpoints(), credentials, transport, now: () => 0 });
  return { oauth, requests };
}

describe('a refusal of a token endpoint', () => {
  const words = 'Authorization code may not be used from this device';
  const rows: [what: string, status: number, body: unknown, expected: object][] = [
    ["OAuth's shape", 400, { error: 'invalid_grant', error_description: words }, { error: 'invalid_grant' }],
    [
      "OAuth's shape with a server's status",
      503,
      { error: 'temporarily_unavailable', error_description: words },
      { error: 'temporarily_unavailable' },
    ],
    [
      "OAuth's shape with a success's status",
      200,
      { error: 'invalid_grant', error_description: words },
      { error: 'invalid_grant' },
    ],
    ["the gateway's shape", 401, { errors: [{ code: 0, message: words }] }, { error: 'unauthorized' }],
    ["v2's shape", 403, { code: 'PERMISSION_DENIED', message: words }, { error: 'PERMISSION_DENIED' }],
    ["v2's shape with a number", 400, { code: 7, message: words }, { error: 'invalid_request' }],
    ["v1's shape", 409, { error: 'CONFLICT', message: words, errorDetails: [] }, { error: 'CONFLICT' }],
    [
      "ASP.NET's shape",
      422,
      { errors: { '': [words] }, title: 'Not valid' },
      { error: 'http_422', error_description: `Not valid (${words})` },
    ],
  ];
  for (const [what, status, body, expected] of rows) {
    it(`is an OAuthError with Roblox's message: ${what}`, async () => {
      const { oauth, requests } = scene(status, JSON.stringify(body));
      const error = await catchError(oauth.refresh(REFRESH_TOKEN));
      expect(error).to.be.instanceOf(OAuthError);
      expect(error).to.include({ error_description: words, status, retryAfter: undefined, ...expected });
      expect(requests).to.have.length(1);
    });
  }

  for (const text of ['', '<html>', '{"code":8,"message":"slow down"}', '{"error":"slow_down"}']) {
    it(`has retryAfter, with any body: ${text}`, async () => {
      const { oauth, requests } = scene(429, text, { 'retry-after': '7' });
      const error = await catchError(oauth.refresh(REFRESH_TOKEN));
      expect(error).to.be.instanceOf(OAuthError).and.include({ status: 429, retryAfter: 7 });
      expect(requests, 'a refresh token is never sent twice').to.have.length(1);
    });
  }

  it('has no retryAfter when the server names no time', async () => {
    const { oauth } = scene(429, '', { 'retry-after': '0' });
    expect(await catchError(oauth.refresh(REFRESH_TOKEN))).to.have.property('retryAfter', undefined);
  });

  const unexplained: [status: number, text: string, code: string][] = [
    [400, '<html>', 'unexpected_status'],
    [404, '', 'unexpected_status'],
    [500, '', 'server_error'],
    [502, '<html>', 'server_error'],
    [503, '{"code":"UNAVAILABLE","message":"later"}', 'server_error'],
  ];
  for (const [status, text, code] of unexplained) {
    it(`is a ConnectionError when it is not an OAuth error: ${status} ${text}`, async () => {
      const error = await catchError(scene(status, text).oauth.refresh(REFRESH_TOKEN));
      expect(error).to.be.instanceOf(ConnectionError).and.include({ code, status });
    });
  }

  it('shows no token in any of its fields, also when a token is cut off', async () => {
    for (const echo of [
      REFRESH_TOKEN,
      encodeURIComponent(REFRESH_TOKEN).toLowerCase(),
      `${'m'.repeat(990)}${REFRESH_TOKEN}`,
    ]) {
      for (const body of [
        { error: echo, error_description: echo },
        { code: echo, message: echo },
        { errors: [{ code: 0, message: echo }] },
      ]) {
        const error = await catchError(scene(400, JSON.stringify(body)).oauth.refresh(REFRESH_TOKEN));
        expect(inspect(error)).to.not.include('the-refresh');
      }
    }
  });
});

describe('a response of a token endpoint', () => {
  for (const text of ['', '[]', '{}', '{"access_token":""}', '{"access_token":"a","token_type":"mac"}']) {
    it(`without a usable token is a ConnectionError: ${text}`, async () => {
      const { oauth } = scene(200, text);
      expect(await catchError(oauth.refresh(REFRESH_TOKEN))).to.have.property('code', 'invalid_body');
      expect(await catchError(oauth.grant({ code: '1' }))).to.have.property('code', 'invalid_body');
    });
  }

  it('to a revocation may be empty', async () => {
    await scene(200, '').oauth.revoke(REFRESH_TOKEN);
  });

  it('keeps the other fields of the server, for a grant', async () => {
    const response = { access_token: 'a', token_type: 'Bearer', extra: [1] };
    const { json } = await scene(200, JSON.stringify(response)).oauth.grant({ code: '1' });
    expect(json).to.deep.equal(response);
  });
});
