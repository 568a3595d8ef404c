import { expect } from 'chai';
import type { Browser, Page, Response } from 'playwright-core';
import { DEMO_CLIENT, startEmulator } from '../../lib/emulator/index.ts';
import { startScript } from '../frameworks/script.ts';
import { launchBrowser, screenshotPath, startDemo, type RunningDemo } from './support.ts';

describe('the frameworks in a browser', () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  for (const folder of ['fastify', 'koa', 'nestjs', 'sessionless', 'members-only']) {
    describe(`examples/${folder}`, () => {
      let demo: RunningDemo;
      let page: Page;

      before(async () => {
        demo = await startDemo(`examples/${folder}/server.ts`);
      });
      after(async () => {
        expect(await demo?.stop(), demo?.output()).to.equal(0);
      });
      beforeEach(async () => {
        const context = await browser.newContext({ javaScriptEnabled: false });
        page = await context.newPage();
        await page.goto(demo.url);
      });
      afterEach(() => page.context().close());

      /** Clicks through the consent page. @returns Roblox's callback, which answered before the browser went on */
      async function decide(name: RegExp, action: 'Allow' | 'Cancel', tab = page): Promise<Response> {
        await tab.getByRole('radio', { name }).check();
        const callback = tab.waitForResponse((response) => response.url().includes('/auth/roblox/callback'));
        await tab.getByRole('button', { name: action }).click();
        return callback;
      }
      const start = (tab = page) => tab.getByRole('link', { name: 'Sign in with Roblox' }).click();

      it('signs a person in by clicking, and out again', async () => {
        await start();
        await decide(/MangoPilot/, 'Allow');
        await page.getByRole('heading', { name: 'Hello, Mango' }).waitFor();
        expect(page.url()).to.equal(`${demo.url}/`);
        expect(await page.getByRole('main').innerText())
          .to.include('@MangoPilot')
          .and.to.include('2 groups');
        await page.screenshot({ path: screenshotPath(`${folder}-signed-in`) });
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByRole('link', { name: 'Sign in with Roblox' }).waitFor();
        await page.reload();
        expect(await page.getByRole('main').innerText()).not.to.include('Hello, Mango');
      });

      it('answers 403 when a person cancels, and signs them in at the next try', async () => {
        await start();
        expect((await decide(/MangoPilot/, 'Cancel')).status()).to.equal(403);
        await page.goto(demo.url);
        await start();
        await decide(/MangoPilot/, 'Allow');
        await page.getByRole('button', { name: 'Sign out' }).waitFor();
      });

      it('answers 403 to a callback that is opened or reloaded again, and the person stays signed in', async () => {
        await start();
        const callback = await decide(/MangoPilot/, 'Allow');
        await page.getByRole('button', { name: 'Sign out' }).waitFor();
        expect((await page.goto(callback.url()))?.status()).to.equal(403);
        expect((await page.reload())?.status()).to.equal(403);
        await page.goto(demo.url);
        await page.getByRole('heading', { name: 'Hello, Mango' }).waitFor();
      });

      it('works with the back button, and with a second consent to the same sign-in', async () => {
        const failed: string[] = [];
        page.on('response', (response) => {
          if (response.url().startsWith(demo.url) && response.status() >= 500) failed.push(response.url());
        });
        await start();
        await decide(/MangoPilot/, 'Allow');
        await page.getByRole('button', { name: 'Sign out' }).waitFor();
        await page.goBack();
        const allow = page.getByRole('button', { name: 'Allow' });
        if (await allow.isVisible()) await allow.click();
        // It ends on the person's own page.
        await page.getByRole('heading', { name: 'Hello, Mango' }).waitFor();
        await page.getByText('You are still signed in.').waitFor();
        expect(failed).to.deep.equal([]);
      });

      it('finishes two tabs that were opened side by side, in the other order', async () => {
        const second = await page.context().newPage();
        await start();
        await second.goto(demo.url);
        await start(second);
        await decide(/MangoPilot/, 'Allow', second);
        await second.getByRole('heading', { name: 'Hello, Mango' }).waitFor();
        await decide(/Ysolde/, 'Allow');
        await page.getByRole('heading', { name: 'Hello, Ysölde' }).waitFor();
      });

      it('answers 403 to a person who stayed at the consent page for longer than 15 minutes', async () => {
        const roblox = await startEmulator();
        const app = await startScript(`examples/${folder}/server.ts`, {
          ...DEMO_CLIENT,
          callbackURL: '/auth/roblox/callback',
          baseURL: roblox.url,
          cookieSecret: 'a secret for the cookies of tests only',
        });
        await page.goto(app.url);
        await start();
        await app.advance(15 * 60_000);
        expect((await decide(/MangoPilot/, 'Allow')).status()).to.equal(403);
        await page.goto(app.url);
        await page.getByRole('link', { name: 'Sign in with Roblox' }).waitFor();
        await app.close();
        await roblox.close();
      });
    });
  }
});
