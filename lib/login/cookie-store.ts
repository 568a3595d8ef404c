import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { addSetCookies, canSetCookies, cookiesOf, responseOf, setCookie } from './cookies.ts';
import type { Cookie, CookieResponse } from './cookies.ts';
import { isAlive, LOGIN_LIFETIME_MS, MAX_LOGINS, readLogins, UNKNOWN_LOGIN } from './login.ts';
import type { Login, LoginMeta, StateStore } from './login.ts';
import { createSealer, readSecret, readSecrets, type Sealer, type Secret } from './seal.ts';

/** What a {@link CookieStore} can be told. One of `secret` and `secrets` is required. */
export type CookieStoreOptions = CookieStoreSecrets & {
  /** What the cookies' names begin with, after `__Host-`; `roblox-login` by default. */
  readonly name?: string | undefined;
  /**
   * Whether the cookies are for https alone: `Secure`, with a name that begins with `__Host-`. `'auto'`, the default: where the callback
   * URL of the login is https. (A relative one is made absolute by the request; behind a proxy that needs the strategy's `proxy: true`
   * or the framework's own setting.)
   */
  readonly secure?: boolean | 'auto' | undefined;
  /**
   * Finds the response of a request, for frameworks that don't put it on the request: Fastify's reply, or Node's response. Express,
   * Connect and Koa need none.
   */
  readonly response?: ((req: never) => CookieResponse | undefined) | undefined;
  /** The clock, in milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
};

/** Secrets are strings or bytes that nobody can guess, 16 bytes at the least: `openssl rand -base64 32` makes one. */
export type CookieStoreSecrets =
  | { readonly secret: Secret; readonly secrets?: undefined }
  /** The first seals, all open: put a new one in front, and take the old one out after 15 minutes. */
  | { readonly secrets: readonly Secret[]; readonly secret?: undefined };

/** What only this very host, over https, can set. @see https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes */
const HOST_PREFIX = '__Host-';

/** What browsers keep of a cookie, name and attributes included. @see RFC 6265, section 6.1 */
const MAX_COOKIE_BYTES = 4096;
/** Node refuses a request with more than 16 KB of headers, and the app has cookies of its own. */
const MAX_TOTAL_BYTES = 8192;

/** What is in a sealed cookie; its name has the rest. Short names, since every request carries it. */
type Sealed = readonly [clientID: string, verifier: string, callbackURL: string, state?: unknown];

/** A cookie of ours, by its name. */
interface LoginCookie extends Cookie {
  readonly startedAt: number;
  readonly handle: string;
}

/**
 * Keeps logins in flight in cookies of their own, for apps without sessions: one per login, sealed so that the browser can neither read
 * nor forge it, out of scripts' reach (HttpOnly), SameSite=Lax, Secure on https. At most 5, the oldest leaving first, 15 minutes old; each
 * is cleared when its callback comes. A browser that keeps it all the same is stopped by Roblox, where a code is good once.
 *
 * ```ts
 * new RobloxStrategy({ …, store: new CookieStore({ secret: process.env.COOKIE_SECRET }) });
 * ```
 */
export class CookieStore implements StateStore {
  readonly #sealer: Sealer;
  readonly #name: string;
  readonly #secure: boolean | 'auto';
  readonly #response: ((req: never) => unknown) | undefined;
  readonly #now: () => number;

  /** @throws {TypeError} an option that cannot work, by its name */
  constructor(options: CookieStoreOptions) {
    const { secret, secrets, name = 'roblox-login', secure = 'auto', response, now } = readOptions(options);
    this.#sealer = createSealer(
      secrets === undefined ? [readSecret('secret', secret)] : readSecrets('secrets', secrets),
    );
    this.#name = name;
    this.#secure = secure;
    this.#response = response;
    this.#now = now ?? (() => Date.now());
  }

  /** Keeps a login. @see StateStore */
  store(
    req: IncomingMessage,
    verifier: string,
    state: unknown,
    meta: LoginMeta,
    callback: (error: unknown, handle?: string) => void,
  ): void {
    this.#keep(req, verifier, state, meta).then((handle) => callback(null, handle), callback);
  }

  /** Takes a login out. @see StateStore */
  verify(req: IncomingMessage, handle: string, meta: LoginMeta, callback: Parameters<StateStore['verify']>[3]): void {
    this.#take(req, handle, meta).then((login) => {
      if (login === undefined) callback(null, false, UNKNOWN_LOGIN);
      else callback(null, login.verifier, login.state, login);
    }, callback);
  }

  async #keep(req: IncomingMessage, verifier: string, state: unknown, meta: LoginMeta): Promise<string> {
    const res = this.#responseOf(req);
    const startedAt = this.#now();
    const handle = randomBytes(24).toString('base64url');
    const name = `${this.#prefix(meta)}.${startedAt.toString(36)}.${handle}`;
    const { clientID, callbackURL } = meta;
    const sealed: Sealed =
      state === undefined ? [clientID, verifier, callbackURL] : [clientID, verifier, callbackURL, state];
    const value = await this.#sealer.seal(sealed, name);
    const header = setCookie(
      { name, value },
      { maxAgeSeconds: LOGIN_LIFETIME_MS / 1000, secure: this.#isSecure(meta) },
    );
    if (header.length > MAX_COOKIE_BYTES) {
      throw new TypeError(
        `state is too large: with it the cookie of this login has ${header.length} bytes, and browsers keep ` +
          `${MAX_COOKIE_BYTES}. Give authenticate a smaller state, such as the ID of something kept elsewhere`,
      );
    }
    const leaving = leavingFor(header.length, this.#loginsOf(req, meta), startedAt);
    addSetCookies(res, [...leaving.map((cookie) => this.#cleared(cookie, meta)), header]);
    return handle;
  }

  async #take(req: IncomingMessage, handle: string, meta: LoginMeta): Promise<Login | undefined> {
    for (const cookie of this.#loginsOf(req, meta)) {
      if (cookie.handle !== handle) continue;
      const login = loginIn(cookie, await this.#sealer.open(cookie.value, cookie.name));
      // Another app behind the same host, whose turn it is not.
      if (login !== undefined && login.clientID !== meta.clientID) continue;
      addSetCookies(this.#responseOf(req), [this.#cleared(cookie, meta)]);
      if (login !== undefined) return isAlive(login, this.#now()) ? login : undefined;
    }
    return undefined;
  }

  /**
   * The cookies of logins in flight, the newest first. On https only those that nobody but this very host can have set; elsewhere these
   * too, for a login may have had a callback URL of its own.
   */
  #loginsOf(req: IncomingMessage, meta: LoginMeta): readonly LoginCookie[] {
    const prefixes = this.#isSecure(meta)
      ? [`${HOST_PREFIX}${this.#name}.`]
      : [`${HOST_PREFIX}${this.#name}.`, `${this.#name}.`];
    return cookiesOf(req)
      .flatMap((cookie) => {
        const prefix = prefixes.find((each) => cookie.name.startsWith(each));
        const found = /^([0-9a-z]{1,10})\.([\w-]{32})$/.exec(
          prefix === undefined ? '' : cookie.name.slice(prefix.length),
        );
        if (found === null) return [];
        const [, time = '', handle = ''] = found;
        return { ...cookie, startedAt: Number.parseInt(time, 36), handle };
      })
      .sort((a, b) => b.startedAt - a.startedAt);
  }

  #isSecure(meta: LoginMeta): boolean {
    // The callback URL tells what the browser will speak when the cookie is needed, whatever proxies are in between.
    return this.#secure === 'auto' ? /^https:/i.test(meta.callbackURL) : this.#secure;
  }

  #prefix(meta: LoginMeta): string {
    return this.#isSecure(meta) ? HOST_PREFIX + this.#name : this.#name;
  }

  #cleared({ name }: Cookie, meta: LoginMeta): string {
    const secure = this.#isSecure(meta) || name.startsWith(HOST_PREFIX);
    return setCookie({ name, value: '' }, { maxAgeSeconds: 0, secure });
  }

  #responseOf(req: IncomingMessage): CookieResponse {
    // The app's own function, which knows its framework's requests.
    const res = this.#response === undefined ? responseOf(req) : this.#response(req as never);
    if (canSetCookies(res)) return res;
    if (this.#response !== undefined) {
      throw new TypeError(
        'response must return what sets cookies, a response of Node or a reply of Fastify; it did not',
      );
    }
    throw new Error(
      'CookieStore found no response to set its cookie on: this framework does not put it on the request. Give it ' +
        '`response: (req) => …`; under Fastify keep the reply on the request in an onRequest hook, and return that',
    );
  }
}

