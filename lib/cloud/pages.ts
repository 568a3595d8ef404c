import { refuse, refuseUnknownOptions } from '../errors.ts';
import { runWithEitherSignal } from '../http/abort.ts';
import { readString } from '../http/json.ts';
import { clearImmediate, setImmediate } from '../http/platform.ts';
import { readCallOptions, runCall, type Call, type CallLimits, type CallOptions, type MakeCall } from './call.ts';
import { checkWholeNumber } from './check.ts';
import { readRaw } from './read.ts';

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The token of the next page; undefined on the last page. */
  readonly nextPageToken: string | undefined;
}

/**
 * A list that is fetched while you loop over it: `for await` over its items, or over `.pages()`.
 * It fetches one page ahead, while your loop waits for something. Leaving the loop stops the fetching. Each loop starts at the first page.
 */
export interface List<T> extends AsyncIterable<T> {
  /** Loops over the pages. A page in the middle may be empty. */
  pages(): AsyncIterableIterator<Page<T>>;
  /**
   * Returns all items, or the first `limit` items, in one array.
   * @param options.limit the most items; fetches no more pages than these need
   */
  toArray(options?: { readonly limit?: number | undefined }): Promise<T[]>;
}

/** The options of every list. `signal` ends the loop before the next page, and a request at once. `timeout` is for each page. */
export interface ListOptions extends CallOptions {
  /** The most items in one response. Default: the endpoint's maximum, which needs the fewest requests. */
  readonly pageSize?: number | undefined;
}

/** Fetches a page by its token, the first page without one. The signal aborts when the page is not needed any more. */
export type FetchPage<T> = (pageToken: string | undefined, cancelSignal?: AbortSignal) => Promise<Page<T>>;

/** An endpoint of Open Cloud that lists something: its request, and how to read its items. */
export interface Listing<T> {
  readonly path: string;
  /** Returns the values for the path, and the filter. Both must not change between pages: Roblox would refuse the page token. */
  readonly target: (
    limits: CallLimits,
  ) => Promise<{ readonly values: Call['values']; readonly filter?: string | undefined }>;
  /** The name of the array in a response. */
  readonly field: string;
  readonly maxPageSize: number;
  readonly options: ListOptions;
  /** The limits of the call that this listing is a part of, in place of those in `options`. */
  readonly limits?: CallLimits;
  readonly scope?: string;
  readonly read: (json: unknown) => T;
}

/**
 * Makes a list from an endpoint with `maxPageSize`, `pageToken` and `filter`.
 * @throws {TypeError} an option that cannot work; thrown at once, not in the loop
 */
export function listCalls<T>(call: MakeCall, listing: Listing<T>): List<T> {
  const { path, target, field, options, scope, read } = listing;
  const { signal, timeout } = readCallOptions(options, ['pageSize']);
  // Roblox would silently use its maximum for a larger number.
  const maxPageSize = checkWholeNumber('pageSize', options.pageSize, 1, listing.maxPageSize) ?? listing.maxPageSize;

  async function fetchPage(pageToken: string | undefined, limits: CallLimits): Promise<Page<T>> {
    const { values, filter } = await target(limits);
    const query = { maxPageSize, pageToken, filter };
    const body = readRaw(await call({ method: 'GET', path, values, query, limits, scope, response: 'object' }));
    const items = body[field];
    return { items: Array.isArray(items) ? items.map(read) : [], nextPageToken: readString(body['nextPageToken']) };
  }

  return createList((pageToken, cancelSignal) => {
    const { limits } = listing;
    return runWithEitherSignal(signal ?? limits?.signal, cancelSignal, (either) =>
      limits === undefined
        ? runCall({ signal: either, timeout }, (own) => fetchPage(pageToken, own))
        : fetchPage(pageToken, { ...limits, signal: either }),
    );
  }, signal);
}

/**
 * Makes a list from a function that fetches one page.
 * It ends at a missing, empty or repeated page token, never at an empty page.
 * @param signal ends the loop with its reason, even when the next page has been fetched
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
        ahead = isLast ? undefined : fetchAhead((cancelSignal) => fetchPage(nextPageToken, cancelSignal));
        yield { items, nextPageToken: isLast ? undefined : nextPageToken };
      } while (ahead !== undefined);
    } finally {
      ahead?.cancel();
    }
  }

  async function toArray(options: { readonly limit?: number | undefined } = {}): Promise<T[]> {
    if (typeof options !== 'object' || options === null) refuse('options', options, 'an object');
    refuseUnknownOptions(options, { limit: true });
    const { limit = Infinity } = options;
    if (limit !== Infinity) checkWholeNumber('limit', limit, 0);
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

  return { [Symbol.asyncIterator]: () => walkItems(pages()), pages, toArray };
}

/**
 * Walks the items of all pages. Not a generator, which would need three promises for each item instead of one: there are thousands of
 * items.
 */
function walkItems<T>(pages: AsyncIterator<Page<T>, void, undefined>): AsyncIterableIterator<T, undefined, undefined> {
  let page: readonly T[] = [];
  let index = 0;
  /** The latest step that waits for a page. Further steps wait for it, as in a generator. */
  let waiting: Promise<unknown> | undefined;

  async function turnPage(before: Promise<unknown> | undefined): Promise<IteratorResult<T, undefined>> {
    if (before !== undefined) await before.catch(() => {}); // its own caller gets the error
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

interface Ahead<T> {
  /** Returns the page; fetches it if that has not begun. Errors are thrown only here. */
  take(): Promise<T>;
  /** Ends the request, or does not start it. */
  cancel(): void;
}

/**
 * Fetches a page ahead of time, starting in the next turn of the event loop. By then, a loop that does not wait has taken the page or
 * ended. So it never causes a request that it does not need.
 * @param fetch its signal ends with {@link Ahead.cancel}
 */
function fetchAhead<T>(fetch: (signal: AbortSignal) => Promise<T>): Ahead<T> {
  const cancelled = new AbortController();
  let fetching: Promise<T> | undefined;
  const begin = () => {
    fetching ??= fetch(cancelled.signal);
    return fetching;
  };
  const turn = setImmediate(() => {
    begin().catch(() => {}); // nobody may take it
  });
  return {
    take() {
      clearImmediate(turn);
      return begin();
    },
    cancel() {
      clearImmediate(turn);
      cancelled.abort();
    },
  };
}
