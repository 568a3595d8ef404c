import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

import { expect } from 'chai';

import { withEmulator } from './support.ts';

async function runPython(script: string, url: string): Promise<{ out: string; errors: string; code: unknown }> {
  const child = spawn('python3', [script, url], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { out, errors, code };
}

describe('A Python script of the standard library', () => {
  it('signs in, lists groups, and sees a rank change made over the control interface', async () => {
    await withEmulator({ control: true }, async ({ roblox }) => {
      const { out, errors, code } = await runPython('examples/python/sign_in.py', roblox.url);
      expect({ errors, code }).to.deep.equal({ errors: '', code: 0 });
      expect(JSON.parse(out)).to.deep.equal({
        name: 'MangoPilot',
        before: { 'Sky Island Builders': 80, 'Lantern Street Cafe': 255 },
        after: { 'Sky Island Builders': 200, 'Lantern Street Cafe': 255 },
      });
    });
  });

  it('sees the same with pairwise user IDs', async () => {
    await withEmulator({ control: true, subjectType: 'pairwise' }, async ({ roblox }) => {
      const { out } = await runPython('examples/python/sign_in.py', roblox.url);
      expect(JSON.parse(out)).to.have.nested.property('after.Sky Island Builders', 200);
    });
  });
});
