import { expect } from 'chai';
import { listOf, pageSizeOf, type Page } from '../../lib/cloud/pages.ts';
import { thrown } from './support.ts';

/** A list of these pages, and the tokens that were asked for. */
function scripted<T>(...pages: { items: T[]; nextPageToken?: string }[]) {
  const asked: (string | undefined)[] = [];
  const list = listOf<T>(async (token) => {
    asked.push(token);
    const page = pages[asked.length - 1];
    if (page === undefined) throw new Error('one page too many was asked for');
    return { items: page.items, nextPageToken: page.nextPageToken };
  });
  return { list, asked };
}

describe('a list', () => {
  const cases: [string, { items: number[]; nextPageToken?: string }[], number[]][] = [
    ['has one page', [{ items: [1, 2] }], [1, 2]],
    [
      'has several pages',
      [{ items: [1], nextPageToken: 'a' }, { items: [2], nextPageToken: 'b' }, { items: [3] }],
      [1, 2, 3],
    ],
    [
      'has an empty page in the middle',
      [{ items: [1], nextPageToken: 'a' }, { items: [], nextPageToken: 'b' }, { items: [3] }],
      [1, 3],
    ],
    ['begins with an empty page', [{ items: [], nextPageToken: 'a' }, { items: [2] }], [2]],
    [
      'ends on an empty token',
      [
        { items: [1], nextPageToken: 'a' },
        { items: [2], nextPageToken: '' },
      ],
      [1, 2],
    ],
    [
      'ends on a token that repeats',
      [
        { items: [1], nextPageToken: 'a' },
        { items: [2], nextPageToken: 'a' },
      ],
      [1, 2],
    ],
    [
      'ends on a token that it has seen before',
      [
        { items: [1], nextPageToken: 'a' },
        { items: [2], nextPageToken: 'b' },
        { items: [3], nextPageToken: 'a' },
      ],
      [1, 2, 3],
    ],
    ['is empty', [{ items: [] }], []],
  ];
  for (const [name, pages, items] of cases) {
    it(`${name}`, async () => {
      const { list, asked } = scripted(...pages);
      expect(await list.toArray()).to.deep.equal(items);
      expect(asked).to.deep.equal([undefined, ...pages.slice(0, -1).map((page) => page.nextPageToken)]);
    });
  }

  it('asks for nothing before it is walked', () => {
    const { asked } = scripted({ items: [1] });
    expect(asked).to.deep.equal([]);
  });

  it('stops fetching when the loop is left', async () => {
    const { list, asked } = scripted({ items: [1, 2], nextPageToken: 'a' });
    for await (const item of list) if (item === 2) break;
    expect(asked).to.have.length(1);
  });

  it('begins anew with each walk', async () => {
    const { list, asked } = scripted({ items: [1] }, { items: [2] });
    expect(await list.toArray()).to.deep.equal([1]);
    expect(await list.toArray()).to.deep.equal([2]);
    expect(asked).to.deep.equal([undefined, undefined]);
  });

  it('can be walked page by page', async () => {
    const { list } = scripted(
      { items: [1], nextPageToken: 'a' },
      { items: [], nextPageToken: 'b' },
      { items: [3], nextPageToken: '' },
    );
    const pages: Page<number>[] = [];
    for await (const page of list.pages()) pages.push(page);
    expect(pages).to.deep.equal([
      { items: [1], nextPageToken: 'a' },
      { items: [], nextPageToken: 'b' },
      { items: [3], nextPageToken: undefined },
    ]);
  });

  it('fetches no further page than its limit needs', async () => {
    const pages = [
      { items: [1, 2], nextPageToken: 'a' },
      { items: [3, 4], nextPageToken: 'b' },
    ];
    const { list, asked } = scripted(...pages);
    expect(await list.toArray({ limit: 4 })).to.deep.equal([1, 2, 3, 4]);
    expect(asked).to.have.length(2);
  });

  it('fetches nothing for a limit of 0', async () => {
    const { list, asked } = scripted<number>();
    expect(await list.toArray({ limit: 0 })).to.deep.equal([]);
    expect(asked).to.deep.equal([]);
  });

  for (const limit of [-1, 1.5, NaN, '3']) {
    it(`refuses a limit of ${limit}`, async () => {
      const { list, asked } = scripted({ items: [1] });
      expect(await thrown(list.toArray({ limit: limit as number }))).to.be.instanceOf(TypeError);
      expect(asked).to.deep.equal([]);
    });
  }

  it('ends with the error of a page that fails', async () => {
    const { list } = scripted({ items: [1], nextPageToken: 'a' });
    const seen: number[] = [];
    const walk = (async () => {
      for await (const item of list) seen.push(item);
    })();
    expect(await thrown(walk)).to.have.property('message', 'one page too many was asked for');
    expect(seen).to.deep.equal([1]);
  });
});

describe('pageSize', () => {
  it('is the largest that the endpoint takes, unless one says less', () => {
    expect(pageSizeOf({}, 100)).to.equal(100);
    expect(pageSizeOf({ pageSize: undefined }, 20)).to.equal(20);
    expect(pageSizeOf({ pageSize: 7 }, 20)).to.equal(7);
  });

  for (const pageSize of [0, -1, 101, 2.5, '10', NaN]) {
    it(`is refused when it is ${pageSize}`, () => {
      expect(() => pageSizeOf({ pageSize: pageSize as number }, 100)).to.throw(TypeError, 'pageSize');
    });
  }
});
