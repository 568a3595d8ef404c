import { describeValue } from '../errors.ts';
import { fetchAhead, type Ahead } from './read-ahead.ts';

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; undefined on the last. */
  readonly nextPageToken: string | undefined;
}

/**
 * A list that is fetched while you walk it: `for await` over its items, or over `.pages()`.
 * While you wait for something in the loop, the next page is on its way; no other one is. Leaving the loop stops fetching; each walk
 * begins anew.
 */
export interface List<T> extends AsyncIterable<T> {
  /** The same walk, page by page. A page in the middle may be empty. */
  pages(): AsyncIterableIterator<Page<T>>;
  /**
   * Walks to the end, or to so many items, and hands them over at once.
   * @param options.limit how many items at the most; no further page is fetched when they are there
   */
  toArray(options?: { readonly limit?: number }): Promise<T[]>;
}

/** What every list takes. */
export interface ListOptions {
  /** How many items a request brings, at the most. Default: the largest that the endpoint takes, so the fewest requests. */
  readonly pageSize?: number | undefined;
  /** Ends the walk at once, waits included. */
  readonly signal?: AbortSignal | undefined;
}

/** Fetches the page that a token names, the first without one; the signal says that nobody wants it any more. */
export type FetchPage<T> = (pageToken: string | undefined, unwanted?: AbortSignal) => Promise<Page<T>>;

/**
 * Makes a list of a function that fetches one page.
 * The walk ends on a missing or empty token, and on one that it has seen, never because a page was empty.
 * @param signal ends the walk with its reason, also where the next page is there already
 * @see https://create.roblox.com/docs/cloud/reference/patterns#pagination
 */
export function createList<T>(fetchPage: FetchPage<T>, signal?: AbortSignal): List<T> {
  async function* pages(): AsyncGenerator<Page<T>, void, undefined> {
    const seen = new Set<string>();
    let ahead: Ahead<Page<T>> | undefined;
    try {
      do {
        signal?.throwIfAborted();
        const { items, nextPageToken } = await (ahead === undefined ? fetchPage(undefined) : ahead.take());
        const isLast = nextPageToken === undefined || nextPageToken === '' || seen.has(nextPageToken);
        if (!isLast) seen.add(nextPageToken);
        ahead = isLast ? undefined : fetchAhead((unwanted) => fetchPage(nextPageToken, unwanted));
        yield { items, nextPageToken: isLast ? undefined : nextPageToken };
      } while (ahead !== undefined);
    } finally {
      ahead?.cancel();
    }
  }

  const items = () => itemsOf(pages());

  async function toArray(options: { readonly limit?: number } = {}): Promise<T[]> {
    const limit = options.limit ?? Infinity;
    if (limit !== Infinity && !(Number.isSafeInteger(limit) && limit >= 0)) {
      throw new TypeError(`limit must be a whole number from 0, but is ${describeValue(limit)}`);
    }
    const all: T[] = [];
    if (limit === 0) return all;
    for await (const page of pages()) {
      for (const item of page.items) {
        all.push(item);
        if (all.length === limit) return all;
      }
    }
    return all;
  }

  return { [Symbol.asyncIterator]: items, pages, toArray };
}

/**
 * The items of one page after another. Written by hand: through a generator each item would pass three promises instead of one, and
 * there are thousands of them.
 */
function itemsOf<T>(pages: AsyncIterator<Page<T>, void, undefined>): AsyncIterableIterator<T, undefined, undefined> {
  let page: readonly T[] = [];
  let index = 0;
  /** The latest step that waits for a page; further ones wait behind it, as they would in a generator. */
  let waiting: Promise<unknown> | undefined;

  async function turnPage(before: Promise<unknown> | undefined): Promise<IteratorResult<T, undefined>> {
    if (before !== undefined) await before.catch(() => {}); // told to who asked before
    while (index >= page.length) {
      const turned = await pages.next();
      if (turned.done) return { done: true, value: undefined };
      page = turned.value.items;
      index = 0;
    }
    return { done: false, value: page[index++] as T }; // within its length
  }

  return {
    next() {
      if (waiting === undefined && index < page.length) {
        return Promise.resolve({ done: false, value: page[index++] as T }); // within its length
      }
      const step = turnPage(waiting).finally(() => {
        if (waiting === step) waiting = undefined;
      });
      waiting = step;
      return step;
    },
    async return() {
      page = [];
      await pages.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/**
 * Checks `pageSize`.
 * @param max the largest that the endpoint takes, which is the default; Roblox would cut larger ones down without a word
 * @throws {TypeError}
 */
export function readPageSize(options: ListOptions, max: number): number {
  const { pageSize = max } = options;
  if (!Number.isSafeInteger(pageSize) || pageSize < 1 || pageSize > max) {
    throw new TypeError(`pageSize must be a whole number from 1 to ${max}, but is ${describeValue(pageSize)}`);
  }
  return pageSize;
}
