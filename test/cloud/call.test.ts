import { expect } from 'chai';
import { runCall, type Call } from '../../lib/cloud/call.ts';
import { ConnectionError, RobloxAPIError } from '../../lib/errors.ts';
import { catchError } from '../support/thrown.ts';
import { wire } from './support.ts';

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

describe('a call', () => {
  const refused: [string, Partial<Record<keyof Call, unknown>>, RegExp][] = [
    ['no method', { method: undefined }, /^method must be one of GET/],
    ['a method that is no string', { method: { toString: () => 'GET' } }, /^method/],
    ['another method', { method: 'TRACE' }, /^method/],
    ['a header with a line break', { headers: { 'x-a': 'a\r\nhost: evil.test' } }, /^headers\.x-a/],
    ['a header with NUL', { headers: { 'x-a': 'a\0' } }, /^headers\.x-a/],
    ['a header beyond Latin-1', { headers: { 'x-a': '語' } }, /^headers\.x-a/],
    ['a header that is a number', { headers: { 'x-a': 7 } }, /^headers\.x-a/],
    ['a header that is null', { headers: { 'x-a': null } }, /^headers\.x-a/],
    ['a header of several values', { headers: { 'x-a': ['a', 'b'] } }, /^headers\.x-a/],
    ['a header without a name', { headers: { '': 'a' } }, /name in headers/],
    ['a header whose name has a space', { headers: { 'x a': 'a' } }, /name in headers/],
    ['a header whose name has a line break', { headers: { 'x\na': 'a' } }, /name in headers/],
    ['a header of ours', { headers: { Authorization: 'Bearer x' } }, /Authorization/],
    ['Headers, which have no own names', { headers: new Headers({ a: 'b' }) }, /^headers must be a plain object/],
    ['headers in a list', { headers: [['a', 'b']] }, /^headers/],
    ['headers in a Map', { headers: new Map([['a', 'b']]) }, /^headers/],
    ['headers that are text', { headers: 'a: b' }, /^headers/],
    ['URLSearchParams as its query', { query: new URLSearchParams('a=b') }, /^query must be a plain object/],
    ['text as its query', { query: 'a=b' }, /^query/],
    ['null as its query', { query: null }, /^query/],
    ['text as the values of its path', { path: '/x/{a}', values: 'a' }, /^options\.path/],
    ['null as the values of its path', { path: '/x', values: null }, /^options\.path/],
    ['a body on a GET', { body: {} }, /^body/],
    ['bytes as its body', { method: 'POST', body: new Uint8Array(3) }, /^body must be JSON/],
    ['a Blob as its body', { method: 'POST', body: new Blob(['x']) }, /^body must be JSON/],
    ['URLSearchParams as its body', { method: 'POST', body: new URLSearchParams('a=b') }, /^body must be JSON/],
    ['a Map as its body', { method: 'POST', body: new Map([['a', 1]]) }, /^body must be JSON/],
    ['a stream as its body', { method: 'POST', body: new Blob(['x']).stream() }, /^body must be JSON/],
    ['a generator as its body', { method: 'POST', body: (async function* () {})() }, /^body must be JSON/],
    ['a function as its body', { method: 'POST', body: () => {} }, /^body must be JSON/],
    ['a big integer in its body', { method: 'POST', body: { a: 1n } }, /BigInt/],
    ['a circle as its body', { method: 'POST', body: circle() }, /circular/],
  ];
  for (const [name, change, message] of refused) {
    it(`is refused with ${name}, before any request`, async () => {
      const { call, requests } = wire(() => ({}));
      const error = await catchError(call({ method: 'GET', path: '/x', ...change } as Call));
      expect(error).to.be.instanceOf(TypeError).with.property('message').that.matches(message);
      expect(requests).to.deep.equal([]);
    });
  }

  it('never shows the value of a header that it refuses', async () => {
    const { call } = wire(() => ({}));
    const error = await catchError(call({ method: 'GET', path: '/x', headers: { 'x-a': 'secret\n' } }));
    expect(String(error)).to.not.include('secret');
  });

  it('may have other headers, and its own content type', async () => {
    const { call, requests } = wire(() => ({}));
    const headers = { 'X-A': 'a\tb é', 'Content-Type': 'application/json-patch+json', left: undefined as never };
    await call({ method: 'POST', path: '/x', headers, body: [] });
    expect(requests[0]?.headers).to.deep.equal({
      accept: 'application/json',
      'x-a': 'a\tb é',
      'content-type': 'application/json-patch+json',
      authorization: 'Bearer live-access-token',
    });
  });

  it('sends a form with its own boundary, also when another content type is given', async () => {
    const { call, requests } = wire(() => ({}));
    const body = new FormData();
    body.set('a', 'b');
    await call({ method: 'POST', path: '/x', headers: { 'content-type': 'text/plain' }, body });
    expect(requests[0]?.headers['content-type']).to.match(/^multipart\/form-data; boundary=/);
  });

  for (const text of ['[]', '7', 'null', '"text"', 'true']) {
    it(`that needs an object refuses the response ${text}`, async () => {
      const { call } = wire(() => ({ text }));
      const error = await catchError(call({ method: 'GET', path: '/x', response: 'object' }));
      expect(error).to.be.instanceOf(ConnectionError).with.property('code', 'invalid_body');
    });
  }

  it('throws the error of a failed operation, with an HTTP status if it has one', async () => {
    for (const [code, status] of [
      [403, 403],
      [3, 200],
      ['FAILED', 200],
    ]) {
      const { call } = wire(() => ({ text: JSON.stringify({ done: true, error: { code, message: 'no' } }) }));
      const error = await catchError(call({ method: 'GET', path: '/x', response: 'operation' }));
      expect(error).to.be.instanceOf(RobloxAPIError).and.include({ code, status, message: 'no' });
    }
  });
});

