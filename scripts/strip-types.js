/**
 * Loads TypeScript like `ts-blank-space/register`, and keeps the stripped sources in node_modules/.cache.
 *
 * To strip types, ts-blank-space loads the whole of TypeScript: a second for each process of the tests.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';

const cache = new URL('../node_modules/.cache/strip-types/', import.meta.url);
const inHooks = new URL(import.meta.url).search === '?hooks';
if (inHooks) mkdirSync(cache, { recursive: true });
else register(`${import.meta.url}?hooks`);

/** Another version of ts-blank-space may strip differently. */
const stripperManifest = inHooks
  ? readFileSync(new URL('../node_modules/ts-blank-space/package.json', import.meta.url), 'utf8')
  : '';

const hash = (/** @type {string} */ text) => createHash('sha256').update(text).digest('base64url');

/** @type {import('node:module').LoadHook} */
export async function load(url, context, nextLoad) {
  if (!url.endsWith('.ts')) return nextLoad(url, context);
  const source = readFileSync(new URL(url), 'utf8');
  // One file for each path, so that the cache does not grow. Its first line is a hash of what it was made from.
  const file = new URL(hash(url), cache);
  const state = `${hash(stripperManifest + source)}\n`;
  let stripped = read(file);
  if (stripped?.startsWith(state)) {
    stripped = stripped.slice(state.length);
  } else {
    const { default: stripTypes } = await import('ts-blank-space');
    stripped = `${stripTypes(source)}\n//# sourceURL=${url}`;
    // Renamed, because other processes may read it at the same time.
    const written = new URL(`${file.href}.${process.pid}`);
    writeFileSync(written, state + stripped);
    renameSync(written, file);
  }
  return { format: 'module', shortCircuit: true, source: stripped };
}

/** @param {URL} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
