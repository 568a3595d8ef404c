import type { IncomingMessage } from 'node:http';
// Imported, not global: fake timers of test runners replace the globals.
import { clearTimeout, setTimeout } from 'node:timers';
import { refuse, refuseUnknownOptions } from '../errors.ts';
import {
  addLogin,
  createHandle,
  handOver,
  readLogins,
  takeLogin,
  type Login,
  type LoginMeta,
  type StateStore,
} from './login.ts';

/** The options of a {@link SessionStore}. */
export interface SessionStoreOptions {
  /** The name under which the session holds the logins; `oauth2:roblox` by default. */
  readonly key?: string | undefined;
  /** How long it may take to read or to save the session, in milliseconds; 10,000 by default. */
  readonly timeout?: number | undefined;
  /** The clock, in milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
}

const OPTION_NAMES: Readonly<Record<keyof SessionStoreOptions, true>> = { key: true, timeout: true, now: true };

/** What every session middleware has: an object to write to, and perhaps a method to save it. */
type Session = Record<string, unknown> & { save?: Save };
type Save = (callback: Callback) => unknown;

/** A session that is kept on the server: its store, and its ID in the store. */
interface ServerSession {
  readonly store: { get(id: string, callback: Callback): unknown };
  readonly id: string;
}

type Callback = (error?: unknown, value?: unknown) => void;

const MAX_TIMEOUT_MS = 2_147_483_647;

/** The last update of each session, by its store and its ID. The next update waits for it. */
const updates = new WeakMap<object, Map<string, Promise<unknown>>>();

/**
 * Keeps logins in flight in `req.session`: at most 5 in a session, 2 KB together. Each can be used once, within 15 minutes.
 * Works with express-session, cookie-session, koa-session, \@fastify/session and \@fastify/secure-session. The session is saved (if it can
 * be saved) before the browser is sent to Roblox. A save that fails, or that takes longer than `timeout`, is an error of the login.
 *
 * Logins of one session that start at the same time are all kept with express-session, and with \@fastify/session when `rolling` is
 * `false`. One of them can be lost, and its callback is then a 403:
 * - at a browser's first visit: each request without a session cookie gets its own session, and the browser keeps the last one;
 * - when they start at the same moment in two processes, or while the session is replaced (Passport does so at each login and logout);
 * - when another request of the session saves an older copy: express-session's `resave`, \@fastify/session's `rolling`;
 * - when the session is kept in a cookie, or by koa-session: the last response counts.
 *
 * A `CookieStore` has none of these limits: it keeps each login in its own cookie.
 */
export class SessionStore implements StateStore {
  readonly #key: string;
  readonly #timeoutMs: number;
  readonly #now: () => number;

  /** @throws {TypeError} an option that cannot work, by its name */
  constructor(options: SessionStoreOptions = {}) {
    refuseUnknownOptions(options, OPTION_NAMES);
    const { key = 'oauth2:roblox', timeout = 10_000, now } = options;
    if (typeof key !== 'string' || key === '') refuse('key', key, 'a non-empty string');
    if (typeof timeout !== 'number' || !(timeout > 0 && timeout <= MAX_TIMEOUT_MS)) {
      refuse('timeout', timeout, `a number of milliseconds from 1 to ${MAX_TIMEOUT_MS}`);
    }
    if (now !== undefined && typeof now !== 'function') refuse('now', now, 'a function');
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
      handle: createHandle(),
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

  /** Finds and removes a login. @see StateStore */
  verify(req: IncomingMessage, handle: string, meta: LoginMeta, callback: Parameters<StateStore['verify']>[3]): void {
    this.#update(req, (logins) => {
      const { login, rest } = takeLogin(logins, handle, meta.clientID, this.#now());
      return { logins: rest, result: login };
    }).then((login) => handOver(login, callback), callback);
  }

