import { expect } from 'chai';
import fc from 'fast-check';
import { CookieStore } from '../../lib/index.ts';
import { anyText } from '../support/any-text.ts';
import { HTTPS, Jar, SECRET, storeIn, takeFrom } from './cookie-jar.ts';

describe('cookies that come from anywhere', () => {
  const store = new CookieStore({ secret: SECRET });
  const HANDLE = 'C'.repeat(32);

  // What `String.trim` removes in addition to spaces and tabs, and similar characters. Node reads header bytes as Latin-1.
  const NO_SPACES =
    '\x00\x0b\x0c\x0d\x0a\x1c\x1d\x1e\x1f\x7f\x85\xa0\xad\u1680\u180e\u2000\u2003\u200a\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff';
  const UTF8_SPACES = ['\xc2\xa0', '\xe2\x80\xa8', '\xe3\x80\x80', '\xef\xbb\xbf'];
  for (const space of [...NO_SPACES, ...UTF8_SPACES]) {
    const shown = [...space].map((each) => `U+${each.codePointAt(0)?.toString(16).padStart(4, '0')}`).join(' ');

    it(`are ignored with ${shown} around their name or value`, async () => {
      const jar = new Jar();
      const handle = await jar.store(store, { meta: HTTPS });
      const [[name, value]] = [...jar.cookies] as [[string, string]];
      for (const [n, v] of [
        [`${space}${name}`, value],
        [` \t${space} ${name}`, value],
        [`${name}${space}`, value],
        [name, `${space}${value}`],
        [name, `${value}${space}`],
      ] as const) {
        const taken = await takeFrom(store, new Jar().exchange(`theme=dark; ${n}=${v}; lang=en`), handle, HTTPS);
        expect(taken.ok, JSON.stringify([n, v])).to.equal(false);
      }
    });
  }

  it('are read with spaces and tabs around their name and value', async () => {
    const jar = new Jar();
    const handle = await jar.store(store, { meta: HTTPS });
    const [[name, value]] = [...jar.cookies] as [[string, string]];
    const { ok } = await takeFrom(store, new Jar().exchange(`a=b;\t ${name} \t= \t${value}\t ;c=d`), handle, HTTPS);
    expect(ok).to.equal('verifier');
  });

  it('are read without an error, and none of them is a login', async () => {
    const name = fc.constantFrom(
      '',
      '__proto__',
      'roblox-login',
      `roblox-login.x.${HANDLE}`,
      `roblox-login.mg0.${HANDLE}`,
    );
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom('a.b.c.d.e', '..', 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0....'),
    );
    const rubbish = fc.oneof(
      anyText,
      fc.array(fc.tuple(fc.oneof(name, fc.string()), value)).map((all) => all.map((pair) => pair.join('=')).join('; ')),
    );
    await fc.assert(
      fc.asyncProperty(rubbish, fc.oneof(fc.constant(HANDLE), fc.string()), async (header, handle) => {
        const req = new Jar().exchange(header);
        expect((await takeFrom(store, req, handle)).ok).to.equal(false);
        await storeIn(store, req);
        for (const line of req.res.getHeader('Set-Cookie') as string[])
          expect(line).to.match(/^roblox-login\.[\w.-]+=/);
      }),
      { numRuns: 300 },
    );
  });

  it('cannot be decrypted when they were changed, cut or moved', async () => {
    const jar = new Jar();
    const handle = await jar.store(store);
    const [[name, value]] = [...jar.cookies] as [[string, string]];
    const tampered = fc.oneof(
      fc
        .tuple(fc.nat(value.length - 1), fc.constantFrom(...'Aa9-_.'))
        .map(([at, to]) => value.slice(0, at) + to + value.slice(at + 1)),
      fc.nat(value.length - 1).map((length) => value.slice(0, length)),
      fc.string({ minLength: 1 }).map((tail) => value + tail.replace(/[\s;]/g, '~')),
    );
    const part = (sealed: string) =>
      sealed
        .split('.')
        .map((each) => Buffer.from(each, 'base64url').toString('hex'))
        .join('.');
    await fc.assert(
      fc.asyncProperty(tampered, async (changed) => {
        // Base64 can write the same last bits in several ways. Those are the same cookie.
        fc.pre(part(changed) !== part(value));
        const { ok } = await takeFrom(store, new Jar().exchange(`${name}=${changed}`), handle);
        expect(ok).to.equal(false);
      }),
      { numRuns: 300 },
    );
  });
});
