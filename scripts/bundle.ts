/**
 * Writes the JavaScript of dist/, one file for each entry point of package.json.
 *
 * Node spends about a third of a millisecond on each module that it loads, whatever its size. As seventy files the package took twice
 * as long to import as openid-client's strategy does; as one it takes 1.25 times as long (bench/README.md).
 * Nothing is minified: who steps into it while debugging reads what was written. Declarations stay one per file, by tsc.
 */
import { build, type Plugin } from 'esbuild';
import { readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly bin: Readonly<Record<string, string>>;
}
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest; // ours

const FRONT_DOOR = 'dist/index.js';

const programs = Object.values(manifest.bin);
const modules = Object.values(manifest.exports).flatMap((entry) =>
  typeof entry === 'string' ? [] : entry.default.replace(/^\.\//, ''),
);

for (const file of [...modules, ...programs]) {
  await build({
    entryPoints: [file.replace(/^dist/, 'lib').replace(/\.js$/, '.ts')],
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'warning',
    // A program is by itself.
    plugins: file === FRONT_DOOR || programs.includes(file) ? [] : [errorsOfFrontDoor(file)],
  });
}

/**
 * Functions may be there twice, error classes may not: `instanceof` must agree whichever entry point threw. All of them are exported
 * by the front door, so that is where the other files get them.
 */
function errorsOfFrontDoor(file: string): Plugin {
  const path = relative(dirname(file), FRONT_DOOR);
  return {
    name: 'errors of the front door',
    setup(bundle) {
      bundle.onResolve({ filter: /^\.{1,2}\/(?:.*\/)?errors?\.ts$/ }, () => ({
        path: path.startsWith('.') ? path : `./${path}`,
        external: true,
      }));
    },
  };
}
