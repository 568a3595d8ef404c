import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startEmulator } from '../../lib/emulator/index.ts';

const LOGINS = 1000;

describe('1,000 logins in a row, after 1,000 others', function () {
  this.timeout(180_000);

  it('open only a few connections, and leave nothing on the heap', async () => {
    const roblox = await startEmulator();
    // The first thousand fill caches, and the compiler optimises. After that the heap stays the same, within 500 KiB.
    const script = ['--expose-gc', '--import', './scripts/strip-types.js', 'test/soak/signer.ts'];
    // Coverage would need memory on the heap, too.
    const { NODE_V8_COVERAGE: _, ...env } = process.env;
    const child = promisify(execFile)(process.execPath, [...script, roblox.url, `${LOGINS}`, `${LOGINS}`], { env });
    const { stdout } = await child.finally(() => roblox.close());
    const { before, after } = JSON.parse(stdout) as { before: number; after: number }; // printed by signer.ts

    // The visitor's own connection is among them.
    expect(roblox.connections).to.be.within(1, 6);
    expect(roblox.count('/oauth/v1/certs'), 'requests for keys').to.be.at.most(2);
    // The tokens of one login are larger than that.
    expect((after - before) / LOGINS, 'bytes that each login leaves behind').to.be.below(1024);
  });
});
