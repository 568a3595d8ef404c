import { expect } from 'chai';
import { inspect } from 'node:util';
import { readProfile } from '../../lib/oauth/profile.ts';

describe('a profile', () => {
  const base = { sub: '1', name: 'Display', nickname: 'Display', preferred_username: 'user', created_at: 0 };

  it('has no photos when the picture is null or missing', () => {
    for (const picture of [null, undefined, '', 7]) expect(readProfile({ ...base, picture }).photos).to.deep.equal([]);
  });

  it('has only the fields of openid, and none that is undefined', () => {
    expect(readProfile({ sub: '1' })).to.deep.equal({
      provider: 'roblox',
      id: '1',
      profileUrl: 'https://www.roblox.com/users/1/profile',
      photos: [],
      _raw: '{"sub":"1"}',
      _json: { sub: '1' },
    });
  });

  const linked: [name: string, claims: Record<string, unknown>, expected: object][] = [
    ['a script', { profile: 'javascript:alert(1)', picture: 'javascript:alert(1)' }, { photos: [] }],
    ['data', { profile: 'data:text/html,x', picture: 'data:image/svg+xml,x' }, { photos: [] }],
    ['plain http', { profile: 'http://www.roblox.com/users/1/profile' }, {}],
    ['no URL', { profile: 'roblox', picture: 'me.png' }, { photos: [] }],
    ['no text', { profile: 7, picture: 7 }, { photos: [] }],
  ];
  for (const [name, claims, expected] of linked) {
    it(`has the user's page at Roblox and no picture when its claims are ${name}`, () => {
      const profileUrl = 'https://www.roblox.com/users/1/profile';
      expect(readProfile({ ...base, ...claims })).to.deep.include({ profileUrl, ...expected });
    });
  }

  for (const createdAt of [1e300, '1584682495', true, null]) {
    it(`has no date when created_at is ${inspect(createdAt)}`, () => {
      expect(readProfile({ ...base, created_at: createdAt })).to.not.have.property('createdAt');
    });
  }

  it('has the nickname when there is no name', () => {
    expect(readProfile({ sub: '1', nickname: 'Nick' }).displayName).to.equal('Nick');
  });
});
