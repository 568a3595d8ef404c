/**
 * What the README tells a newcomer to do, done: in an empty folder, with the packed tarball and what its install line names.
 * Needs the npm registry.
 */
import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createVisitor } from '../../lib/emulator/index.ts';
import { startProgram } from '../support/start-demo.ts';

const run = promisify(execFile);
const readme = readFileSync('README.md', 'utf8');

/** The first fenced block of the README that matches. */
function readBlock(pattern: RegExp): string {
  const block = [...readme.matchAll(/^```\w+\n([^]*?)^```/gm)]
    .map(([, code = '']) => code)
    .find((code) => pattern.test(code));
  if (block === undefined) throw new Error(`The README has no block that matches ${pattern}`);
  return block;
}

describe('a newcomer who has the README only', () => {
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
    const [, ...names] = readBlock(/^npm install passport-roblox-oauth2 /)
      .trim()
      .split(' ')
      .slice(1);
    await npm('install', `./${filename}`, ...names);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function expectApp(file: string): Promise<void> {
    const running = await startProgram(process.execPath, [join(folder, file)], { NODE_PATH: '' });
    const visitor = createVisitor({ baseURL: running.url });
    try {
      expect((await visitor.get('/')).body).to.include('Sign in with Roblox');
      expect((await visitor.cancel()).body).to.include('cancelled');
      expect((await visitor.signIn()).body).to.include('Hello, Mango');
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

  async function expectCompiled(file: string): Promise<void> {
    const options = { strict: true, module: 'nodenext', target: 'es2023', types: ['node'], skipLibCheck: false };
    write('tsconfig.json', JSON.stringify({ compilerOptions: { ...options, outDir: 'out' }, files: [file] }));
    await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { cwd: folder }).catch(
      ({ stdout }: { stdout: string }) => expect.fail(stdout),
    );
  }

  it('needs 15 packages beside itself, and no types', () => {
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

  it('runs the first app as it stands', async () => {
    write('app.mjs', app);
    await expectApp('app.mjs');
  });

  it('runs it in CommonJS, after the change that the README names', async () => {
    write('app.cjs', app.replace(/^import (.+) from '(.+)';$/gm, "const $1 = require('$2');"));
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

  it('compiles it as strict TypeScript with the newest types, and runs what comes out', async () => {
    await npm('install', ...['express', 'express-session', 'passport'].map((name) => `@types/${name}`));
    write('app.mts', app);
    await expectCompiled('app.mts');
    await expectApp('out/app.mjs');
  });

  describe('and runs the test that the README shows', () => {
    const runners = [
      { name: 'mocha', words: ['node_modules/mocha/bin/mocha.js', 'greets.test.mjs'], output: /1 passing/ },
      { name: 'vitest', words: ['node_modules/vitest/vitest.mjs', 'run', '--globals'], output: /1 passed/ },
      {
        name: 'jest',
        words: ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--testMatch', '**/*.test.mjs'],
        output: /1 passed/,
      },
    ];
    before(async () => {
      await npm('install', ...runners.map(({ name }) => name));
      write('greets.test.mjs', readBlock(/createVisitor/));
    });
    for (const { name, words, output } of runners) {
      it(`in ${name}`, async () => {
        const { stdout, stderr } = await run(process.execPath, words, { cwd: folder }).catch(
          ({ stdout, stderr }: { stdout: string; stderr: string }) => expect.fail(stdout + stderr),
        );
        expect(stdout + stderr).to.match(output);
      });
    }
  });
});
