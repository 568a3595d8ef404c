import { expect } from 'chai';
import { CookieStore } from '../../lib/index.ts';
import { Jar } from './cookie-jar.ts';

describe('a CookieStore with several secrets', () => {
  const [older, newer, foreign] = ['older', 'newer', 'foreign'].map((name) => name.padEnd(32, '.')) as [
    string,
    string,
    string,
  ];
  const cases: [name: string, sealedBy: string[], openedBy: string[], opens: boolean][] = [
    ['opens what an older one sealed', [older], [newer, older], true],
    ['seals by the first', [newer, older], [newer], true],
    ['does not seal by the second', [newer, older], [older], false],
    ['opens nothing of a foreign one', [foreign], [newer, older], false],
  ];
  for (const [name, sealedBy, openedBy, opens] of cases) {
    it(name, async () => {
      const jar = new Jar();
      const handle = await jar.store(new CookieStore({ secrets: sealedBy }));
      const { ok } = await jar.verify(new CookieStore({ secrets: openedBy }), handle);
      expect(ok).to.equal(opens ? 'verifier' : false);
    });
  }

  it('accepts bytes as a secret too, and copies them', async () => {
    const bytes = new Uint8Array(32).fill(7);
    const store = new CookieStore({ secrets: [bytes] });
    const jar = new Jar();
    const handle = await jar.store(store);
    bytes.fill(0);
    expect((await jar.verify(store, handle)).ok).to.equal('verifier');
  });
});
