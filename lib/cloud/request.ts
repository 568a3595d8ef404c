import type { CallOptions } from './call.ts';
import type { Operations } from './openapi.ts';
import type { Parameter, Query } from './url.ts';

/** The options of `client.request` for any operation. */
export interface RequestOptions extends CallOptions {
  /** Values for the places of a path template. They are escaped. */
  readonly path?: Readonly<Record<string, Parameter>> | undefined;
  /** Several values repeat the name; undefined leaves it out. */
  readonly query?: Query | undefined;
  /** Sent as JSON; a FormData as multipart/form-data. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The path templates that Roblox describes for a method. */
export type KnownPath<Method> = Method extends keyof Operations ? Extract<keyof Operations[Method], string> : never;

/** Roblox's description of a call; never when there is none. */
type KnownCall<Method, Path> = Method extends keyof Operations
  ? Path extends keyof Operations[Method]
    ? Operations[Method][Path]
    : never
  : never;

/** Forbids an option that the description does not have. */
type ForbidMissing<Call, Name extends string> = Name extends keyof Call
  ? unknown
  : { readonly [K in Name]?: undefined };

/** The options of a described call: its own values, and the options of every call. */
type KnownOptions<Call> = Omit<Call, 'answer'> &
  ForbidMissing<Call, 'path'> &
  ForbidMissing<Call, 'query'> &
  ForbidMissing<Call, 'body'> &
  CallOptions & { readonly headers?: Readonly<Record<string, string>> | undefined };

/** The third argument of `client.request`. Optional when nothing in it is required. */
export type RequestArguments<Method, Path> = [KnownCall<Method, Path>] extends [never]
  ? [options?: RequestOptions]
  : object extends Omit<KnownCall<Method, Path>, 'answer'>
    ? [options?: KnownOptions<KnownCall<Method, Path>>]
    : [options: KnownOptions<KnownCall<Method, Path>>];

/** The response of a call; unknown when Roblox does not describe it. */
export type RequestAnswer<Method, Path> = [KnownCall<Method, Path>] extends [never]
  ? unknown
  : KnownCall<Method, Path> extends { readonly answer: infer Answer }
    ? Answer
    : unknown;
