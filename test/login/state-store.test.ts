import { expect } from 'chai';
import { createRequire } from 'node:module';
import type { StateStore } from '../../lib/index.ts';
import { CODE, FakeRoblox } from '../support/fake-roblox.ts';
import { authenticate, begin, expectError, expectFail403, expectSuccess, strategyFor } from '../support/harness.ts';

/** An app's own store: rows by handle, outside of the session. */
class RowStore implements StateStore {
  readonly rows = new Map<string, { verifier: string; state: unknown }>();
  readonly meta: object[] = [];
  store(...[, verifier, state, meta, callback]: Parameters<StateStore['store']>): void {
    const handle = `row-${this.rows.size}`;
    this.rows.set(handle, { verifier, state });
    this.meta.push(meta);
    callback(null, handle);
  }
  verify(...[, handle, , callback]: Parameters<StateStore['verify']>): void {
    const row = this.rows.get(handle);
    this.rows.delete(handle);
    if (row === undefined) callback(null, false, { message: 'No such login.' });
    else callback(null, row.verifier, row.state);
  }
}

describe("an app's own store", () => {
  for (const pkce of [true, false]) {
    it(`keeps the login, its nonce and the app's state, with pkce: ${pkce}`, async () => {
      const roblox = new FakeRoblox();
      const store = new RowStore();
      const strategy = strategyFor(roblox, { store, pkce });
      const { state } = await begin(strategy, roblox, undefined, { state: 'mine' });
      expect(store.rows.get(state)?.state).to.equal('mine');
      expect(store.meta[0]).to.include.keys('authorizationURL', 'tokenURL', 'clientID', 'callbackURL');
      const told = expectSuccess(await authenticate(strategy, { query: { code: CODE, state } }));
      expect(told.info.state).to.equal('mine');
      expectFail403(await authenticate(strategy, { query: { code: CODE, state } }));
    });
  }

  it("may have the form of passport-oauth2's own session stores", async () => {
    const require = createRequire(import.meta.url);
    const PKCESessionStore = require('passport-oauth2/lib/state/pkcesession.js') as new (options: object) => StateStore;
    const roblox = new FakeRoblox();
    const strategy = strategyFor(roblox, { store: new PKCESessionStore({ key: 'oauth2' }) });
    const session = {};
    const { state } = await begin(strategy, roblox, session, { state: { to: '/' } });
    const told = expectSuccess(await authenticate(strategy, { session, query: { code: CODE, state } }));
    expect(told.info.state).to.deep.equal({ to: '/' });
  });

  const failure = new Error('database is down');
  type Store = (...values: Parameters<StateStore['store']>) => unknown;
  const broken: [name: string, store: Store, message: RegExp][] = [
    ['throws', () => { throw failure; }, /down/], // prettier-ignore
    ['rejects', async () => { throw failure; }, /down/], // prettier-ignore
    ['calls back with an error', (...v) => v[4](failure), /down/],
    ['gives no handle', (...v) => v[4](null), /store\.store must hand/],
  ];
  for (const [name, store, message] of broken) {
    it(`is an error of the start when its store ${name}`, async () => {
      const strategy = strategyFor(new FakeRoblox(), { store: { store, verify() {} } });
      expect(expectError(await authenticate(strategy, {})).message).to.match(message);
    });
  }

  type Check = (...values: Parameters<StateStore['verify']>) => unknown;
  const brokenChecks: [name: string, verify: Check, message: RegExp][] = [
    ['throws', () => { throw failure; }, /down/], // prettier-ignore
    ['rejects', async () => { throw failure; }, /down/], // prettier-ignore
    ['calls back with an error', (...v) => v[3](failure), /down/],
    ['loses the verifier', (...v) => v[3](null, true), /store\.verify must hand/],
  ];
  for (const [name, verify, message] of brokenChecks) {
    it(`is an error of the callback when its verify ${name}`, async () => {
      const roblox = new FakeRoblox();
      const strategy = strategyFor(roblox, { store: { store: (...v) => v[4](null, 'h'), verify } });
      expect(expectError(await authenticate(strategy, { query: { code: CODE, state: 'h' } })).message).to.match(
        message,
      );
      expect(roblox.count('/oauth/v1/token')).to.equal(0);
    });
  }

  it('has one outcome, even if it calls back several times', async () => {
    const roblox = new FakeRoblox();
    const verify: StateStore['verify'] = (_req, _handle, _meta, callback) => {
      callback(null, false, { message: 'first' });
      callback(null, 'verifier');
      callback(failure);
    };
    const strategy = strategyFor(roblox, { store: { store: (...v) => v[4](null, 'h'), verify } });
    expect(expectFail403(await authenticate(strategy, { query: { code: CODE, state: 'h' } }))).to.equal('first');
  });
});
