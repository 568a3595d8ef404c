import { expect } from 'chai';
import fc from 'fast-check';
import { readPathID, readTime } from '../../lib/cloud/read.ts';

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
