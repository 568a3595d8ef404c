/**
 * Does what the README tells a new user to do: in an empty folder, with the packed tarball and the packages of its install line.
 * Needs the npm registry.
 */
import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createVisitor, startEmulator, type Emulator } from '../../lib/emulator/index.ts';
import { startProgram } from '../support/start-demo.ts';

const run = promisify(execFile);
/** The first fenced block of a page that matches. */
function readBlock(pattern: RegExp, page = 'README.md'): string {
  const block = [...readFileSync(page, 'utf8').matchAll(/^```\w+\n([^]*?)^```/gm)]
    .map(([, code = '']) => code)
    .find((code) => pattern.test(code));
  if (block === undefined) throw new Error(`${page} has no block that matches ${pattern}`);
  return block;
}

/** Reads the packages of an install command in a page. */
function readPackages(pattern: RegExp, page = 'README.md'): string[] {
  const [, names = ''] = pattern.exec(readFileSync(page, 'utf8')) ?? [];
  return names.split(' ');
}

/** The first fenced diff that has this line, as a function that makes its changes. */
function readChange(line: string): (code: string) => string {
  const hunks = readBlock(new RegExp(line.replace(/[()]/g, '\\$&')))
    .split(/^ …\n/m)
    .map((hunk) => ({ before: pickLines(hunk, ' -'), after: pickLines(hunk, ' +') }));
  return (code) =>
    hunks.reduce((changed, { before, after }) => {
      expect(changed.split(before), before).to.have.length(2);
      return changed.replace(before, () => after);
    }, code);
}

const pickLines = (hunk: string, marks: string) =>
  hunk
    .split(/(?<=\n)/)
    .filter((line) => marks.includes(line[0] ?? '') || line === '\n')
    .map((line) => line.replace(/^[ +-]/, ''))
    .join('');

/** The lines of `.env` with which an app uses an emulator. */
function setCredentials({ credentials: { clientID, clientSecret = '', baseURL } }: Emulator): Record<string, string> {
  return { ROBLOX_CLIENT_ID: clientID, ROBLOX_CLIENT_SECRET: clientSecret, ROBLOX_BASE_URL: baseURL };
}

/** Makes the change that the README describes. */
const toCommonJS = (code: string) => code.replace(/^import (.+) from '(.+)';$/gm, "const $1 = require('$2');");

const MANGO = '4100000001';
const YSOLDE = '4100000004';

