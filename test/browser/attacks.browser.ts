import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { startAttackedApp, type AttackedApp } from '../login/attacked-app.ts';
import { launchBrowser, startDemo, type RunningDemo } from './support.ts';

describe('an attacker, by the browser of the victim', () => {
  describe("who can set cookies from a sibling of the app's host", () => {
    let attacked: AttackedApp;
    let browser: Browser;
    before(async () => {
      attacked = await startAttackedApp('app.test');
      browser = await launchBrowser([`--host-resolver-rules=MAP *.test ${new URL(attacked.app.url).host}`]);
    });
    after(async () => {
      await browser?.close();
      await attacked?.close();
    });

    it('signs nobody in by a cookie whose name is the byte 0xA0 and then `__Host-`', async () => {
      const { cookie, path } = await attacked.prepare();
      const page = await browser.newPage();
      await page.goto(
        `http://evil.app.test/kitten?cookie=${Buffer.from(`\xa0${cookie}`, 'latin1').toString('base64url')}`,
      );
      const answer = await page.goto(`http://app.test${path}`);
      expect(attacked.cookies.at(-1), 'the browser takes the cookie').to.equal(`\xa0${cookie}`);
      expect(answer?.status()).to.equal(403);
      expect(attacked.roblox.count('/oauth/v1/token')).to.equal(0);
    });

    it('cannot set the cookie by its own name', async () => {
      const { cookie, path } = await attacked.prepare();
      const page = await browser.newPage();
      await page.goto(`http://evil.app.test/kitten?cookie=${Buffer.from(cookie).toString('base64url')}`);
      expect((await page.goto(`http://app.test${path}`))?.status()).to.equal(403);
      expect(attacked.cookies.at(-1)).to.not.include(cookie);
    });
  });

  describe('who sends a form from another site', () => {
    let demo: RunningDemo;
    let browser: Browser;
    before(async () => {
      [demo, browser] = await Promise.all([startDemo('examples/express/server.ts'), launchBrowser()]);
    });
    after(async () => {
      await browser?.close();
      await demo?.stop();
    });

    it('signs nobody out', async () => {
      const page = await browser.newPage();
      await page.goto(demo.url);
      await page.getByRole('link', { name: 'Sign in with Roblox' }).click();
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.waitForURL(`${demo.url}/`);
      await page.route('http://evil.example/**', (route) =>
        route.fulfill({
          contentType: 'text/html',
          body: `<form method="post" action="${demo.url}/sign-out"><button>A kitten</button></form>`,
        }),
      );
      await page.goto('http://evil.example/');
      const answered = page.waitForResponse(`${demo.url}/sign-out`);
      await page.getByRole('button').click();
      expect((await answered).status()).to.equal(403);
      await page.goto(demo.url);
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
    });
  });
});
