import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { posix } from 'node:path';

// Faster than `import`, which looks through all of TypeScript for the names that it exports.
const ts = createRequire(import.meta.url)('typescript') as typeof import('typescript');

/**
 * What each folder of lib/ may import in addition to itself, types too. index.ts imports everything, errors.ts imports nothing, and
 * everything may import errors.ts.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'index.ts': ['gates', 'strategy', 'vault', 'client', 'login', 'cloud', 'oauth', 'http'],
  gates: ['strategy', 'vault', 'client', 'cloud', 'oauth', 'http'],
  strategy: ['vault', 'client', 'login', 'cloud', 'oauth', 'http'],
  vault: ['client', 'login', 'cloud', 'oauth', 'http'],
  client: ['cloud', 'oauth', 'http'],
  doctor: ['strategy', 'vault', 'oauth', 'http'],
  cloud: ['http'],
  oauth: ['http'],
  login: [],
  http: [],
  emulator: [],
};

/** The only import of the emulator: the command line loads it for `emulator`. */
const EMULATOR_COMMAND = 'doctor/main.ts -> emulator/command.ts';

/** Every import of a file of lib/: `[importer, imported]`, both as `oauth/app.ts`. */
type Edge = readonly [from: string, to: string];

const files = readdirSync('lib', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'));

function readEdges(file: string): Edge[] {
  // `importedFiles` has re-exports, `import()` and import types too.
  return ts
    .preProcessFile(readFileSync(`lib/${file}`, 'utf8'))
    .importedFiles.map(({ fileName }) => fileName)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => [file, posix.join(posix.dirname(file), specifier)] as const);
}

const edges = files.flatMap(readEdges);
const readFolder = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : file);
const show = ([from, to]: Edge) => `${from} -> ${to}`;

describe('the imports of lib/', () => {
  it('are all found, and lead to files that exist', () => {
    expect(edges.length).to.be.greaterThan(files.length);
    expect(edges.filter(([, to]) => !files.includes(to)).map(show)).to.deep.equal([]);
  });

  it('go one way between the folders', () => {
    const forbidden = edges.filter(([from, to]) => {
      const [folder, target] = [readFolder(from), readFolder(to)];
      if (folder === target || to === 'errors.ts' || show([from, to]) === EMULATOR_COMMAND) return false;
      return !MAY_IMPORT[folder]?.includes(target);
    });
    expect(forbidden.map(show)).to.deep.equal([]);
  });

  it('never lead to index.ts, nor to the emulator or the doctor from other folders', () => {
    const forbidden = edges.filter(
      ([from, to]) =>
        to === 'index.ts' || (['emulator', 'doctor'].includes(readFolder(to)) && readFolder(from) !== readFolder(to)),
    );
    expect(forbidden.map(show)).to.deep.equal([EMULATOR_COMMAND]);
  });

  it('begin with errors.ts, which imports nothing of ours', () => {
    expect(edges.filter(([from]) => from === 'errors.ts').map(show)).to.deep.equal([]);
  });

  it('form no cycle, not even of types', () => {
    const cycles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      const start = path.indexOf(file);
      if (start >= 0) return void cycles.push([...path.slice(start), file].join(' -> '));
      if (done.has(file)) return;
      for (const [from, to] of edges) if (from === file) visit(to, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(cycles).to.deep.equal([]);
  });

  it('come from files with at most 350 lines', () => {
    const long = files.filter(
      (file) => file !== 'cloud/openapi.ts' && readFileSync(`lib/${file}`, 'utf8').split('\n').length > 351,
    );
    expect(long).to.deep.equal([]);
  });
});

/** Files without tests of their own. All but the first hold types only, which test/client/types.test.ts and test/consumers/ compile. */
const UNTESTED = ['index.ts', 'cloud/request.ts', 'strategy/passport.ts', 'strategy/passport-oauth2.ts'];

describe('test/', () => {
  it('mirrors lib/, file for file', () => {
    const hasTests = (file: string) =>
      ['.test.ts', '.programs.ts'].some((ending) => existsSync(`test/${file.replace(/\.ts$/, ending)}`));
    const missing = files.filter((file) => !hasTests(file));
    expect(missing.sort()).to.deep.equal([...UNTESTED].sort());
  });
});
