import { expect } from 'chai';
import fc from 'fast-check';
import type { Call } from '../../lib/cloud/call.ts';
import { createExperiences } from '../../lib/cloud/experiences.ts';
import { createGroups } from '../../lib/cloud/groups.ts';
import { readPathID, checkID } from '../../lib/cloud/ids.ts';
import { writeInventoryFilter } from '../../lib/cloud/inventory-filter.ts';
import { createInventory } from '../../lib/cloud/inventory.ts';
import { buildURL } from '../../lib/cloud/url.ts';
import { answeredBy, asUser, wire } from './support.ts';

describe('an ID', () => {
  for (const id of ['1', '7', '9223372036854775807', 1, Number.MAX_SAFE_INTEGER]) {
    it(`may be ${typeof id === 'string' ? `'${id}'` : id}`, () => {
      expect(checkID('groupId', id)).to.equal(String(id));
    });
  }

  const refused: unknown[] = [
    '',
    '0',
    '-1',
    '007',
    '1.5',
    ' 1',
    '1 ',
    '1\n',
    '１',
    '7/roles',
    '../7',
    "7' || 'a' == 'a",
    '7;badges=true',
    '7,8',
    '12345678901234567890',
    0,
    -1,
    1.5,
    NaN,
    Infinity,
    Number.MAX_SAFE_INTEGER + 1,
    7n,
    null,
    undefined,
    ['7'],
    { toString: () => '7' },
  ];
  for (const id of refused) {
    it(`is refused by name when it is ${typeof id === 'string' ? JSON.stringify(id) : String(id)} (${typeof id})`, () => {
      expect(() => checkID('groupId', id)).to.throw(TypeError, /^groupId must be a Roblox ID/);
    });
  }

  it('is taken from the place in a path where it stands', () => {
    expect(readPathID('groups/7/roles/99513316', 'roles')).to.equal('99513316');
    expect(readPathID('groups/7/roles/99513316', 'groups')).to.equal('7');
    expect(readPathID('users/21557', 'users')).to.equal('21557');
    for (const path of [undefined, 7, '', 'users', 'users/', 'x/users/1'])
      expect(readPathID(path, 'users')).to.equal(undefined);
  });
});

