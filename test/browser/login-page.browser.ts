import { expect } from 'chai';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { ProviderID } from '../../examples/login-page/brands.ts';
import { FIRST, PROVIDERS, startLoginPage, type LoginPage } from '../login-page/support.ts';
import { startDemo } from '../support/start-demo.ts';
import { DESKTOP, launchBrowser, screenshotPath } from './support.ts';

const NAMES: Readonly<Record<ProviderID, string>> = {
  roblox: 'Roblox',
  google: 'Google',
  github: 'GitHub',
  discord: 'Discord',
};

describe('the login page in a browser', () => {
  let site: LoginPage;
  let browser: Browser;
  let page: Page;
  /** What the page complained about: what its own policy forbids, above all. */
  let complaints: string[];

  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());
  beforeEach(async () => {
    site = await startLoginPage();
    complaints = [];
    page = await openPage({ ...DESKTOP, javaScriptEnabled: false });
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await site.close();
    expect(complaints).to.deep.equal([]);
  });

  async function openPage(options: BrowserContextOptions = DESKTOP): Promise<Page> {
    const opened = await (await browser.newContext(options)).newPage();
    opened.on('console', (message) => {
      const { url } = message.location();
      // The providers' pages are not ours to judge, and a status of 4xx is what some tests are about.
      if (message.type() !== 'error' || /status of 4\d\d/.test(message.text())) return;
      if (url === '' || url.startsWith(site.url)) complaints.push(message.text());
    });
    await opened.goto(site.url);
    return opened;
  }

  /** Decides on the consent page. */
  async function decide(on: Page, person?: RegExp, action: 'Allow' | 'Cancel' = 'Allow'): Promise<void> {
    if (person !== undefined) await on.getByRole('radio', { name: person }).check();
    await on.getByRole('button', { name: action }).click();
    await on.waitForURL(`${site.url}/**`);
  }

  async function signIn(on: Page, provider: ProviderID, person?: RegExp): Promise<void> {
    await on.getByRole('link', { name: `Sign in with ${NAMES[provider]}` }).click();
    await decide(on, person);
  }

  const heading = (on: Page = page) => on.getByRole('heading', { level: 1 }).innerText();
  const alert = (on: Page = page) => on.getByRole('alert').innerText();
  const unlinkButton = (provider: ProviderID): Locator =>
    page.getByRole('button', { name: `Unlink ${NAMES[provider]}` });

  for (const provider of PROVIDERS) {
    it(`signs a person in with ${NAMES[provider]}, and out`, async () => {
      await signIn(page, provider);
      expect(await heading()).to.equal(FIRST[provider]);
      expect(page.url()).to.equal(`${site.url}/`);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('link', { name: `Sign in with ${NAMES[provider]}` }).waitFor();
      // The browser must not show the old page from its cache.
      await page.goBack();
      expect(await page.getByRole('main').innerText()).not.to.include(FIRST[provider]);
    });

    it(`says so when a person cancels at ${NAMES[provider]}, and lets them choose again`, async () => {
      await page.getByRole('link', { name: `Sign in with ${NAMES[provider]}` }).click();
      await decide(page, undefined, 'Cancel');
      expect(await alert()).to.equal(`You cancelled at ${NAMES[provider]}, and nothing has changed.`);
      await signIn(page, provider);
      expect(await heading()).to.equal(FIRST[provider]);
    });
  }

  it('finishes two tabs with two providers in the other order', async () => {
    const second = await page.context().newPage();
    await page.getByRole('link', { name: 'Sign in with Roblox' }).click();
    await second.goto(site.url);
    await signIn(second, 'google');
    expect(await heading(second)).to.equal('Sam Rivers');
    await decide(page, /Casper/);
    expect(await heading()).to.equal('Casper the Collector');
    await second.reload();
    expect(await heading(second), 'one browser, one session').to.equal('Casper the Collector');
  });

  it('links in one tab while another tab links too', async () => {
    await signIn(page, 'google');
    const second = await page.context().newPage();
    await second.goto(site.url);
    await page.getByRole('button', { name: 'Link Roblox' }).click();
    await second.getByRole('button', { name: 'Link Discord' }).click();
    await decide(second);
    await decide(page);
    expect(await page.getByRole('status').innerText()).to.equal('Roblox is linked.');
    await unlinkButton('discord').waitFor();
  });

  it('answers a reloaded callback with 403, and the person stays signed in', async () => {
    const callback = page.waitForRequest((request) => request.url().includes('/auth/roblox/callback'));
    await signIn(page, 'roblox');
    const replayed = await page.goto((await callback).url());
    expect(replayed?.status()).to.equal(403);
    expect((await page.reload())?.status()).to.equal(403);
    expect(await alert()).to.include('was used before');
    expect(await heading()).to.equal('Mango');
  });

  for (const provider of PROVIDERS) {
    it(`works with the back button to ${NAMES[provider]}'s consent page`, async () => {
      await signIn(page, provider);
      await page.goBack();
      // That login is finished. Whichever page the provider shows, the person can get home and stays signed in.
      const allow = page.getByRole('button', { name: 'Allow' });
      if (await allow.isVisible()) await allow.click();
      await page.goto(site.url);
      expect(await heading()).to.equal(FIRST[provider]);
    });
  }

  it('says so when a person was at the consent page for too long', async () => {
    await page.getByRole('link', { name: 'Sign in with Roblox' }).click();
    site.advance(15 * 60_000);
    await decide(page);
    expect(await alert()).to.include('took too long');
    await page.screenshot({ path: screenshotPath('login-page-expired') });
    await signIn(page, 'roblox');
    expect(await heading()).to.equal('Mango');
  });

  it('links a second provider, and unlinks it', async () => {
    await signIn(page, 'roblox');
    expect(await page.getByText('Only way in').count()).to.equal(1);
    await page.getByRole('button', { name: 'Link GitHub' }).click();
    await decide(page);
    expect(await page.getByRole('status').innerText()).to.equal('GitHub is linked.');
    expect(await heading()).to.equal('Mango');
    await page.screenshot({ path: screenshotPath('login-page-linked'), fullPage: true });
    await unlinkButton('github').click();
    expect(await page.getByRole('status').innerText()).to.equal('GitHub is no longer linked.');
    expect(await unlinkButton('roblox').count(), 'the last way in').to.equal(0);
  });

  it('refuses to link an identity of another account', async () => {
    const owner = await openPage();
    await signIn(owner, 'roblox');
    await signIn(page, 'google');
    await page.getByRole('button', { name: 'Link Roblox' }).click();
    const callback = page.waitForResponse((response) => response.url().includes('/auth/roblox/callback'));
    await decide(page);
    expect((await callback).status()).to.equal(409);
    expect(await alert()).to.include('is already linked to another account');
    expect(await heading()).to.equal('Sam Rivers');
    await page.screenshot({ path: screenshotPath('login-page-refused'), fullPage: true });
  });

  it('refuses a form that another site has sent', async () => {
    await signIn(page, 'google');
    const other = await page.context().newPage();
    await other.route('http://evil.localhost/**', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<form method="post" action="${site.url}/auth/roblox/link"><button>A kitten</button></form>`,
      }),
    );
    await other.goto('http://evil.localhost/');
    await other.getByRole('button').click();
    await other.waitForURL(`${site.url}/**`);
    expect(await alert(other)).to.include('another site');
  });

  it('can be used with the keyboard only, and shows the focus', async () => {
    const seen: string[] = [];
    for (let stop = 0; stop < 5; stop++) {
      await page.keyboard.press('Tab');
      const focused = page.locator(':focus-visible');
      seen.push(await focused.innerText());
    }
    expect(seen).to.deep.equal(['Lantern Street', ...PROVIDERS.map((provider) => `Sign in with ${NAMES[provider]}`)]);
    await page.screenshot({ path: screenshotPath('login-page-focus') });
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Continue to the app' }).waitFor();
  });

  it('starts with its script, prints where each provider is, and stops', async () => {
    const unset = Object.fromEntries(PROVIDERS.map((provider) => [`${provider.toUpperCase()}_CLIENT_ID`, '']));
    const demo = await startDemo('examples/login-page/server.ts', unset);
    try {
      for (const name of Object.values(NAMES)) expect(demo.output()).to.include(`${name}: a local one`);
      await page.goto(demo.url);
      await page.getByRole('link', { name: 'Sign in with Roblox' }).click();
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.waitForURL(`${demo.url}/`);
      expect(await heading()).to.equal('Mango');
    } finally {
      expect(await demo.stop(), demo.output()).to.equal(0);
    }
  });
});
