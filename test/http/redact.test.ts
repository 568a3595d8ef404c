import { inspect } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { redact, redactError, redactJSON } from '../../lib/http/redact.ts';

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

  it('has nothing left of a secret that begins like another', () => {
    expect(redact('a token-one-two b', ['token-one', 'token-one-two'])).to.equal('a [redacted] b');
  });

  it('keeps what is too short to be a secret', () => {
    expect(redact('a cat', ['', 'a'])).to.equal('a cat');
  });

  it('never has a secret, whatever both are', () => {
    const secret = fc.string({ minLength: 6 }).filter((text) => !'[redacted]'.includes(text));
    fc.assert(
      fc.property(secret, fc.array(fc.string()), (token, words) => {
        expect(redact(words.join(token), [token])).to.not.include(token);
      }),
    );
  });
});

describe('JSON that may be shown', () => {
  it('has no secret in values, keys or lists, and is otherwise as it was', () => {
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

describe('an error that may be shown', () => {
  it('is itself when it shows nothing', () => {
    const error = new Error('fine');
    expect(redactError(error, [SECRET])).to.equal(error);
  });

  it('is a copy of its name, message and code when it hides a secret somewhere', () => {
    const error = Object.assign(new TypeError(`sent ${SECRET}`), {
      code: 'EOH',
      request: { headers: { deep: { er: SECRET } } },
    });
    const shown = redactError(error, [SECRET]);
    expect(inspect(shown, { depth: null, showHidden: true })).to.not.include('s3c/r+t');
    expect(shown).to.include({ name: 'TypeError', message: 'sent [redacted]', code: 'EOH' });
  });
});
