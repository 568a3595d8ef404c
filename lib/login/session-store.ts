import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import {
  addLogin,
  readLogins,
  takeLogin,
  UNKNOWN_LOGIN,
  type Login,
  type LoginMeta,
  type StateStore,
} from './login.ts';

/** What every session middleware agrees on: an object one can write to, and perhaps a way to save it. */
type Session = Record<string, unknown> & { save?: (callback: (error?: unknown) => void) => unknown };

/**
 * Keeps logins in flight in `req.session`: several per session, each for one use, at most 5 and 15 minutes old.
 * Works on express-session, cookie-session, koa-session, \@fastify/session and \@fastify/secure-session: nested objects are replaced and
 * never changed in place, and the session is saved (where it can be) before anyone goes on.
 */
export class SessionStore implements StateStore {
  readonly #key: string;
  readonly #now: () => number;

  /**
   * @param options.key the name under which the session holds the logins; `oauth2:roblox` by default
   * @param options.now the clock, in milliseconds since the epoch
   */
  constructor(options: { readonly key?: string; readonly now?: () => number } = {}) {
    this.#key = options.key ?? 'oauth2:roblox';
    this.#now = options.now ?? (() => Date.now());
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

  /** Replaces the session's logins, and has the session saved where that changed them. */
  async #update<T>(
    req: IncomingMessage,
    change: (logins: readonly Login[]) => { readonly logins: readonly Login[]; readonly result: T },
  ): Promise<T> {
    const session = sessionOf(req);
    const logins = readLogins(session[this.#key]);
    const { logins: after, result } = change(logins);
    if (after === logins) return result;
    // A new object each time: some sessions notice an assignment only. `undefined` first, as some cannot be deleted from.
    session[this.#key] = after.length === 0 ? undefined : after;
    if (after.length === 0) delete session[this.#key];
    await save(session);
    return result;
  }
}

function sessionOf(req: IncomingMessage): Session {
  const { session } = req as { session?: unknown }; // where every session middleware puts it
  if (typeof session === 'object' && session !== null) return session as Session; // its fields are unknown
  throw new Error(
    'Sign in with Roblox keeps its state in the session, and there is none: add a session middleware (Express: ' +
      "app.use(session({ … })) of express-session) before passport.authenticate('roblox'), or give the strategy " +
      '`store: new CookieStore({ secret })`',
  );
}

/** Saves a session that can be saved, be it by callback or by promise, since a redirect must not overtake it. */
function save(session: Session): Promise<void> {
  const { save: saver } = session;
  if (typeof saver !== 'function') return Promise.resolve();
  return new Promise((resolve, reject) => {
    const done = (error?: unknown) => (error == null ? resolve() : reject(error));
    const returned = saver.call(session, done);
    if (typeof (returned as PromiseLike<unknown> | undefined)?.then === 'function') {
      // A rejection is one whatever it carries.
      Promise.resolve(returned).then(
        () => resolve(),
        (error: unknown) =>
          reject(error instanceof Error ? error : new Error('The session was not saved', { cause: error })),
      );
    } else if (saver.length === 0) {
      // It takes no callback and gives no promise: it is done.
      done();
    }
  });
}