/** Strings that someone might type who means no good, and any others. */
const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.stringMatching(/^[0-9'";,=&?#/\\.%|() *-]{1,12}$/),
  fc.constantFrom(
    '..',
    '.',
    '%2e%2e',
    '%2F',
    '*',
    "1' or 'a'=='a",
    '1;badges=true',
    '1,2',
    '-',
    '1?filter=',
    '１',
    '1\u0000',
  ),
);

describe('no string given as an ID or a filter value', () => {
  it('changes a path of groups, or the filter of memberships', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        const { call, requests } = wire(() => ({ text: '{"groupMemberships":[],"groupRoles":[]}' }));
        const groups = createGroups(call, asUser);
        const tries = [
          async () => groups.get(text),
          async () => groups.roles(text).toArray(),
          async () => groups.memberships(text).toArray(),
          async () => groups.memberships('7', { role: text }).toArray(),
          async () => groups.memberships('7', { user: text }).toArray(),
          async () => groups.membership(text),
          async () => groups.rank(text),
          async () => createExperiences(call).publish(text, 'topic', 'message'),
        ];
        for (const attempt of tries) {
          await attempt().catch((error: unknown) => expect(error).to.be.instanceOf(TypeError));
        }
        for (const { url } of requests) {
          const { pathname, searchParams, origin, hash } = new URL(url);
          expect(origin + hash).to.equal('https://apis.roblox.com');
          expect(pathname).to.match(
            /^\/cloud\/v2\/(groups\/[1-9]\d*(\/roles|\/memberships)?|universes\/[1-9]\d*:publishMessage)$/,
          );
          expect(searchParams.get('filter') ?? '').to.match(
            /^$|^user == 'users\/\d+'$|^role == 'groups\/7\/roles\/\d+'$/,
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it('changes an inventory filter', () => {
    const field = fc.constantFrom('assetTypes', 'assetIds', 'badgeIds', 'gamePassIds', 'privateServerIds');
    fc.assert(
      fc.property(field, fc.array(anything, { minLength: 1, maxLength: 4 }), (name, values) => {
        let filter: string | undefined;
        try {
          filter = writeInventoryFilter({ [name]: values });
        } catch (error) {
          expect(error).to.be.instanceOf(TypeError);
          return;
        }
        const wireName = name === 'assetTypes' ? 'inventoryItemAssetTypes' : name;
        expect(filter).to.equal(`${wireName}=${values.join(',')}`);
        for (const value of values) expect(value).to.match(name === 'assetTypes' ? /^\w+$/ : /^[1-9]\d*$/);
      }),
    );
  });

  it('changes the path of a listing by the user ID that a server gave', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        const { call, requests } = wire(() => ({ text: '{}' }));
        await createInventory(call, async () => text)
          .list()
          .toArray()
          .catch((error: unknown) => expect(error).to.be.instanceOf(TypeError));
        for (const { url } of requests) expect(new URL(url).pathname.split('/')).to.have.length(6);
      }),
    );
  });

  it('leaves its place in a template of request', () => {
    fc.assert(
      fc.property(anything, anything, (one, two) => {
        let url: URL;
        try {
          url = new URL(buildURL('https://apis.roblox.com', '/a/{one}/b/{two}:act', { one, two }, { q: one }));
        } catch (error) {
          expect(error).to.be.instanceOf(TypeError);
          return;
        }
        const [, a, first, b, last, ...more] = url.pathname.split('/');
        expect([a, b, more, url.host, url.hash]).to.deep.equal(['a', 'b', [], 'apis.roblox.com', '']);
        expect(decodeURIComponent(first ?? '')).to.equal(one);
        expect(decodeURIComponent(last ?? '')).to.equal(`${two}:act`);
      }),
    );
  });

  it('sends a path of request to another host, or out of the base', () => {
    const parts = fc.array(
      fc.constantFrom(
        '/',
        '\\',
        '..',
        '.',
        '%2e',
        '@',
        ':',
        'evil.test',
        '//',
        'a',
        '?',
        '#',
        '\t',
        '\n',
        ' ',
        '{x}',
        '%2F',
      ),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          anything,
          parts.map((list) => list.join('')),
          parts.map((list) => `/${list.join('')}`),
        ),
        (path) => {
          let url: URL;
          try {
            url = new URL(buildURL('https://proxy.test/roblox', path));
          } catch (error) {
            expect(error).to.be.instanceOf(TypeError);
            return;
          }
          expect(url.origin).to.equal('https://proxy.test');
          expect(url.pathname.startsWith('/roblox/')).to.equal(true);
          expect(url.search + url.hash + url.username).to.equal('');
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('a path of request', () => {
  const refused: [string, string, RegExp][] = [
    ['an absolute URL', 'https://evil.test/x', /one slash/],
    ["another host's", '//evil.test/x', /one slash/],
    ['one with a backslash', '/\\evil.test', /backslash/],
    ['one that climbs', '/cloud/../oauth/v1/token', /segment/],
    ['one that climbs in disguise', '/cloud/%2E%2e/oauth', /segment/],
    ['one that climbs half in disguise', '/cloud/.%2e/oauth', /segment/],
    ['one that climbs at its end', '/cloud/..', /segment/],
    ['one with a query', '/cloud/v2/groups?filter=x', /query/],
    ['one with a fragment', '/cloud/v2/groups#x', /#/],
    ['one with a line break', '/cloud\n/v2', /control character/],
    ['one with a tab', '/cloud/.\t./v2', /control character/],
    ['one with a space', '/cloud/v2/a b', /white space/],
    ['a relative one', 'cloud/v2/groups/7', /one slash/],
    ['an empty one', '', /one slash/],
    ['one with half a character', '/cloud/\ud800', /control character/],
    ['one with a brace that is no place', '/cloud/{a-b}', /braces/],
    ['one with a place and no value', '/cloud/{group_id}', /group_id/],
    ['one with a place named like a method of every object', '/cloud/{toString}', /toString/],
  ];
  for (const [name, path, message] of refused) {
    it(`is refused when it is ${name}`, () => {
      expect(() => buildURL('https://apis.roblox.com', path)).to.throw(TypeError, message);
    });
  }

  const values: [string, unknown][] = [
    ['..', '..'],
    ['.', '.'],
    ['nothing', ''],
    ['half a character', '\udc00'],
    ['a number that lost digits', 2 ** 53],
    ['an object', {}],
    ['null', null],
  ];
  for (const [name, value] of values) {
    it(`takes no value for a place that is ${name}`, () => {
      const place = { id: value } as Record<string, string>;
      expect(() => buildURL('https://apis.roblox.com', '/x/{id}', place)).to.throw(TypeError, /^path\.id/);
    });
  }

  it('takes no value without a place', () => {
    expect(() => buildURL('https://apis.roblox.com', '/x', { id: '7' })).to.throw(TypeError, /path\.id has no place/);
  });

  it('repeats the name of a query parameter for each of its values, and leaves out what is undefined', () => {
    const query = { ids: [1, '2'], on: true, off: undefined, none: null, text: 'a b&c=d' };
    expect(buildURL('https://apis.roblox.com', '/x', {}, query)).to.equal(
      'https://apis.roblox.com/x?ids=1&ids=2&on=true&text=a+b%26c%3Dd',
    );
    expect(() => buildURL('https://apis.roblox.com', '/x', {}, { q: {} as string })).to.throw(TypeError, /^query\.q/);
    expect(() => buildURL('https://apis.roblox.com', '/x', {}, { q: NaN })).to.throw(TypeError, /^query\.q/);
  });
});

describe('memberships', () => {
  it('ask with the filter that Roblox documents, and keep it for the whole walk', async () => {
    const { call, calls } = answeredBy((made: Call) => ({ nextPageToken: made.query?.['pageToken'] ? '' : 'more' }));
    await createGroups(call, asUser).list().toArray();
    await createGroups(call, asUser).memberships('7', { role: '99' }).toArray();
    await createGroups(call, asUser).memberships('7', { user: 3, pageSize: 5 }).toArray();
    expect(calls.map((made) => [made.values, made.query])).to.deep.equal([
      [{ group_id: '-' }, { maxPageSize: 100, pageToken: undefined, filter: "user in ['users/42']" }],
      [{ group_id: '-' }, { maxPageSize: 100, pageToken: 'more', filter: "user in ['users/42']" }],
      [{ group_id: '7' }, { maxPageSize: 100, pageToken: undefined, filter: "role == 'groups/7/roles/99'" }],
      [{ group_id: '7' }, { maxPageSize: 100, pageToken: 'more', filter: "role == 'groups/7/roles/99'" }],
      [{ group_id: '7' }, { maxPageSize: 5, pageToken: undefined, filter: "user == 'users/3'" }],
      [{ group_id: '7' }, { maxPageSize: 5, pageToken: 'more', filter: "user == 'users/3'" }],
    ]);
  });

  it('refuse a role and a user at once', () => {
    const { call } = answeredBy(() => ({}));
    expect(() => createGroups(call, asUser).memberships('7', { role: '1', user: '2' })).to.throw(
      TypeError,
      /role and user/,
    );
  });
});
