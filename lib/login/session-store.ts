import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
// Imported, not global: fake timers of test runners replace the globals.
import { clearTimeout, setTimeout } from 'node:timers';
import {
  addLogin,
  readLogins,
  takeLogin,
  UNKNOWN_LOGIN,
  type Login,
  type LoginMeta,
  type StateStore,
} from './login.ts';

/** What a {@link SessionStore} can be told. */
export interface SessionStoreOptions {
  /** The name under which the session holds the logins; `oauth2:roblox` by default. */
  readonly key?: string | undefined;
  /** How long the session may take to be read or to be saved, in milliseconds; 10,000 by default. */
  readonly timeout?: number | undefined;
  /** The clock, in milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
}

/** What every session middleware agrees on: an object that one can write to, and perhaps a way to save it. */
type Session = Record<string, unknown> & { save?: Save };
type Save = (callback: Callback) => unknown;

/** A session that is kept on the server: its store, and its key there. */
interface ServerSession {
  readonly store: { get(id: string, callback: Callback): unknown };
  readonly id: string;
}

type Callback = (error?: unknown, value?: unknown) => void;

/** setTimeout's largest delay. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** The last update of each session, by its store and its ID: the next one waits for it. */
const updates = new WeakMap<object, Map<string, Promise<unknown>>>();

/**
 * Keeps logins in flight in `req.session`: several per session, each good once, for 15 minutes, at most 5 and 2 KB together.
 * Works with express-session, cookie-session, koa-session, \@fastify/session and \@fastify/secure-session. The session is saved (if it can
 * be saved) before the browser is sent to Roblox; a save that fails, or takes longer than `timeout`, is an error of the login.
 *
 * Logins of one session that start at the same time are all kept with express-session, and with \@fastify/session where `rolling` is
 * `false`. One of them can be lost, and its callback is then a 403:
 * - at a browser's first visit: each request without a session cookie gets a session of its own, and the browser keeps the last one;
 * - when they start in the same moment in two processes, or while the session is replaced (Passport does so at each login and logout);
 * - when another request of the session saves an older copy: express-session's `resave`, \@fastify/session's `rolling`;
 * - where the session lives in a cookie, or in koa-session: the last answer wins.
 *
 * A `CookieStore` has none of these limits: it keeps each login in a cookie of its own.
 */
export class SessionStore implements StateStore {
  readonly #key: string;
  readonly #timeoutMs: number;
  readonly #now: () => number;

  /** @throws {TypeError} an option that cannot work, by its name */
  constructor(options: SessionStoreOptions = {}) {
    const { key = 'oauth2:roblox', timeout = 10_000, now } = options;
    if (typeof key !== 'string' || key === '') throw new TypeError('key must be a string that is not empty');
    if (typeof timeout !== 'number' || !(timeout > 0 && timeout <= MAX_TIMEOUT_MS)) {
      throw new TypeError(`timeout must be milliseconds, from 1 to ${MAX_TIMEOUT_MS}, but is ${String(timeout)}`);
    }
    if (now !== undefined && typeof now !== 'function') {
      throw new TypeError(`now must be a function, but is a ${typeof now}`);
    }
    this.#key = key;
    this.#timeoutMs = timeout;
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
    const login: Login = {
      handle: randomBytes(24).toString('base64url'),
      verifier,
      clientID: meta.clientID,
      callbackURL: meta.callbackURL,
      startedAt: this.#now(),
      ...(state === undefined ? {} : { state }),
    };
    this.#update(req, (logins) => ({ logins: addLogin(logins, login), result: login.handle })).then(
      (handle) => callback(null, handle),
      callback,
    );
  }

