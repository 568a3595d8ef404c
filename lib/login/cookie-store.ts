import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { addSetCookies, canSetCookies, readCookies, findResponse, buildSetCookie } from './cookies.ts';
import type { Cookie, CookieResponse } from './cookies.ts';
import { isAlive, LOGIN_LIFETIME_MS, MAX_LOGINS, readLogins, UNKNOWN_LOGIN } from './login.ts';
import type { Login, LoginMeta, StateStore } from './login.ts';
import { createSealer, readSecret, readSecrets, type Sealer, type Secret } from './seal.ts';

/** What a {@link CookieStore} can be told. One of `secret` and `secrets` is required. */
export type CookieStoreOptions = CookieStoreSecrets & {
  /** What the cookies' names begin with, after `__Host-`; `roblox-login` by default. */
  readonly name?: string | undefined;
  /**
   * Whether the cookies are for https alone: `Secure`, with a name that begins with `__Host-`. With `'auto'`, the default, they are where
   * the login's callback URL is https. (A relative callback URL takes the request's scheme; behind a proxy that needs the strategy's
   * `proxy: true` or the framework's own setting.)
   */
  readonly secure?: boolean | 'auto' | undefined;
  /**
   * Finds the response of a request: Node's response, or Fastify's reply. Needed under Fastify; Express, Connect and Koa show it on the
   * request.
   */
  readonly response?: ((req: never) => CookieResponse | undefined) | undefined;
  /** The clock, in milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
};

/** Secrets are strings or bytes that nobody can guess, of 16 bytes or more. */
export type CookieStoreSecrets =
  | { readonly secret: Secret; readonly secrets?: undefined }
  /** The first encrypts, all decrypt: put a new one in front, and remove the old one 15 minutes later. */
  | { readonly secrets: readonly Secret[]; readonly secret?: undefined };

/** Browsers let only this host, and only over https, set cookies with this prefix. @see https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes */
const HOST_PREFIX = '__Host-';

/** How large a cookie may be, name and attributes included; browsers drop larger ones. @see RFC 6265, section 6.1 */
const MAX_COOKIE_BYTES = 4096;
/** How large all of them may be: Node refuses a request with more than 16 KB of headers, and the app has cookies of its own. */
const MAX_TOTAL_BYTES = 8192;

/** The sealed value; the rest of a login is in the cookie's name. An array, since each request carries it. */
type Sealed = readonly [clientID: string, verifier: string, callbackURL: string, state?: unknown];

/** A cookie with the name of one of our logins. */
interface LoginCookie extends Cookie {
  readonly startedAt: number;
  readonly handle: string;
}

/**
 * Keeps each login in flight in a cookie of its own, for apps without sessions. The cookie is encrypted, HttpOnly, SameSite=Lax, and Secure
 * on https. At most 5 are kept, for 15 minutes each; the oldest leaves first. The cookie is cleared when its callback comes. A browser
 * that keeps it nevertheless is stopped by Roblox, where a code is good once.
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
    const res = this.#findResponse(req);
    const startedAt = this.#now();
    const handle = randomBytes(24).toString('base64url');
    const name = `${this.#buildPrefix(meta)}.${startedAt.toString(36)}.${handle}`;
    const { clientID, callbackURL } = meta;
    const sealed: Sealed =
      state === undefined ? [clientID, verifier, callbackURL] : [clientID, verifier, callbackURL, state];
    const value = await this.#sealer.seal(sealed, name);
    const header = buildSetCookie(
      { name, value },
      { maxAgeSeconds: LOGIN_LIFETIME_MS / 1000, secure: this.#isSecure(meta) },
    );
    if (header.length > MAX_COOKIE_BYTES) {
      throw new TypeError(
        `state is too large: with it the cookie of this login has ${header.length} bytes, and browsers keep ` +
          `${MAX_COOKIE_BYTES}. Give authenticate a smaller state, such as the ID of something kept elsewhere`,
      );
    }
    const leaving = chooseLeaving(header.length, this.#readLogins(req, meta), startedAt);
    addSetCookies(res, [...leaving.map((cookie) => this.#buildClearing(cookie, meta)), header]);
    return handle;
  }

  async #take(req: IncomingMessage, handle: string, meta: LoginMeta): Promise<Login | undefined> {
    for (const cookie of this.#readLogins(req, meta)) {
      if (cookie.handle !== handle) continue;
      const login = readLogin(cookie, await this.#sealer.open(cookie.value, cookie.name));
      // The login of another app on the same host stays.
      if (login !== undefined && login.clientID !== meta.clientID) continue;
      addSetCookies(this.#findResponse(req), [this.#buildClearing(cookie, meta)]);
      if (login !== undefined) return isAlive(login, this.#now()) ? login : undefined;
    }
    return undefined;
  }

  /**
   * Reads the cookies of logins in flight, the newest first. On https only `__Host-` ones, which no other host can have set. On http both
   * kinds: a login may have had an https callback URL of its own.
   */
  #readLogins(req: IncomingMessage, meta: LoginMeta): readonly LoginCookie[] {
    const prefixes = this.#isSecure(meta)
      ? [`${HOST_PREFIX}${this.#name}.`]
      : [`${HOST_PREFIX}${this.#name}.`, `${this.#name}.`];
    return readCookies(req)
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
    // The browser sends the cookie to the callback URL: its scheme counts, not the one that proxies use.
    return this.#secure === 'auto' ? /^https:/i.test(meta.callbackURL) : this.#secure;
  }

  #buildPrefix(meta: LoginMeta): string {
    return this.#isSecure(meta) ? HOST_PREFIX + this.#name : this.#name;
  }

  #buildClearing({ name }: Cookie, meta: LoginMeta): string {
    const secure = this.#isSecure(meta) || name.startsWith(HOST_PREFIX);
    return buildSetCookie({ name, value: '' }, { maxAgeSeconds: 0, secure });
  }

  #findResponse(req: IncomingMessage): CookieResponse {
    // Cast: the app's function declares the requests of its framework.
    const res = this.#response === undefined ? findResponse(req) : this.#response(req as never);
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

/** Chooses the cookies that leave: expired ones, and the oldest where there are too many or too large ones. */
function chooseLeaving(addedBytes: number, newestFirst: readonly LoginCookie[], nowMs: number): readonly LoginCookie[] {
  let bytes = addedBytes;
  let count = 1;
  return newestFirst.filter((cookie) => {
    if (!isAlive(cookie, nowMs)) return true;
    bytes += cookie.name.length + cookie.value.length;
    count += 1;
    return count > MAX_LOGINS || bytes > MAX_TOTAL_BYTES;
  });
}

/** Reads the decrypted value of a cookie. */
function readLogin({ handle, startedAt }: LoginCookie, opened: unknown): Login | undefined {
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