function circle(): object {
  const body: Record<string, unknown> = {};
  body['self'] = body;
  return body;
}

describe('the options of a call', () => {
  const refused: [string, unknown, RegExp][] = [
    ['null', null, /^options/],
    ['text', 'x', /^options/],
    ['a list', [], /^options/],
    ['a signal', AbortSignal.timeout(1000), /^options must be a plain object, such as { signal/],
    ['an object with an unknown name', { abort: AbortSignal.timeout(1000) }, /Unknown option 'abort'/],
    ['an object with a misspelled name', { timeOut: 5 }, /Did you mean 'timeout'/],
    ['a signal that is none', { signal: new AbortController() }, /^signal must be an AbortSignal/],
    ['a signal that is null', { signal: null }, /^signal/],
    ['a time-out of 0', { timeout: 0 }, /^timeout/],
    ['an endless time-out', { timeout: Infinity }, /^timeout/],
    ['a time-out that is no number', { timeout: '50' }, /^timeout/],
    ['a time-out that is null', { timeout: null }, /^timeout/],
  ];
  for (const [name, options, message] of refused) {
    it(`must not be ${name}`, async () => {
      const error = await catchError(runCall(options as never, async () => 'ran'));
      expect(error).to.be.instanceOf(TypeError).with.property('message').that.matches(message);
    });
  }

  it('may have a signal of another library, which has the same shape', async () => {
    const signal = { aborted: false, addEventListener() {}, removeEventListener() {}, throwIfAborted() {} };
    expect(await runCall({ signal: signal as never }, async (limits) => limits.signal)).to.equal(signal);
  });
});

describe('the time-out of a call', () => {
  it('ends all that the call waits for, and names the latest request', async () => {
    const error = await catchError(
      runCall({ timeout: 20 }, async ({ signal, begin }) => {
        begin({ method: 'POST', url: 'https://apis.roblox.com/first', secrets: [] });
        begin({ method: 'GET', url: 'https://apis.roblox.com/second?filter=x', secrets: [] });
        await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
      }),
    );
    expect(error).to.be.instanceOf(ConnectionError).and.include({
      code: 'timeout',
      method: 'GET',
      url: 'https://apis.roblox.com/second',
    });
  });

  it('and its signal work together, whichever ends first', async () => {
    const wait = async ({ signal }: { signal: AbortSignal | undefined }) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    const controller = new AbortController();
    const both = runCall({ signal: controller.signal, timeout: 10_000 }, wait);
    controller.abort(new Error('enough'));
    expect(await catchError(both)).to.have.property('message', 'enough');
    const late = await catchError(runCall({ signal: new AbortController().signal, timeout: 5 }, wait));
    expect(late).to.be.instanceOf(ConnectionError);
  });
});
