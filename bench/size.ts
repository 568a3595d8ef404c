import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What a package brings to a `node_modules` folder. */
export interface Size {
  /** Bytes of its own files. */
  readonly own: number;
  /** Bytes with everything that it depends on. */
  readonly all: number;
  /** Bytes of each direct dependency, with everything that it depends on in turn. */
  readonly dependencies: Readonly<Record<string, number>>;
}

/** How large an installed package is, with its production dependencies. */
export function measureSize(name: string): Size {
  return measure(findFolder(name, ROOT), bytesIn);
}

/** The same for this package: what npm would pack, and not this folder. */
export async function ownSize(): Promise<Size> {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
  });
  const [packed] = JSON.parse(stdout) as [{ unpackedSize: number }];
  return measure(ROOT, (folder) => (folder === ROOT ? packed.unpackedSize : bytesIn(folder)));
}

function measure(folder: string, bytes: (folder: string) => number): Size {
  const sum = (folders: Iterable<string>) => [...folders].reduce((total, each) => total + bytes(each), 0);
  const dependencies = readDependencies(folder).map((name) => [name, sum(listTree(findFolder(name, folder)))] as const);
  return { own: bytes(folder), all: sum(listTree(folder)), dependencies: Object.fromEntries(dependencies) };
}

/** A package's folder and those of all that it needs, each once. */
function listTree(folder: string, seen = new Set<string>()): Set<string> {
  if (seen.has(folder)) return seen;
  seen.add(folder);
  for (const name of readDependencies(folder)) listTree(findFolder(name, folder), seen);
  return seen;
}

function readDependencies(folder: string): string[] {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { dependencies?: object };
  return Object.keys(manifest.dependencies ?? {});
}

/** Where Node finds a package from a folder. */
function findFolder(name: string, from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(found)) return found;
    if (folder === dirname(folder)) throw new Error(`${name} is not installed`);
  }
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((total, entry) => {
    if (entry.name === 'node_modules') return total; // counted by name
    const path = join(folder, entry.name);
    return total + (entry.isDirectory() ? bytesIn(path) : statSync(path).size);
  }, 0);
}
