import { expect } from 'chai';
import { createServer } from 'node:net';

import { buildDiscovery } from '../../lib/emulator/oauth/endpoints.ts';
import { DEMO_CLIENT, startEmulator, type Emulator } from '../../lib/emulator/index.ts';
import { runCommand, type Run } from './support.ts';

const DISCOVERY = '/oauth/.well-known/openid-configuration';
const CERTS = '/oauth/v1/certs';
const SECRET = 'RBX-secret&of="the tests"';

describe('npx passport-roblox-oauth2 doctor', () => {
  let roblox: Emulator;
  before(async () => void (roblox = await startEmulator()));
  after(() => roblox.close());
  afterEach(() => roblox.reset());

  const healthy = () => ({
    ROBLOX_CLIENT_ID: DEMO_CLIENT.clientID,
    ROBLOX_CLIENT_SECRET: SECRET,
    ROBLOX_CALLBACK_URL: 'http://localhost:3000/auth/roblox/callback',
    ROBLOX_BASE_URL: roblox.url,
  });

  /** Runs both forms in turn; neither may show the secret in any spelling. */
  async function examine(environment: Record<string, string>, ...args: string[]): Promise<Run> {
    const run = await runCommand(['doctor', ...args], environment);
    for (const spelling of [SECRET, encodeURIComponent(SECRET), JSON.stringify(SECRET).slice(1, -1), 'RBX-secret']) {
      expect(run.stdout + run.stderr).not.to.include(spelling);
    }
    return run;
  }

  it('finds nothing where all is well, and says what it looked at', async () => {
    const { code, stdout, stderr } = await examine(healthy());
    expect(stderr).to.equal('');
    for (const about of [...Object.keys(healthy()), 'service', 'discovery', 'keys', 'clock']) {
      expect(stdout).to.match(new RegExp(`^(ok|note) +${about}: `, 'm'));
    }
    expect(stdout).to.match(/\nNo problem found\.\n$/);
    expect(code).to.equal(0);
  });

  it('sends two requests without a credential', async () => {
    await examine(healthy());
    expect(roblox.requests.map(({ method, path }) => `${method} ${path}`)).to.deep.equal([
      `GET ${DISCOVERY}`,
      `GET ${CERTS}`,
    ]);
    expect(JSON.stringify(roblox.requests)).not.to.include('RBX-').and.not.to.include(DEMO_CLIENT.clientID);
  });

  it('speaks JSON to programs', async () => {
    const { code, stdout } = await examine({ ...healthy(), ROBLOX_CLIENT_ID: SECRET }, '--json');
    const { healthy: isHealthy, findings } = JSON.parse(stdout) as {
      healthy: boolean;
      findings: { level: string; about: string; message: string }[];
    }; // the shape that --help promises, held to by what follows
    expect(isHealthy).to.equal(false);
    expect(findings.filter(({ level }) => level === 'problem').map(({ about }) => about)).to.deep.equal([
      'ROBLOX_CLIENT_ID',
      'ROBLOX_CLIENT_SECRET',
    ]);
    expect(code).to.equal(1);
  });

  type Row = readonly [what: string, arm: () => unknown, said: RegExp];
  const faults: readonly Row[] = [
    [
      'an issuer without its slash',
      () => roblox.faults.rewrite(DISCOVERY, (json) => ({ ...json, issuer: `${roblox.url}/oauth` })),
      /^problem +discovery: issuer is .* its last slash is missing$/m,
    ],
    [
      'another algorithm',
      () => roblox.faults.rewrite(DISCOVERY, (json) => ({ ...json, id_token_signing_alg_values_supported: ['RS256'] })),
      /^problem +discovery: id_token_signing_alg_values_supported is \[ 'RS256' \] and should list 'ES256'$/m,
    ],
    ['keys that are none', () => roblox.faults.rewrite(CERTS, () => ({ keys: [] })), /^problem +keys: there are none/m],
    [
      'keys that are not to be had',
      () => roblox.faults.status(CERTS, 503, { times: 2 }),
      /^problem +keys: .*\/certs answers with HTTP 503/m,
    ],
    [
      'a service that is down',
      () => roblox.faults.status(DISCOVERY, 503, { times: 2 }),
      /^problem +service: .*HTTP 503.*status\.roblox/m,
    ],
    [
      'a path that is another',
      () => roblox.faults.status(DISCOVERY, 404),
      /^problem +service: .*HTTP 404.*ROBLOX_BASE_URL/m,
    ],
    ['a page of a gateway', () => roblox.faults.html(DISCOVERY), /^problem +service: .*not JSON/m],
    ['a redirect', () => roblox.faults.redirect(DISCOVERY, 'https://example.com/'), /^problem +service: .*redirect/m],
    [
      'a broken connection',
      () => roblox.faults.destroy(DISCOVERY, { times: 2 }),
      /^problem +service: .*cannot be reached/m,
    ],
    [
      'a clock that is off',
      () =>
        roblox.faults.status('/oauth/*', 200, {
          headers: { date: new Date(Date.now() - 600_000).toUTCString() },
          body: buildDiscovery(roblox.url),
          times: 2,
        }),
      /^problem +clock: this machine is about 10 minutes ahead/m,
    ],
  ];
  for (const [what, arm, said] of faults) {
    it(`ends with 1 on ${what}`, async () => {
      arm();
      const { code, stdout } = await examine(healthy());
      expect(stdout).to.match(said);
      expect(code).to.equal(1);
    });
  }

  it('waits no longer than it is told for a service that says nothing', async () => {
    roblox.faults.hang(DISCOVERY);
    const { code, stdout } = await examine(healthy(), '--timeout', '300');
    expect(stdout).to.match(/^problem +service: .*did not answer in time/m);
    expect(stdout).not.to.match(/keys|clock/);
    expect(code).to.equal(1);
  });

  it('says so where nothing listens', async () => {
    const { code, stdout } = await examine({ ...healthy(), ROBLOX_BASE_URL: await emptyAddress() });
    expect(stdout).to.match(/^problem +service: .*cannot be reached \(ECONNREFUSED\)\. Nothing listens there/m);
    expect(code).to.equal(1);
  });

  it('asks nobody where the base URL says nothing', async () => {
    const { code, stdout } = await examine({ ...healthy(), ROBLOX_BASE_URL: 'apis.roblox.com' });
    expect(stdout).to.match(/^note +service: was not asked/m);
    expect(roblox.requests).to.deep.equal([]);
    expect(code).to.equal(1);
  });

  it('says what it did not check', async () => {
    expect((await examine(healthy())).stdout).to.match(/^note +sign-in: was not tried\..*--sign-in/m);
  });

  it('tells its options', async () => {
    const help = await runCommand(['doctor', '--help']);
    expect(help).to.include({ code: 0, stderr: '' });
    expect(help.stdout).to.include('Usage: passport-roblox-oauth2 doctor');
  });

  for (const args of [['twice'], ['--loud'], ['--timeout', 'soon'], ['--port', '0'], ['--port', 'x']]) {
    it(`ends with 2 and its options on "${args.join(' ')}"`, async () => {
      const { code, stdout, stderr } = await runCommand(['doctor', ...args]);
      expect(stderr).to.include('Usage: passport-roblox-oauth2 doctor');
      expect(stdout).to.equal('');
      expect(code).to.equal(2);
    });
  }
});

/** An address of this machine on which nobody listens any more. */
async function emptyAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port');
  return `http://127.0.0.1:${address.port}`;
}
