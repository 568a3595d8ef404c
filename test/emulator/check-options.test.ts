import { expect } from 'chai';

import { startEmulator, type EmulatorOptions } from '../../lib/emulator/index.ts';
import { withEmulator } from './support.ts';

describe('An emulator checks its options', () => {
  const user = { id: '1', username: 'a', displayName: 'A', createdAt: new Date(0), picture: null };
  const client = { clientID: '1', clientSecret: 's', redirectURIs: ['https://a.example/'] };
  const withRedirect = (uri: unknown) => ({ clients: [{ ...client, redirectURIs: [uri] }] });
  const refused: [string, Record<string, unknown>, RegExp][] = [
    [
      'a numeric user ID',
      { users: [{ ...user, id: 1 }] },
      /users\[0\]\.id must be a string of digits, but is number 1/,
    ],
    ['a user who is given twice', { users: [user, user] }, /users\[1\]\.id 1 is given twice/],
    ['no user name', { users: [{ ...user, username: undefined }] }, /users\[0\]\.username must be .* is missing/],
    [
      'a createdAt that is no date',
      { users: [{ ...user, createdAt: '2020' }] },
      /users\[0\]\.createdAt must be a valid Date, but is "2020": new Date\("2020"\)/,
    ],
    [
      'a membership without role',
      { users: [{ ...user, groups: [{ id: '2', roleIds: [] }] }] },
      /groups\[0\]\.roleIds must/,
    ],
    ['an item of no kind', { users: [{ ...user, inventory: [{}] }] }, /users\[0\]\.inventory\[0\] needs assetDetails/],
    [
      'a rank over 255',
      { groups: [{ id: '1', roles: [{ id: '2', displayName: 'x', rank: 256 }] }] },
      /roles\[0\]\.rank must/,
    ],
    ['users that are no list', { users: {} }, /users must be an array/],
    ['a numeric client ID', { clients: [{ ...client, clientID: 1 }] }, /clientID must be/],
    ['an empty secret', { clients: [{ ...client, clientSecret: '' }] }, /clientSecret is empty/],
    [
      'a scope that Roblox does not have',
      { clients: [{ ...client, scopes: ['openid', 'groups'] }] },
      /no scope groups/,
    ],
    ['profile without openid', { clients: [{ ...client, scopes: ['profile'] }] }, /profile needs openid/],
    ['no redirect URIs', { clients: [{ clientID: '1' }] }, /redirectURIs must be an array/],
    [
      'eleven redirect URIs',
      { clients: [{ ...client, redirectURIs: Array(11).fill('https://a.example/') }] },
      /10 URLs/,
    ],
    ['a redirect URI over 256 characters', withRedirect(`https://a.example/${'x'.repeat(240)}`), /256/],
    ['a relative redirect URI', withRedirect('/cb'), /redirectURIs\[0\] must be an absolute URL: "\/cb"/],
    ['a redirect URI with white space', withRedirect('https://a.example/ '), /absolute URL/],
    ['a redirect URI with a fragment', withRedirect('https://a.example/#x'), /no fragment/],
    ['a redirect URI that is a script', withRedirect('javascript:alert(1)'), /scheme that opens an app/],
    ['plain http', withRedirect('http://a.example/cb'), /https, or http:\/\/localhost/],
    ['plain http on a look-alike', withRedirect('http://localhost.a.example/cb'), /https, or http:\/\/localhost/],
    ['a loopback IP address', withRedirect('http://127.0.0.1:3000/cb'), /localhost, not its IP address/],
    ['a loopback IP address, by https', withRedirect('https://[::1]:3000/cb'), /localhost, not its IP address/],
    ['an unknown option', { user: [user] }, /user is not an option of the emulator\. Did you mean users\?/],
    ['another case', { subjecttype: 'pairwise' }, /Did you mean subjectType\?/],
    ['a knob of another type', { rateLimits: 'yes' }, /rateLimits must be a boolean/],
    ['an unknown subject type', { subjectType: 'private' }, /'public' or 'pairwise'/],
    ['a host that is a number', { host: 5 }, /host must be an address/],
    ['an address with a path', { url: 'https://a.example/roblox' }, /url must be like https/],
  ];
  for (const [name, options, message] of refused) {
    it(`and refuses ${name}, and says where`, async () => {
      const outcome = await startEmulator(options as EmulatorOptions).catch((error: unknown) => error);
      expect(outcome).to.be.instanceOf(TypeError);
      expect(String(outcome)).to.match(message);
    });
  }

  it('and accepts the redirect URLs that Roblox’s registration form accepts', async () => {
    const redirectURIs = [
      ...['https://app.example', 'https://app.example/cb?x=1', 'http://localhost:80', 'https://localhost:80/cb'],
      ...['my-app-scheme:/', 'my-app-scheme://foo/bar/...', 'my-app://action?param1=value1&param2=value2'],
    ];
    await withEmulator({ clients: [{ ...client, redirectURIs }] }, async ({ authorize }) => {
      for (const redirect_uri of redirectURIs) {
        const { href } = await authorize({ client_id: '1', redirect_uri });
        expect(href, redirect_uri).to.match(/[?&]code=/);
      }
    });
    const own = { ...client, redirectURIs: ['http://127.0.0.1:3000/cb', 'http://[::1]:3000/cb'] };
    await withEmulator({ clients: [own], loopbackIPs: true }, async ({ authorize }) => {
      const { href } = await authorize({ client_id: '1', redirect_uri: own.redirectURIs[0] });
      expect(href).to.match(/^http:\/\/127\.0\.0\.1:3000\/cb\?code=/);
    });
  });
});
