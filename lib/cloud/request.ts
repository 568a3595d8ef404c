import type { Operations } from './openapi.ts';
import type { CallOptions } from './call.ts';
import type { Parameter, Query } from './url.ts';

/** The options of `client.request`, whatever the operation. */
export interface RequestOptions extends CallOptions {
  /** Values for the places of a path template, escaped. */
  readonly path?: Readonly<Record<string, Parameter>> | undefined;
  /** Several values repeat a name; undefined leaves it out. */
  readonly query?: Query | undefined;
  /** Sent as JSON; a FormData as multipart/form-data. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The path templates that Roblox describes for a method. */
export type KnownPath<Method> = Method extends keyof Operations ? Extract<keyof Operations[Method], string> : never;

/** What is known of a call; never where Roblox describes none. */
type KnownCall<Method, Path> = Method extends keyof Operations
  ? Path extends keyof Operations[Method]
    ? Operations[Method][Path]
    : never
  : never;

/** Nothing can be given where the description has nothing. */
type Left<Call, Name extends string> = Name extends keyof Call ? unknown : { readonly [K in Name]?: undefined };

/** The options of a described call: its own values, and what every call takes. */
type KnownOptions<Call> = Omit<Call, 'answer'> &
  Left<Call, 'path'> &
  Left<Call, 'query'> &
  Left<Call, 'body'> &
  CallOptions & { readonly headers?: Readonly<Record<string, string>> | undefined };

/** The third argument of a call: it may be left out when nothing in it is required. */
export type RequestArguments<Method, Path> = [KnownCall<Method, Path>] extends [never]
  ? [options?: RequestOptions]
  : object extends Omit<KnownCall<Method, Path>, 'answer'>
    ? [options?: KnownOptions<KnownCall<Method, Path>>]
    : [options: KnownOptions<KnownCall<Method, Path>>];

/** What a call answers; unknown where Roblox does not describe it. */
export type RequestAnswer<Method, Path> = [KnownCall<Method, Path>] extends [never]
  ? unknown
  : KnownCall<Method, Path> extends { readonly answer: infer Answer }
    ? Answer
    : unknown;
