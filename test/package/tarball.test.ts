import { expect } from 'chai';
import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What each entry point exports at run time. To remove a name would break apps. */
const EXPORTS: Readonly<Record<string, readonly string[]>> = {
  '.': [
    'AuthorizationError',
    'ConnectionError',
    'CookieStore',
    'IDTokenError',
    'InternalOAuthError',
    'OAuthError',
    'RefusedError',
    'RobloxAPIError',
    'RobloxClient',
    'RobloxStrategy',
    'SessionStore',
    'Strategy',
    'TokenError',
    'TokenVault',
    'TokenVaultError',
    'requireAccountAge',
    'requireGroupRank',
    'requireItem',
  ],
  './emulator': ['DEMO_CLIENT', 'DEMO_GROUPS', 'DEMO_PEOPLE', 'DEMO_PUBLIC_CLIENT', 'createVisitor', 'startEmulator'],
  './postgres': ['createTableSQL', 'postgresVault'],
  './redis': ['redisVault'],
};

interface Manifest {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly bin: Readonly<Record<string, string>>;
}
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest; // ours, written by npm

describe('the packed tarball', function () {
  this.timeout(60_000);
  /** A project that has the package and its dependencies installed, and nothing else. */
  let project: string;
  let installed: string;
  let packed: string[];

  before(async () => {
    project = realpathSync(mkdtempSync(join(tmpdir(), 'tarball-')));
    installed = join(project, 'node_modules', manifest.name);
    mkdirSync(installed, { recursive: true });
    // Without scripts, which would build dist/ again while other tests use it.
    const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', project];
    const { stdout } = await run('npm', pack);
    const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }]; // as npm documents it
    packed = files.map(({ path }) => path).sort();
    await run('tar', ['-xzf', join(project, filename), '--strip-components=1', '-C', installed]);
    // Links instead of an installation, which would need the network.
    for (const name of Object.keys(manifest.dependencies)) {
      mkdirSync(dirname(join(project, 'node_modules', name)), { recursive: true });
      symlinkSync(resolve('node_modules', name), join(project, 'node_modules', name));
    }
  });
  after(() => rmSync(project, { recursive: true }));

  /** Runs a program in the project. @returns what it printed; anything on stderr, such as a warning, fails the test */
  async function node(file: string, code: string): Promise<string> {
    writeFileSync(join(project, file), code);
    const { stdout, stderr } = await run(process.execPath, [file], {
      cwd: project,
      env: { PATH: process.env['PATH'] },
    });
    expect(stderr).to.equal('');
    return stdout;
  }

  const buildSpecifier = (entry: string) => manifest.name + entry.slice(1);

  it('has the build, the manifest, the README and the licence, and nothing else', () => {
    const declarations = readdirSync('lib', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `dist/${file.replace(/ts$/, 'd.ts')}`);
    const entries = Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === 'string' ? [] : entry.default,
    );
    const programs = [...entries, ...Object.values(manifest.bin)].map((file) => file.replace(/^\.\//, ''));
    // Files that several entries share. The bundler names them by their content.
    const shared = packed.filter((file) => /^dist\/shared\/\w+\.js$/.test(file));
    // The emulator's description, and the licence of the bundled validator.
    const emulator = ['THIRD-PARTY-LICENSES.txt', 'open-cloud.json.br'].map((file) => `dist/emulator/${file}`);
    const expected = [...declarations, ...programs, ...shared, ...emulator, 'LICENSE', 'README.md', 'package.json'];
    expect(packed).to.deep.equal(expected.sort());
  });

  it('has the entry points that are known here', () => {
    const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json');
    expect(entries.sort()).to.deep.equal(Object.keys(EXPORTS).sort());
  });

  for (const [entry, names] of Object.entries(EXPORTS)) {
    it(`loads ${entry} by import, with exactly these names`, async () => {
      const code = `console.log(JSON.stringify(Object.keys(await import('${buildSpecifier(entry)}')).sort()))`;
      expect(JSON.parse(await node('load.mjs', code))).to.deep.equal(names);
    });

    it(`loads ${entry} by require(), with the same names and no warning`, async () => {
      const code = `console.log(JSON.stringify(Object.keys(require('${buildSpecifier(entry)}')).sort()))`;
      expect(JSON.parse(await node('load.cjs', code))).to.deep.equal(names);
    });
  }

  it('has one Strategy class, with import and require()', async () => {
    const code = `
      const { Strategy } = require('${manifest.name}');
      const OAuth2Strategy = require('passport-oauth2');
      import('${manifest.name}').then((module) => {
        const strategy = new Strategy({ clientID: '1', callbackURL: '/callback', verify: () => true });
        console.log(module.Strategy === Strategy, strategy instanceof OAuth2Strategy, strategy.name);
      });`;
    expect(await node('same.cjs', code)).to.equal('true true roblox\n');
  });

  it('has one class of each error in all entry points', async () => {
    const code = `
      import { TokenVaultError } from '${manifest.name}';
      import { redisVault } from '${manifest.name}/redis';
      const nothing = async () => 0;
      const client = { get: nothing, set: nothing, del: nothing, eval: nothing };
      const { lock } = redisVault({ client, lockTTL: 1, lockTimeout: 2 });
      await lock('1', nothing).catch((error) => console.log(error instanceof TokenVaultError, error.code));`;
    expect(await node('errors.mjs', code)).to.equal('true lock_timeout\n');
  });

  it('says what to install when oidc-provider is missing', async () => {
    const code = `
      import { startEmulator } from '${manifest.name}/emulator';
      await startEmulator().catch((error) => console.log(error.message));`;
    expect(await node('emulator.mjs', code))
      .to.include('npm')
      .and.to.include('oidc-provider');
  });
});
