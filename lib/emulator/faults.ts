import { validateHeaderName, validateHeaderValue, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { idTokenFaults, type IdTokenFault } from './oauth/id-token-faults.ts';

/** Which requests a fault is for: a path, in which `*` stands for any text (`GET /path` for one method only), or a RegExp for the path. */
export type FaultTarget = string | RegExp;

/**
 * What a fault does with a response.
 * @returns `'late'` when the normal response must be sent now
 */
export type WireFault = (res: ServerResponse, wait: (ms: number) => Promise<void>) => void | Promise<void | 'late'>;

/** How a long-running operation (a thumbnail, an upload) ends. */
export type OperationFault =
  | { readonly kind: 'fails'; readonly error: { readonly code: number; readonly message: string } }
  | { readonly kind: 'never_ends'; readonly error?: undefined };

/** How to change a JSON response: a function, or fields that replace those with the same name. */
export type Rewrite = ((answer: Record<string, unknown>) => unknown) | Readonly<Record<string, unknown>>;

/** An armed fault. */
export interface ArmedFault {
  /** How many requests it was used for. */
  readonly hits: number;
  /** Disarms it. */
  clear(): void;
}

/** How long a fault stays armed. */
export interface FaultOptions {
  /** How many requests to use it for. Default 1; `Infinity` or `'always'`: until it is cleared. */
  readonly times?: number | 'always';
}

interface Kinds {
  readonly wire: WireFault;
  readonly rewrite: Rewrite;
  readonly idToken: IdTokenFault;
  /** The ID of the user whom userinfo is about. */
  readonly userInfoUser: string;
  readonly operation: OperationFault;
}

interface Armed<T> {
  readonly target: FaultTarget;
  readonly what: T;
  readonly times: number;
  hits: number;
}

/**
 * Faults of the emulator. Each is armed by a method, and used for the next request that matches its target, or for several with `times`.
 * When several match, the oldest is used.
 */
export class Faults {
  /** The oldest first. */
  readonly #armed: { readonly [K in keyof Kinds]: Set<Armed<Kinds[K]>> } = {
    wire: new Set(),
    rewrite: new Set(),
    idToken: new Set(),
    userInfoUser: new Set(),
    operation: new Set(),
  };

  /** Responds with this status. An object as `body` is sent as JSON. */
  status(
    target: FaultTarget,
    status: number,
    options: FaultOptions & { headers?: Readonly<Record<string, string>>; body?: unknown } = {},
  ): ArmedFault {
    const body = typeof options.body === 'string' ? options.body : JSON.stringify(options.body ?? {});
    const type = typeof options.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
    const response = createResponse(status, { 'content-type': type, ...options.headers }, body);
    return arm(this.#armed.wire, target, response, options);
  }

  /** Responds with a redirect. */
  redirect(target: FaultTarget, location: string, options: FaultOptions & { status?: number } = {}): ArmedFault {
    return arm(this.#armed.wire, target, createResponse(options.status ?? 302, { location }, ''), options);
  }

  /** Responds with an HTML page, like a gateway in between. Status 200 by default. */
  html(target: FaultTarget, options: FaultOptions & { status?: number; page?: string } = {}): ArmedFault {
    const page = options.page ?? '<!doctype html><title>Bad gateway</title><h1>Something is in between</h1>';
    const headers = { 'content-type': 'text/html; charset=utf-8' };
    return arm(this.#armed.wire, target, createResponse(options.status ?? 200, headers, page), options);
  }

  /** Reads the request and sends no response. {@link Faults.clear} does not end the request; closing the emulator does. */
  hang(target: FaultTarget, options: FaultOptions = {}): ArmedFault {
    return arm(this.#armed.wire, target, () => undefined, options);
  }

  /** Sends headers and half a JSON body, then nothing more. */
  stall(target: FaultTarget, options: FaultOptions = {}): ArmedFault {
    return arm(this.#armed.wire, target, (res) => sendHalf(res), options);
  }

  /** Resets the connection without a response. */
  destroy(target: FaultTarget, options: FaultOptions = {}): ArmedFault {
    return arm(this.#armed.wire, target, (res) => void res.socket?.resetAndDestroy(), options);
  }

  /** Resets the connection in the middle of the body. */
  truncate(target: FaultTarget, options: FaultOptions = {}): ArmedFault {
    return arm(this.#armed.wire, target, (res) => sendHalf(res, () => res.socket?.resetAndDestroy()), options);
  }

  /** Responds with 200 with JSON of `bytes` bytes (12 MiB by default), chunked. */
  hugeBody(target: FaultTarget, options: FaultOptions & { bytes?: number } = {}): ArmedFault {
    const { bytes = 12 * 1024 * 1024 } = options;
    return arm(this.#armed.wire, target, (res) => sendHugeBody(res, bytes), options);
  }

  /** Sends the normal response `ms` milliseconds later. */
  delay(target: FaultTarget, ms: number, options: FaultOptions = {}): ArmedFault {
    return arm(this.#armed.wire, target, (_res, wait) => wait(ms).then(() => 'late' as const), options);
  }

  /** Changes a successful JSON response before it is sent. */
  rewrite(target: FaultTarget, change: Rewrite, options: FaultOptions = {}): ArmedFault {
    return arm(this.#armed.rewrite, target, change, options);
  }

  /** Changes the next ID token: all kinds but `several_audiences_azp` make it invalid. */
  idToken(kind: IdTokenFault, options: FaultOptions = {}): ArmedFault {
    requireKind(kind, idTokenFaults);
    return arm(this.#armed.idToken, '*', kind, options);
  }

  /** Makes the next userinfo response about another user. */
  userInfoOf(userId: string, options: FaultOptions = {}): ArmedFault {
    return arm(this.#armed.userInfoUser, '*', userId, options);
  }

  /**
   * Makes the next new operation (a thumbnail, an upload) fail when it is polled, or never end.
   * @param options `code` and `message` of the failure
   */
  operation(
    kind: OperationFault['kind'],
    options: FaultOptions & { readonly code?: number; readonly message?: string } = {},
  ): ArmedFault {
    requireKind(kind, ['fails', 'never_ends']);
    const { code = 400, message = 'The operation failed.' } = options;
    const fault: OperationFault = kind === 'fails' ? { kind, error: { code, message } } : { kind };
    return arm(this.#armed.operation, '*', fault, options);
  }

  /** Disarms everything. */
  clear(): void {
    for (const faults of Object.values(this.#armed)) faults.clear();
  }

  /**
   * Uses the oldest fault of a kind that is for this request.
   * @internal
   */
  next<K extends keyof Kinds>(kind: K, method = '', path = ''): Kinds[K] | undefined {
    const faults = this.#armed[kind];
    const armed = [...faults].find(({ target }) => matchesTarget(target, method, path));
    if (armed === undefined) return undefined;
    armed.hits += 1;
    if (armed.hits >= armed.times) faults.delete(armed);
    return armed.what;
  }

  /** @internal */
  applyRewrites(method: string, path: string, body: unknown): unknown {
    const change = this.next('rewrite', method, path);
    if (change === undefined) return body;
    const copy: Record<string, unknown> = { ...(body as object) };
    return typeof change === 'function' ? change(copy) : { ...copy, ...change };
  }
}

/** @throws {TypeError} a status or a header that cannot be sent */
function createResponse(status: number, headers: Readonly<Record<string, string>>, body: string): WireFault {
  if (!Number.isSafeInteger(status) || status < 200 || status > 599) {
    throw new TypeError(`The status of a fault must be a whole number from 200 to 599, but is ${String(status)}`);
  }
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
  return (res) => void res.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers }).end(body);
}

function requireKind(kind: string, known: readonly string[]): void {
  if (!known.includes(kind))
    throw new TypeError(`The kind of a fault must be one of ${known.join(', ')}, but is ${kind}`);
}

function arm<T>(faults: Set<Armed<T>>, target: FaultTarget, what: T, options: FaultOptions): ArmedFault {
  const { times = 1 } = options;
  if (!(typeof target === 'string' && target !== '') && !(target instanceof RegExp)) {
    throw new TypeError('The target of a fault must be a path such as /cloud/v2/*, or a RegExp');
  }
  if (times !== 'always' && times !== Infinity && !(Number.isSafeInteger(times) && times > 0)) {
    throw new TypeError("times must be a whole number above 0, or 'always'");
  }
  const armed: Armed<T> = { target, what, times: times === 'always' ? Infinity : times, hits: 0 };
  faults.add(armed);
  return {
    get hits() {
      return armed.hits;
    },
    clear: () => void faults.delete(armed),
  };
}

/** Whether a request matches a target. */
export function matchesTarget(target: FaultTarget, method: string, path: string): boolean {
  if (typeof target !== 'string') return new RegExp(target.source, target.flags.replace('g', '')).test(path);
  const [, wanted, pattern = target] = /^([A-Z]+) (.*)$/.exec(target) ?? [];
  if (wanted !== undefined && wanted !== method) return false;
  const source = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`).test(path);
}

function sendHalf(res: ServerResponse, then?: () => void): void {
  const half = '{"half":"of a body that';
  res.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': half.length * 2 });
  res.write(half, then);
}

// A stream, so that nothing is sent to a reader that has stopped.
async function sendHugeBody(res: ServerResponse, bytes: number): Promise<void> {
  function* body() {
    const chunk = 'x'.repeat(64 * 1024);
    yield '{"huge":"';
    for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk.slice(0, bytes - sent);
    yield '"}';
  }
  res.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  // The reader is expected to close the connection early.
  await pipeline(Readable.from(body()), res).catch(() => undefined);
}
