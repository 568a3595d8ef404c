import { inspect } from 'node:util';
import { expect } from 'chai';
import { createAPIError, type Refusal } from '../../lib/cloud/api-error.ts';
import { RobloxAPIError } from '../../lib/errors.ts';

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
