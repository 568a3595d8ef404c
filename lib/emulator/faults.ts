import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { idTokenFaults } from './oauth/id-token-faults.ts';
import type { IdTokenFault } from './oauth/id-token-faults.ts';

/** Where a fault strikes: a path (`*` stands for anything), with a method before it if it matters, or a RegExp on the path. */
export type FaultTarget = string | RegExp;

/** How a misbehaving answer looks on the wire. */
export type WireFault =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  /** The request is read and never answered. */
  | { readonly kind: 'hang' }
  /** Headers and half a body, then silence. */
  | { readonly kind: 'stall' }
  /** The connection is reset before an answer. */
  | { readonly kind: 'destroy' }
  /** The connection is reset in the middle of a body. */
  | { readonly kind: 'truncate' }
  | { readonly kind: 'hugeBody'; readonly bytes: number }
  /** The right answer, late. */
  | { readonly kind: 'delay'; readonly ms: number };

/** What becomes of a long-running operation (a thumbnail, an upload). */
export type OperationFault =
  | { readonly kind: 'fails'; readonly error: { readonly code: number; readonly message: string } }
  | { readonly kind: 'never_ends'; readonly error?: undefined };

/** How a JSON response is changed before it leaves: by a function, or by fields that replace those of the same name. */
export type Rewrite = ((answer: Record<string, unknown>) => unknown) | Readonly<Record<string, unknown>>;

/** An armed fault. */
export interface ArmedFault {
  /** How often it has struck. */
  readonly hits: number;
  /** Disarms it. */
  clear(): void;
}

/** How long a fault stays armed. */
export interface FaultOptions {
  /** How many requests it strikes. Default 1; `Infinity` or `'always'`: until it is cleared. */
  readonly times?: number | 'always';
}

interface Armed<T> {
  readonly target: FaultTarget;
  readonly what: T;
  left: number;
  hits: number;
}

/** The emulator's named misbehaviours. Each strikes once unless `times` says otherwise; the oldest that matches strikes. */
export class Faults {
  #wire: Armed<WireFault>[] = [];
  #rewrites: Armed<Rewrite>[] = [];
  #idTokens: Armed<IdTokenFault>[] = [];
  #strangers: Armed<string>[] = [];
  #operations: Armed<OperationFault>[] = [];

  /** Answers with this status. An object as `body` is sent as JSON. */
  status(
    target: FaultTarget,
    status: number,
    options: FaultOptions & { headers?: Readonly<Record<string, string>>; body?: unknown } = {},
  ): ArmedFault {
    const body = typeof options.body === 'string' ? options.body : JSON.stringify(options.body ?? {});
    const type = typeof options.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
    return this.#answer(target, status, { 'content-type': type, ...options.headers }, body, options);
  }

  /** Answers with a redirect. */
  redirect(target: FaultTarget, location: string, options: FaultOptions & { status?: number } = {}): ArmedFault {
    return this.#answer(target, options.status ?? 302, { location }, '', options);
  }

  /** Answers with an HTML page, as a gateway in between would; status 200 unless given. */
  html(target: FaultTarget, options: FaultOptions & { status?: number; page?: string } = {}): ArmedFault {
    const page = options.page ?? '<!doctype html><title>Bad gateway</title><h1>Something is in between</h1>';
    return this.#answer(target, options.status ?? 200, { 'content-type': 'text/html; charset=utf-8' }, page, options);
  }

