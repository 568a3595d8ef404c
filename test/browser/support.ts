import { existsSync, mkdirSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

export { startDemo, type RunningDemo } from '../support/start-demo.ts';

/**
 * Starts a headless Chromium: CHROMIUM_PATH, else Debian's.
 * @param more what a test alone needs on its command line
 */
export async function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    throw new Error(`There is no browser at ${executablePath}: apt-get install chromium, or set CHROMIUM_PATH`);
  }
  return chromium.launch({
    executablePath,
    // Chromium's own requests need a network that tests do not have; the sandbox needs a user who is not root.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });
}

/** Where a screenshot is kept for a person to look at; not in git. */
export function screenshotPath(name: string): string {
  const folder = new URL('../../screenshots/', import.meta.url).pathname;
  mkdirSync(folder, { recursive: true });
  return `${folder}${name}.png`;
}
