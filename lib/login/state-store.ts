import type { IncomingMessage } from 'node:http';
import { UNKNOWN_LOGIN, type LoginMeta, type StateStore, type StoredLogin } from './login.ts';

/** A login that was removed from its store, or the `info` for Passport when there is none. */
export type TakenLogin =
  | {
      readonly found: true;
      readonly verifier: string;
      readonly state: unknown;
      readonly stored: StoredLogin | undefined;
    }
  | { readonly found: false; readonly info: unknown };

/** Calls {@link StateStore.store}. @returns the login's handle */
export function storeLogin(
  store: StateStore,
  req: IncomingMessage,
  verifier: string,
  state: unknown,
  meta: LoginMeta,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const stored = (error: unknown, handle?: unknown) => {
      if (error) reject(error);
      else if (typeof handle === 'string' && handle !== '') resolve(handle);
      else reject(new TypeError('store.store must hand the state parameter to its callback, a string'));
    };
    // An async store may also reject.
    Promise.resolve(store.store(req, verifier, state, meta, stored)).catch(reject);
  });
}

/** Calls {@link StateStore.verify}. */
export function takeStoredLogin(
  store: StateStore,
  req: IncomingMessage,
  handle: string,
  meta: LoginMeta,
): Promise<TakenLogin> {
  return new Promise((resolve, reject) => {
    const verified: Parameters<StateStore['verify']>[3] = (error, ok, state, stored) => {
      if (error) reject(error);
      else if (!ok) resolve({ found: false, info: state ?? UNKNOWN_LOGIN });
      else if (typeof ok === 'string') resolve({ found: true, verifier: ok, state, stored });
      else reject(new TypeError('store.verify must hand the verifier that it was given to its callback, not true'));
    };
    // passport-oauth2's own session stores take no `meta`. passport-oauth2 too recognises them by the number of parameters.
    const verify = store.verify.length === 3 ? dropMeta(store) : store.verify.bind(store);
    Promise.resolve(verify(req, handle, meta, verified)).catch(reject);
  });
}

function dropMeta(store: StateStore): StateStore['verify'] {
  const verify = store.verify.bind(store) as unknown as (
    req: IncomingMessage,
    handle: string,
    callback: Parameters<StateStore['verify']>[3],
  ) => void; // its three declared parameters say so
  return (req, handle, _meta, callback) => verify(req, handle, callback);
}
