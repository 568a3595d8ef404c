import { expect } from 'chai';
import { once } from 'node:events';
import { connect as openSocket } from 'node:net';
import { startAttackedApp, type AttackedApp } from './attacked-app.ts';

/** Sends raw bytes, which HTTP clients refuse. @returns the whole response */
async function sendRaw(url: string, lines: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = openSocket(Number(port), hostname);
  socket.write(Buffer.from([...lines, 'Connection: close', '', ''].join('\r\n'), 'latin1'));
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
  await once(socket, 'close');
  return answer;
}

describe("an attacker who can set cookies from a sibling of the app's host", () => {
  let attacked: AttackedApp;
  before(async () => (attacked = await startAttackedApp('app.example')));
  after(() => attacked?.close());
  beforeEach(() => attacked.roblox.reset());

  // Chromium accepts a cookie with such a name from a sibling host, because it does not begin with `__Host-`.
  const disguises: [name: string, disguise: (cookie: string) => string][] = [
    ['the byte 0xA0 before it', (cookie) => `\xa0${cookie}`],
    ['the byte 0x85 before it', (cookie) => `\x85${cookie}`],
    ['U+FEFF before it, in UTF-8', (cookie) => `\xef\xbb\xbf${cookie}`],
    ['U+3000 before it, in UTF-8', (cookie) => `\xe3\x80\x80${cookie}`],
    ['the byte 0x0B before it', (cookie) => `\x0b${cookie}`],
    ['the byte 0x0C before it', (cookie) => `\x0c${cookie}`],
    ['no name but a value that begins with it', (cookie) => `=${cookie}`],
    ['another case', (cookie) => cookie.replace('__Host-', '__HOST-')],
    ['no prefix', (cookie) => cookie.replace('__Host-', '')],
  ];
  for (const [name, disguise] of disguises) {
    it(`cannot sign the victim in with the cookie of the attacker's login, with ${name}`, async () => {
      const { cookie, path } = await attacked.prepare();
      const request = [`GET ${path} HTTP/1.1`, 'Host: app.example', `Cookie: theme=dark; ${disguise(cookie)}`];
      // Node itself refuses some bytes, with a 400.
      expect(await sendRaw(attacked.app.url, request)).to.match(/^HTTP\/1\.1 40[03] /);
      expect(attacked.roblox.count('/oauth/v1/token')).to.equal(0);
    });
  }

  it('could sign in with the unchanged cookie, so the refusals above have no other reason', async () => {
    const { cookie, path } = await attacked.prepare();
    const answer = await sendRaw(attacked.app.url, [`GET ${path} HTTP/1.1`, 'Host: app.example', `Cookie: ${cookie}`]);
    expect(answer)
      .to.match(/^HTTP\/1\.1 200 /)
      .and.to.include('MangoPilot');
  });
});
