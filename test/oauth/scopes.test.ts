import { expect } from 'chai';
import { RobloxStrategy } from '../../lib/index.ts';

// Each test has names of its own: a process warns about a name once. More names: test/strategy/mistakes.test.ts.
describe('the scopes of a login', () => {
  /** Makes two strategies that ask for a scope. Returns the warnings of the process. */
  async function listWarnings(scope: string): Promise<string[]> {
    const warnings: string[] = [];
    const listen = ({ name, message }: Error) => void warnings.push(`${name}: ${message}`);
    process.on('warning', listen);
    const options = { clientID: '1', callbackURL: '/cb', scope: ['openid', scope], verify: () => ({}) };
    for (const _ of [1, 2]) new RobloxStrategy(options);
    await new Promise(setImmediate); // warnings come in the next turn
    process.off('warning', listen);
    return warnings;
  }

  for (const [scope, meant] of [
    ['Group:Write', 'group:write'],
    ['asset:wirte', 'asset:write'],
    ['secret:read', 'universe.secret:read'],
    ['universe.restriction:read', 'universe.user-restriction:read'],
  ] as const) {
    it(`cause one warning that names the right one: ${scope}`, async () => {
      expect(await listWarnings(scope)).to.deep.equal([
        `RobloxScopeWarning: The scope '${scope}' is not known. Did you mean '${meant}'?`,
      ]);
    });
  }

  for (const scope of ['profile', 'user.inventory-item:read', 'a-new-scope:read', 'thumbnail', ':write']) {
    it(`cause no warning when they are known, or like no known one: ${scope}`, async () => {
      expect(await listWarnings(scope)).to.deep.equal([]);
    });
  }
});
