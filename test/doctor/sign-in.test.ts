import { expect } from 'chai';
import { createServer, type AddressInfo } from 'node:net';
import { DEMO_CLIENT, startEmulator, type Emulator } from '../../lib/emulator/index.ts';
import { createVisitor, type Visitor } from '../../lib/emulator/visitor.ts';
import { runCommand, type Run } from './support.ts';

const PATH = '/auth/roblox/callback';

/** A port of this machine on which nobody listens any more. */
async function findPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('npx passport-roblox-oauth2 doctor --sign-in', () => {
  let roblox: Emulator;
  let port: number;
  before(async () => void (roblox = await startEmulator()));
  after(() => roblox.close());
  beforeEach(async () => {
    roblox.reset();
    port = await findPort();
  });

  /** Runs the doctor, and lets a visitor do something as soon as they are asked to. */
  async function run(
    change: Record<string, string>,
    visit: (visitor: Visitor, end: () => void) => Promise<unknown>,
    args: readonly string[] = [],
  ): Promise<Run> {
    let visited: Promise<unknown> = Promise.resolve();
    let end = () => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const environment = {
      ROBLOX_CLIENT_ID: DEMO_CLIENT.clientID,
      ROBLOX_CLIENT_SECRET: DEMO_CLIENT.clientSecret,
      ROBLOX_CALLBACK_URL: `http://localhost:${port}${PATH}`,
      ROBLOX_BASE_URL: roblox.url,
      ...change,
    };
    const result = await runCommand(['doctor', '--sign-in', ...args], environment, {
      waitForEnd: () => ended,
      onError(text) {
        const baseURL = /open (http:\S+\/) in a browser/.exec(text)?.[1];
        if (baseURL !== undefined) visited = visit(createVisitor({ baseURL }), end);
      },
    });
    await visited;
    expect(result.stdout + result.stderr).to.not.include(environment.ROBLOX_CLIENT_SECRET);
    return result;
  }

  const signIn = (visitor: Visitor) => visitor.signIn({ start: '/', user: '4100000001' });

  it('signs a person in by the settings of the app, and leaves no token behind', async () => {
    const { code, stdout } = await run({}, async (visitor) => {
      const page = await signIn(visitor);
      expect(page.status).to.equal(200);
      expect(page.body).to.include('The sign-in is over');
      expect((await visitor.get('/favicon.ico').catch(() => ({ status: 404 }))).status).to.equal(404);
    });
    expect(stdout).to.match(/^ok +sign-in: MangoPilot \(4100000001\) signed in/m);
    expect(stdout).to.match(/No problem found\.\n$/);
    expect(code).to.equal(0);
    expect(roblox.count('/oauth/v1/token/revoke')).to.equal(1);
  });

  it('finds a secret that belongs to another app', async () => {
    const { code, stdout } = await run({ ROBLOX_CLIENT_SECRET: 'RBX-of-another-app' }, signIn);
    expect(stdout).to.match(/^problem +ROBLOX_CLIENT_SECRET: is not the secret of this client ID/m);
    expect(code).to.equal(1);
  });

  it('says what to register where Roblox sends nobody back', async () => {
    const other = await startEmulator({ clients: [{ ...DEMO_CLIENT, redirectURIs: ['https://game.example/cb'] }] });
    const { code, stdout } = await run({ ROBLOX_BASE_URL: other.url }, async (visitor, end) => {
      expect((await visitor.get('/')).status).to.equal(400);
      end();
    });
    expect(stdout).to.match(
      new RegExp(`^problem +sign-in: nobody came back.*add exactly http://localhost:${port}${PATH}`, 'm'),
    );
    expect(code).to.equal(1);
    await other.close();
  });

  it('says that the person cancelled', async () => {
    const { code, stdout } = await run({}, (visitor) => visitor.cancel({ start: '/' }));
    expect(stdout).to.match(/^problem +sign-in: The sign-in was cancelled/m);
    expect(code).to.equal(1);
  });

  it('explains what fails on the way', async () => {
    roblox.faults.status('/oauth/v1/token', 503);
    const { stdout } = await run({}, signIn);
    expect(stdout).to.match(/^problem +sign-in: .*token answers with HTTP 503/m);
  });

  for (const [what, callbackURL] of [
    ['relative', '/auth/roblox/callback'],
    ['elsewhere', 'https://game.example/auth/roblox/callback'],
  ] as const) {
    it(`comes back to this machine where the callback URL is ${what}, and says so`, async () => {
      const { code, stdout } = await run({ ROBLOX_CALLBACK_URL: callbackURL }, signIn, ['--port', String(port)]);
      expect(stdout).to.match(/^ok +sign-in: MangoPilot/m);
      expect(stdout).to.match(new RegExp(`^note +sign-in: used http://localhost:${port}${PATH}`, 'm'));
      expect(code).to.equal(0);
    });
  }

  for (const [what, change, advice] of [
    ["the callback URL's port", {}, 'The port is that of ROBLOX_CALLBACK_URL: --port does not change it'],
    ['the port of --port', { ROBLOX_CALLBACK_URL: '/auth/roblox/callback' }, 'Or choose another --port'],
  ] as const) {
    it(`says that another app listens on ${what}`, async () => {
      const taken = createServer();
      await new Promise<void>((resolve) => taken.listen(port, 'localhost', resolve));
      const { code, stdout } = await run(change, signIn, ['--port', String(port)]);
      expect(stdout)
        .to.match(/^problem +sign-in: cannot listen on .*EADDRINUSE/m)
        .and.include(advice);
      expect(code).to.equal(1);
      taken.close();
    });
  }

  it('does not even begin where the settings cannot work', async () => {
    const { code, stdout } = await run({ ROBLOX_CLIENT_ID: 'abc' }, signIn);
    expect(stdout).to.match(/^note +sign-in: was not tried\. First solve the problems above/m);
    expect(code).to.equal(1);
  });

  it('prints JSON alone where it is for programs', async () => {
    const { stdout } = await run({}, signIn, ['--json']);
    expect(JSON.parse(stdout)).to.have.property('healthy', true);
  });
});
