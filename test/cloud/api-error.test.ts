import { inspect } from 'node:util';
import { expect } from 'chai';
import { createAPIError, type Refusal } from '../../lib/cloud/api-error.ts';
import { RobloxAPIError } from '../../lib/errors.ts';
import { catchError } from '../support/thrown.ts';
import { wire } from './support.ts';

function refusal(change: Partial<Refusal> & { headers?: Record<string, string> }): RobloxAPIError {
  const { headers = {}, ...rest } = change;
  return createAPIError({
    method: 'GET',
    url: 'https://apis.roblox.com/cloud/v2/groups/7?filter=x',
    status: 404,
    header: (name) => headers[name] ?? null,
    text: '',
    granted: [],
    nowMs: 0,
    secrets: [],
    ...rest,
  });
}

describe('an error of Open Cloud', () => {
  it("has Roblox's message, the request without its query, and the status", () => {
    const error = refusal({ text: '{"code":"NOT_FOUND","message":"no such group"}' });
    expect(error).to.be.instanceOf(RobloxAPIError).and.include({
      name: 'RobloxAPIError',
      status: 404,
      code: 'NOT_FOUND',
      message: 'no such group',
      method: 'GET',
      url: 'https://apis.roblox.com/cloud/v2/groups/7',
      retryAfter: undefined,
    });
  });

  it('names status and request when the body has no message', () => {
    expect(refusal({ status: 503, text: '<html>' }).message).to.equal(
      'GET https://apis.roblox.com/cloud/v2/groups/7: Roblox answered 503 (the server failed; try again later)',
    );
  });

  it('has retryAfter in whole seconds', () => {
    expect(refusal({ status: 429, headers: { 'retry-after': '90' } }).retryAfter).to.equal(90);
    expect(refusal({ status: 429, headers: { 'x-ratelimit-reset': '31' } }).retryAfter).to.equal(31);
    expect(refusal({ status: 503, headers: { 'retry-after': 'Thu, 01 Jan 1970 00:00:05 GMT' } }).retryAfter).to.equal(
      5,
    );
    expect(refusal({ status: 404, headers: { 'x-ratelimit-reset': '31' } }).retryAfter).to.equal(undefined);
  });

  const scope = 'user.inventory-item:read';
  const hints: [string, Parameters<typeof refusal>[0], RegExp | undefined][] = [
    ['a 403 of a call that has a scope', { status: 403, scope }, /needs the scope user\.inventory-item:read/],
    ['a 403 although the scope was granted', { status: 403, scope, granted: [scope] }, /which the user granted/],
    ['a 401 that names a scope', { status: 401, scope, text: '{"message":"Missing scope"}' }, /needs the scope user/],
    ['a plain 401', { status: 401, scope, text: '{"message":"Invalid token"}' }, undefined],
    ['a 404', { status: 404, scope, text: '{"message":"no scope for that"}' }, undefined],
    [
      'a 403 of any call, whose header names the scope',
      { status: 403, headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="asset:write"' } },
      /needs the scope asset:write/,
    ],
    ['a 403 without any', { status: 403, text: '{"message":"no"}' }, undefined],
  ];
  for (const [name, change, expected] of hints) {
    it(`${expected === undefined ? 'names no scope' : 'names a scope'} for ${name}`, () => {
      const { message } = refusal(change);
      if (expected === undefined) expect(message).to.not.match(/This call/);
      else expect(message).to.match(expected);
    });
  }

  it('shows no secret that the server echoed, anywhere', () => {
    const body = { code: 'token-1', message: 'bad token-1', details: { 'token-1': ['Bearer token-1'] } };
    const error = refusal({
      text: JSON.stringify(body),
      url: 'https://apis.roblox.com/x/token-1',
      secrets: ['token-1'],
    });
    expect(inspect(error, { depth: null, showHidden: true })).to.not.include('token-1');
    expect(JSON.stringify({ ...error, message: error.message })).to.not.include('token-1');
  });

  it('shortens a long message', () => {
    expect(refusal({ text: JSON.stringify({ message: 'x'.repeat(1e5) }) }).message.length).to.be.lessThan(2000);
    expect(refusal({ text: JSON.stringify({ message: 'no', details: 'x'.repeat(1e6) }) }).details).to.equal(undefined);
  });
});

describe('whether a response is a success', () => {
  const responses: [string, { status: number; text: string }, unknown][] = [
    [
      'a body with an error field',
      { status: 200, text: '{"error":"not one","code":5}' },
      { error: 'not one', code: 5 },
    ],
    ['an empty body', { status: 200, text: '' }, undefined],
    ['a body of white space', { status: 200, text: ' \n' }, undefined],
    ['a 204', { status: 204, text: '' }, undefined],
    ['JSON that is no object', { status: 201, text: '[1]' }, [1]],
  ];
  for (const [name, response, expected] of responses) {
    it(`depends on the status alone: ${name}`, async () => {
      expect(await wire(() => response).call({ method: 'GET', path: '/x' })).to.deep.equal(expected);
    });
  }

  it('it is not when the body is HTML', async () => {
    const error = await catchError(wire(() => ({ text: '<html>' })).call({ method: 'GET', path: '/x' }));
    expect(error).to.be.instanceOf(RobloxAPIError).and.include({ status: 200, code: undefined });
    expect(error.message).to.match(/not JSON/);
  });

  it('it is not for a 4xx whose body looks like a success', async () => {
    const error = await catchError(
      wire(() => ({ status: 400, text: '{"id":"7"}' })).call({ method: 'GET', path: '/x' }),
    );
    expect(error).to.be.instanceOf(RobloxAPIError).with.property('status', 400);
  });
});

describe('a request', () => {
  it('carries its token, its JSON and nothing else', async () => {
    const { call, requests } = wire(() => ({}));
    await call({ method: 'post', path: '/x', body: { a: 1 }, headers: { 'X-Idempotency-Key': 'k' } });
    expect(requests[0]).to.deep.include({
      method: 'POST',
      url: 'https://apis.roblox.com/x',
      body: '{"a":1}',
      headers: {
        accept: 'application/json',
        'x-idempotency-key': 'k',
        'content-type': 'application/json',
        authorization: 'Bearer live-access-token',
      },
    });
  });

  it('carries a form when the body is a FormData', async () => {
    const { call, requests } = wire(() => ({}));
    const form = new FormData();
    form.set('file', new Blob(['abc']), 'a.txt');
    await call({ method: 'POST', path: '/x', body: form });
    expect(requests[0]?.headers['content-type']).to.match(/^multipart\/form-data; boundary=/);
    expect(Buffer.from(requests[0]?.body as Uint8Array).toString()).to.match(/filename="a\.txt"[^]*abc/);
  });

  const refused: [string, Record<string, unknown>, RegExp][] = [
    ['an unknown method', { method: 'CONNECT' }, /^method/],
    ['no method', { method: undefined }, /^method/],
    ['a GET with a body', { body: {} }, /^body/],
    ['a body that is no JSON', { method: 'POST', body: () => {} }, /^body/],
    ['a token of its own', { headers: { Authorization: 'x' } }, /^headers/],
    ['a key of its own', { headers: { 'X-API-Key': 'x' } }, /^headers/],
    ['another host', { headers: { HOST: 'evil.test' } }, /^headers/],
  ];
  for (const [name, change, message] of refused) {
    it(`is refused with ${name}, before it is sent`, async () => {
      const { call, requests } = wire(() => ({}));
      const error = await catchError(call({ method: 'GET', path: '/x', ...change }));
      expect(error).to.be.instanceOf(TypeError).with.property('message').that.matches(message);
      expect(requests).to.deep.equal([]);
    });
  }
});
