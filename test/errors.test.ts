import { expect } from 'chai';
import fc from 'fast-check';
import { describeValue, findSimilar, refuse, refuseSecret, refuseUnknownOptions } from '../lib/errors.ts';

describe('the message about a wrong option', () => {
  it('names the option, valid values and the wrong value', () => {
    expect(() => refuse('timeout', '10s', 'a number of milliseconds')).to.throw(
      TypeError,
      "timeout must be a number of milliseconds, but is '10s'",
    );
  });

  const rows: [value: unknown, shown: string][] = [
    [undefined, 'missing'],
    [null, 'null'],
    [NaN, 'NaN'],
    [7n, 'a bigint'],
    [true, 'true'],
    ['', "''"],
    ['a\nb', "'a\\nb'"],
    ['x'.repeat(41), 'a string of 41 characters'],
    [[], 'an array'],
    [{}, 'an object'],
    [() => {}, 'a function'],
    [Symbol('s'), 'a symbol'],
    [Promise.resolve(), 'a Promise (is an await missing?)'],
    ['RBX-secret', 'a string of 10 characters'],
    ['eyJhbGciOiJub25lIn0', 'a string of 19 characters'],
    ['https://user:pw@host', 'a string of 20 characters'],
  ];
  for (const [value, shown] of rows) {
    it(`describes ${typeof value} as ${shown}`, () => {
      expect(describeValue(value)).to.equal(shown);
    });
  }

  it('never shows a string that was given as a secret', () => {
    expect(() => refuseSecret('secrets', 'hunter2', 'bytes')).to.throw('secrets must be bytes, but is another string');
  });
});

describe('an unknown option', () => {
  const known = { clientID: true, clientSecret: true, callbackURL: true, scope: true, passReqToCallback: true };
  const refused: [name: string, message: string][] = [
    ['callbackUrl', "Unknown option 'callbackUrl'. Did you mean 'callbackURL'?"],
    ['callback_url', "Unknown option 'callback_url'. Did you mean 'callbackURL'?"],
    ['clientId', "Unknown option 'clientId'. Did you mean 'clientID'?"],
    ['clientSecrt', "Unknown option 'clientSecrt'. Did you mean 'clientSecret'?"],
    ['scopes', "Unknown option 'scopes'. Did you mean 'scope'?"],
    ['passReqToCallBack', "Unknown option 'passReqToCallBack'. Did you mean 'passReqToCallback'?"],
    [
      'proxyURL',
      "Unknown option 'proxyURL'. The options are: clientID, clientSecret, callbackURL, scope, passReqToCallback",
    ],
    ['customHeaders', "Unknown option 'customHeaders'. Instead, use fetch"],
    [
      'constructor',
      "Unknown option 'constructor'. The options are: clientID, clientSecret, callbackURL, scope, passReqToCallback",
    ],
  ];
  for (const [name, message] of refused) {
    it(`is refused with the right option: ${name}`, () => {
      expect(() => refuseUnknownOptions({ [name]: 1 }, known, { customHeaders: 'use fetch' })).to.throw(
        TypeError,
        message,
      );
    });
  }

  it('counts as not given when it is undefined', () => {
    refuseUnknownOptions({ callbackUrl: undefined, scope: 'openid' }, known);
  });

  it('is not corrected to a name that is not similar, for any length', () => {
    expect(findSimilar('x'.repeat(1e6), ['scope'])).to.equal(undefined);
    fc.assert(fc.property(fc.string(), (name) => findSimilar(name, ['scope', name]) !== undefined));
  });
});