  /** Takes a login out. @see StateStore */
  verify(req: IncomingMessage, handle: string, meta: LoginMeta, callback: Parameters<StateStore['verify']>[3]): void {
    this.#update(req, (logins) => {
      const { login, rest } = takeLogin(logins, handle, meta.clientID, this.#now());
      return { logins: rest, result: login };
    }).then((login) => {
      if (login === undefined) callback(null, false, UNKNOWN_LOGIN);
      else callback(null, login.verifier, login.state, login);
    }, callback);
  }

  /** Replaces the session's logins, and has the session saved if that changed them. */
  async #update<T>(
    req: IncomingMessage,
    change: (logins: readonly Login[]) => { readonly logins: readonly Login[]; readonly result: T },
  ): Promise<T> {
    const session = readSession(req);
    const server = findServerSession(req, session);
    return inTurn(server, async () => {
      const logins = readLogins((server && (await this.#readStored(server))) ?? session[this.#key]);
      const { logins: after, result } = change(logins);
      if (after === logins) return result;
      // A new object each time: some sessions notice an assignment only. `undefined` first, as some cannot be deleted from.
      session[this.#key] = after.length === 0 ? undefined : after;
      if (after.length === 0) delete session[this.#key];
      await this.#save(session, server !== undefined);
      return result;
    });
  }

  /**
   * Reads the logins that are stored now; undefined where the session is not stored (it is new, or was destroyed meanwhile).
   * `req.session` is as old as its request. `session.reload` would replace it, with all that the app has changed in this request.
   */
  async #readStored({ store, id }: ServerSession): Promise<unknown> {
    const stored = await callWithin(this.#timeoutMs, "The session store's get", (done) => {
      const returned = store.get(id, (error, value) => {
        // How session-file-store says that there is none; express-session reads it so, too.
        done((error as { code?: unknown } | undefined)?.code === 'ENOENT' ? undefined : error, value);
      });
      // Stores that know promises alone.
      if (isThenable(returned)) returned.then((value) => value && done(undefined, value), rejected(done));
    });
    if (typeof stored !== 'object' || stored === null) return undefined;
    return (stored as Record<string, unknown>)[this.#key] ?? []; // its fields are unknown
  }

  /** Saves a session that can be saved, whether it tells by callback or by promise. */
  async #save(session: Session, isOnServer: boolean): Promise<void> {
    const { save } = session;
    if (typeof save !== 'function') return;
    await callWithin(this.#timeoutMs, 'session.save', (done) => {
      const returned = save.call(session, (error) => done(error));
      // An async function can return before its callback is called: only the callback counts where there must be one.
      const isSaved = ignoresCallback(save) || (isThenable(returned) && save.length === 0 && !isOnServer);
      if (isThenable(returned)) returned.then(() => isSaved && done(), rejected(done));
      else if (isSaved) done();
    });
  }
}

/** @throws {Error} there is no session; the message names the middleware to add */
function readSession(req: IncomingMessage): Session {
  const { session } = req as { session?: unknown }; // where every session middleware puts it
  if (typeof session === 'object' && session !== null) return session as Session; // its fields are unknown
  throw new Error(
    'Sign in with Roblox keeps its state in the session, and there is none: add a session middleware (Express: ' +
      "app.use(session({ … })) of express-session) before passport.authenticate('roblox'), or give the strategy " +
      '`store: new CookieStore({ secret })`',
  );
}

/** Finds where the session is stored: express-session and \@fastify/session show it. */
function findServerSession(req: IncomingMessage, session: Session): ServerSession | undefined {
  const { sessionStore: store } = req as { sessionStore?: Partial<ServerSession['store']> }; // both call it so
  const id = session['id'] ?? session['sessionId'];
  return typeof store?.get === 'function' && typeof id === 'string'
    ? { store: store as ServerSession['store'], id } // `get` was looked at
    : undefined;
}

/** Runs a task after those of the same session before it, whatever became of them. */
async function inTurn<T>(server: ServerSession | undefined, task: () => Promise<T>): Promise<T> {
  if (server === undefined) return task();
  const queues = updates.get(server.store) ?? new Map<string, Promise<unknown>>();
  updates.set(server.store, queues);
  const own = Promise.resolve(queues.get(server.id)).then(task, task);
  queues.set(server.id, own);
  try {
    return await own;
  } finally {
    if (queues.get(server.id) === own) queues.delete(server.id);
  }
}

/**
 * Whether a function has no use for a callback. Its `length` alone does not tell: that is 0, too, for rest parameters, defaults, and
 * functions that use `arguments`, such as express-session's `save`.
 */
function ignoresCallback(save: Save): boolean {
  const source = Function.prototype.toString.call(save);
  return save.length === 0 && /^[^(]*\(\s*\)/.test(source) && !/\barguments\b|\[native code\]/.test(source);
}

/** Waits for a callback, for so long. What is no error becomes the cause of one. */
function callWithin(timeoutMs: number, name: string, run: (done: Callback) => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`${name} has neither called back nor failed within ${timeoutMs} ms`)),
      timeoutMs,
    );
    const done: Callback = (error, value) => {
      clearTimeout(timer);
      if (error === undefined || error === null) resolve(value);
      else reject(error instanceof Error ? error : new Error(`${name} has failed`, { cause: error }));
    };
    try {
      run(done);
    } catch (error) {
      rejected(done)(error);
    }
  });
}

/** A rejection is a failure whatever it carries, `undefined` too. */
function rejected(done: Callback): (reason: unknown) => void {
  return (reason) => done(reason ?? new Error('It was rejected without a reason'));
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined | null)?.then === 'function';
}
