import { format } from 'node:util';

/** Loads oidc-provider, which apps install only if they use the emulator. */
export async function loadLibrary(): Promise<typeof import('oidc-provider')> {
  const { warn } = console;
  // Hide its warning about Node 20 during the import: it works there. All other warnings are shown.
  console.warn = (...args: unknown[]) => {
    if (!/oidc-provider WARNING: Unsupported runtime/.test(format(...args))) warn.apply(console, args);
  };
  try {
    return await import('oidc-provider');
  } catch (cause) {
    throw explainMissing(cause);
  } finally {
    console.warn = warn;
  }
}

function explainMissing(cause: unknown): Error {
  const { code } = { ...(cause as { code?: unknown }) };
  const message = cause instanceof Error ? cause.message : String(cause);
  // The code is MODULE_NOT_FOUND in Jest, ERR_MODULE_NOT_FOUND in Node.
  const isMissing = /MODULE_NOT_FOUND$/.test(String(code)) && /'oidc-provider'/.test(message);
  if (!isMissing) {
    const advice =
      'In Jest, set NODE_OPTIONS=--experimental-vm-modules, or start the emulator outside of Jest: `npx passport-roblox-oauth2 emulator`';
    return new Error(`oidc-provider is installed, but cannot be loaded here. ${advice}`, { cause });
  }
  const advice = 'The Roblox emulator needs oidc-provider: run `npm install --save-dev oidc-provider`';
  return Object.assign(new Error(advice, { cause }), { code: 'OIDC_PROVIDER_MISSING' });
}
