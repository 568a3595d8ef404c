import type { Parameter, Query } from './target.ts';

/** What any call of `client.request` can be told. */
export interface RequestOptions {
  /** Values for the places of a path template, escaped. */
  readonly path?: Readonly<Record<string, Parameter>> | undefined;
  /** Several values repeat a name; undefined leaves it out. */
  readonly query?: Query | undefined;
  /** Sent as JSON; a FormData as multipart/form-data. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Ends the call at once, waits included. */
  readonly signal?: AbortSignal | undefined;
}
