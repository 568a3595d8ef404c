import { expect } from 'chai';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startDemo, type RunningDemo } from '../support/start-demo.ts';
import { DESKTOP, examine, launchBrowser, LOOKS, screenshotPath } from './support.ts';

const INTERVAL_SECONDS = 10;

describe('linked roles in a browser', () => {
  let demo: RunningDemo;
  let browser: Browser;
  /** The Discord server at the stand-in. */
  let server: string;
  /** What the pages complained about: what their own policy forbids, above all. */
  let complaints: string[];

  before(async () => {
    const env = { INTERVAL_SECONDS: String(INTERVAL_SECONDS), DISCORD_CLIENT_ID: '', DATABASE_URL: '' };
    [demo, browser] = await Promise.all([startDemo('examples/linked-roles/server.ts', env), launchBrowser()]);
    server = /change ranks: (http:\S+)/.exec(demo.output())![1]!;
  });
  after(async () => {
    await browser?.close();
    expect(await demo?.stop(), demo?.output()).to.equal(0);
  });
  beforeEach(() => (complaints = []));
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    expect(complaints).to.deep.equal([]);
  });

  async function openPage(options: BrowserContextOptions = DESKTOP): Promise<Page> {
    const page = await (await browser.newContext(options)).newPage();
    page.on('console', (message) => {
      const { url } = message.location();
      // The consent pages are not ours to judge, and a status of 403 is what a test is about.
      if (message.type() !== 'error' || url.includes('/oauth') || /status of 4\d\d/.test(message.text())) return;
      complaints.push(message.text());
    });
    await page.goto(demo.url);
    return page;
  }

  /** Decides on a consent page. */
  async function decide(page: Page, person: RegExp, action: 'Allow' | 'Cancel' = 'Allow'): Promise<void> {
    await page.getByRole('radio', { name: person }).check();
    await page.getByRole('button', { name: action }).click();
    await page.waitForURL(`${demo.url}/**`);
  }

  /** Signs a person in. Tries again while their old account is still being deleted. */
  async function signIn(page: Page, person: RegExp): Promise<void> {
    const end = Date.now() + INTERVAL_SECONDS * 1000;
    do {
      await page.getByRole('link', { name: 'Sign in with Discord' }).click();
      await decide(page, person);
    } while (Date.now() < end && (await page.getByText('still being deleted').isVisible()));
  }

  async function connect(page: Page, person: RegExp): Promise<void> {
    await page.getByRole('button', { name: /^Connect/ }).click();
    await decide(page, person);
  }

  /** Waits until a person has these roles in the Discord server, for as long as the site promises. */
  async function waitForRoles(name: string, ...roles: string[]): Promise<void> {
    const page = await openPage();
    await page.goto(server);
    const row = page.getByRole('listitem').filter({ hasText: name });
    const end = Date.now() + INTERVAL_SECONDS * 1000;
    for (;;) {
      const found = await row.locator('.tag').allInnerTexts();
      if (found.join() === roles.join()) break;
      if (Date.now() > end) expect(found, demo.output()).to.deep.equal(roles);
      await page.waitForTimeout(200);
      await page.reload();
    }
    await page.context().close();
  }

  /** Changes Mango's role in the group, as its owner. */
  async function setRank(role: string): Promise<void> {
    const page = await openPage();
    await page.goto(`${server}/roblox`);
    await page.getByRole('combobox', { name: 'Role of Mango' }).selectOption({ label: role });
    await page.getByRole('button', { name: 'Set' }).click();
    await page.getByRole('heading', { name: 'Sky Island Builders' }).waitFor();
    await page.context().close();
  }

  async function deleteAccount(page: Page): Promise<void> {
    await page.goto(demo.url);
    await page.getByRole('link', { name: 'Delete my account' }).click();
    await page.getByRole('button', { name: 'Delete everything' }).click();
    await page.getByRole('heading', { name: 'Your account is deleted' }).waitFor();
  }

  it('gives roles by clicking, changes them with a rank, moves them, and removes them', async () => {
    const sam = await openPage({ ...DESKTOP, javaScriptEnabled: false });
    await signIn(sam, /Sam/);
    await connect(sam, /Mango/);
    expect(await sam.getByRole('status').innerText()).to.equal(
      'MangoPilot is connected. Discord will know in a few seconds.',
    );
    await waitForRoles('Sam', 'Builder', 'Supporter', 'Explorer', 'Veteran');
    await sam.goto(demo.url);
    expect(await sam.getByRole('main').innerText()).to.match(/Rank in the group\s+80/);

    await setRank('Member (1)');
    await waitForRoles('Sam', 'Supporter', 'Explorer', 'Veteran');
    await setRank('Moderator (200)');
    await waitForRoles('Sam', 'Builder', 'Moderator', 'Supporter', 'Explorer', 'Veteran');

    const imani = await openPage({ ...DESKTOP, javaScriptEnabled: false });
    await signIn(imani, /Imani/);
    await connect(imani, /Mango/);
    await imani.getByRole('button', { name: 'Leave it there' }).click();
    await connect(imani, /Mango/);
    await imani.getByRole('button', { name: 'Move it here' }).click();
    expect(await imani.getByRole('status').innerText()).to.equal('MangoPilot was moved to your Discord account.');
    await waitForRoles('Imani', 'Builder', 'Moderator', 'Supporter', 'Explorer', 'Veteran');
    await waitForRoles('Sam');

    await deleteAccount(imani);
    await waitForRoles('Imani');
    await imani.goBack();
    expect(await imani.getByRole('main').innerText(), 'not shown from memory').not.to.include('MangoPilot');
    await deleteAccount(sam);
  });

  it('says so when a person cancels, and lets them choose again', async () => {
    const page = await openPage({ ...DESKTOP, javaScriptEnabled: false });
    await page.getByRole('link', { name: 'Sign in with Discord' }).click();
    await decide(page, /Juniper/, 'Cancel');
    expect(await page.getByRole('alert').innerText()).to.equal('You cancelled at Discord, and nothing has changed.');
    await signIn(page, /Juniper/);
    await page.getByRole('button', { name: 'Connect Roblox' }).click();
    await decide(page, /Nell/, 'Cancel');
    expect(await page.getByRole('alert').innerText()).to.equal('You cancelled at Roblox, and nothing has changed.');
    await connect(page, /Nell/);
    await page.getByRole('button', { name: 'Disconnect quiet_nell' }).click();
    expect(await page.getByRole('status').innerText()).to.include('disconnected');
    await deleteAccount(page);
  });

  it('refuses a form that another site has sent', async () => {
    const page = await openPage();
    await signIn(page, /Juniper/);
    const other = await page.context().newPage();
    await other.route('http://evil.localhost/**', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<form method="post" action="${demo.url}/delete"><button>A kitten</button></form>`,
      }),
    );
    await other.goto('http://evil.localhost/');
    await other.getByRole('button').click();
    await other.waitForURL(`${demo.url}/**`);
    expect(await other.getByRole('alert').innerText()).to.include('another site');
    await deleteAccount(page);
  });

  for (const [name, options] of LOOKS) {
    it(`fits the screen, and can be read: ${name}`, async () => {
      const page = await openPage(options);
      await look(page, `linked-roles-${name}`);
      await signIn(page, /Sam/);
      await connect(page, /Casper/);
      await connect(page, /Nell/);
      await look(page, `linked-roles-account-${name}`);
      const other = await openPage(options);
      await signIn(other, /Imani/);
      await connect(other, /Casper/);
      await look(other, `linked-roles-move-${name}`);
      for (const path of ['operations', 'privacy', 'delete']) {
        await page.goto(`${demo.url}/${path}`);
        await look(page, `linked-roles-${path}-${name}`);
      }
      for (const path of ['', '/roblox']) {
        await other.goto(server + path);
        await look(other, `linked-roles-stand-in${path.replace('/', '-')}-${name}`);
      }
      await deleteAccount(page);
      await deleteAccount(other);
    });
  }

  /** Takes a screenshot, and checks the page with axe. */
  async function look(page: Page, name: string): Promise<void> {
    await page.screenshot({ path: screenshotPath(name), fullPage: true });
    expect(await examine(page), name).to.deep.equal([]);
  }
});
