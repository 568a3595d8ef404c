import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ExpressAuth, getSession } from '@auth/express';
import { betterAuth } from 'better-auth';
import { toNodeHandler } from 'better-auth/node';
import { genericOAuth } from 'better-auth/plugins';
import { expect } from 'chai';
import express from 'express';
import type { Browser } from 'playwright-core';

import { DEMO_CLIENT, startEmulator } from '../../lib/emulator/index.ts';
import type { Emulator } from '../../lib/emulator/index.ts';
import { launchBrowser } from './support.ts';

const NELL = '4100000002';
const { clientID: clientId, clientSecret } = DEMO_CLIENT;

/** Starts an app that knows its own address. */
async function startApp(create: (url: string) => express.Express): Promise<{ url: string; server: Server }> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  server.on('request', create(url));
  return { url, server };
}

describe('A sign-in at the emulator in an app of', () => {
  let roblox: Emulator;
  let browser: Browser;
  before(async () => {
    roblox = await startEmulator({ host: 'localhost' });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser.close();
    await roblox.close();
  });

  async function signIn(
    app: { url: string; server: Server },
    press: (page: import('playwright-core').Page) => Promise<void>,
  ) {
    const context = await browser.newContext();
    const page = await context.newPage();
    try {
      await press(page);
      await page.locator(`input[name=user][value="${NELL}"]`).check();
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.waitForURL(`${app.url}/me`);
      return await page.locator('body').innerText();
    } finally {
      await context.close();
      app.server.close();
      app.server.closeAllConnections();
    }
  }

  it('Auth.js', async () => {
    const app = await startApp(() => {
      const config = {
        secret: 'a-secret-of-the-app-that-is-long-enough',
        trustHost: true,
        providers: [
          {
            ...{
              id: 'roblox',
              name: 'Roblox',
              type: 'oidc' as const,
              issuer: `${roblox.url}/oauth/`,
              clientId,
              clientSecret,
            },
            client: { id_token_signed_response_alg: 'ES256', token_endpoint_auth_method: 'client_secret_post' },
            authorization: { params: { scope: 'openid profile' } },
            checks: ['pkce' as const, 'state' as const, 'nonce' as const],
          },
        ],
      };
      const pages = express();
      pages.use('/auth', ExpressAuth(config));
      pages.get('/me', async (req, res) => res.send((await getSession(req, config))?.user?.name ?? 'nobody'));
      return pages;
    });
    const name = await signIn(app, async (page) => {
      await page.goto(`${app.url}/auth/signin?callbackUrl=${encodeURIComponent(`${app.url}/me`)}`);
      await page.getByRole('button', { name: /Roblox/ }).click();
    });
    expect(name).to.equal('Nell');
  });

  it('better-auth', async () => {
    const app = await startApp((baseURL) => {
      const auth = betterAuth({
        baseURL,
        secret: 'a-secret-of-the-app-that-is-long-enough',
        plugins: [
          genericOAuth({
            config: [
              {
                ...{ providerId: 'roblox', clientId, clientSecret, scopes: ['openid', 'profile'], pkce: true },
                discoveryUrl: `${roblox.url}/oauth/.well-known/openid-configuration`,
                mapProfileToUser: (profile) => ({ email: `${String(profile['sub'])}@users.roblox.invalid` }),
              },
            ],
          }),
        ],
      });
      const pages = express();
      pages.all('/api/auth/*path', toNodeHandler(auth));
      pages.get('/me', async (req, res) => {
        const session = await auth.api.getSession({ headers: new Headers({ cookie: req.headers.cookie ?? '' }) });
        res.send(session?.user.name ?? 'nobody');
      });
      pages.get('/', (_req, res) => res.send('<p>An app</p>'));
      return pages;
    });
    const name = await signIn(app, async (page) => {
      await page.goto(app.url);
      const url = await page.evaluate(async () => {
        const body = JSON.stringify({ provider: 'roblox', callbackURL: '/me' });
        const headers = { 'content-type': 'application/json' };
        const response = await fetch('/api/auth/sign-in/social', { method: 'POST', headers, body });
        return ((await response.json()) as { url: string }).url;
      });
      await page.goto(url);
    });
    expect(name).to.equal('Nell');
  });
});
