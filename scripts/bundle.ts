/**
 * Writes the JavaScript of dist/: one file for each entry point of package.json, and what several of them share in dist/shared/.
 *
 * Node spends about a third of a millisecond on each module that it loads, whatever its size. As seventy files the package took twice
 * as long to import as openid-client's strategy does; as one it takes 1.2 times as long (bench/README.md).
 * Nothing is minified: who steps into it while debugging reads what was written. Declarations stay one per file, by tsc.
 */
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly bin: Readonly<Record<string, string>>;
}
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest; // ours

/** What the entry points of an app share, they share as one module, so that `instanceof` agrees between them. */
const library: string[] = [];
/** What nobody imports beside the library is whole by itself; to share more would cut the library into more modules. */
const alone: string[] = Object.values(manifest.bin);
for (const [name, entry] of Object.entries(manifest.exports)) {
  if (typeof entry !== 'string') (name === './emulator' ? alone : library).push(entry.default);
}

for (const files of [library, ...alone.map((file) => [file])]) {
  await build({
    entryPoints: files.map((file) => file.replace(/^(\.\/)?dist/, 'lib').replace(/\.js$/, '.ts')),
    outbase: 'lib',
    outdir: 'dist',
    bundle: true,
    splitting: true,
    chunkNames: 'shared/[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'warning',
  });
}
