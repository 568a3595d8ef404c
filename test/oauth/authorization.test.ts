import { expect } from 'chai';
import fc from 'fast-check';
import { buildAuthorizationURL, readCallback } from '../../lib/oauth/authorization.ts';
import { deriveCodeChallenge, deriveNonce, createOneTimeValue } from '../../lib/oauth/authorization.ts';

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
