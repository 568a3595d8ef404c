import { expect } from 'chai';
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
    // Without prestart: it would build dist/ anew under the feet of other tests.
    const demo = await startProgram('npm', ['start', '--ignore-scripts']);
    await demo.stop('SIGTERM');
    const answer = await fetch(demo.url).catch((error: unknown) => error);
    expect(answer).to.be.an('error');
  });

  it('names the way out when its port is taken', async () => {
    const first = await startDemo(SERVER);
    const second = await startDemo(SERVER, { PORT: new URL(first.url).port }).catch((error: unknown) => String(error));
    expect(second).to.include('ended with 1').and.to.include('EADDRINUSE').and.to.include('PORT=3001 npm start');
    await first.stop();
  });
});
