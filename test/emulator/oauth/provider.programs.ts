import { expect } from 'chai';
import { runModule } from '../support.ts';

/** Starts an emulator in a process where the import of oidc-provider fails. */
function runWithBrokenProvider(error: { code?: string; message: string }) {
  const hooks = `export const resolve = (name, context, next) => {
    if (name !== 'oidc-provider') return next(name, context);
    throw Object.assign(new Error(), ${JSON.stringify(error)});
  };`;
  return runModule(`
    import { register } from 'node:module';
    import { startEmulator } from './lib/emulator/index.ts';
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}));
    await startEmulator().catch((error) => console.log(error.message, error.code));`);
}

describe('Without a working oidc-provider, the emulator', () => {
  it('names the package to install when oidc-provider is missing', async () => {
    const { stdout, code } = await runWithBrokenProvider({
      code: 'ERR_MODULE_NOT_FOUND',
      message: "Cannot find package 'oidc-provider' imported from here",
    });
    expect(stdout).to.include('npm install --save-dev oidc-provider').and.include('OIDC_PROVIDER_MISSING');
    expect(code).to.equal(0);
  });

  it('does not tell to install oidc-provider when it is installed but cannot be loaded', async () => {
    for (const error of [
      { code: 'ERR_MODULE_NOT_FOUND', message: "Cannot find package 'koa' imported from oidc-provider" },
      { message: 'Cannot use import statement outside a module' },
    ]) {
      const { stdout } = await runWithBrokenProvider(error);
      expect(stdout)
        .to.match(/installed, but cannot be loaded.*--experimental-vm-modules/)
        .and.not.include('npm install');
    }
  });
});
