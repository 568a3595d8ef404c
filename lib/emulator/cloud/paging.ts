import { createHash } from 'node:crypto';

import { refuseArgument, type CloudRequest } from './request.ts';

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Undefined: the field is left out. */
  readonly nextPageToken: string | undefined;
}

/**
 * Cuts the requested page out of a list.
 * A page has ten items or `maxPageSize`, but at most `largest`. A page token is valid only with the same path, filter and page size.
 * @see https://create.roblox.com/docs/cloud/reference/patterns
 */
export function cutPage<T>(
  all: readonly T[],
  request: Pick<CloudRequest, 'path' | 'query' | 'knobs'>,
  largest: number,
): Page<T> {
  const { knobs } = request;
  const size = readPageSize(request.query.get('maxPageSize'), largest);
  const seal = sealRequest(request, size);
  const token = request.query.get('pageToken') ?? '';
  const { offset, pages } = token === '' ? { offset: 0, pages: 0 } : openToken(token, seal);
  const next = (newOffset: number) => Buffer.from(`${newOffset}.${pages + 1}.${seal}`).toString('base64url');
  if (knobs.emptyMiddlePage && pages === 1) return { items: [], nextPageToken: next(offset) };
  const end = offset + size;
  // With `emptyMiddlePage`, a short list has a second page too.
  const hasMore = end < all.length || (knobs.emptyMiddlePage && pages === 0);
  const last = knobs.emptyLastToken ? '' : undefined;
  return { items: all.slice(offset, end), nextPageToken: hasMore ? next(Math.min(end, all.length)) : last };
}

function readPageSize(given: string | null, largest: number): number {
  if (given === null || given === '') return Math.min(10, largest);
  if (!/^-?\d{1,10}$/.test(given) || Number(given) < 0) {
    throw refuseArgument('maxPageSize must be a positive integer.');
  }
  return Math.min(Number(given) || 10, largest);
}

function sealRequest({ path, query }: Pick<CloudRequest, 'path' | 'query'>, size: number): string {
  const parts = [path, String(size), query.get('filter') ?? ''];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 16);
}

function openToken(token: string, seal: string): { offset: number; pages: number } {
  const plain = Buffer.from(token, 'base64url').toString();
  const [, offset, pages, sealed] = /^(\d+)\.(\d+)\.([\w-]{16})$/.exec(plain) ?? [];
  if (sealed !== seal) {
    throw refuseArgument('The page token is invalid, or another parameter was changed since it was issued.');
  }
  return { offset: Number(offset), pages: Number(pages) };
}
