import { expect } from 'chai';
import { statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { createVisitor, startEmulator } from '../../lib/emulator/index.ts';
import { startDemo, startProgram } from '../support/start-demo.ts';

const SERVER = 'examples/express/server.ts';

describe('npm start', () => {
  it('says where it listens and that it uses the emulator, and ends on Ctrl-C', async () => {
    const demo = await startDemo(SERVER);
    expect(demo.output().split('\n')[0]).to.include('ROBLOX_CLIENT_ID is not set').and.to.include('emulator');
    const visitor = createVisitor({ baseURL: demo.url });
    expect((await visitor.signIn()).body).to.include('@MangoPilot');
    visitor.close();
    expect(await demo.stop()).to.equal(0);
  });

  it('uses the app that the environment names, with its own callback URL', async () => {
    const clientID = '123456789012345678901';
    const client = { clientID, clientSecret: 'RBX-secret', redirectURIs: 'loopback' } as const;
    const roblox = await startEmulator({ clients: [client] });
    const demo = await startDemo(SERVER, {
      ROBLOX_CLIENT_ID: clientID,
      ROBLOX_CLIENT_SECRET: client.clientSecret,
      ROBLOX_BASE_URL: roblox.url,
    });
    expect(demo.output()).not.to.include('emulator');
    const visitor = createVisitor({ baseURL: demo.url });
    const authorizationURL = new URL(await visitor.start());
    expect(authorizationURL.searchParams.get('client_id')).to.equal(clientID);
    expect(authorizationURL.searchParams.get('redirect_uri')).to.equal(`${demo.url}/auth/roblox/callback`);
    expect((await visitor.signIn({ user: '4100000002' })).body).to.include('@quiet_nell');
    visitor.close();
    expect(await demo.stop()).to.equal(0);
    await roblox.close();
  });

  it('ends when npm is told to', async () => {
    const before = statSync('dist/index.js').mtimeMs;
    const demo = await startProgram('npm', ['start']);
    const after = statSync('dist/index.js').mtimeMs;
    await demo.stop('SIGTERM');
    expect(after, 'built anew though nothing has changed').to.equal(before);
    const answer = await fetch(demo.url).catch((error: unknown) => error);
    expect(answer).to.be.an('error');
  });

  it('says what to do when its port is taken', async () => {
    const first = await startDemo(SERVER);
    const second = await startDemo(SERVER, { PORT: new URL(first.url).port }).catch((error: unknown) => String(error));
    expect(second)
      .to.include('ended with 1')
      .and.to.match(
        /^Port \d+ is taken, perhaps by another example \(EADDRINUSE\)\. Choose another one: npm .* --port 3001$/m,
      );
    expect(second).not.to.match(/ at .*:\d+/);
    await first.stop();
  });
});

describe('npm run example', () => {
  const run = (...words: string[]) =>
    startProgram(process.execPath, ['--import', './scripts/strip-types.js', 'scripts/example.ts', ...words]);

  it('starts the example that is named, at the port that is given, and ends with npm', async () => {
    const demo = await startProgram('npm', ['run', 'example', '--', 'koa', '--port', '0'], { PORT: '1' });
    const visitor = createVisitor({ baseURL: demo.url });
    expect((await visitor.signIn()).body).to.include('Hello, Mango');
    visitor.close();
    await demo.stop('SIGTERM');
    expect(await fetch(demo.url).catch((error: unknown) => error)).to.be.an('error');
  });

  const refused: [name: string, words: string[], message: string][] = [
    ['no name', [], 'Which example?'],
    ['a name of none', ['rails'], 'There is no example "rails".'],
    ['a path', ['../scripts'], 'There is no example "../scripts".'],
    ['a port that is none', ['koa', '--port', '70000'], '--port must be a number from 0 to 65535, but is "70000".'],
    ['an unknown option', ['koa', '--host', 'x'], '--host'],
  ];
  for (const [name, words, message] of refused) {
    it(`lists the examples, given ${name}`, async () => {
      const output = await run(...words).then(() => 'It started', String);
      expect(output).to.include('ended with 1').and.to.include(message);
      for (const each of ['express', 'login-page', 'members-only']) expect(output).to.include(`\n  ${each}\n`);
      expect(output).not.to.match(/ at .*:\d+/);
    });
  }

  it('accepts connections from this machine only', async () => {
    const demo = await run('koa');
    const port = Number(new URL(demo.url).port);
    const others = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
    for (const { address, internal, family } of others) {
      if (internal || family !== 'IPv4') continue;
      const answer = await fetch(`http://${address}:${port}`).catch((error: unknown) => error);
      expect(answer, address).to.be.an('error');
    }
    await demo.stop();
  });
});
