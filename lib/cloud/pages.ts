import { kindOf } from './ids.ts';

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; undefined on the last. */
  readonly nextPageToken: string | undefined;
}

/**
 * A list that is fetched while you walk it: `for await` over its items, or over `.pages()`.
 * Leaving the loop stops fetching; each walk begins anew.
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

/** Fetches the page that a token names, the first without one. */
export type FetchPage<T> = (pageToken: string | undefined) => Promise<Page<T>>;

/**
 * Makes a list of a function that fetches one page.
 * The walk ends on a missing or empty token, and on one that it has seen, never because a page was empty.
 * @see https://create.roblox.com/docs/cloud/reference/patterns#pagination
 */
export function listOf<T>(fetchPage: FetchPage<T>): List<T> {
  async function* pages(): AsyncGenerator<Page<T>, void, undefined> {
    const seen = new Set<string>();
    let token: string | undefined;
    do {
      const { items, nextPageToken } = await fetchPage(token);
      token =
        nextPageToken === undefined || nextPageToken === '' || seen.has(nextPageToken) ? undefined : nextPageToken;
      if (token !== undefined) seen.add(token);
      yield { items, nextPageToken: token };
    } while (token !== undefined);
  }

  async function* items(): AsyncGenerator<T, void, undefined> {
    for await (const page of pages()) yield* page.items;
  }

  async function toArray(options: { readonly limit?: number } = {}): Promise<T[]> {
    const limit = options.limit ?? Infinity;
    if (limit !== Infinity && !(Number.isSafeInteger(limit) && limit >= 0)) {
      throw new TypeError(`limit must be a whole number from 0, but is ${kindOf(limit)}`);
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
 * Checks `pageSize`.
 * @param max the largest that the endpoint takes, which is the default; Roblox would cut larger ones down without a word
 * @throws {TypeError}
 */
export function pageSizeOf(options: ListOptions, max: number): number {
  const { pageSize = max } = options;
  if (!Number.isSafeInteger(pageSize) || pageSize < 1 || pageSize > max) {
    throw new TypeError(`pageSize must be a whole number from 1 to ${max}, but is ${kindOf(pageSize)}`);
  }
  return pageSize;
}
