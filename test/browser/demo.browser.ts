import { expect } from 'chai';
import type { Browser, BrowserContextOptions, Page, Response } from 'playwright-core';
import { DESKTOP, launchBrowser, screenshotPath, startDemo, type RunningDemo } from './support.ts';

describe('the demo in a browser', () => {
  let demo: RunningDemo;
  let browser: Browser;
  let page: Page;
  /** What the page complained about: scripts, styles and pictures that its own policy forbids, above all. */
  let complaints: string[];

  before(async () => {
    [demo, browser] = await Promise.all([startDemo('examples/express/server.ts'), launchBrowser()]);
  });
  after(async () => {
    await browser?.close();
    expect(await demo?.stop(), demo?.output()).to.equal(0);
  });
  beforeEach(() => openPage({ ...DESKTOP, javaScriptEnabled: false }));
  afterEach(async () => {
    await page.context().close();
    expect(complaints).to.deep.equal([]);
  });

  async function openPage(options: BrowserContextOptions): Promise<void> {
    const context = await browser.newContext(options);
    complaints = [];
    page = await context.newPage();
    page.on('console', (message) => {
      const { url } = message.location();
      // The emulator's pages are not ours to judge, and a status of 403 is what some tests are about.
      if (message.type() !== 'error' || !url.startsWith(demo.url) || message.text().includes('403')) return;
      complaints.push(message.text());
    });
    await page.goto(demo.url);
  }

  /** Clicks through the consent page. @returns Roblox's callback, which answered before the browser went on */
  async function signIn(name: RegExp, action: 'Allow' | 'Cancel' = 'Allow'): Promise<Response> {
    await page.getByRole('link', { name: 'Sign in with Roblox' }).click();
    await page.getByRole('radio', { name }).check();
    const callback = page.waitForResponse((response) => response.url().includes('/auth/roblox/callback'));
    await page.getByRole('button', { name: action }).click();
    return callback;
  }

  it('signs a person in by clicking, shows who they are and what they have, and signs them out', async () => {
    await signIn(/MangoPilot/);
    await page.waitForURL(`${demo.url}/`);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).to.equal('Mango');
    const text = await page.getByRole('main').innerText();
    expect(text).to.include('@MangoPilot');
    expect(text).to.match(/On Roblox for \d+ years/);
    expect(text).to.include('Game pass').and.to.include('ID 777');
    expect(text).to.include('Sky Island Builders').and.to.include('Event Host').and.to.include('Rank 80');
    const drawn = await page.getByAltText('Headshot of Mango').boundingBox();
    expect(drawn).to.include({ width: 96, height: 96 });
    await page.screenshot({ path: screenshotPath('demo-light'), fullPage: true });

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in with Roblox' }).waitFor();
    await page.reload();
    expect(await page.getByRole('main').innerText()).not.to.include('Mango');
    await page.screenshot({ path: screenshotPath('demo-welcome-light'), fullPage: true });
  });

  it('says so when a person cancels, and lets them try again', async () => {
    const callback = await signIn(/MangoPilot/, 'Cancel');
    expect(callback.status()).to.equal(403);
    expect(await page.getByRole('main').innerText()).to.include('cancelled');
    await page.screenshot({ path: screenshotPath('demo-cancelled-light'), fullPage: true });

    await page.getByRole('link', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  });

  it('answers a reloaded callback with a page and 403, and the person stays signed in', async () => {
    const callback = await signIn(/MangoPilot/);
    await page.waitForURL(`${demo.url}/`);
    const replayed = await page.goto(callback.url());
    expect(replayed?.status()).to.equal(403);
    const reloaded = await page.reload();
    expect(reloaded?.status()).to.equal(403);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).to.equal('Mango');
    expect(await page.getByRole('status').innerText()).to.include('You are still signed in.');
  });

  it('shows the home page to a person who presses Back and then Allow again', async () => {
    await signIn(/MangoPilot/);
    await page.waitForURL(`${demo.url}/`);
    await page.goBack();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).to.equal('Mango');
  });

  it('finishes two tabs that were opened side by side, in the other order', async () => {
    const second = await page.context().newPage();
    await page.getByRole('link', { name: 'Sign in with Roblox' }).click();
    await second.goto(`${demo.url}/auth/roblox`);
    await second.getByRole('radio', { name: /MangoPilot/ }).check();
    await second.getByRole('button', { name: 'Allow' }).click();
    await second.getByRole('button', { name: 'Sign out' }).waitFor();
    await page.getByRole('radio', { name: /Casper/ }).check();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByRole('heading', { name: 'Casper the Collector' }).waitFor();
  });
});
