import { expect } from 'chai';
import { authorizationURL, credentials, runModule } from './support.ts';

describe('An emulator', () => {
  it('prints nothing and lets the process end', async () => {
    const script = `
      import { startEmulator, createVisitor } from './lib/emulator/index.ts';
      const roblox = await startEmulator();
      const visitor = createVisitor({ baseURL: roblox.url });
      await visitor.authorize(${JSON.stringify(authorizationURL({ url: '' } as never))}.replace(/^/, roblox.url));
      const { refresh_token } = await roblox.issueTokens();
      await fetch(roblox.url + '/oauth/v1/token/revoke', {
        method: 'POST',
        body: new URLSearchParams({ ...${JSON.stringify(credentials)}, token: refresh_token }),
        headers: { origin: 'https://app.example', accept: 'text/html' },
      });
      visitor.close();
      await roblox.close();`;
    expect(await runModule(script)).to.deep.equal({ stdout: '', stderr: '', code: 0 });
  });
});
