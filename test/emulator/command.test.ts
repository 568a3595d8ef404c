import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { runEmulator } from '../../lib/emulator/command.ts';
import { DEMO_CLIENT, DEMO_PUBLIC_CLIENT } from '../../lib/emulator/index.ts';

/** The command, running in this process. */
interface Running {
  readonly url: string;
  out(): string;
  errors(): string;
  /** Waits until this is printed, on stdout or stderr. */
  waitFor(text: string): Promise<void>;
}

async function withCommand(args: readonly string[], test: (running: Running) => Promise<void>): Promise<void> {
  let [out, errors] = ['', ''];
  const waiting = new Set<() => void>();
  let end: (value?: unknown) => void = () => undefined;
  const ended = new Promise((resolve) => (end = resolve));
  const seen = () => waiting.forEach((check) => check());
  const waitFor = (text: string) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!(out + errors).includes(text)) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  const exit = runEmulator(['--port', '0', ...args], {
    print: (text) => ((out += text), seen()),
    printError: (text) => ((errors += text), seen()),
    waitForEnd: () => ended,
  });
  try {
    await waitFor('Ctrl+C');
    const url = /http:\S+(?=\/oauth)/.exec(out)?.[0] ?? '';
    await test({ url, out: () => out, errors: () => errors, waitFor });
  } finally {
    end();
    expect(await exit).to.equal(0);
  }
}

/** The command when it does not start. */
async function runToEnd(args: readonly string[]): Promise<{ code: number; out: string; errors: string }> {
  let [out, errors] = ['', ''];
  const code = await runEmulator(args, {
    print: (text) => (out += text),
    printError: (text) => (errors += text),
    waitForEnd: () => Promise.resolve(),
  });
  return { code, out, errors };
}

const people = (displayName: string) =>
  JSON.stringify({ users: [{ id: '12', username: 'ana', displayName, createdAt: '2020-02-03T04:05:06Z' }] }, null, 2);

