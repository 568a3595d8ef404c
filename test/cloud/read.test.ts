import { expect } from 'chai';
import fc from 'fast-check';
import { readExperience } from '../../lib/cloud/experiences.ts';
import { readGroup, readRole } from '../../lib/cloud/group.ts';
import { readPathID, readTime } from '../../lib/cloud/read.ts';
import { readUser } from '../../lib/cloud/user.ts';

const DATE = new Date('2023-07-05T12:34:56.000Z');

describe('a time', () => {
  it('is the same with 0, 3, 6 or 9 digits of a second', () => {
    for (const digits of ['', '.000', '.000000', '.000000000']) {
      expect(readTime(`2023-07-05T12:34:56${digits}Z`)).to.deep.equal(DATE);
    }
  });

  it('may be in another time zone, or in small letters', () => {
    expect(readTime('2023-07-05T14:34:56.0+02:00')).to.deep.equal(DATE);
    expect(readTime('2023-07-05t12:34:56.000000z')).to.deep.equal(DATE);
  });

  it('is cut to milliseconds, never rounded into the next day', () => {
    expect(readTime('2023-12-31T23:59:59.999999999Z')?.toISOString()).to.equal('2023-12-31T23:59:59.999Z');
  });

  it('is never an invalid date, for any value', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)), (text) => {
        expect(readTime(text)?.getTime()).to.not.be.NaN;
      }),
    );
  });
});

describe('an ID in a resource path', () => {
  it('is the one after its collection', () => {
    expect(readPathID('groups/7/roles/99513316', 'roles')).to.equal('99513316');
    expect(readPathID('groups/7/roles/99513316', 'groups')).to.equal('7');
    expect(readPathID('users/21557', 'users')).to.equal('21557');
  });

  for (const path of [undefined, 7, '', 'users', 'users/', 'x/users/1', 'users/me', 'users/007', 'users/1.5']) {
    it(`is not there in ${JSON.stringify(path)}`, () => {
      expect(readPathID(path, 'users')).to.equal(undefined);
    });
  }
});

describe('a field of another type than Roblox describes', () => {
  const cases: [string, (json: unknown) => object, Record<string, unknown>, Record<string, unknown>][] = [
    [
      'in a group',
      readGroup,
      { memberCount: null, publicEntryAllowed: 'yes', locked: 0, verified: {}, owner: 7, description: 7 },
      { id: '', displayName: '', description: '' },
    ],
    [
      'in a role',
      readRole,
      { rank: '255', memberCount: '5', description: null, permissions: { fly: 'yes', ban: true, kick: null } },
      { id: '', displayName: '', rank: 0, permissions: { ban: true } },
    ],
    ['in a role, where it is no object', readRole, { permissions: [true] }, { id: '', displayName: '', rank: 0 }],
    [
      'in a user',
      readUser,
      { name: 7, about: null, premium: 1, idVerified: 'true', socialNetworkProfiles: { x: 'y', z: null }, locale: [] },
      { id: '', name: '', displayName: '', socialNetworkProfiles: { x: 'y' } },
    ],
    [
      'in an experience',
      readExperience,
      {
        displayName: null,
        privateServerPriceRobux: null,
        vrEnabled: 'no',
        visibility: 1,
        user: 'users/me',
        rootPlace: {},
      },
      { id: '', displayName: '', description: '' },
    ],
  ];
  for (const [name, read, sent, fields] of cases) {
    it(`is left out ${name}, and stays in raw`, () => {
      const { createdAt: _created, updatedAt: _updated, ...rest } = read(sent) as Record<string, unknown>;
      expect(rest).to.deep.equal({ ...fields, raw: sent });
    });
  }

  it('never has a field that was not sent or that has the wrong type, for any JSON', () => {
    const types: Record<string, string> = {
      memberCount: 'number',
      locked: 'boolean',
      verified: 'boolean',
      publicEntryAllowed: 'boolean',
      ownerId: 'string',
    };
    const sent = fc.record(
      Object.fromEntries(
        [...Object.keys(types), 'owner', 'toString', '__proto__'].map((name) => [name, fc.anything()]),
      ),
    );
    fc.assert(
      fc.property(sent, ({ ownerId: _none, ...raw }) => {
        const group: object = readGroup(raw);
        for (const [name, type] of Object.entries(types)) {
          if (Object.hasOwn(group, name)) expect(typeof Reflect.get(group, name)).to.equal(type);
        }
      }),
    );
  });
});
