import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { examine, launchBrowser, LOOKS, screenshotPath, startDemo, type RunningDemo } from './support.ts';

/** Opens every page of an example, and checks it. */
type Tour = (page: Page, url: string, look: (name: string) => Promise<void>) => Promise<void>;

const decide = async (page: Page, person: RegExp, action: 'Allow' | 'Cancel' = 'Allow') => {
  await page.getByRole('radio', { name: person }).check();
  await page.getByRole('button', { name: action }).click();
};
const signIn = async (page: Page, person: RegExp, action?: 'Allow' | 'Cancel', provider = 'Roblox') => {
  await page.getByRole('link', { name: `Sign in with ${provider}` }).click();
  await decide(page, person, action);
};
const signOut = (page: Page) => page.getByRole('button', { name: 'Sign out' }).click();

/** The pages that the demo and the small examples have in common. */
const common: Tour = async (page, url, look) => {
  await page.goto(url);
  await look('welcome');
  await page.getByRole('link', { name: 'Sign in with Roblox' }).click();
  await look('consent');
  await decide(page, /Mango/, 'Cancel');
  await look('cancelled');
  await page.goto(url);
  const callback = page.waitForRequest((request) => request.url().includes('/callback'));
  await signIn(page, /Mango/);
  await page.waitForURL(`${url}/`);
  await look('signed-in');
  await page.goto((await callback).url());
  await look('replayed');
  await postFromElsewhere(page, `${url}/sign-out`);
  await look('foreign-form');
  await page.goto(url);
};

/** Posts a form from a page of another site. */
async function postFromElsewhere(page: Page, target: string): Promise<void> {
  await page.route('http://evil.localhost/**', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<form method="post" action="${target}"><button>A kitten</button></form>`,
    }),
  );
  await page.goto('http://evil.localhost/');
  await page.getByRole('button', { name: 'A kitten' }).click();
  await page.waitForURL(target);
}

const TOURS: Readonly<Record<string, Tour>> = {
  async express(page, url, look) {
    await common(page, url, look);
    await signOut(page);
    await signIn(page, /Nell/);
    await page.waitForURL(`${url}/`);
    await look('empty');
    await signOut(page);
    await signIn(page, /Casper/);
    await page.waitForURL(`${url}/`);
    await look('full');
    await page.goto(`${url}/nowhere`);
    await look('not-found');
    await page.goto(`${url}/auth/roblox`);
    const emulator = new URL(page.url()).origin;
    await page.goto(emulator);
    await look('emulator');
    await page.goto(`${emulator}/oauth/v1/authorize?client_id=nobody`);
    await look('emulator-error');
  },
  fastify: common,
  koa: common,
  nestjs: common,
  sessionless: common,
  async 'members-only'(page, url, look) {
    await common(page, url, look);
    await page.getByRole('link', { name: 'Staff room' }).click();
    await look('staff');
    await page.goto(`${url}/lounge`);
    await look('lounge');
    await page.goto(url);
    await signOut(page);
    await signIn(page, /Pebble/);
    await page.getByRole('link', { name: 'Staff room' }).click();
    await look('not-staff');
    await signOut(page);
    await page.goto(`${url}/staff`);
    await look('not-signed-in');
    await page.goto(url);
    await signIn(page, /Nell/);
    await look('no-member');
  },
  async 'login-page'(page, url, look) {
    await page.goto(url);
    await look('welcome');
    await page.getByRole('link', { name: 'Sign in with Discord' }).click();
    await look('consent-discord');
    await decide(page, /Juniper/, 'Cancel');
    await look('cancelled');
    await page.getByRole('link', { name: 'Sign in with GitHub' }).click();
    await look('consent-github');
    await decide(page, /night-builder/);
    await look('account');
    await page.getByRole('button', { name: 'Link Google', exact: true }).click();
    await look('consent-google');
    await decide(page, /Imani/);
    await look('linked');
    await page.getByRole('button', { name: 'Unlink Google' }).click(); // as it was, for the next look
    await page.goto(`${url}/nowhere`);
    await look('not-found');
  },
};

describe('every page of every example', () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  const firstLines = new Set<string>();
  for (const [name, tour] of Object.entries(TOURS)) {
    describe(`examples/${name}`, () => {
      let demo: RunningDemo;
      before(async () => {
        demo = await startDemo(`examples/${name}/server.ts`);
      });
      after(async () => {
        expect(await demo?.stop(), demo?.output()).to.equal(0);
      });

      for (const [look, options] of LOOKS) {
        it(`can be read by everyone and fits the screen: ${look}`, async () => {
          const context = await browser.newContext(options);
          const page = await context.newPage();
          const findings: string[] = [];
          await tour(page, demo.url, async (shown) => {
            await page.screenshot({ path: screenshotPath(`${name}-${shown}-${look}`), fullPage: true });
            findings.push(...(await examine(page)).map((finding) => `${shown}: ${finding}`));
          });
          await context.close();
          expect(findings).to.deep.equal([]);
        });
      }

      if (name !== 'login-page') {
        it('prints the same lines as the others', () => {
          firstLines.add(demo.output().replace(/\d+$/m, 'PORT'));
          expect([...firstLines]).to.have.length(1);
        });
      }
    });
  }
});
