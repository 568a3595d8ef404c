import { readString } from '../http/json.ts';
import { endedByEither } from '../http/abort.ts';
import type { Call, MakeCall } from './call.ts';
import { createList, readPageSize, type List, type ListOptions } from './pages.ts';
import { readRaw } from './read.ts';

/** A listing of Open Cloud's: what to ask, and how to read what comes. */
export interface Listing<T> {
  readonly path: string;
  /** Yields the values of the path's places, when the walk begins. */
  readonly values: () => Promise<NonNullable<Call['values']>>;
  /** Stays the same for the whole walk: Roblox refuses a page token that comes with another one. */
  readonly filter: string | undefined | (() => Promise<string>);
  /** The name of the array in an answer. */
  readonly field: string;
  readonly maxPageSize: number;
  readonly options: ListOptions;
  readonly scope?: string;
  readonly read: (json: unknown) => T;
}

/**
 * Makes a list of an endpoint with `maxPageSize`, `pageToken` and `filter`.
 * @throws {TypeError} at once, for a `pageSize` that cannot be
 */
export function listCalls<T>(call: MakeCall, listing: Listing<T>): List<T> {
  const { path, values, filter, field, options, scope, read } = listing;
  const { signal } = options;
  const maxPageSize = readPageSize(options, listing.maxPageSize);
  return createList(async (pageToken, unwanted) => {
    const query = { maxPageSize, pageToken, filter: typeof filter === 'function' ? await filter() : filter };
    const ask = async (either: AbortSignal | undefined) =>
      call({ method: 'GET', path, values: await values(), query, signal: either, scope });
    const answer = readRaw(await endedByEither(signal, unwanted, ask));
    const items = answer[field];
    return { items: Array.isArray(items) ? items.map(read) : [], nextPageToken: readString(answer['nextPageToken']) };
  }, signal);
}