/** Which cookies leave so that a new one finds its place: what is too old, and the oldest where there are too many or too large ones. */
function leavingFor(addedBytes: number, newestFirst: readonly LoginCookie[], nowMs: number): readonly LoginCookie[] {
  let bytes = addedBytes;
  let count = 1;
  return newestFirst.filter((cookie) => {
    if (!isAlive(cookie, nowMs)) return true;
    bytes += cookie.name.length + cookie.value.length;
    count += 1;
    return count > MAX_LOGINS || bytes > MAX_TOTAL_BYTES;
  });
}

/** Reads what a cookie had sealed. */
function loginIn({ handle, startedAt }: LoginCookie, opened: unknown): Login | undefined {
  if (!Array.isArray(opened)) return undefined;
  const [clientID, verifier, callbackURL, ...state] = opened as readonly unknown[];
  const login = {
    handle,
    startedAt,
    clientID,
    verifier,
    callbackURL,
    ...(state.length === 0 ? {} : { state: state[0] }),
  };
  return readLogins([login])[0];
}

/** @throws {TypeError} an option that cannot work, by its name */
function readOptions(options: CookieStoreOptions): CookieStoreOptions {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError('CookieStore needs { secret } or { secrets }');
  }
  const { secret, secrets, name, secure, response, now } = options;
  if (secret !== undefined && secrets !== undefined) {
    throw new TypeError('secret and secrets were both given: leave one of them out');
  }
  if (name !== undefined && (typeof name !== 'string' || !/^[\w-]{1,64}$/.test(name))) {
    throw new TypeError('name must be 1 to 64 letters, digits, - and _, since it begins the names of cookies');
  }
  if (secure !== undefined && typeof secure !== 'boolean' && secure !== 'auto') {
    throw new TypeError(`secure must be true, false or 'auto', but is a ${typeof secure}`);
  }
  for (const [option, value] of Object.entries({ response, now })) {
    if (value !== undefined && typeof value !== 'function') {
      throw new TypeError(`${option} must be a function, but is a ${typeof value}`);
    }
  }
  return options;
}
