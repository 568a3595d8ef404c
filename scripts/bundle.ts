/**
 * Writes the JavaScript of dist/: one file for each entry point of package.json, and what the tools share in dist/shared/.
 *
 * Node spends about a third of a millisecond on each module that it loads, whatever its size. As seventy files the package took twice
 * as long to import as openid-client's strategy does; as one it takes 1.3 times as long (bench/README.md).
 * Nothing is minified, so that the code can be read while debugging. Declarations stay one per file, by tsc.
 */
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly bin: Readonly<Record<string, string>>;
}
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest; // ours

const entries = Object.values(manifest.exports).flatMap((entry) =>
  typeof entry === 'string' ? [] : entry.default.replace(/^\.\//, ''),
);
/** They run on a developer's machine, and share no object with the other entries. The command line loads the emulator on demand. */
const tools = [...Object.values(manifest.bin), 'dist/emulator/index.js'];

/**
 * The emulator checks requests with this library. It is bundled, and so no dependency: an app that only signs people in does not
 * install it. It has no dependencies of its own.
 */
const bundled = '@cfworker/json-schema';
const bundleLibrary: Plugin = {
  name: 'bundle the library of the emulator',
  setup({ onResolve }) {
    onResolve({ filter: new RegExp(`^${bundled}$`) }, () => ({ path: fileURLToPath(import.meta.resolve(bundled)) }));
  },
};

/**
 * Redis and Postgres take the error class from dist/index.js, so that `instanceof` agrees whichever entry threw an error. They have their
 * own copies of the functions that they need: a file that all entries share would take 3 % of the time to import the package.
 */
const shareErrorClass: Plugin = {
  name: 'take the error class from dist/index.js',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /\berrors\.ts$/ }, ({ path }) => ({
      contents: `${readFileSync(path, 'utf8').replace(/^export class [^]*?^\}$/gm, '')}
        export { TokenVaultError } from '../index.js';`,
      loader: 'ts',
    }));
    onResolve({ filter: /\bindex\.js$/ }, ({ path }) => ({ path, external: true }));
  },
};

const options: BuildOptions = {
  outbase: 'lib',
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  logLevel: 'warning',
};
const findSource = (file: string) => file.replace(/^dist/, 'lib').replace(/\.js$/, '.ts');

/**
 * Takes Node's own modules without `import`. Node makes an ES module of each built-in that is imported, and evaluates all its exports for
 * it, lazy ones too: a quarter of a millisecond each.
 */
function takeBuiltIns(code: string): string {
  return code
    .replaceAll(/^import (\w+) from ("node:[^"]+");$/gm, 'const $1 = process.getBuiltinModule($2);')
    .replaceAll(
      /^import \{([^}]+)\} from ("node:[^"]+");$/gm,
      (_, names: string, module: string) =>
        `const {${names.replaceAll(' as ', ': ')}} = process.getBuiltinModule(${module});`,
    );
}

for (const file of entries.filter((entry) => !tools.includes(entry))) {
  const plugins = file === 'dist/index.js' ? [] : [shareErrorClass];
  await build({ ...options, entryPoints: [findSource(file)], plugins });
  writeFileSync(file, takeBuiltIns(readFileSync(file, 'utf8')));
}
await build({
  ...options,
  entryPoints: tools.map(findSource),
  splitting: true,
  chunkNames: 'shared/[hash]',
  plugins: [bundleLibrary],
});

// Roblox's description of Open Cloud, which the emulator alone reads: 300 kB, or 23 kB when it is compressed.
writeFileSync(
  'dist/emulator/open-cloud.json.br',
  brotliCompressSync(readFileSync('lib/emulator/cloud/open-cloud.json')),
);
writeFileSync(
  'dist/emulator/THIRD-PARTY-LICENSES.txt',
  `The emulator contains ${bundled}, https://github.com/cfworker/cfworker

${readFileSync('LICENSE', 'utf8').replace(/^Copyright .*$/m, 'Copyright (c) Jeremy Danyow')}`,
);
