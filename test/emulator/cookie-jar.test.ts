import { expect } from 'chai';

import { CookieJar } from '../../lib/emulator/cookie-jar.ts';

interface Case {
  readonly name: string;
  /** The URL that sets the cookie; `http://127.0.0.1:3000/auth/start` by default. */
  readonly at?: string;
  readonly header: string;
  /** The URL of the next request; the same by default. */
  readonly to?: string;
  readonly method?: string;
  readonly isCrossSite?: boolean;
  readonly isSent: boolean;
}

const value = (bytes: number) => `c=${'x'.repeat(bytes)}`;

const cases: Case[] = [
  { name: 'a plain cookie', header: 'c=1', isSent: true },
  { name: 'another port', header: 'c=1; Path=/', to: 'http://127.0.0.1:9999/', isSent: true },
  { name: 'another host', header: 'c=1; Path=/', to: 'http://localhost:3000/', isSent: false },
  { name: 'a path above', header: 'c=1', to: 'http://127.0.0.1:3000/', isSent: false },
  { name: 'a path beside that begins alike', header: 'c=1; Path=/auth', to: 'http://127.0.0.1/authors', isSent: false },
  { name: 'a Path that is no path', header: 'c=1; Path=auth', to: 'http://127.0.0.1/auth/x', isSent: true },
  { name: '4,096 bytes', header: value(4095), isSent: true },
  { name: '4,097 bytes', header: value(4096), isSent: false },
  { name: '4,097 bytes with a long name', header: `${'n'.repeat(4096)}=1`, isSent: false },
  { name: 'attributes beside 4,096 bytes', header: `${value(4095)}; Path=/; HttpOnly; SameSite=Lax`, isSent: true },
  { name: 'an attribute over 1,024 bytes', header: `c=1; Path=/${'x'.repeat(1024)}`, isSent: true },
  { name: 'Secure on loopback', header: 'c=1; Secure', isSent: true },
  { name: 'Secure by http', at: 'http://app.example/', header: 'c=1; Secure', isSent: false },
  { name: 'Secure by https', at: 'https://app.example/', header: 'c=1; Secure', isSent: true },
  {
    name: 'Secure, asked for by http',
    at: 'https://app.example/',
    header: 'c=1; Secure',
    to: 'http://app.example/',
    isSent: false,
  },
  {
    name: 'no Secure, asked for by http',
    at: 'https://app.example/',
    header: 'c=1',
    to: 'http://app.example/',
    isSent: true,
  },
  { name: 'Strict, from the same site', header: 'c=1; SameSite=Strict', isSent: true },
  { name: 'Strict, from another site', header: 'c=1; SameSite=Strict', isCrossSite: true, isSent: false },
  { name: 'Lax, from another site', header: 'c=1; SameSite=Lax', isCrossSite: true, isSent: true },
  {
    name: 'Lax, posted from another site',
    header: 'c=1; SameSite=Lax',
    isCrossSite: true,
    method: 'POST',
    isSent: false,
  },
  { name: 'no SameSite, posted from another site', header: 'c=1', isCrossSite: true, method: 'POST', isSent: false },
  {
    name: 'None, posted from another site',
    header: 'c=1; SameSite=None; Secure',
    isCrossSite: true,
    method: 'POST',
    isSent: true,
  },
  { name: 'None without Secure', header: 'c=1; SameSite=None', isSent: false },
  { name: '__Host- as it must be', header: '__Host-c=1; Secure; Path=/', isSent: true },
  { name: '__Host- without Secure', header: '__Host-c=1; Path=/', isSent: false },
  { name: '__Host- without Path=/', header: '__Host-c=1; Secure', isSent: false },
  {
    name: '__Host- with a domain',
    at: 'https://app.example/',
    header: '__Host-c=1; Secure; Path=/; Domain=app.example',
    isSent: false,
  },
  { name: '__host- in small letters', header: '__host-c=1; Path=/', isSent: false },
  { name: '__Secure- without Secure', header: '__Secure-c=1', isSent: false },
  {
    name: 'a domain, asked for by a subdomain',
    at: 'https://app.example/',
    header: 'c=1; Domain=app.example',
    to: 'https://www.app.example/',
    isSent: true,
  },
  {
    name: 'no domain, asked for by a subdomain',
    at: 'https://app.example/',
    header: 'c=1',
    to: 'https://www.app.example/',
    isSent: false,
  },
  {
    name: 'the domain of another',
    at: 'https://app.example/',
    header: 'c=1; Domain=other.example',
    to: 'https://other.example/',
    isSent: false,
  },
  { name: 'a domain that everybody shares', at: 'https://app.example/', header: 'c=1; Domain=example', isSent: false },
  { name: 'Max-Age=0', header: 'c=1; Max-Age=0', isSent: false },
  { name: 'Max-Age before Expires', header: 'c=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT', isSent: true },
  { name: 'an Expires of the past', header: 'c=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT', isSent: false },
  { name: 'no name', header: '=1', isSent: false },
];

describe('A cookie jar keeps and sends as browsers do', () => {
  for (const { name, at = 'http://127.0.0.1:3000/auth/start', header, to = at, method = 'GET', ...about } of cases) {
    it(`${name}: ${about.isSent ? 'sent' : 'not sent'}`, () => {
      const jar = new CookieJar();
      jar.store(new URL(at), header);
      const sent = jar.select({ url: new URL(to), method, isCrossSite: about.isCrossSite ?? false });
      expect(sent.length).to.equal(about.isSent ? 1 : 0);
    });
  }

  it('the longest path comes first, and a cookie replaces one with the same name', () => {
    const jar = new CookieJar();
    const url = new URL('http://localhost/auth/start');
    for (const header of ['c=wide; Path=/', 'c=narrow; Path=/auth', 'c=wider; Path=/']) jar.store(url, header);
    const sent = jar.select({ url, method: 'GET', isCrossSite: false });
    expect(sent.map((cookie) => cookie.value)).to.deep.equal(['narrow', 'wider']);
    jar.clear();
    expect(jar.select({ url, method: 'GET', isCrossSite: false })).to.have.length(0);
  });
});
