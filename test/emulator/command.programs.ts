import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';

describe('passport-roblox-oauth2 emulator', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`ends on ${signal}, with exit code 0 and no more output`, async () => {
      const args = ['--import', './scripts/strip-types.js', 'lib/doctor/cli.ts', 'emulator', '--port', '0'];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      let [out, errors] = ['', ''];
      child.stderr.on('data', (chunk) => (errors += String(chunk)));
      await new Promise<void>((resolve) =>
        child.stdout.on('data', (chunk) => {
          out += String(chunk);
          if (out.includes('Ctrl+C')) resolve();
        }),
      );
      child.kill(signal);
      const [code] = (await once(child, 'close')) as [number | null];
      expect({ code, errors }).to.deep.equal({ code: 0, errors: '' });
    });
  }
});
