import { expect } from 'chai';
import fc from 'fast-check';
import { buildURL } from '../../lib/cloud/url.ts';
import { anything } from './support.ts';

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
    it(`refuses a value that is ${name}`, () => {
      const place = { id: value } as Record<string, string>;
      expect(() => buildURL('https://apis.roblox.com', '/x/{id}', place)).to.throw(TypeError, /^path\.id/);
    });
  }

  it('refuses a value that has no place in the template', () => {
    expect(() => buildURL('https://apis.roblox.com', '/x', { id: '7' })).to.throw(TypeError, /path\.id has no place/);
  });

  it('repeats the name of a query parameter for each value, and leaves out undefined values', () => {
    const query = { ids: [1, '2'], on: true, off: undefined, none: null, text: 'a b&c=d' };
    expect(buildURL('https://apis.roblox.com', '/x', {}, query)).to.equal(
      'https://apis.roblox.com/x?ids=1&ids=2&on=true&text=a+b%26c%3Dd',
    );
    expect(() => buildURL('https://apis.roblox.com', '/x', {}, { q: {} as string })).to.throw(TypeError, /^query\.q/);
    expect(() => buildURL('https://apis.roblox.com', '/x', {}, { q: NaN })).to.throw(TypeError, /^query\.q/);
  });
});

describe('no string given to request', () => {
  it('changes another part of a path template', () => {
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

  it('changes the host, or leaves the base path', () => {
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