  /** Reads the request and never answers; {@link Faults.clear} does not release it, closing the emulator does. */
  hang(target: FaultTarget, options: FaultOptions = {}): ArmedFault {
    return arm(this.#wire, target, { kind: 'hang' }, options);
  }

  /** Sends headers and half a JSON body, then nothing more. */
  stall(target: FaultTarget, options: FaultOptions = {}): ArmedFault {
    return arm(this.#wire, target, { kind: 'stall' }, options);
  }

  /** Resets the connection instead of answering. */
  destroy(target: FaultTarget, options: FaultOptions = {}): ArmedFault {
    return arm(this.#wire, target, { kind: 'destroy' }, options);
  }

  /** Resets the connection in the middle of the body. */
  truncate(target: FaultTarget, options: FaultOptions = {}): ArmedFault {
    return arm(this.#wire, target, { kind: 'truncate' }, options);
  }

  /** Answers 200 with JSON that goes on for so many bytes (12 MiB unless given), chunked. */
  hugeBody(target: FaultTarget, options: FaultOptions & { bytes?: number } = {}): ArmedFault {
    return arm(this.#wire, target, { kind: 'hugeBody', bytes: options.bytes ?? 12 * 1024 * 1024 }, options);
  }

  /** Gives the right answer, this much later. */
  delay(target: FaultTarget, ms: number, options: FaultOptions = {}): ArmedFault {
    return arm(this.#wire, target, { kind: 'delay', ms }, options);
  }

  /** Changes a successful JSON answer before it leaves. */
  rewrite(target: FaultTarget, change: Rewrite, options: FaultOptions = {}): ArmedFault {
    return arm(this.#rewrites, target, change, options);
  }

  /** Makes the next ID token one that must not be believed. */
  idToken(kind: IdTokenFault, options: FaultOptions = {}): ArmedFault {
    requireKind(kind, idTokenFaults);
    return arm(this.#idTokens, '*', kind, options);
  }

  /** Lets the next userinfo answer be about another user. */
  userInfoOf(userId: string, options: FaultOptions = {}): ArmedFault {
    return arm(this.#strangers, '*', userId, options);
  }

  /**
   * Lets the next operation that is started (a thumbnail, an upload) fail when it is asked for, or never end.
   * @param options `code` and `message` of the failure
   */
  operation(
    kind: OperationFault['kind'],
    options: FaultOptions & { readonly code?: number; readonly message?: string } = {},
  ): ArmedFault {
    requireKind(kind, ['fails', 'never_ends']);
    const { code = 400, message = 'The operation failed.' } = options;
    const fault: OperationFault = kind === 'fails' ? { kind, error: { code, message } } : { kind };
    return arm(this.#operations, '*', fault, options);
  }

  /** Disarms everything. */
  clear(): void {
    const all = [this.#wire, this.#rewrites, this.#idTokens, this.#strangers, this.#operations];
    for (const armed of all) armed.length = 0;
  }

  /** @internal */
  nextWireFault(method: string, path: string): WireFault | undefined {
    return strike(this.#wire, method, path);
  }

  /** @internal */
  applyRewrites(method: string, path: string, answer: unknown): unknown {
    const change = strike(this.#rewrites, method, path);
    if (change === undefined) return answer;
    const copy: Record<string, unknown> = { ...(answer as object) };
    return typeof change === 'function' ? change(copy) : { ...copy, ...change };
  }

  /** @internal */
  nextIdTokenFault(): IdTokenFault | undefined {
    return strike(this.#idTokens, '', '');
  }

  /** @internal */
  nextStranger(): string | undefined {
    return strike(this.#strangers, '', '');
  }

  /** @internal */
  nextOperationFault(): OperationFault | undefined {
    return strike(this.#operations, '', '');
  }

  #answer(
    target: FaultTarget,
    status: number,
    headers: Readonly<Record<string, string>>,
    body: string,
    options: FaultOptions,
  ): ArmedFault {
    return arm(this.#wire, target, { kind: 'answer', status, headers, body }, options);
  }
}

function requireKind(kind: string, known: readonly string[]): void {
  if (!known.includes(kind))
    throw new TypeError(`The kind of a fault must be one of ${known.join(', ')}, but is ${kind}`);
}

function arm<T>(list: Armed<T>[], target: FaultTarget, what: T, options: FaultOptions): ArmedFault {
  const { times = 1 } = options;
  const armed: Armed<T> = { target, what, left: times === 'always' ? Infinity : times, hits: 0 };
  list.push(armed);
  return {
    get hits() {
      return armed.hits;
    },
    clear() {
      armed.left = 0;
    },
  };
}

function strike<T>(list: Armed<T>[], method: string, path: string): T | undefined {
  for (let index = list.length - 1; index >= 0; index -= 1) {
    if ((list[index]?.left ?? 0) <= 0) list.splice(index, 1);
  }
  const armed = list.find(({ target }) => matches(target, method, path));
  if (armed === undefined) return undefined;
  armed.left -= 1;
  armed.hits += 1;
  return armed.what;
}

/** Whether a target means this request. */
export function matches(target: FaultTarget, method: string, path: string): boolean {
  if (typeof target !== 'string') return new RegExp(target.source, target.flags.replace('g', '')).test(path);
  const [, wanted, pattern = target] = /^([A-Z]+) (.*)$/.exec(target) ?? [];
  if (wanted !== undefined && wanted !== method) return false;
  const source = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`).test(path);
}

const half = '{"half":"of a body that';

/**
 * Misbehaves on the wire.
 * @returns whether the right answer should still follow (after a delay)
 */
export async function misbehave(
  res: ServerResponse,
  fault: WireFault,
  wait: (ms: number) => Promise<void>,
): Promise<boolean> {
  switch (fault.kind) {
    case 'delay':
      await wait(fault.ms);
      return true;
    case 'hang':
      return false;
    case 'destroy':
      res.socket?.resetAndDestroy();
      return false;
    case 'answer':
      res.writeHead(fault.status, { 'content-length': Buffer.byteLength(fault.body), ...fault.headers });
      res.end(fault.body);
      return false;
    case 'stall':
    case 'truncate':
      res.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': half.length * 2 });
      res.write(half, () => {
        if (fault.kind === 'truncate') res.socket?.resetAndDestroy();
      });
      return false;
    case 'hugeBody':
      await sendHugeBody(res, fault.bytes);
      return false;
  }
}

// Written at the reader's pace, so that a reader who stops early costs nothing.
async function sendHugeBody(res: ServerResponse, bytes: number): Promise<void> {
  function* body() {
    const chunk = 'x'.repeat(64 * 1024);
    yield '{"huge":"';
    for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk.slice(0, bytes - sent);
    yield '"}';
  }
  res.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  // That the reader leaves in the middle is the point of it.
  await pipeline(Readable.from(body()), res).catch(() => undefined);
}
