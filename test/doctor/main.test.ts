import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { runCommand } from './support.ts';

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }; // ours

describe('the command line', () => {
  it('lists its commands', async () => {
    const help = await runCommand(['--help']);
    expect(help).to.include({ code: 0, stderr: '' });
    expect(help.stdout).to.match(/^ {2}doctor /m);
  });

  for (const flag of ['--version', '-v']) {
    it(`prints the version of the package for ${flag}`, async () => {
      expect(await runCommand([flag])).to.deep.equal({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
    });
  }

  for (const args of [[], ['nurse'], ['constructor'], ['--loud']]) {
    it(`ends with 2 and its commands on "${args.join(' ')}"`, async () => {
      const { code, stdout, stderr } = await runCommand(args);
      expect(stderr).to.include('Usage: passport-roblox-oauth2 <command>');
      expect(stdout).to.equal('');
      expect(code).to.equal(2);
    });
  }
});
