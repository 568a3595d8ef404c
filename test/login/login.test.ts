import { expect } from 'chai';
import fc from 'fast-check';
import { addLogin, LOGIN_LIFETIME_MS, MAX_LOGINS, readLogins, takeLogin, type Login } from '../../lib/login/login.ts';

describe('logins in a session', () => {
  const login = fc.record({
    handle: fc.string({ minLength: 1 }),
    verifier: fc.string(),
    clientID: fc.constantFrom('123', '456'),
    callbackURL: fc.string(),
    startedAt: fc.integer({ min: 0, max: 2 * LOGIN_LIFETIME_MS }),
  });

  it('are read without an error, from any value', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        for (const { handle, verifier } of readLogins(value)) {
          expect(handle).to.be.a('string');
          expect(verifier).to.be.a('string');
        }
      }),
    );
  });

  it('never exceed the limits, and always include the new one', () => {
    fc.assert(
      fc.property(fc.array(login, { maxLength: 12 }), login, (logins, added) => {
        const after = addLogin(logins, added);
        expect(after.length).to.be.at.most(MAX_LOGINS);
        expect(after.at(-1)).to.equal(added);
      }),
    );
  });

  it('all stay when no login has the handle, such as __proto__', () => {
    fc.assert(
      fc.property(
        fc.array(login),
        fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '0')),
        (all, handle) => {
          const logins: readonly Login[] = all.filter((one) => one.handle !== handle);
          expect(takeLogin(logins, handle, '123', 0)).to.deep.equal({ login: undefined, rest: logins });
        },
      ),
    );
  });
});
