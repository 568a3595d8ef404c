/**
 * Writes the JavaScript of dist/: one file for each entry point of package.json, and what they share in dist/shared/.
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

const options: BuildOptions = {
  outbase: 'lib',
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  logLevel: 'warning',
  plugins: [bundleLibrary],
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

// What several entries use is in a file of its own, so that `instanceof` agrees whichever entry threw the error.
for (const files of [entries.filter((file) => !tools.includes(file)), tools]) {
  const { metafile } = await build({
    ...options,
    entryPoints: files.map(findSource),
    splitting: true,
    chunkNames: 'shared/[hash]',
    metafile: true,
  });
  if (files === tools) continue;
  for (const file of Object.keys(metafile.outputs)) writeFileSync(file, takeBuiltIns(readFileSync(file, 'utf8')));
}

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
