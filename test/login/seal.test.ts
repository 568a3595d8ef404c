import { expect } from 'chai';
import { CookieStore } from '../../lib/index.ts';
import { createSealer } from '../../lib/login/seal.ts';
import { Jar, SECRET } from './cookie-jar.ts';

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

describe('a sealed value', () => {
  const sealer = createSealer([SECRET]);

  for (const value of [{ to: '/', list: [1, null] }, 'text', 7, false, null, '']) {
    it(`opens as it was: ${JSON.stringify(value)}`, async () => {
      expect(await sealer.open(await sealer.seal(value, 'a name'), 'a name')).to.deep.equal(value);
    });
  }

  it('opens only for what it is bound to', async () => {
    const sealed = await sealer.seal('value', 'user 1');
    for (const boundTo of ['user 2', 'user 11', 'user', '']) {
      expect(await sealer.open(sealed, boundTo)).to.equal(undefined);
    }
  });

  it('is of letters, digits, -, _ and dots, shows nothing of the value, and differs each time', async () => {
    const sealed = await Promise.all(['first', 'second'].map(() => sealer.seal('readable', 'a name')));
    for (const text of sealed) {
      expect(text).to.match(/^[\w.-]+$/);
      for (const part of text.split('.')) expect(Buffer.from(part, 'base64url').toString()).to.not.include('readable');
    }
    expect(sealed[0]).to.not.equal(sealed[1]);
  });

  const encode = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');
  const changeLetter = (text: string, at: number) =>
    text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
  const damages: [name: string, damage: (sealed: string) => string][] = [
    ['is cut', (sealed) => sealed.slice(0, -1)],
    ['has lost its tag', (sealed) => sealed.slice(0, sealed.lastIndexOf('.'))],
    ['has a tail', (sealed) => `${sealed}A`],
    ['has white space after it', (sealed) => `${sealed} `],
    ['has a line break in it', (sealed) => sealed.replace(/.{9}$/, '\n$&')],
    ['has another letter', (sealed) => changeLetter(sealed, sealed.lastIndexOf('.') - 3)],
    ['is a token that is not encrypted', () => `${encode({ alg: 'none' })}.${encode({ value: 'forged' })}.`],
    ['is empty', () => ''],
  ];
  for (const [name, damage] of damages) {
    it(`does not open when it ${name}`, async () => {
      const sealed = await sealer.seal('value', 'a name');
      expect(await sealer.open(sealed, 'a name')).to.equal('value');
      expect(await sealer.open(damage(sealed), 'a name')).to.equal(undefined);
    });
  }
});
