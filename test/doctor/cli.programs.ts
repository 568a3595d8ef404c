import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { spawnCommand } from './support.ts';

describe('npx passport-roblox-oauth2', () => {
  it('is a program, which prints its version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }; // ours
    expect(await spawnCommand(['--version'])).to.deep.equal({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('reads its environment, and ends with the exit code of its command', async () => {
    const { code, stdout } = await spawnCommand(['doctor'], { ROBLOX_BASE_URL: 'apis.roblox.com' });
    expect(stdout).to.match(/^problem +ROBLOX_BASE_URL: /m);
    expect(code).to.equal(1);
  });
});
