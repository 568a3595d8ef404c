import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }; // ours

for (const file of ['CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md']) {
  const text = readFileSync(file, 'utf8');
  describe(file, () => {
    it('links to files that there are', () => {
      const links = [...text.matchAll(/\]\((?!https:)([^)#]*)[^)]*\)/g)].map(([, path = '']) => path || file);
      expect(links.filter((path) => !existsSync(path))).to.deep.equal([]);
    });

    it('names commands that there are', () => {
      const commands = [...text.matchAll(/\bnpm run ([\w:]+)/g)].map(([, name = '']) => name);
      expect(commands.filter((name) => scripts[name] === undefined)).to.deep.equal([]);
    });
  });
}

describe('the table of attacks in SECURITY.md', () => {
  it('links tests in each row', () => {
    const rows = readFileSync('SECURITY.md', 'utf8')
      .split('\n')
      .filter((line) => /^\| [A-Z]/.test(line));
    expect(rows.length).to.be.greaterThan(20);
    expect(rows.filter((row) => !row.includes('](test/'))).to.deep.equal([]);
  });
});
