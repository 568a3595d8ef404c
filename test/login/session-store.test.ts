import { expect } from 'chai';
import fc from 'fast-check';
import { SessionStore, type LoginMeta, type StoredLogin } from '../../lib/index.ts';
import { addLogin, LOGIN_LIFETIME_MS, MAX_LOGINS, readLogins, takeLogin, type Login } from '../../lib/login/login.ts';

const META: LoginMeta = {
  authorizationURL: 'https://roblox.test/oauth/v1/authorize',
  tokenURL: 'https://roblox.test/oauth/v1/token',
  clientID: '123',
  callbackURL: 'https://app.test/cb',
};

const storeIn = (store: SessionStore, session: unknown, verifier = 'verifier', state?: unknown, meta = META) =>
  new Promise<string>((resolve, reject) => {
    store.store({ session } as never, verifier, state, meta, (error, handle) =>
      error ? reject(error) : resolve(handle ?? ''),
    );
  });

interface Taken {
  ok: string | boolean | undefined;
  state: unknown;
  login: StoredLogin | undefined;
}
const takeFrom = (store: SessionStore, session: unknown, handle: string, meta = META) =>
  new Promise<Taken>((resolve, reject) => {
    store.verify({ session } as never, handle, meta, (error, ok, state, login) =>
      error ? reject(error) : resolve({ ok, state, login }),
    );
  });

describe('a SessionStore', () => {
  it('hands back what it was given, once', async () => {
    const store = new SessionStore();
    const session = {};
    const handle = await storeIn(store, session, 'my-verifier', { to: '/' });
    expect(handle).to.match(/^[\w-]{32}$/);
    const taken = await takeFrom(store, session, handle);
    expect(taken.ok).to.equal('my-verifier');
    expect(taken.state).to.deep.equal({ to: '/' });
    expect(taken.login?.callbackURL).to.equal(META.callbackURL);
    expect((await takeFrom(store, session, handle)).ok).to.equal(false);
    expect(session).to.deep.equal({});
  });

  it('keeps 5 logins at the most, the oldest leaving first', async () => {
    const store = new SessionStore();
    const session = {};
    const handles: string[] = [];
    for (let i = 0; i < 7; i += 1) handles.push(await storeIn(store, session, `v${i}`));
    const found: unknown[] = [];
    for (const handle of handles) found.push((await takeFrom(store, session, handle)).ok);
    expect(found).to.deep.equal([false, false, 'v2', 'v3', 'v4', 'v5', 'v6']);
  });

  it('forgets a login after 15 minutes', async () => {
    let nowMs = 1_000_000;
    const store = new SessionStore({ now: () => nowMs });
    const session = {};
    const young = await storeIn(store, session);
    nowMs += 15 * 60_000 - 1;
    expect((await takeFrom(store, session, young)).ok).to.equal('verifier');
    const old = await storeIn(store, session);
    nowMs += 15 * 60_000;
    expect((await takeFrom(store, session, old)).ok).to.equal(false);
    expect(session).to.deep.equal({});
  });

  it('leaves the logins of another app in the same session alone', async () => {
    const store = new SessionStore();
    const session = {};
    const handle = await storeIn(store, session);
    expect((await takeFrom(store, session, handle, { ...META, clientID: '456' })).ok).to.equal(false);
    expect((await takeFrom(store, session, handle)).ok).to.equal('verifier');
  });

  it('replaces what it nests and never changes it in place', async () => {
    const assigned: unknown[] = [];
    const session = new Proxy<Record<string, unknown>>(
      {},
      {
        set(target, key, value) {
          assigned.push(value);
          target[key as string] = deepFreeze(value);
          return true;
        },
      },
    );
    const store = new SessionStore();
    const first = await storeIn(store, session);
    await storeIn(store, session);
    await takeFrom(store, session, first);
    expect(assigned).to.have.length(3);
    expect(new Set(assigned).size).to.equal(3);
  });

  it('does not touch a session that has nothing for it', async () => {
    const session = Object.freeze({ user: 'me' });
    expect((await takeFrom(new SessionStore(), session, 'forged')).ok).to.equal(false);
  });

  const savers: [name: string, save: (done: string[]) => unknown][] = [
    ['by callback', (done) => (callback: () => void) => setTimeout(() => (done.push('saved'), callback()), 2)],
    ['by promise', (done) => async () => void (await new Promise((r) => setTimeout(r, 2)), done.push('saved'))],
    ['at once', (done) => () => void done.push('saved')],
  ];
  for (const [name, save] of savers) {
    it(`waits for a session that saves itself ${name}, at the start and at the end`, async () => {
      const done: string[] = [];
      const store = new SessionStore();
      const session = Object.defineProperty({}, 'save', { value: save(done) });
      const handle = await storeIn(store, session);
      expect(done).to.deep.equal(['saved']);
      expect((await takeFrom(store, session, handle)).ok).to.equal('verifier');
      expect(done).to.deep.equal(['saved', 'saved']);
    });
  }

  it('is an error when the session cannot be saved', async () => {
    const failure = new Error('redis is down');
    for (const save of [(callback: (e: Error) => void) => callback(failure), () => Promise.reject(failure)]) {
      const error = await storeIn(new SessionStore(), { save }).catch((reason: unknown) => reason);
      expect(error).to.equal(failure);
    }
  });

  it('is an error when the session is not saved and does not say why', async () => {
    const error = await storeIn(new SessionStore(), { save: () => Promise.reject() }).catch(
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(Error);
  });

  it('is an error without a session', async () => {
    for (const session of [undefined, null, 'x']) {
      const error = await storeIn(new SessionStore(), session).catch((reason: Error) => reason);
      expect(error).to.be.instanceOf(Error).with.property('message').that.includes('express-session');
    }
  });
});

describe('logins in a session', () => {
  const login = fc.record({
    handle: fc.string({ minLength: 1 }),
    verifier: fc.string(),
    clientID: fc.constantFrom('123', '456'),
    callbackURL: fc.string(),
    startedAt: fc.integer({ min: 0, max: 2 * LOGIN_LIFETIME_MS }),
  });

  it('are read out of anything without harm', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        for (const { handle, verifier } of readLogins(value)) {
          expect(handle).to.be.a('string');
          expect(verifier).to.be.a('string');
        }
      }),
    );
  });

  it('never are more than the cap, and the new one is always among them', () => {
    fc.assert(
      fc.property(fc.array(login, { maxLength: 12 }), login, (logins, added) => {
        const after = addLogin(logins, added);
        expect(after.length).to.be.at.most(MAX_LOGINS);
        expect(after.at(-1)).to.equal(added);
      }),
    );
  });

  it('are all left when a handle matches none of them, __proto__ included', () => {
    fc.assert(
      fc.property(
        fc.array(login),
        fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '0')),
        (all, handle) => {
          const logins: readonly Login[] = all.filter((one) => one.handle !== handle);
          expect(takeLogin(logins, handle, '123', 0)).to.deep.equal({ login: undefined, rest: logins });
        },
      ),
    );
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
