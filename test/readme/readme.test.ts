import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  name: string;
  scripts: Record<string, string>;
  exports: Record<string, { types?: string }>;
}; // ours

/** The pages that users read, by their path from the root. */
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** A fenced block. `README.md:80` means the line of its first line of code. */
interface Snippet {
  readonly page: string;
  readonly line: number;
  readonly code: string;
}

function readSnippets(page: string): Snippet[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```(?:ts|js)\n([^]*?)^```/gm)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length + 1,
    code: match[1] ?? '',
  }));
}

function readAnchors(page: string): string[] {
  return [...readFileSync(join(root, page), 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}

describe('the README and the pages in docs/', () => {
  it('have snippets that compile unchanged', function () {
    this.timeout(60_000);
    const snippets = pages.flatMap(readSnippets);
    expect(snippets.length).to.be.at.least(13);
    expect(compile(snippets)).to.deep.equal([]);
  });

  it('name npm scripts that exist', () => {
    for (const page of pages) {
      const text = readFileSync(join(root, page), 'utf8');
      for (const [, script, short] of text.matchAll(/npm (?:run ([\w:-]+)|(start|test)\b)/g)) {
        expect(manifest.scripts, page).to.have.property(script ?? short ?? '');
      }
    }
  });

  it('link to files and sections that exist', () => {
    for (const page of pages) {
      for (const [, target = ''] of readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(target)) continue;
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? page : join(dirname(page), path);
        expect(existsSync(join(root, file)), `${page}: ${target}`).to.equal(true);
        if (anchor !== undefined) expect(readAnchors(file), `${page}: ${target}`).to.include(anchor);
      }
    }
  });

  it('have a definition for each footnote, and a use for each definition', () => {
    for (const page of pages) {
      const text = readFileSync(join(root, page), 'utf8');
      const used = [...text.matchAll(/\[\^([\w-]+)\](?!:)/g)].map(([, name]) => name);
      const defined = [...text.matchAll(/^\[\^([\w-]+)\]:/gm)].map(([, name]) => name);
      expect(new Set(used), page).to.deep.equal(new Set(defined));
    }
  });
});

/** Type-checks each snippet as a separate module. Returns the errors, by page and line. */
function compile(snippets: readonly Snippet[]): string[] {
  // One that names its file can be imported by others.
  const nameFile = (code: string, index: number) =>
    /^\/\/ ([\w-]+)\.mjs\n/.exec(code)?.[1]?.concat('.mts') ?? `snippet-${index}.ts`;
  const byFile = new Map(snippets.map((snippet, index) => [nameFile(snippet.code, index), snippet]));
  expect(byFile.size, 'names of files').to.equal(snippets.length);
  const readSource = (types: string) => join(root, types.replace('./dist/', 'lib/').replace('.d.ts', '.ts'));
  const paths = Object.fromEntries(
    Object.entries(manifest.exports).flatMap(([subpath, { types }]) =>
      types === undefined ? [] : [[manifest.name + subpath.slice(1), [readSource(types)]]],
    ),
  );
  // The options that `tsc --init` writes.
  const asUsers = { noImplicitReturns: false, noUnusedLocals: false, noUnusedParameters: false };
  // Below the root, where TypeScript finds the packages that the snippets import.
  const folder = mkdtempSync(join(root, 'test/readme/.snippets-'));
  try {
    for (const [file, { code }] of byFile) writeFileSync(join(folder, file), code);
    const config = { extends: '../../../tsconfig.json', compilerOptions: { ...asUsers, paths }, include: ['*'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    // TypeScript 7 needs a sixth of the time of 6.
    const words = [join(root, 'node_modules/typescript-7/bin/tsc'), '-p', '.', '--pretty', 'false'];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
    const errors = [...stdout.matchAll(/^([\w.-]+)\((\d+),\d+\): error (.+(?:\n +.+)*)/gm)].map(
      ([, file = '', line, error]) => {
        const snippet = byFile.get(file);
        return `${snippet?.page}:${(snippet?.line ?? 0) + Number(line) - 1} ${error}`;
      },
    );
    return errors.length > 0 || status === 0 ? errors : [`${stdout}${stderr}`];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
