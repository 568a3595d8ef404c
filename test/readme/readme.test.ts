import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

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
  const byFile = new Map(
    snippets.map((snippet, index) => [join(root, 'test/readme', nameFile(snippet.code, index)), snippet]),
  );
  expect(byFile.size, 'names of files').to.equal(snippets.length);
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const readSource = (types: string) => join(root, types.replace('./dist/', 'lib/').replace('.d.ts', '.ts'));
  const paths = Object.fromEntries(
    Object.entries(manifest.exports).flatMap(([subpath, { types }]) =>
      types === undefined ? [] : [[manifest.name + subpath.slice(1), [readSource(types)]]],
    ),
  );
  // The options that `tsc --init` writes.
  const asUsers = { noImplicitReturns: false, noUnusedLocals: false, noUnusedParameters: false };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => byFile.has(name) || fileExists(name);
  host.readFile = (name) => byFile.get(name)?.code ?? readFile(name);
  host.getSourceFile = (name, ...rest) => {
    const code = byFile.get(name)?.code;
    return code === undefined ? getSourceFile(name, ...rest) : ts.createSourceFile(name, code, rest[0]);
  };
  return ts
    .getPreEmitDiagnostics(ts.createProgram([...byFile.keys()], { ...options, ...asUsers, paths }, host))
    .flatMap(({ file, start = 0, messageText }) => {
      const snippet = byFile.get(file?.fileName ?? '');
      if (file === undefined || snippet === undefined) return [];
      const line = snippet.line + file.getLineAndCharacterOfPosition(start).line;
      return `${snippet.page}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
}
