import { expect } from 'chai';

import { DEMO_GROUPS } from '../../../lib/emulator/index.ts';
import type { EmulatorOptions } from '../../../lib/emulator/index.ts';
import { withEmulator } from '../support.ts';

const collector = '4100000003';
const items = `/cloud/v2/users/${collector}/inventory-items`;

type Page = Record<string, unknown>;
type Ask = (query: Record<string, string>, path?: string) => Promise<{ status: number; json: Page }>;

async function withInventory(options: EmulatorOptions, test: (ask: Ask) => Promise<void>): Promise<void> {
  await withEmulator(options, async (bench) => {
    const token = await bench.token({ user: collector, scope: 'openid user.inventory-item:read' });
    await test((query, path = items) => bench.get(`${path}?${new URLSearchParams(query)}`, token));
  });
}
const count = (page: Page) => (page['inventoryItems'] as unknown[]).length;

describe('Lists of the emulator', () => {
  it('have ten items a page, at most a hundred, and clamp silently', async () => {
    await withInventory({}, async (ask) => {
      expect(count((await ask({})).json)).to.equal(10);
      expect(count((await ask({ maxPageSize: '' })).json)).to.equal(10);
      expect(count((await ask({ maxPageSize: '0' })).json)).to.equal(10);
      expect(count((await ask({ maxPageSize: '7' })).json)).to.equal(7);
      expect(count((await ask({ maxPageSize: '100' })).json)).to.equal(100);
      expect(count((await ask({ maxPageSize: '5000' })).json)).to.equal(100);
    });
  });

  it('of roles have at most twenty items a page', async () => {
    const roles = Array.from({ length: 25 }, (_, rank) => ({ id: `${100 + rank}`, displayName: `R${rank}`, rank }));
    await withEmulator({ groups: [{ id: '1', roles }, ...DEMO_GROUPS] }, async (bench) => {
      const { json } = await bench.get('/cloud/v2/groups/1/roles?maxPageSize=100', await bench.token());
      expect(json['groupRoles']).to.have.length(20);
      expect(json['nextPageToken']).to.be.a('string');
    });
  });

  it('have each item once, in order, and no token at the end', async () => {
    await withInventory({}, async (ask) => {
      const seen: unknown[] = [];
      const sizes: number[] = [];
      let pageToken = '';
      do {
        const { json } = await ask({ maxPageSize: '100', ...(pageToken === '' ? {} : { pageToken }) });
        seen.push(...(json['inventoryItems'] as Page[]).map((item) => item['path']));
        sizes.push(count(json));
        expect('nextPageToken' in json).to.equal(sizes.length < 3);
        pageToken = String(json['nextPageToken'] ?? '');
      } while (pageToken !== '');
      expect(sizes).to.deep.equal([100, 100, 40]);
      expect(new Set(seen).size).to.equal(240);
    });
  });

  it('refuse a page token when anything else has changed', async () => {
    await withInventory({}, async (ask) => {
      const first = { maxPageSize: '10', filter: 'badges=true' };
      const pageToken = String((await ask(first)).json['nextPageToken']);
      expect((await ask({ ...first, pageToken })).status).to.equal(200);
      expect((await ask({ ...first, pageToken, unknown: 'ignored' })).status).to.equal(200);
      for (const changed of [
        { filter: 'badges=true' },
        { maxPageSize: '20', filter: 'badges=true' },
        { maxPageSize: '10', filter: 'gamePasses=true' },
        { maxPageSize: '10' },
      ]) {
        const isSame = 'filter' in changed && !('maxPageSize' in changed);
        // Ten is the default, so leaving it out changes nothing.
        expect((await ask({ ...changed, pageToken })).status).to.equal(isSame ? 200 : 400);
      }
      const memberships = '/cloud/v2/groups/7003/memberships';
      expect((await ask({ ...first, pageToken }, memberships)).status).to.equal(400);
    });
  });

  for (const query of [
    { pageToken: 'made-up' },
    { maxPageSize: '-1' },
    { maxPageSize: 'ten' },
    { maxPageSize: '1.5' },
  ]) {
    it(`refuse ${JSON.stringify(query)}`, async () => {
      await withInventory({}, async (ask) => {
        const { status, json } = await ask(query);
        expect({ status, code: json['code'] }).to.deep.equal({ status: 400, code: 'INVALID_ARGUMENT' });
      });
    });
  }

  it('can have an empty page in the middle', async () => {
    await withInventory({ emptyMiddlePage: true }, async (ask) => {
      const sizes: number[] = [];
      let page = (await ask({ maxPageSize: '100' })).json;
      for (;;) {
        sizes.push(count(page));
        const pageToken = page['nextPageToken'];
        if (pageToken === undefined) break;
        page = (await ask({ maxPageSize: '100', pageToken: String(pageToken) })).json;
      }
      expect(sizes).to.deep.equal([100, 0, 100, 40]);
    });
  });

  it('can end with an empty token', async () => {
    await withInventory({ emptyLastToken: true }, async (ask) => {
      expect((await ask({ filter: 'assetIds=1' })).json).to.deep.equal({ inventoryItems: [], nextPageToken: '' });
    });
  });

  it('can have more than a hundred pages', async () => {
    const inventory = Array.from({ length: 10_000 }, (_, id) => ({ badgeDetails: { badgeId: String(id) } }));
    const user = { id: collector, username: 'x', displayName: 'X', createdAt: new Date(0), picture: null, inventory };
    await withInventory({ users: [user] }, async (ask) => {
      let pages = 0;
      let pageToken: unknown = '';
      while (pageToken !== undefined) {
        pageToken = (await ask({ maxPageSize: '100', pageToken: String(pageToken) })).json['nextPageToken'];
        pages += 1;
      }
      expect(pages).to.equal(100);
    });
  });
});
