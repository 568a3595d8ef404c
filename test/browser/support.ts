import { existsSync, mkdirSync } from 'node:fs';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

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

/** The path of a screenshot, which is not in git. */
export function screenshotPath(name: string): string {
  const folder = new URL('../../screenshots/', import.meta.url).pathname;
  mkdirSync(folder, { recursive: true });
  return `${folder}${name}.png`;
}

export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

/** The settings for viewing pages. `bypassCSP`: axe is a script, and the policy of the pages allows none. */
export const LOOKS: readonly [name: string, options: BrowserContextOptions][] = [
  ['light', { ...DESKTOP, bypassCSP: true }],
  ['dark', { ...DESKTOP, bypassCSP: true, colorScheme: 'dark' }],
  ['phone', { ...PHONE, bypassCSP: true }],
  ['phone-dark', { ...PHONE, bypassCSP: true, colorScheme: 'dark' }],
  ['smallest', { viewport: { width: 320, height: 568 }, bypassCSP: true }],
];

/** Lists what is wrong with a page: axe's findings, and whether it is too wide. */
export async function examine(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
  const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  return [
    ...violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`),
    ),
    ...(wide === 0 ? [] : [`${String(wide)} pixels beyond the right edge`]),
  ];
}
