import { expect } from 'chai';

import { DEMO_CLIENT, DEMO_GROUPS, DEMO_PEOPLE, DEMO_PUBLIC_CLIENT } from '../../lib/emulator/index.ts';

describe('The demo people', () => {
  const items = DEMO_PEOPLE.flatMap(({ inventory = [] }) => inventory) as Record<string, unknown>[];

  it('have roles that their groups describe, and groups have owners and applicants who exist', () => {
    const ids = DEMO_PEOPLE.map(({ id }) => id);
    const described = new Set(DEMO_GROUPS.flatMap(({ roles = [] }) => roles.map(({ id }) => id)));
    for (const { groups = [] } of DEMO_PEOPLE) {
      for (const { roleIds } of groups) for (const id of roleIds) expect(described.has(id), id).to.equal(true);
    }
    for (const { ownerId, joinRequests = [] } of DEMO_GROUPS) {
      expect(ids).to.include.members([...(ownerId === undefined ? [] : [ownerId]), ...joinRequests]);
    }
  });

  it('own items of every kind, one with none and one with more than two pages', () => {
    const kinds = ['assetDetails', 'badgeDetails', 'gamePassDetails', 'privateServerDetails'];
    for (const kind of kinds)
      expect(
        items.some((item) => kind in item),
        kind,
      ).to.equal(true);
    const sizes = DEMO_PEOPLE.map(({ inventory = [] }) => inventory.length);
    expect(sizes).to.include(0);
    expect(Math.max(...sizes)).to.be.above(200);
  });

  it('own items with times of 0, 3, 6 and 9 fraction digits, as at Roblox', () => {
    const times = items.flatMap(({ addTime }) => (typeof addTime === 'string' ? [addTime] : []));
    for (const time of times) {
      expect(time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(?:\d{3}|\d{6}|\d{9}))?Z$/);
      expect(Date.parse(time), time).not.to.be.NaN;
    }
    const digits = new Set(times.map((time) => (/\.(\d+)/.exec(time)?.[1] ?? '').length));
    expect([...digits]).to.have.members([0, 3, 6, 9]);
  });

  it('use an app with a secret, or a public one', () => {
    expect(DEMO_CLIENT).to.have.property('clientSecret');
    expect(DEMO_PUBLIC_CLIENT).not.to.have.property('clientSecret');
    expect(DEMO_CLIENT.clientID).not.to.equal(DEMO_PUBLIC_CLIENT.clientID);
  });
});
