import { inspect } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { copyError, redact, redactError, redactJSON } from '../../lib/http/redact.ts';

const SECRET = `s3c/r+t="it's*~(me)!\\`;

describe('a text that may be shown', () => {
  const echoes: [string, string][] = [
    ['as it is', SECRET],
    ['in a URL', encodeURIComponent(SECRET)],
    ['in a form', new URLSearchParams([['', SECRET]]).toString().slice(1)],
    ['in JSON', JSON.stringify(SECRET).slice(1, -1)],
  ];
  for (const [name, echo] of echoes) {
    it(`has no secret ${name}`, () => {
      expect(redact(`you sent ${echo}, twice ${echo}`, [SECRET])).to.equal('you sent [redacted], twice [redacted]');
    });
  }

  const lower = (text: string) => text.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
  const everyCharacter = (text: string, escape: (code: number) => string) =>
    [...text].map((character) => escape(character.codePointAt(0)!)).join('');
  /** How servers, proxies and pages may encode what they echo. */
  const encoders: [string, (text: string) => string][] = [
    ['in a URL', encodeURIComponent],
    ['in a URL with its plus signs and slashes left', encodeURI],
    ['in a URL of small letters', (text) => lower(encodeURIComponent(text))],
    ['in a form', (text) => new URLSearchParams([['', text]]).toString().slice(1)],
    ['with every character escaped', (text) => everyCharacter(text, (code) => `%${code.toString(16)}`)],
    ['in JSON', (text) => JSON.stringify(text).slice(1, -1)],
    ['in JSON with its slashes escaped', (text) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/')],
    ['in JSON of ASCII', (text) => everyCharacter(text, (code) => `\\u${code.toString(16).padStart(4, '0')}`)],
    [
      'in HTML',
      (text) =>
        text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
    ],
    ['in HTML by decimal numbers', (text) => everyCharacter(text, (code) => `&#${code};`)],
    [
      'in HTML by hexadecimal numbers',
      (text) => everyCharacter(text, (code) => `&#x${code.toString(16).toUpperCase()};`),
    ],
  ];
  const hidden = 'RBX-s3c/r+t="it\'s*~(me) & <you>!\\%41';
  for (const [outer, encode] of encoders) {
    for (const [inner, encodeFirst] of [['as it is', (text: string) => text] as const, ...encoders]) {
      it(`has no secret ${inner}, then ${outer}`, () => {
        const text = redact(`you sent ${encode(encodeFirst(hidden))}, twice`, [hidden]);
        expect(text).to.equal('you sent [redacted], twice');
      });
    }
  }

  it('has no secret whose URL encoding is not UTF-8', () => {
    expect(redact('%FF%73%65%63%72%65%74', ['secret'])).to.match(/\[redacted\]$/);
  });

  it('is unchanged when it only looks encoded', () => {
    const text = '100%25 of A&amp;B, C:\\new, a+b, %zz, &#99999999;';
    expect(redact(text, ['RBX-secret'])).to.equal(text);
  });

  it('has no rest of a secret that begins with another secret', () => {
    expect(redact('a token-one-two b', ['token-one', 'token-one-two'])).to.equal('a [redacted] b');
  });

  it('keeps strings that are too short for a secret', () => {
    expect(redact('a cat', ['', 'a'])).to.equal('a cat');
  });

  it('never has a secret, for any text and secret', () => {
    const secret = fc.string({ minLength: 6 }).filter((text) => !'[redacted]'.includes(text));
    fc.assert(
      fc.property(secret, fc.array(fc.string()), (token, words) => {
        expect(redact(words.join(token), [token])).to.not.include(token);
      }),
    );
  });
});

describe('JSON that may be shown', () => {
  it('has no secret in values, keys or lists, and is otherwise unchanged', () => {
    const json = { a: [SECRET, 1, null, { [SECRET]: true }], b: { c: 'fine' } };
    expect(redactJSON(json, [SECRET])).to.deep.equal({
      a: ['[redacted]', 1, null, { '[redacted]': true }],
      b: { c: 'fine' },
    });
  });
});

describe('JSON of a hostile depth', () => {
  it('is cut, and does not exhaust the stack', () => {
    const deep: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
    expect(JSON.stringify(redactJSON(deep, [SECRET]))).to.have.length.below(200);
  });
});

/** All ways to print an error. */
const show = (error: unknown) =>
  [
    inspect(error, { depth: null, showHidden: true, getters: true, customInspect: false }),
    inspect(error),
    JSON.stringify(error),
    error instanceof Error ? `${error}${error.stack}` : '',
  ].join('\n');

/** Where an error may keep the request, in addition to its message. */
const HIDING_PLACES: [string, (error: Error) => unknown][] = [
  ['a field', (error) => Object.assign(error, { request: { headers: { deep: { er: SECRET } } } })],
  ['a field that is not listed', (error) => Object.defineProperty(error, 'request', { value: SECRET })],
  ['a getter', (error) => Object.defineProperty(error, 'request', { get: () => SECRET, enumerable: true })],
  ['toJSON', (error) => Object.assign(error, { toJSON: () => ({ token: SECRET }) })],
  ['a custom inspect', (error) => Object.assign(error, { [inspect.custom]: () => SECRET })],
  ['its stack', (error) => Object.assign(error, { stack: `Error: ${SECRET}` })],
  ['its name', (error) => Object.assign(error, { name: SECRET })],
  ['its code', (error) => Object.assign(error, { code: SECRET })],
  ['its cause', (error) => Object.assign(error, { cause: new Error(SECRET) })],
  ['a field of its cause', (error) => Object.assign(error, { cause: Object.assign(new Error('no'), { at: SECRET }) })],
  [
    'a deep cause',
    (error) => {
      let cause: unknown = SECRET;
      for (let depth = 0; depth < 100; depth += 1) cause = new Error('deeper', { cause });
      return Object.assign(error, { cause });
    },
  ],
  ['the errors of an AggregateError', () => new AggregateError([new Error(SECRET)], 'all failed')],
  ['a string that is thrown', () => `failed with ${SECRET}`],
];

describe('the copy of an error', () => {
  for (const [place, hide] of HIDING_PLACES) {
    it(`shows no secret from ${place}`, () => {
      expect(show(copyError(hide(new Error('failed')), [SECRET]))).to.not.include('s3c');
    });
  }

  it('keeps name, message and code, also of its causes', () => {
    const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', errno: -104 });
    const copy = copyError(new TypeError('fetch failed', { cause: reset }), [SECRET]);
    expect(copy).to.be.instanceOf(Error).and.include({ name: 'TypeError', message: 'fetch failed' });
    expect(copy.cause).to.be.instanceOf(Error).and.include({ message: 'read ECONNRESET', code: 'ECONNRESET' });
  });

  it('is made of anything that was thrown', () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    );
    for (const thrown of [undefined, null, 7, hostile, {}]) {
      expect(copyError(thrown, [])).to.be.instanceOf(Error).with.property('message', 'The request failed');
    }
    const circle = new Error('round');
    circle.cause = circle;
    expect(show(copyError(circle, []))).to.include('round');
  });
});

describe("an error of an app's own function", () => {
  it('is unchanged when it shows no secret', () => {
    const error = Object.assign(new Error('fine'), { query: 'INSERT', cause: new Error('too') });
    expect(redactError(error, [SECRET])).to.equal(error);
  });

  for (const [place, hide] of HIDING_PLACES) {
    it(`is copied when it hides a secret in ${place}`, () => {
      expect(show(redactError(hide(new Error('failed')), [SECRET]))).to.not.include('s3c');
    });
  }

  it('is copied when it holds bytes, which may be a secret', () => {
    const error = Object.assign(new Error('failed'), { packet: Buffer.from(SECRET) });
    expect(redactError(error, [SECRET])).to.not.equal(error);
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
