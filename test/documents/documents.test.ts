import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { DEMO_GROUPS, DEMO_PEOPLE, type EmulatedUser } from '../../lib/emulator/index.ts';

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

describe("the emulator's people in the documents", () => {
  const listRoles = (groupId: string) => DEMO_GROUPS.find(({ id }) => id === groupId)?.roles ?? [];
  const listRanks = ({ groups = [] }: EmulatedUser) =>
    groups.map(({ id, roleIds }) => {
      const ranks = listRoles(id).filter((role) => roleIds.includes(role.id));
      return { id, rank: Math.max(...ranks.map(({ rank }) => rank)) };
    });
  const listPasses = ({ inventory = [] }: EmulatedUser) =>
    (inventory as { gamePassDetails?: { gamePassId: string } }[]).flatMap((item) => item.gamePassDetails ?? []); // ours

  it('are those of the tables in docs/emulator.md', () => {
    const people = DEMO_PEOPLE.map((user) => {
      const ranks = listRanks(user).map(({ id, rank }) => `${rank} in ${id}`);
      const [first, second] = listPasses(user);
      const pass = `${first?.gamePassId ?? 'none'}${second === undefined ? '' : ', and many more'}`;
      return `| \`${user.id}\` | ${user.displayName} | ${ranks.join(', ') || 'none'} | ${pass} |`;
    });
    const groups = DEMO_GROUPS.map(({ id, displayName }) => {
      const named = listRoles(id).filter(({ rank }) => rank > 0);
      const ranks = named.sort((a, b) => a.rank - b.rank).map((role) => `${role.rank} ${role.displayName}`);
      return `| ${id} | ${displayName} | ${ranks.join(', ')} |`;
    });
    const page = readFileSync('docs/emulator.md', 'utf8').replaceAll(/ +/g, ' ').split('\n');
    expect(page).to.include.members([...people, ...groups]);
  });

  it('pass the gates that the documents show', () => {
    for (const name of ['README.md', ...readdirSync('docs').map((file) => `docs/${file}`)].filter((file) =>
      /md$/.test(file),
    )) {
      const text = readFileSync(name, 'utf8');
      for (const [gate, group, least = '1'] of text.matchAll(/groupId: '(\d+)'(?:, minRank: (\d+))?/g)) {
        const hasRank = ({ id, rank }: { id: string; rank: number }) => id === group && rank >= Number(least);
        expect(
          DEMO_PEOPLE.some((user) => listRanks(user).some(hasRank)),
          `${name}: ${gate}`,
        ).to.equal(true);
      }
      for (const [gate, pass] of text.matchAll(/gamePassIds: \['(\d+)'/g)) {
        const isOwner = (user: EmulatedUser) => listPasses(user).some(({ gamePassId }) => gamePassId === pass);
        expect(DEMO_PEOPLE.some(isOwner), `${name}: ${gate}`).to.equal(true);
      }
    }
  });
});
