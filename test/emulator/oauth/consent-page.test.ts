import { expect } from 'chai';

import { DEMO_CLIENT, startEmulator, type Emulator } from '../../../lib/emulator/index.ts';
import { renderConsentPage, renderErrorPage, renderFrontPage } from '../../../lib/emulator/oauth/consent-page.ts';
import { authorizationURL } from '../support.ts';

describe('A page of the emulator', () => {
  let roblox: Emulator;
  before(async () => {
    roblox = await startEmulator();
  });
  after(() => roblox.close());

  it('for consent names the app, the scopes and the people, and needs no script', async () => {
    const scope = 'openid profile user.inventory-item:read asset:write';
    const page = await fetch(authorizationURL(roblox, { scope }));
    const html = await page.text();
    expect(page.status).to.equal(200);
    expect(page.headers.get('content-security-policy')).to.include("default-src 'none'");
    expect(html).to.include(DEMO_CLIENT.name).and.include('Mango').and.include('@quiet_nell');
    expect(html).to.include('user.inventory-item:read').and.include('Roblox emulator');
    expect(html).to.include('name="user" value="4100000003"').and.include('name="action" value="cancel"');
    expect(html).not.to.match(/<script|javascript:|\son\w+=/i);
  });

  it('for consent escapes what a request contains', async () => {
    const page = await fetch(authorizationURL(roblox, { state: '"><img src=x>', nonce: '<b>x</b>' }));
    expect(page.status).to.equal(200);
    expect(await page.text()).not.to.match(/<img src=x>|<b>x/);
  });

  it('escapes the names of apps, people and resources', () => {
    const bad = '"><img src=x>';
    const user = { id: '1', username: bad, displayName: bad, createdAt: new Date(0) };
    const client = { clientID: bad, clientSecret: bad, redirectURIs: [], name: bad };
    const choices = [{ value: bad, label: bad }];
    for (const html of [
      renderConsentPage(client, [bad], [{ user, choices, picture: bad }], bad),
      renderConsentPage(client, [bad], [{ user, choices, picture: null }], bad),
      renderErrorPage(bad, bad),
      renderFrontPage(bad, [client]),
    ]) {
      expect(html).to.include('&#34;&#62;&#60;img src=x&#62;').and.not.include(bad);
    }
  });

  it('at / says where to use the address, and lists the apps with their secrets', async () => {
    const html = await (await fetch(roblox.url)).text();
    expect(html).to.include(roblox.url).and.include(DEMO_CLIENT.clientSecret).and.include('public');
  });
});
