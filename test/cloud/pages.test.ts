import { expect } from 'chai';
import { setImmediate as turn } from 'node:timers/promises';
import { createList, listCalls, type Page } from '../../lib/cloud/pages.ts';
import { catchError } from '../support/thrown.ts';
import { answeredBy } from './support.ts';

/** A list of these pages, and the page tokens of its requests. */
function scripted<T>(...pages: { items: T[]; nextPageToken?: string }[]) {
  const asked: (string | undefined)[] = [];
  const list = createList<T>(async (token) => {
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

  it('sends no request before its loop starts', () => {
    const { asked } = scripted({ items: [1] });
    expect(asked).to.deep.equal([]);
  });

  it('stops fetching when the loop is left', async () => {
    const { list, asked } = scripted({ items: [1, 2], nextPageToken: 'a' });
    for await (const item of list) if (item === 2) break;
    expect(asked).to.have.length(1);
  });

  it('starts again with each loop', async () => {
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
      expect(await catchError(list.toArray({ limit: limit as number }))).to.be.instanceOf(TypeError);
      expect(asked).to.deep.equal([]);
    });
  }

  it('ends with the error of a page that fails', async () => {
    const { list } = scripted({ items: [1], nextPageToken: 'a' });
    const seen: number[] = [];
    const walk = (async () => {
      for await (const item of list) seen.push(item);
    })();
    expect(await catchError(walk)).to.have.property('message', 'one page too many was asked for');
    expect(seen).to.deep.equal([1]);
  });
});

describe('a list whose loop waits between items', () => {
  /** Pages that arrive when the test lets them. */
  function scene(pages: number) {
    const asked: { answer: () => void; fail: (error: Error) => void; unwanted: AbortSignal | undefined }[] = [];
    const list = createList<string>((token = '0', unwanted) => {
      const page = Number(token);
      return new Promise((resolve, reject) => {
        const items = ['a', 'b', 'c'].map((letter) => `${page}${letter}`);
        const nextPageToken = page + 1 < pages ? String(page + 1) : undefined;
        asked.push({ answer: () => resolve({ items, nextPageToken }), fail: reject, unwanted });
      });
    });
    return { asked, walk: list[Symbol.asyncIterator](), list };
  }
  /** A short wait, as in any loop that awaits something. */
  const aWhile = async () => {
    for (let count = 0; count < 3; count += 1) await turn();
  };

  it('fetches the next page during the wait, and no other page', async () => {
    const { asked, walk } = scene(4);
    const first = walk.next();
    asked[0]?.answer();
    expect(await first).to.deep.equal({ done: false, value: '0a' });
    expect(asked, 'the first item is there after one request').to.have.length(1);
    await aWhile();
    expect(asked).to.have.length(2);
    asked[1]?.answer();
    await aWhile();
    expect(asked).to.have.length(2);
    for (const value of ['0b', '0c', '1a']) expect(await walk.next()).to.deep.equal({ done: false, value });
    await aWhile();
    expect(asked).to.have.length(3);
  });

  it('fetches the next page also when the loop is over pages', async () => {
    const { asked, list } = scene(2);
    const walk = list.pages();
    const first = walk.next();
    asked[0]?.answer();
    await first;
    await aWhile();
    expect(asked).to.have.length(2);
  });

  it('fetches no further page when the loop ends before it waits', async () => {
    const { asked, list } = scene(2);
    const walk = (async () => {
      for await (const item of list) if (item === '0b') break;
    })();
    asked[0]?.answer();
    await walk;
    await aWhile();
    expect(asked).to.have.length(1);
  });

  it('cancels the request for the next page when the loop ends', async () => {
    const { asked, list } = scene(2);
    const walk = (async () => {
      for await (const item of list) {
        await aWhile();
        if (item === '0b') break;
      }
    })();
    asked[0]?.answer();
    await walk;
    expect(asked.map(({ unwanted }) => unwanted?.aborted)).to.deep.equal([undefined, true]);
    asked[1]?.fail(new Error('given up')); // and nobody is troubled by it
    await aWhile();
    expect(asked).to.have.length(2);
  });

  it('throws the error of the next page when the loop reaches that page, and then ends', async () => {
    const { asked, walk } = scene(2);
    const first = walk.next();
    asked[0]?.answer();
    await first;
    await aWhile();
    asked[1]?.fail(new Error('no page'));
    await aWhile();
    for (const value of ['0b', '0c']) expect(await walk.next()).to.deep.equal({ done: false, value });
    expect(await catchError(walk.next())).to.have.property('message', 'no page');
    expect(await walk.next()).to.deep.equal({ done: true, value: undefined });
  });

  it('ends with its signal also when the next page has arrived', async () => {
    const controller = new AbortController();
    const asked: unknown[] = [];
    const list = createList<number>(async (token) => {
      asked.push(token);
      return { items: [asked.length], nextPageToken: String(asked.length) };
    }, controller.signal);
    const walk = list[Symbol.asyncIterator]();
    expect(await walk.next()).to.deep.equal({ done: false, value: 1 });
    await aWhile();
    expect(asked).to.have.length(2);
    controller.abort(new Error('enough'));
    expect(await catchError(walk.next())).to.have.property('message', 'enough');
  });

  it('gives items in order when several are asked for at the same time', async () => {
    const { asked, walk } = scene(2);
    const all = Promise.all(Array.from({ length: 8 }, () => walk.next()));
    asked[0]?.answer();
    while (asked.length < 2) await turn();
    asked[1]?.answer();
    const values = (await all).map(({ value }) => value as unknown);
    expect(values).to.deep.equal(['0a', '0b', '0c', '1a', '1b', '1c', undefined, undefined]);
  });

  it('gives no more items after its loop has ended', async () => {
    const { asked, walk } = scene(2);
    const first = walk.next();
    asked[0]?.answer();
    await first;
    await walk.return?.();
    expect(await walk.next()).to.deep.equal({ done: true, value: undefined });
  });
});

describe('pageSize', () => {
  const listing = { path: '/x', target: async () => ({ values: {} }), field: 'items', maxPageSize: 20, read: String };

  it('is the largest that the endpoint takes, unless the caller gives a smaller one', async () => {
    const { call, calls } = answeredBy(() => ({}));
    for (const options of [{}, { pageSize: undefined }, { pageSize: 7 }]) {
      await listCalls(call, { ...listing, options }).toArray();
    }
    expect(calls.map(({ query }) => query?.['maxPageSize'])).to.deep.equal([20, 20, 7]);
  });

  for (const pageSize of [0, -1, 21, 2.5, '10', NaN, null]) {
    it(`is refused when it is ${pageSize}`, () => {
      const { call } = answeredBy(() => ({}));
      const options = { pageSize: pageSize as number };
      expect(() => listCalls(call, { ...listing, options })).to.throw(TypeError, /^pageSize/);
    });
  }
});
