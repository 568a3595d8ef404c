import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { PRELUDE } from './prelude.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(`${root}README.md`, 'utf8');
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  name: string;
  scripts: Record<string, string>;
  exports: Record<string, { types?: string }>;
};

/** Every fenced block of a language, with its line in the README. */
function blocks(language: string): { line: number; code: string }[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map((match) => ({
    line: readme.slice(0, match.index).split('\n').length + 1,
    code: match[1] ?? '',
  }));
}

describe('the README', () => {
  it('has snippets that compile as they stand', function () {
    this.timeout(60_000);
    const snippets = blocks('ts');
    expect(snippets.length).to.be.at.least(12);
    expect(compile(snippets)).to.deep.equal([]);
  });

  it('names npm scripts that exist', () => {
    const commands = [...readme.matchAll(/npm (?:run ([\w:-]+)|(start|test))/g)].map(
      (match) => match[1] ?? match[2] ?? '',
    );
    expect(commands).to.include('start');
    for (const script of commands) expect(manifest.scripts, script).to.have.property(script);
  });

  it('links to files and sections that exist', () => {
    const anchors = [...readme.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    );
    for (const [, target = ''] of readme.matchAll(/\]\(([^)]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      if (target.startsWith('#')) expect(anchors).to.include(target.slice(1));
      else expect(existsSync(root + target), target).to.equal(true);
    }
  });

  it('has a definition for each footnote, and a use for each definition', () => {
    const used = [...readme.matchAll(/\[\^([\w-]+)\](?!:)/g)].map(([, name]) => name);
    const defined = [...readme.matchAll(/^\[\^([\w-]+)\]:/gm)].map(([, name]) => name);
    expect(new Set(used)).to.deep.equal(new Set(defined));
  });
});

/** Type-checks each snippet as a module of its own against the sources; what is wrong, by the README's lines. */
function compile(snippets: readonly { line: number; code: string }[]): string[] {
  const files = new Map(
    snippets.map(({ line, code }) => [`${root}test/readme/line-${line}.ts`, `${code}\nexport {};\n`]),
  );
  files.set(`${root}test/readme/globals.ts`, PRELUDE);
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const sourceOf = (types: string) => `${root}${types.replace('./dist/', 'lib/').replace('.d.ts', '.ts')}`;
  const paths = Object.fromEntries(
    Object.entries(manifest.exports).flatMap(([subpath, { types }]) =>
      types === undefined ? [] : [[manifest.name + subpath.slice(1), [sourceOf(types)]]],
    ),
  );
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, ...rest) => {
    const text = files.get(name);
    return text === undefined ? getSourceFile(name, ...rest) : ts.createSourceFile(name, text, rest[0]);
  };
  const program = ts.createProgram(
    [...files.keys()],
    { ...options, paths, noUnusedLocals: false, noUnusedParameters: false },
    host,
  );
  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file !== undefined && files.has(file.fileName))
    .map(({ file, start = 0, messageText }) => {
      const line =
        Number(/line-(\d+)/.exec(file?.fileName ?? '')?.[1] ?? 0) +
        (file?.getLineAndCharacterOfPosition(start).line ?? 0);
      return `README.md:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
}
