import type { SigningKey } from './keys.ts';
import { createSigningKey, signJwt } from './keys.ts';

/** Where a fault strikes: a path (`*` stands for anything), with a method before it if it matters, or a RegExp on the path. */
export type FaultTarget = string | RegExp;

/** What is wrong with an ID token, by name. */
export type IdTokenFault =
  /** Signed with a key that is not in the certs, under the published key's ID. */
  | 'wrong_key'
  | 'unknown_kid'
  | 'alg_none'
  /** Signed with the client's secret. */
  | 'hs256'
  | 'issuer'
  | 'slashless_issuer'
  | 'audience'
  /** `aud` names the client and another one, without `azp`. */
  | 'several_audiences'
  /** The same with `azp` naming the client: a token that is right, if unusual. */
  | 'several_audiences_azp'
  | 'several_audiences_foreign_azp'
  | 'expired'
  | 'future_iat'
  | 'not_before'
  | 'wrong_nonce'
  | 'missing_iss'
  | 'missing_sub'
  | 'missing_aud'
  | 'missing_exp'
  | 'missing_iat'
  | 'missing_nonce'
  /** The answer has no `id_token`. */
  | 'missing'
  /** `id_token` is a string that is no JWT. */
  | 'garbage';

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

/** A JSON answer, rewritten before it leaves. */
export type Rewrite = (answer: Record<string, unknown>) => unknown;

/** An armed fault. */
export interface ArmedFault {
  /** How often it has struck. */
  readonly hits: number;
  /** Disarms it. */
  clear(): void;
}

/** How long a fault stays armed. */
export interface FaultOptions {
  /** How many requests it strikes. Default 1; `Infinity` until it is cleared. */
  readonly times?: number;
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
    return arm(this.#idTokens, '*', kind, options);
  }

  /** Lets the next userinfo answer be about another user. */
  userInfoOf(userId: string, options: FaultOptions = {}): ArmedFault {
    return arm(this.#strangers, '*', userId, options);
  }

  /** Disarms everything. */
  clear(): void {
    for (const armed of [this.#wire, this.#rewrites, this.#idTokens, this.#strangers]) armed.length = 0;
  }

  /** @internal */
  nextWireFault(method: string, path: string): WireFault | undefined {
    return strike(this.#wire, method, path);
  }

  /** @internal */
  applyRewrites(method: string, path: string, answer: unknown): unknown {
    const change = strike(this.#rewrites, method, path);
    return change === undefined ? answer : change({ ...(answer as Record<string, unknown>) });
  }

  /** @internal */
  nextIdTokenFault(): IdTokenFault | undefined {
    return strike(this.#idTokens, '', '');
  }

  /** @internal */
  nextStranger(): string | undefined {
    return strike(this.#strangers, '', '');
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

function arm<T>(list: Armed<T>[], target: FaultTarget, what: T, options: FaultOptions): ArmedFault {
  const armed: Armed<T> = { target, what, left: options.times ?? 1, hits: 0 };
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

/**
 * Signs ID token claims, wrongly if asked to.
 * @returns undefined for an answer without ID token
 */
export function signIdToken(
  claims: Readonly<Record<string, unknown>>,
  key: SigningKey,
  clientSecret: string | undefined,
  fault: IdTokenFault | undefined,
): string | undefined {
  const now = Number(claims['iat']);
  const issuer = String(claims['iss']);
  const client = String(claims['aud']);
  const signed = (changes: Record<string, unknown>) => signJwt({ ...claims, ...changes }, { alg: 'ES256', key });
  switch (fault) {
    case undefined:
      return signed({});
    case 'wrong_key':
      return signJwt(claims, { alg: 'ES256', key: createSigningKey(), kid: key.kid });
    case 'unknown_kid':
      return signJwt(claims, { alg: 'ES256', key: createSigningKey() });
    case 'alg_none':
      return signJwt(claims, { alg: 'none' });
    case 'hs256':
      return signJwt(claims, { alg: 'HS256', secret: clientSecret ?? client, kid: key.kid });
    case 'issuer':
      return signed({ iss: 'https://apis.roblox.example/oauth/' });
    case 'slashless_issuer':
      return signed({ iss: issuer.replace(/\/$/, '') });
    case 'audience':
      return signed({ aud: `${client}0` });
    case 'several_audiences':
      return signed({ aud: [client, `${client}0`] });
    case 'several_audiences_azp':
      return signed({ aud: [client, `${client}0`], azp: client });
    case 'several_audiences_foreign_azp':
      return signed({ aud: [client, `${client}0`], azp: `${client}0` });
    case 'expired':
      return signed({ iat: now - 40_000, nbf: now - 40_000, exp: now - 4000 });
    case 'future_iat':
      return signed({ iat: now + 4000, nbf: now, exp: now + 40_000 });
    case 'not_before':
      return signed({ nbf: now + 4000, exp: now + 40_000 });
    case 'wrong_nonce':
      return signed({ nonce: `${String(claims['nonce'])}x` });
    case 'missing_iss':
    case 'missing_sub':
    case 'missing_aud':
    case 'missing_exp':
    case 'missing_iat':
    case 'missing_nonce':
      return signed({ [fault.slice('missing_'.length)]: undefined });
    case 'garbage':
      return 'not.a.token';
    case 'missing':
      return undefined;
  }
}
