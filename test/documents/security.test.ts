import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';

const SECURITY = readFileSync('SECURITY.md', 'utf8');

describe('SECURITY.md', () => {
  it('names tests that there are', () => {
    const proofs = [...SECURITY.matchAll(/\[[\w-]+\]\((test\/[\w/.-]+)\): _(.+?)_(?=;| *\|)/g)];
    expect(proofs.length).to.be.greaterThan(30);
    const missing = proofs.filter(([, file = '', name = '']) => {
      const source = existsSync(file) ? readFileSync(file, 'utf8') : '';
      return !source.includes(name.replaceAll('\\', ''));
    });
    expect(missing.map(([all]) => all)).to.deep.equal([]);
  });

  it('has a proof in each row of its table', () => {
    const rows = SECURITY.split('\n').filter((line) => /^\| [A-Z]/.test(line));
    expect(rows.length).to.be.greaterThan(15);
    expect(rows.filter((row) => !row.includes('](test/'))).to.deep.equal([]);
  });
});