describe('passport-roblox-oauth2 emulator', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'emulator-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('prints its URL, its discovery document, its clients and its people', async () => {
    await withCommand([], async ({ url, out }) => {
      expect(out()).to.include(`${url}/oauth/.well-known/openid-configuration`);
      expect(out()).to.include(DEMO_CLIENT.clientID).and.include(DEMO_CLIENT.clientSecret);
      expect(out()).to.include(`${DEMO_PUBLIC_CLIENT.clientID}  public`);
      expect(out()).to.include(
        '4100000001  MangoPilot (Mango)  rank 80 in group 7001  rank 255 in group 7002  game pass 777\n',
      );
      expect(out()).to.match(/^ {2}4100000003 .* game pass \d+, \d+ and \d+ more$/m);
      expect(out()).to.include('4100000002  quiet_nell (Nell)\n');
      expect((await fetch(`${url}/health`)).status).to.equal(200);
    });
  });

  const VARIABLES = [
    {
      args: ['--client', '7:s:loopback', '--client', '8::loopback'],
      lines: ['ROBLOX_CLIENT_ID=7', 'ROBLOX_CLIENT_SECRET=s'],
    },
    { args: ['--client', '8::loopback'], lines: ['ROBLOX_CLIENT_ID=8'] },
  ];
  for (const { args, lines } of VARIABLES) {
    it(`prints the lines of a .env file for its first app: ${lines.join(', ')}`, async () => {
      await withCommand(args, async ({ url, out }) => {
        expect(out().match(/^ROBLOX_.+$/gm)).to.deep.equal([`ROBLOX_BASE_URL=${url}`, ...lines]);
      });
    });
  }

  it('accepts clients, also public ones, with several redirect URLs', async () => {
    const args = ['--client', '7:s:https://a.example/cb', '--client', '7:s:my-app:/', '--client', '8::loopback'];
    await withCommand(args, async ({ url, out }) => {
      expect(out()).to.include('7  secret s  https://a.example/cb my-app:/').and.include('8  public  any');
      expect(out()).not.to.include(DEMO_CLIENT.clientID);
      const query = new URLSearchParams({
        client_id: '7',
        redirect_uri: 'my-app:/',
        response_type: 'code',
        scope: 'openid',
      });
      expect((await fetch(`${url}/oauth/v1/authorize?${query}`)).status).to.equal(200);
    });
  });

  it('has options for another public address, pairwise IDs, rate limits and the control interface', async () => {
    const args = ['--url', 'https://roblox.example', '--pairwise', '--rate-limits', '--control', '--host', '127.0.0.1'];
    await withCommand(args, async ({ out }) => {
      expect(out()).to.match(/^Roblox emulator: https:\/\/roblox\.example\n/);
      const address = /Listens on: +(\S+)/.exec(out())?.[1] ?? '';
      const control = (word: string) => fetch(`${address}/control/${word}`, { method: 'POST', body: '{}' });
      const { result } = (await (await control('issueTokens')).json()) as { result: { access_token: string } };
      const headers = { authorization: `Bearer ${result.access_token}` };
      const userinfo = (await (await fetch(`${address}/oauth/v1/userinfo`, { headers })).json()) as { sub: string };
      expect(userinfo.sub).not.to.equal('4100000001');
      const statuses = new Set<number>();
      for (let time = 0; time < 11; time += 1) {
        statuses.add((await fetch(`${address}/cloud/v2/users/${userinfo.sub}`, { headers })).status);
      }
      expect([...statuses]).to.deep.equal([200, 429]);
    });
  });

  it('reads people from a file, and again when it changes; a mistake changes nothing', async () => {
    const file = join(folder, 'people.json');
    writeFileSync(file, people('Ana'));
    await withCommand(['--people', file, '--control'], async ({ url, out, errors, waitFor }) => {
      expect(out()).to.include('12  ana (Ana)').and.not.include('MangoPilot');
      const names = async () => {
        const users = (await (await fetch(`${url}/control/users`)).json()) as { displayName: string }[];
        return users.map(({ displayName }) => displayName);
      };
      // Like an editor: replaces the file by a new one.
      writeFileSync(join(folder, 'new.json'), people('Ana Maria'));
      renameSync(join(folder, 'new.json'), file);
      await waitFor('Read 1 people');
      expect(await names()).to.deep.equal(['Ana Maria']);
      writeFileSync(file, people('').replace('"12"', '12'));
      await waitFor('have not changed');
      expect(errors()).to.include(`${file}:4: users[0].id must be a string of digits`);
      expect(await names()).to.deep.equal(['Ana Maria']);
    });
  });

  it('logs a line for each request with --log, and never a token', async () => {
    await withCommand(['--log', '--control'], async ({ url, out, waitFor }) => {
      const issued = await fetch(`${url}/control/issueTokens`, { method: 'POST' });
      const { result } = (await issued.json()) as { result: { access_token: string; refresh_token: string } };
      const headers = { authorization: `Bearer ${result.access_token}` };
      await fetch(`${url}/oauth/v1/userinfo?secret=${result.access_token}`, { headers });
      const body = new URLSearchParams({ client_id: DEMO_PUBLIC_CLIENT.clientID, token: result.refresh_token });
      await fetch(`${url}/oauth/v1/token/revoke`, { method: 'POST', body });
      await waitFor('/oauth/v1/token/revoke');
      expect(out()).to.match(/^\d\d:\d\d:\d\d\.\d{3} GET \/oauth\/v1\/userinfo 200 \d+ ms$/m);
      expect(out()).not.to.include(result.access_token).and.not.include(result.refresh_token);
    });
  });

  it('prints its usage', async () => {
    const { code, out } = await runToEnd(['--help']);
    expect(code).to.equal(0);
    for (const name of ['--port', '--host', '--url', '--people', '--client', '--pairwise', '--rate-limits', '--log']) {
      expect(out).to.include(name);
    }
  });

  const wrongUsage: [string[], RegExp][] = [
    [['--prot', '1'], /--prot/],
    [['--port', 'x'], /--port must be a number/],
    [['--port', '70000'], /--port must be a number/],
    [['--client', '7'], /--client must be ID:SECRET:REDIRECT/],
    [['now'], /now/],
  ];
  for (const [args, message] of wrongUsage) {
    it(`answers ${args.join(' ')} with its usage and exit code 2`, async () => {
      const { code, errors } = await runToEnd(args);
      expect(code).to.equal(2);
      expect(errors).to.match(message).and.include('Usage: passport-roblox-oauth2 emulator');
    });
  }

  it('says why it cannot start, with exit code 1', async () => {
    const failures: [string[], RegExp][] = [
      [['--port', '0', '--people', join(folder, 'nobody.json')], /nobody\.json/],
      [['--port', '0', '--client', '7:s:http://a.example/cb'], /clients\[0\]\.redirectURIs\[0\] must be https/],
      [['--port', '0', '--url', 'roblox.example'], /url must be like/],
    ];
    for (const [args, message] of failures) {
      const { code, errors } = await runToEnd(args);
      expect(code).to.equal(1);
      expect(errors).to.match(message);
    }
    await withCommand([], async ({ url }) => {
      const { port } = new URL(url);
      const { code, errors } = await runToEnd(['--port', port]);
      expect({ code, errors }).to.deep.equal({
        code: 1,
        errors: `Port ${port} is taken. Choose another one: --port ${Number(port) + 1}\n`,
      });
    });
  });
});
