import { refuse, refuseUnknownOptions } from '../errors.ts';
import { runWithEitherSignal } from '../http/abort.ts';
import { readString } from '../http/json.ts';
import { clearImmediate, setImmediate } from '../http/platform.ts';
import { readCallOptions, runCall, type Call, type CallLimits, type CallOptions, type MakeCall } from './call.ts';
import { readRaw } from './read.ts';

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; undefined on the last. */
  readonly nextPageToken: string | undefined;
}

/**
 * A list that is fetched while you walk it: `for await` over its items, or over `.pages()`.
 * While your loop waits for something, the next page is fetched, and no other. Leaving the loop stops fetching. Each walk begins anew.
 */
export interface List<T> extends AsyncIterable<T> {
  /** The same walk, page by page. A page in the middle may be empty. */
  pages(): AsyncIterableIterator<Page<T>>;
  /**
   * Walks to the end, or to `limit` items, and returns them in one array.
   * @param options.limit how many items at the most; no further page is fetched when they are there
   */
  toArray(options?: { readonly limit?: number | undefined }): Promise<T[]>;
}

/** What every list takes. `signal` ends the walk at once; `timeout` is for each page. */
export interface ListOptions extends CallOptions {
  /** How many items a request brings at the most. Default: the largest that the endpoint takes, so the fewest requests. */
  readonly pageSize?: number | undefined;
}

/** Fetches the page that a token names, the first without one. The signal says that nobody wants it any more. */
export type FetchPage<T> = (pageToken: string | undefined, unwanted?: AbortSignal) => Promise<Page<T>>;

/** A listing of Open Cloud: what to ask, and how to read an answer. */
export interface Listing<T> {
  readonly path: string;
  /** Gives the values for the path and the filter. Both stay the same for the whole walk: Roblox refuses a page token otherwise. */
  readonly target: (
    limits: CallLimits,
  ) => Promise<{ readonly values: Call['values']; readonly filter?: string | undefined }>;
  /** The name of the array in an answer. */
  readonly field: string;
  readonly maxPageSize: number;
  readonly options: ListOptions;
  /** Those of the call that this listing is a part of, in place of the options' own. */
  readonly limits?: CallLimits;
  readonly scope?: string;
  readonly read: (json: unknown) => T;
}

/**
 * Makes a list of an endpoint with `maxPageSize`, `pageToken` and `filter`.
 * @throws {TypeError} at once, for an option that cannot work
 */
export function listCalls<T>(call: MakeCall, listing: Listing<T>): List<T> {
  const { path, target, field, options, scope, read } = listing;
  const { signal, timeout } = readCallOptions(options, ['pageSize']);
  const maxPageSize = readPageSize(options, listing.maxPageSize);

  async function fetchPage(pageToken: string | undefined, limits: CallLimits): Promise<Page<T>> {
    const { values, filter } = await target(limits);
    const query = { maxPageSize, pageToken, filter };
    const answer = readRaw(await call({ method: 'GET', path, values, query, limits, scope, answer: 'object' }));
    const items = answer[field];
    return { items: Array.isArray(items) ? items.map(read) : [], nextPageToken: readString(answer['nextPageToken']) };
  }

  return createList((pageToken, unwanted) => {
    const { limits } = listing;
    return runWithEitherSignal(signal ?? limits?.signal, unwanted, (either) =>
      limits === undefined
        ? runCall({ signal: either, timeout }, (own) => fetchPage(pageToken, own))
        : fetchPage(pageToken, { ...limits, signal: either }),
    );
  }, signal);
}

/**
 * Makes a list from a function that fetches one page.
 * The walk ends on a missing or empty token, and on one that came before, never because a page was empty.
 * @param signal ends the walk with its reason, also when the next page is there already
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

  async function toArray(options: { readonly limit?: number | undefined } = {}): Promise<T[]> {
    if (typeof options !== 'object' || options === null) refuse('options', options, 'an object');
    refuseUnknownOptions(options, { limit: true });
    const { limit = Infinity } = options;
    if (limit !== Infinity && !(Number.isSafeInteger(limit) && limit >= 0)) {
      refuse('limit', limit, 'a whole number from 0');
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

  return { [Symbol.asyncIterator]: () => walkItems(pages()), pages, toArray };
}

/**
 * Walks the items of one page after another. Written by hand: a generator would cost each item three promises instead of one, and
 * there are thousands of items.
 */
function walkItems<T>(pages: AsyncIterator<Page<T>, void, undefined>): AsyncIterableIterator<T, undefined, undefined> {
  let page: readonly T[] = [];
  let index = 0;
  /** The latest step that waits for a page; further ones wait behind it, as they would in a generator. */
  let waiting: Promise<unknown> | undefined;

  async function turnPage(before: Promise<unknown> | undefined): Promise<IteratorResult<T, undefined>> {
    if (before !== undefined) await before.catch(() => {}); // thrown to its own caller
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

/** A page that is fetched before anybody asks for it. */
interface Ahead<T> {
  /** Gives the page, and begins to fetch it if that has not begun. It alone throws what went wrong. */
  take(): Promise<T>;
  /** Says that nobody will take it: it is not fetched, or its request ends. */
  cancel(): void;
}

/**
 * Fetches a page ahead of time, from the next turn of the event loop on. A loop that does not wait has taken the page, or left, by
 * then: it costs no request more than it asked for.
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
    begin().catch(() => {}); // perhaps nobody takes it
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

/**
 * Checks `pageSize`.
 * @param max the largest that the endpoint takes, and the default. Roblox would cut larger ones down without a word.
 * @throws {TypeError}
 */
function readPageSize(options: ListOptions, max: number): number {
  const { pageSize = max } = options;
  if (Number.isSafeInteger(pageSize) && pageSize >= 1 && pageSize <= max) return pageSize;
  refuse('pageSize', pageSize, `a whole number from 1 to ${max}`);
}