describe('a new user with only the README', () => {
  const app = readBlock(/^\/\/ app\.mjs\n/);
  let folder: string;
  const npm = (...words: string[]) =>
    run('npm', [...words, '--no-audit', '--no-fund'], { cwd: folder, maxBuffer: 64 << 20 });
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

  before(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'newcomer-')));
    const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]);
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }]; // as npm documents it
    write('package.json', '{ "private": true }');
    await npm('install', `./${filename}`, ...readPackages(/^npm install passport-roblox-oauth2 (.+)$/m));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function expectApp(file: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const running = await startProgram(process.execPath, [join(folder, file)], { NODE_PATH: '', ...env });
    const visitor = createVisitor({ baseURL: running.url });
    try {
      expect((await visitor.get('/')).body).to.include('Sign in with Roblox');
      expect((await visitor.cancel()).body).to.include('cancelled');
      expect((await visitor.signIn()).body).to.include('Hello, Mango');
      expect((await visitor.get('/login')).body).to.include('Hello, Mango');
      const crossSite = await visitor.post('/sign-out', {}, { headers: { 'sec-fetch-site': 'cross-site' } });
      expect(crossSite.status).to.equal(403);
      expect((await visitor.get('/')).body).to.include('Hello, Mango');
      expect((await visitor.post('/sign-out')).body).to.include('Welcome');
      expect(running.output()).not.to.match(/warn/i);
    } finally {
      visitor.close();
      await running.stop('SIGKILL');
    }
  }

  const tsc = (compiler: string, ...words: string[]) =>
    run(process.execPath, [`node_modules/${compiler}/bin/tsc`, ...words], { cwd: folder }).catch(
      ({ stdout }: { stdout: string }) => expect.fail(stdout),
    );

  async function expectCompiled(file: string): Promise<void> {
    const options = {
      strict: true,
      noUnusedParameters: true,
      module: 'nodenext',
      target: 'es2023',
      types: ['node'],
      skipLibCheck: false,
    };
    write('tsconfig.json', JSON.stringify({ compilerOptions: { ...options, outDir: 'out' }, files: [file] }));
    await tsc('typescript', '-p', '.');
  }

  it('needs 15 more packages, and no types', () => {
    const names = new Set<string>();
    const walk = (name: string): void => {
      if (names.has(name)) return;
      names.add(name);
      const manifest = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8');
      const { dependencies = {} } = JSON.parse(manifest) as { dependencies?: Record<string, string> }; // written by npm
      for (const dependency of Object.keys(dependencies)) walk(dependency);
    };
    walk('passport');
    walk('passport-roblox-oauth2');
    names.delete('passport-roblox-oauth2');
    expect([...names].filter((name) => name.startsWith('@types/'))).to.deep.equal([]);
    expect(names.size).to.equal(15);
  });

  it('runs the first app unchanged', async () => {
    write('app.mjs', app);
    await expectApp('app.mjs');
  });

  it('gets a clear error from the first app when its port is taken', async () => {
    const taken = createServer().listen(0);
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo; // it listens on a port
    const ended = startProgram(process.execPath, [join(folder, 'app.mjs')], { PORT: String(port) });
    const error = await ended.then(String, String);
    taken.close();
    expect(error).to.include('ended with 1').and.to.include('EADDRINUSE').and.not.to.include('undefined');
  });

  it('can use the first app with an emulator in another process', async () => {
    const roblox = await startEmulator();
    await expectApp('app.mjs', setCredentials(roblox)).finally(() => roblox.close());
  });

  it('runs it in CommonJS, after the change in the README', async () => {
    write('app.cjs', toCommonJS(app));
    await expectApp('app.cjs');
  });

  it('has declarations that compile with the types of Node alone', async () => {
    await npm('install', 'typescript@~6.0.3', '@types/node');
    const entries = ['', '/emulator', '/redis', '/postgres'];
    write(
      'all.mts',
      entries.map((entry, i) => `export * as entry${i} from 'passport-roblox-oauth2${entry}';`).join('\n'),
    );
    await expectCompiled('all.mts');
  });

  it('compiles it as strict TypeScript with the newest types, and runs the result', async () => {
    await npm('install', ...readPackages(/npm install -D typescript ([^`]+)`/));
    write('app.mts', app);
    await expectCompiled('app.mts');
    await expectApp('out/app.mjs');
  });

  it('compiles it under the settings that `npx tsc --init` of TypeScript 7 writes', async () => {
    await npm('install', 'typescript-7@npm:typescript@~7.0.2');
    rmSync(join(folder, 'tsconfig.json'));
    await tsc('typescript-7', '--init');
    write('init.json', '{ "extends": "./tsconfig.json", "compilerOptions": { "noEmit": true }, "files": ["app.mts"] }');
    await tsc('typescript-7', '-p', 'init.json');
  });

  const members = readBlock(/^\/\/ members\.mjs\n/);
  const addGates = readChange('createMembers(vault)');

  describe('adds gates as the README shows', () => {
    before(() => write('members.mjs', members));

    it('to pages, which check each visitor, also at the same time', async () => {
      write('gates.mjs', addGates(app));
      const running = await startProgram(process.execPath, [join(folder, 'gates.mjs')]);
      const visitors = [MANGO, YSOLDE, undefined].map((user) => ({
        user,
        visitor: createVisitor({ baseURL: running.url }),
      }));
      try {
        for (const { user, visitor } of visitors) if (user !== undefined) await visitor.signIn({ user });
        const visit = (path: string) =>
          Promise.all([...visitors, ...visitors].map(async ({ visitor }) => (await visitor.get(path)).status));
        expect(await visit('/staff')).to.deep.equal([403, 200, 401, 403, 200, 401]);
        expect(await visit('/lounge')).to.deep.equal([200, 403, 401, 200, 403, 401]);
      } finally {
        for (const { visitor } of visitors) visitor.close();
        await running.stop('SIGKILL');
      }
    });

    for (const [name, code] of [
      ['alone', app],
      ['with the pages', addGates(app)],
    ] as const) {
      it(`to the sign-in, ${name}`, async () => {
        write('staff.mjs', readChange('verify: staff.verify(')(code));
        const running = await startProgram(process.execPath, [join(folder, 'staff.mjs')]);
        const visitor = createVisitor({ baseURL: running.url });
        try {
          expect((await visitor.signIn({ user: MANGO })).body).to.include('This is for the staff of our group.');
          expect((await visitor.signIn({ user: YSOLDE })).body).to.include('Hello, Ysölde');
        } finally {
          visitor.close();
          await running.stop('SIGKILL');
        }
      });
    }

    for (const { name, isBefore, told, logged } of [
      {
        name: 'before the session',
        isBefore: true,
        told: 'Please sign in first.',
        logged: /no user.+passport\.session/,
      },
      { name: 'with the ID of a database', isBefore: false, told: 'Please sign in again.', logged: /profile\.id/ },
    ]) {
      it(`to pages, ${name}, and reads in the log why nobody passes`, async () => {
        const wrong = isBefore
          ? addGates(app).replace(/(  app\.use\(passport\.session.+\n)(.+\n)/, '$2$1')
          : addGates(app).replace('id: profile.id', 'id: 1');
        write('wrong.mjs', wrong);
        write('members.mjs', members.replace(/\(id = ''\)/, '(id)').replace("id === ''", 'id === undefined'));
        const env = { NODE_DEBUG: 'passport-roblox-oauth2' };
        const running = await startProgram(process.execPath, [join(folder, 'wrong.mjs')], env);
        const visitor = createVisitor({ baseURL: running.url });
        try {
          expect((await visitor.signIn({ user: YSOLDE })).body).to.include('Hello, Ysölde');
          expect(await visitor.get('/staff')).to.include({ status: 401, body: told });
        } finally {
          visitor.close();
          await running.stop('SIGKILL');
          write('members.mjs', members);
        }
        expect(running.output()).to.match(logged);
      });
    }

    it('and compiles the result as strict TypeScript', async () => {
      for (const name of ['members', 'gates']) write(`${name}.mts`, readFileSync(join(folder, `${name}.mjs`), 'utf8'));
      await expectCompiled('gates.mts');
    });
  });

  describe('adds a vault as the README shows', () => {
    const addVault = readChange('await closeVault()');
    const { REDIS_URL = '', POSTGRES_URL = '' } = process.env;
    const env = { REDIS_URL, DATABASE_URL: POSTGRES_URL, VAULT_SECRET: 'a-secret-of-32-characters-or-more' };
    const start = (more: Readonly<Record<string, string>> = {}, file = 'kept.mjs') =>
      startProgram(process.execPath, [join(folder, file)], { ...env, ...more });
    before(async () => {
      // Without what the README says is to be removed, or is there already.
      const withGates = addGates(app)
        .replace(/^const vault = .+\n\n/m, '')
        .replace(/^ +vault,\n/m, '');
      write('kept.mjs', addVault(app));
      write('members.mjs', members);
      write('all.mjs', addVault(withGates));
      await npm('install', 'redis', 'pg', '@types/pg');
    });

    for (const [server, pattern] of [
      ['Redis', /^\/\/ vault\.mjs\n/],
      ['Postgres', /^import \{ Pool \}/],
    ] as const) {
      it(`on ${server}, and starts again with what is stored`, async () => {
        write('vault.mjs', readBlock(pattern));
        const roblox = await startEmulator();
        const credentials = setCredentials(roblox);
        try {
          for (const user of [YSOLDE, MANGO]) {
            const running = await start(credentials);
            const visitor = createVisitor({ baseURL: running.url });
            await visitor.signIn({ user });
            expect((await visitor.get('/rank')).body).to.match(/Your rank in our group: (255|80)</);
            visitor.close();
            expect(await running.stop('SIGTERM')).to.equal(0);
          }
          if (server === 'Postgres') return;
          write('worker.mjs', readBlock(/createClient[^]+clientID/, 'docs/vault.md'));
          const options = { cwd: folder, env: { ...process.env, ...env, ...credentials } };
          const { stdout } = await run(process.execPath, ['worker.mjs'], options);
          expect(stdout).to.equal('80\n'); // of Mango
        } finally {
          await roblox.close();
        }
      });

      for (const signal of ['SIGTERM', 'SIGINT'] as const) {
        it(`on ${server}, with the gates, and ends at ${signal}, with the emulator that it has started`, async () => {
          const running = await start({}, 'all.mjs');
          const visitor = createVisitor({ baseURL: running.url });
          await visitor.signIn({ user: YSOLDE });
          expect((await visitor.get('/staff')).body).to.equal('Hello, staff!');
          expect(await running.stop(signal)).to.equal(0); // the visitor's connections are open
          visitor.close();
        });
      }

      it(`on ${server}, and compiles the result as strict TypeScript`, async () => {
        for (const name of ['vault', 'members', 'kept', 'all'])
          write(`${name}.mts`, readFileSync(join(folder, `${name}.mjs`), 'utf8'));
        for (const name of ['kept', 'all']) await expectCompiled(`${name}.mts`);
      });
    }

    it('and is told that VAULT_SECRET is missing', async () => {
      const error = await start({ VAULT_SECRET: '' }).then(String, String);
      expect(error).to.match(/secrets/);
    });
  });

  it('splits the app as docs/emulator.md shows, starts it, and tests it', async () => {
    const page = 'docs/emulator.md';
    for (const name of ['create-app.mjs', 'server.mjs', 'app.test.mjs']) {
      write(name, readBlock(new RegExp(`^// ${name}\n`), page));
    }
    const roblox = await startEmulator();
    const running = await startProgram(process.execPath, [join(folder, 'server.mjs')], setCredentials(roblox));
    const visitor = createVisitor({ baseURL: running.url });
    try {
      expect((await visitor.signIn()).body).to.include('Mango');
    } finally {
      visitor.close();
      await running.stop('SIGKILL');
      await roblox.close();
    }
    await npm('install', 'mocha');
    const { stdout } = await run('npx', ['mocha', 'app.test.mjs'], { cwd: folder });
    expect(stdout).to.include('1 passing');
  });

  it('tests the first app with gates, split in the same way, each time with an emulator of its own', async () => {
    const [imports = '', body = '', helpers = ''] = addGates(app)
      .replace(/^const vault = .+\n\n/m, '')
      .replace('...(await credentials())', '...credentials')
      .split(/^async function main\(\) \{\n|^ {2}const server = [^]+?^const (?=escape)/m);
    const createApp = 'export function createApp(credentials, vault = new TokenVault()) {\n';
    const code = `${imports}${createApp}${body}return app;\n}\nconst ${helpers.replace('main();', '')}`;
    write('create-app.mjs', code);
    write('members.mjs', members);
    const test = readBlock(/^\/\/ app\.test\.mjs\n/, 'docs/emulator.md')
      .replace('assert.equal(cancelled.status, 403);', 'assert.match(cancelled.body, /cancelled/);')
      .replace(/(.+\/Ysölde\/.+\n)/, "$1    assert.equal((await visitor.get('/staff')).body, 'Hello, staff!');\n");
    write('app.test.mjs', test + test.replace(/^import .+/gm, ''));
    const { stdout } = await run('npx', ['mocha', 'app.test.mjs'], { cwd: folder, timeout: 60_000 });
    expect(stdout).to.include('2 passing');
  });

  describe('and runs the test that the README shows', () => {
    const page = readFileSync('README.md', 'utf8');
    const test = readBlock(/^\/\/ signin\.test\.mjs\n/);
    const frameworks = 'docs/frameworks.md';
    /** Reads the last cell of the runner's row. */
    const readCommand = (runner: string) =>
      new RegExp(`^\\| ${runner} .+\`([^\`]+)\` +\\|$`, 'm').exec(page)?.[1] ?? '';
    const runners = [
      { name: 'mocha', command: readCommand('mocha'), code: test },
      {
        name: 'vitest',
        command: readCommand('vitest'),
        code: `${/`(import .+ from 'vitest';)`/.exec(page)?.[1]}\n${test}`,
      },
      { name: 'Jest, as ES modules', command: readCommand('Jest'), code: test },
      {
        name: 'Jest, as CommonJS',
        command: 'npx jest signin.test.js',
        code: toCommonJS(test),
        configs: ['babel', 'jest'],
      },
    ];
    const runTest = (command: string, code: string) => {
      write(command.split(' ').at(-1) ?? '', code);
      return run(command, { cwd: folder, shell: true, timeout: 60_000 });
    };
    before(async () => {
      const babel = readPackages(/`npm install --save-dev (babel-jest [^`]+)`/, frameworks);
      await npm('install', 'mocha', 'vitest', 'jest', ...babel);
    });
    for (const { name, command, code, configs = [] } of runners) {
      it(`in ${name}`, async () => {
        for (const config of configs) {
          write(`${config}.config.js`, readBlock(new RegExp(`^// ${config}\\.config\\.js\n`), frameworks));
        }
        const { stdout, stderr } = await runTest(command, code).catch(
          ({ stdout, stderr }: { stdout: string; stderr: string }) => expect.fail(stdout + stderr),
        );
        expect(stdout + stderr).to.match(/1 pass(ing|ed)/);
      });

      it(`in ${name}, which ends when an assertion fails`, async () => {
        const outcome = await runTest(command, code.replace('/Mango/', '/Nobody/')).catch(
          (error: { killed: boolean; stdout: string; stderr: string }) => error,
        );
        expect(outcome).to.include({ killed: false });
        expect(outcome.stdout + outcome.stderr).to.match(/1 fail(ing|ed)/);
      });
    }
  });

  it('opens a gate by tokens without a login, as docs/emulator.md shows', async () => {
    write('tokens.mjs', readBlock(/issueTokens/, 'docs/emulator.md'));
    const { stdout } = await run(process.execPath, ['tokens.mjs'], { cwd: folder });
    expect(stdout).to.equal('true\n');
  });
});