  /** Changes the logins of a session, one update at a time. Saves the session when they changed. */
  async #update<T>(
    req: IncomingMessage,
    change: (logins: readonly Login[]) => { readonly logins: readonly Login[]; readonly result: T },
  ): Promise<T> {
    const session = readSession(req);
    const server = findServerSession(req, session);
    return runInTurn(server, async () => {
      const logins = readLogins((server && (await this.#readStored(server))) ?? session[this.#key]);
      const { logins: after, result } = change(logins);
      if (after === logins) return result;
      // Assign a new array: some sessions notice only assignments. `undefined` before `delete`: some sessions ignore a `delete`.
      session[this.#key] = after.length === 0 ? undefined : after;
      if (after.length === 0) delete session[this.#key];
      await this.#save(session, server !== undefined);
      return result;
    });
  }

  /**
   * Reads the logins that are stored now; undefined when the session is not stored (it is new, or was destroyed meanwhile).
   * `req.session` is a copy from the start of the request. `session.reload` would discard the app's changes to it.
   */
  async #readStored({ store, id }: ServerSession): Promise<unknown> {
    const stored = await callWithin(this.#timeoutMs, "The session store's get", (done) => {
      const returned = store.get(id, (error, value) => {
        // session-file-store's error when there is no session. express-session reads it in the same way.
        done((error as { code?: unknown } | undefined)?.code === 'ENOENT' ? undefined : error, value);
      });
      // For stores that return a promise and take no callback.
      if (isThenable(returned)) returned.then((value) => value && done(undefined, value), createRejectionHandler(done));
    });
    if (typeof stored !== 'object' || stored === null) return undefined;
    return (stored as Record<string, unknown>)[this.#key] ?? []; // its fields are unknown
  }

  /** Saves a session, if it can be saved. Its `save` may take a callback or return a promise. */
  async #save(session: Session, isOnServer: boolean): Promise<void> {
    const { save } = session;
    if (typeof save !== 'function') return;
    await callWithin(this.#timeoutMs, 'session.save', (done) => {
      const returned = save.call(session, (error) => done(error));
      // When `save` takes a callback, only the callback counts: an async function may return before it is called.
      const isSavedOnReturn = ignoresCallback(save) || (isThenable(returned) && save.length === 0 && !isOnServer);
      if (isThenable(returned)) returned.then(() => isSavedOnReturn && done(), createRejectionHandler(done));
      else if (isSavedOnReturn) done();
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

/** Finds the store of a session. express-session and \@fastify/session show it. */
function findServerSession(req: IncomingMessage, session: Session): ServerSession | undefined {
  const { sessionStore: store } = req as { sessionStore?: Partial<ServerSession['store']> }; // the name that both use
  const id = session['id'] ?? session['sessionId'];
  return typeof store?.get === 'function' && typeof id === 'string'
    ? { store: store as ServerSession['store'], id } // `get` is checked
    : undefined;
}

/** Runs a task after the earlier tasks of the same session, whether those failed or not. */
async function runInTurn<T>(server: ServerSession | undefined, task: () => Promise<T>): Promise<T> {
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
 * Whether a function takes no callback. Its `length` is not enough: that is 0 also for rest parameters, defaults, and functions that use
 * `arguments`, such as express-session's `save`.
 */
function ignoresCallback(save: Save): boolean {
  const source = Function.prototype.toString.call(save);
  return save.length === 0 && /^[^(]*\(\s*\)/.test(source) && !/\barguments\b|\[native code\]/.test(source);
}

/** Waits for a callback, up to a time-out. Wraps a value that is not an Error in one. */
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
      createRejectionHandler(done)(error);
    }
  });
}

/** Makes the handler of a rejection. A rejection is a failure even when its reason is `undefined`. */
function createRejectionHandler(done: Callback): (reason: unknown) => void {
  return (reason) => done(reason ?? new Error('It was rejected without a reason'));
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined | null)?.then === 'function';
}
