import { expect } from 'chai';
import { SessionStore, type LoginMeta, type StoredLogin } from '../../lib/index.ts';

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
  it('returns a login once', async () => {
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

  it('keeps at most 5 logins; a new one replaces the oldest', async () => {
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

  it('finds a login that was started on a machine whose clock is ahead', async () => {
    let nowMs = 1_000_000_000;
    const store = new SessionStore({ now: () => nowMs });
    const session = {};
    const handle = await storeIn(store, session);
    const other = await storeIn(store, session);
    nowMs -= 15 * 60_000 - 1;
    expect((await takeFrom(store, session, handle)).ok).to.equal('verifier');
    nowMs -= 1;
    expect((await takeFrom(store, session, other)).ok).to.equal(false);
  });

  it('keeps the logins of another app in the same session', async () => {
    const store = new SessionStore();
    const session = {};
    const handle = await storeIn(store, session);
    expect((await takeFrom(store, session, handle, { ...META, clientID: '456' })).ok).to.equal(false);
    expect((await takeFrom(store, session, handle)).ok).to.equal('verifier');
  });

  it('replaces the array in the session, and never changes it in place', async () => {
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

  it('does not change a session without logins', async () => {
    const session = Object.freeze({ user: 'me' });
    expect((await takeFrom(new SessionStore(), session, 'forged')).ok).to.equal(false);
  });

  // When the two can differ, the callback comes later than the return.
  type Done = (error?: unknown) => void;
  const later = (done: string[], callback?: Done) =>
    new Promise<void>((resolve) => setTimeout(() => (done.push('saved'), callback?.(), resolve()), 2));
  const savers: [name: string, save: (done: string[]) => unknown][] = [
    ['by callback', (done) => (callback: Done) => void later(done, callback)],
    [
      'by rest parameters',
      (done) =>
        (...all: [Done]) =>
          void later(done, ...all),
    ],
    ['by `arguments`', (done) => function () { void later(done, arguments[0] as Done); }], // prettier-ignore
    [
      'by a default',
      (done) =>
        (callback: Done = () => {}) =>
          void later(done, callback),
    ],
    [
      'by a bound function',
      (done) => ((first: string[], callback: Done) => void later(first, callback)).bind(null, done),
    ],
    ['by a proxy', (done) => new Proxy(() => {}, { apply: (_target, _self, all: [Done]) => void later(done, ...all) })],
    ['by promise', (done) => async () => later(done)],
    [
      'by promise, with rest parameters',
      (done) =>
        async (..._all: unknown[]) =>
          later(done),
    ],
    ['by promise and by callback', (done) => async (callback: Done) => later(done, callback)],
    ['by callback, after its promise', (done) => async (callback: Done) => void later(done, callback)],
    ['at once', (done) => () => void done.push('saved')],
    ['at once, and returns itself', (done) => function (this: object) { done.push('saved'); return this; }], // prettier-ignore
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

  const failing: [name: string, save: (reason: unknown) => unknown][] = [
    ['by callback', (reason) => (callback: Done) => callback(reason)],
    ['by promise', (reason) => () => Promise.reject(reason)],
    ['by promise, with a callback', (reason) => (_callback: Done) => Promise.reject(reason)],
    ['by throwing', (reason) => () => { throw reason; }], // prettier-ignore
  ];
  for (const [name, save] of failing) {
    for (const reason of [new Error('redis is down'), 'redis is down', 0, false, undefined, null]) {
      if (name === 'by callback' && reason == null) continue; // that is how a callback tells of success
      it(`is an error when the save fails ${name} with ${String(reason)}`, async () => {
        const error = await storeIn(new SessionStore(), { save: save(reason) }).catch((failure: unknown) => failure);
        if (reason instanceof Error) expect(error).to.equal(reason);
        else expect(error).to.be.instanceOf(Error);
      });
    }
  }

  it('is an error when the session is not saved in time', async () => {
    for (const save of [(_callback: Done) => {}, (..._all: unknown[]) => {}, async (_callback: Done) => {}]) {
      const error = await storeIn(new SessionStore({ timeout: 5 }), { save }).catch((failure: Error) => failure);
      expect(error)
        .to.be.instanceOf(Error)
        .with.property('message')
        .that.matches(/session\.save .* within 5 ms/);
    }
  });

  const refused: [name: string, options: object, message: RegExp][] = [
    ['an empty key', { key: '' }, /^key /],
    ['a key that is no string', { key: 3 }, /^key /],
    ...[0, -1, NaN, Infinity, 2 ** 31, '5'].map(
      (timeout) => [`a timeout of ${timeout}`, { timeout }, /^timeout /] as never,
    ),
    ['a clock that is no function', { now: 3 }, /^now /],
    ['a misspelt option', { timout: 5 }, /Unknown option 'timout'\. Did you mean 'timeout'/],
  ];
  for (const [name, options, message] of refused) {
    it(`refuses ${name}`, () => {
      expect(() => new SessionStore(options)).to.throw(TypeError, message);
    });
  }

  it('keeps as many logins as fit in 2,048 bytes; a new one replaces the oldest', async () => {
    const store = new SessionStore();
    for (const state of ['x'.repeat(350), 'é'.repeat(175), { returnTo: 'x'.repeat(330) }, '"'.repeat(170)]) {
      const session: Record<string, unknown> = {};
      const handles: string[] = [];
      for (let i = 0; i < 5; i += 1) handles.push(await storeIn(store, session, 'v'.repeat(43), state));
      expect(Buffer.byteLength(JSON.stringify(session['oauth2:roblox']))).to.be.within(1024, 2048);
      const found: unknown[] = [];
      for (const handle of handles) found.push((await takeFrom(store, session, handle)).ok !== false);
      expect(found).to.deep.equal([false, false, true, true, true]);
    }
  });

  it('throws a TypeError that names state when a login can never fit, and keeps the logins in flight', async () => {
    const store = new SessionStore();
    const session = {};
    const handle = await storeIn(store, session);
    for (const state of ['x'.repeat(2000), 'é'.repeat(1000), { deep: ['\n'.repeat(1000)] }]) {
      const error = await storeIn(store, session, 'verifier', state).catch((reason: unknown) => reason);
      expect(error)
        .to.be.instanceOf(TypeError)
        .with.property('message')
        .that.matches(/^state is too large: .*2048/);
    }
    expect((await takeFrom(store, session, handle)).ok).to.equal('verifier');
  });

  it('is an error without a session', async () => {
    for (const session of [undefined, null, 'x']) {
      const error = await storeIn(new SessionStore(), session).catch((reason: Error) => reason);
      expect(error).to.be.instanceOf(Error).with.property('message').that.includes('express-session');
    }
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
