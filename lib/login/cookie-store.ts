import type { IncomingMessage } from 'node:http';
import { refuse, refuseUnknownOptions } from '../errors.ts';
import { addSetCookies, canSetCookies, readCookies, findResponse, buildSetCookie } from './cookies.ts';
import type { Cookie, CookieResponse } from './cookies.ts';
import { createHandle, handOver, isAlive, LOGIN_LIFETIME_MS, MAX_LOGINS, readLogins } from './login.ts';
import type { Login, LoginMeta, StateStore } from './login.ts';
import { createSealer, readSecret, readSecrets, type Sealer, type Secret } from './seal.ts';

/** The options of a {@link CookieStore}. Either `secret` or `secrets` is required. */
export type CookieStoreOptions = CookieStoreSecrets & {
  /** The beginning of the cookies' names, after `__Host-`; `roblox-login` by default. */
  readonly name?: string | undefined;
  /**
   * Whether browsers send the cookies over https only: `Secure`, with a name that begins with `__Host-`. `'auto'`, the default, means:
   * when the login's callback URL is https. (A relative callback URL has the request's scheme. Behind a proxy that needs the strategy's
   * `proxy: true` or the framework's own setting.)
   */
  readonly secure?: boolean | 'auto' | undefined;
  /**
   * Finds the response of a request: Node's response, or Fastify's reply. Needed with Fastify. Express, Connect and Koa show it on the
   * request.
   */
  readonly response?: ((req: never) => CookieResponse | undefined) | undefined;
  /** The clock, in milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
};

/** A secret is a string or bytes that nobody can guess, 16 bytes or more. */
export type CookieStoreSecrets =
  | { readonly secret: Secret; readonly secrets?: undefined }
  /** The first encrypts, all decrypt. To replace a secret, put the new one first, and remove the old one 15 minutes later. */
  | { readonly secrets: readonly Secret[]; readonly secret?: undefined };

/** Browsers accept a cookie with this prefix only from this host, over https. @see https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes */
const HOST_PREFIX = '__Host-';

/** The size limit of a cookie, including name and attributes. Browsers drop larger ones. @see RFC 6265, section 6.1 */
const MAX_COOKIE_BYTES = 4096;
/** The size limit of all login cookies: Node refuses a request with more than 16 KB of headers, and the app has its own cookies. */
const MAX_TOTAL_BYTES = 8192;

/** The encrypted value. The rest of a login is in the cookie's name. An array, because it is short and sent with each request. */
type Sealed = readonly [clientID: string, verifier: string, callbackURL: string, state?: unknown];

/** A cookie with the name of one of our logins. */
interface LoginCookie extends Cookie {
  readonly startedAt: number;
  readonly handle: string;
}

/**
 * Keeps each login in flight in its own cookie, for apps without sessions. The cookie is encrypted, HttpOnly, SameSite=Lax, and Secure on
 * https. A browser keeps at most 5, for 15 minutes each; a new one replaces the oldest. The callback clears its cookie. If a browser sends
 * the cookie again all the same, Roblox refuses the login, because a code works once.
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

  /** Finds and removes a login. @see StateStore */
  verify(req: IncomingMessage, handle: string, meta: LoginMeta, callback: Parameters<StateStore['verify']>[3]): void {
    this.#take(req, handle, meta).then((login) => handOver(login, callback), callback);
  }

  async #keep(req: IncomingMessage, verifier: string, state: unknown, meta: LoginMeta): Promise<string> {
    const res = this.#findResponse(req);
    const startedAt = this.#now();
    const handle = createHandle();
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
   * Reads the cookies of logins in flight, the newest first. On https only those with `__Host-`, which no other host can set. On http both
   * kinds, because a login may have had an https callback URL.
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
    // The scheme of the callback URL counts, because the browser sends the cookie there. A proxy may use another scheme.
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
    // Cast: the app's function declares its framework's request.
    const res = this.#response === undefined ? findResponse(req) : this.#response(req as never);
    if (canSetCookies(res)) return res;
    if (this.#response !== undefined) {
      throw new TypeError(
        'response must return an object that can set cookies: a response of Node or a reply of Fastify',
      );
    }
    throw new Error(
      'CookieStore found no response to set its cookie on: this framework does not put it on the request. Give the option ' +
        '`response: (req) => …`. With Fastify, keep the reply on the request in an onRequest hook, and return it',
    );
  }
}

/** Chooses the cookies to clear: the expired ones, and the oldest when there are too many or they are too large together. */
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

const OPTION_NAMES: Readonly<Record<keyof CookieStoreOptions, true>> = {
  secret: true,
  secrets: true,
  name: true,
  secure: true,
  response: true,
  now: true,
};

/** @throws {TypeError} an option that cannot work, by its name */
function readOptions(options: CookieStoreOptions): CookieStoreOptions {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError('CookieStore needs { secret } or { secrets }');
  }
  refuseUnknownOptions(options, OPTION_NAMES);
  const { secret, secrets, name, secure, response, now } = options;
  if (secret !== undefined && secrets !== undefined) {
    throw new TypeError('secret and secrets were both given: leave one of them out');
  }
  if (name !== undefined && (typeof name !== 'string' || !/^[\w-]{1,64}$/.test(name))) {
    refuse('name', name, '1 to 64 letters, digits, - and _, since it begins the names of cookies');
  }
  if (secure !== undefined && typeof secure !== 'boolean' && secure !== 'auto') {
    refuse('secure', secure, "true, false or 'auto'");
  }
  for (const [option, value] of Object.entries({ response, now })) {
    if (value !== undefined && typeof value !== 'function') refuse(option, value, 'a function');
  }
  return options;
}
