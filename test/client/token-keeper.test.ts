import { inspect } from 'node:util';
import { expect } from 'chai';
import { ConnectionError, OAuthError, TokenVaultError } from '../../lib/errors.ts';
import { createTokenKeeper } from '../../lib/client/token-keeper.ts';
import { catchError } from '../support/thrown.ts';
import { access, scene, settled, START, tokens } from './support.ts';

const INVALID_GRANT = new OAuthError({ error: 'invalid_grant', status: 400 });

describe('tokens that are kept', () => {
  it('are used while they are valid', async () => {
    const { keeper, renewals, advance } = scene();
    advance(900_000 - 60_001);
    expect(await access(keeper)).to.equal('access-1');
    expect(renewals).to.deep.equal([]);
  });

  it('are renewed a minute before they expire', async () => {
    const { keeper, renewals, advance } = scene();
    advance(900_000 - 60_000);
    const waiting = access(keeper);
    expect(renewals[0]?.token).to.equal('refresh-1');
    renewals[0]?.resolve(tokens(2));
    expect(await waiting).to.equal('access-2');
    expect(keeper.tokens()).to.deep.equal(tokens(2));
  });

  it('are renewed before the first use when they have expired, or are about to', async () => {
    for (const left of [-1, 0, 9_000]) {
      const { keeper, renewals } = scene({ first: { expiresAt: new Date(START + left) } });
      void access(keeper).catch(() => {});
      expect(renewals, `${left} ms`).to.have.length(1);
    }
  });

  it('with a short lifetime are not renewed at every call', async () => {
    const { keeper, renewals, advance } = scene();
    const waiting = keeper.renew();
    renewals[0]?.resolve(tokens(2, { expiresAt: new Date(START + 4000) }));
    await waiting;
    advance(2999);
    expect(await access(keeper)).to.equal('access-2');
    expect(renewals).to.have.length(1);
    advance(1);
    void access(keeper);
    expect(renewals).to.have.length(2);
  });

  it('with an unknown lifetime are used until Roblox refuses them', async () => {
    const { keeper, renewals, advance } = scene({ first: { expiresAt: undefined } });
    advance(1e9);
    const lease = await keeper.lease();
    expect(renewals).to.deep.equal([]);
    const waiting = lease.replace();
    renewals[0]?.resolve(tokens(2));
    expect(await waiting).to.equal('access-2');
  });

  it('are renewed once for all calls that Roblox refused, early or late', async () => {
    const { keeper, renewals } = scene();
    const [one, two, late] = await Promise.all([keeper.lease(), keeper.lease(), keeper.lease()]);
    const early = [one.replace(), two.replace()];
    renewals[0]?.resolve(tokens(2));
    expect(await Promise.all(early)).to.deep.equal(['access-2', 'access-2']);
    expect(await late.replace()).to.equal('access-2');
    expect(renewals).to.have.length(1);
  });

  it('are not replaced when nobody can renew them', async () => {
    const keeper = createTokenKeeper({ tokens: tokens(1, { expiresAt: new Date(0) }) });
    const lease = await keeper.lease();
    expect(lease.accessToken).to.equal('access-1');
    expect(await lease.replace()).to.equal(undefined);
    expect(await catchError(keeper.renew())).to.be.instanceOf(TypeError);
  });

  it('keep the old values of what a response leaves out', async () => {
    const { keeper, renewals } = scene({ first: { idToken: 'id-1' } });
    const waiting = keeper.renew();
    renewals[0]?.resolve(tokens(2, { refreshToken: undefined, idToken: undefined, scope: [] }));
    expect(await waiting).to.deep.include({
      accessToken: 'access-2',
      refreshToken: 'refresh-1',
      idToken: 'id-1',
      scope: ['openid'],
    });
  });
});

describe('a renewal that fails', () => {
  it('fails for all waiting calls with the same error, and is not tried again by each of them', async () => {
    const { keeper, renewals, advance } = scene();
    const early = await Promise.all(Array.from({ length: 5 }, () => keeper.lease()));
    advance(900_000);
    const all = Array.from({ length: 50 }, () => catchError(access(keeper)));
    await settled();
    const error = new OAuthError({ error: 'invalid_client', status: 401 });
    renewals[0]?.reject(error);
    expect(new Set(await Promise.all(all))).to.deep.equal(new Set([error]));
    // Calls that began before it failed, and get their 401 only now.
    expect(await Promise.all(early.map((lease) => catchError(lease.replace())))).to.deep.equal(early.map(() => error));
    expect(renewals).to.have.length(1);
  });

  it('with invalid_grant is final', async () => {
    const { keeper, renewals, advance } = scene();
    advance(900_000);
    const waiting = catchError(access(keeper));
    renewals[0]?.reject(INVALID_GRANT);
    expect(await waiting).to.equal(INVALID_GRANT);
    expect(await catchError(access(keeper))).to.equal(INVALID_GRANT);
    expect(await catchError(keeper.renew())).to.equal(INVALID_GRANT);
    expect(renewals).to.have.length(1);
  });

  it('without a response is tried again by the next call', async () => {
    const { keeper, renewals, advance } = scene();
    advance(900_000);
    const broken = new ConnectionError('gone', { code: 'network', method: 'POST', url: 'http://x.test' });
    const waiting = catchError(access(keeper));
    renewals[0]?.reject(broken);
    expect(await waiting).to.equal(broken);
    const again = access(keeper);
    renewals[1]?.resolve(tokens(2));
    expect(await again).to.equal('access-2');
  });

  it('is no unhandled rejection when nobody waits for it any more', async () => {
    const { keeper, renewals, advance } = scene();
    advance(900_000);
    const controller = new AbortController();
    const waiting = catchError(access(keeper, controller.signal));
    controller.abort(new Error('enough'));
    expect(await waiting).to.have.property('message', 'enough');
    expect(await catchError(access(keeper, controller.signal))).to.have.property('message', 'enough');
    renewals[0]?.reject(new Error('nobody waits')); // mocha's hook finds an unhandled one
  });
});

describe('an outage', () => {
  const gone = () => new ConnectionError('gone', { code: 'network', method: 'POST', url: 'http://x.test' });
  const OUTAGES: Record<string, () => Error> = {
    'no response': gone,
    'a 503': () =>
      new ConnectionError('503', { code: 'server_error', method: 'POST', url: 'http://x.test', status: 503 }),
    'a 429': () => new OAuthError({ error: 'rate_limited', status: 429 }),
    "a storage's or lock's failure": () => new TokenVaultError('timeout', 'Redis did not answer'),
    'a refusal of the app, not of the token': () => new OAuthError({ error: 'invalid_client', status: 401 }),
  };
  for (const [what, outage] of Object.entries(OUTAGES)) {
    it(`fails no call while the old token is valid: ${what}`, async () => {
      const { keeper, renewals, advance } = scene();
      advance(850_000);
      const all = Array.from({ length: 50 }, () => access(keeper));
      await settled();
      const error = outage();
      renewals[0]?.reject(error);
      expect(new Set(await Promise.all(all))).to.deep.equal(new Set(['access-1']));
      advance(50_000);
      const late = catchError(access(keeper));
      renewals.at(-1)?.reject(error);
      expect(await late).to.equal(error);
      expect(renewals.length).to.be.lessThan(4);
    });
  }

  it('makes no call wait for another attempt while the old token is valid', async () => {
    const { keeper, renewals, advance } = scene();
    advance(850_000);
    const waiting = access(keeper);
    renewals[0]?.reject(gone());
    expect(await waiting).to.equal('access-1');
    // The second attempt hangs, and no call waits for it.
    expect(await access(keeper)).to.equal('access-1');
    expect(renewals).to.have.length(2);
    renewals[1]?.resolve(tokens(2));
    await settled();
    expect(await access(keeper)).to.equal('access-2');
  });

  it('does not use a token again to which Roblox has responded with 401', async () => {
    const { keeper, renewals } = scene();
    const lease = await keeper.lease();
    const replaced = catchError(lease.replace());
    const error = gone();
    renewals[0]?.reject(error);
    expect(await replaced).to.equal(error);
    const later = catchError(access(keeper));
    renewals[1]?.reject(error);
    expect(await later).to.equal(error);
  });

  it('does not hide a mistake in the call', async () => {
    const { keeper, renewals, advance } = scene();
    advance(850_000);
    const waiting = catchError(access(keeper));
    const error = new TypeError('lock must be a function');
    renewals[0]?.reject(error);
    expect(await waiting).to.equal(error);
  });
});

describe('a signal', () => {
  it('ends one wait, but not the renewal that others wait for', async () => {
    const { keeper, renewals, advance } = scene();
    advance(900_000);
    const controller = new AbortController();
    const leaver = catchError(access(keeper, controller.signal));
    const stayer = access(keeper);
    await settled();
    controller.abort(new Error('enough'));
    expect(await leaver).to.have.property('message', 'enough');
    renewals[0]?.resolve(tokens(2));
    expect(await stayer).to.equal('access-2');
    expect(renewals).to.have.length(1);
  });
});

describe('onTokens', () => {
  it('has stored the new tokens before any call uses them', async () => {
    const events: string[] = [];
    let stored = () => {};
    const { keeper, renewals, advance } = scene({
      store: async ({ accessToken }) => {
        events.push(`storing ${accessToken}`);
        await new Promise<void>((resolve) => (stored = resolve));
        events.push('stored');
      },
    });
    advance(900_000);
    const all = Array.from({ length: 3 }, () => access(keeper).then((token) => events.push(token)));
    renewals[0]?.resolve(tokens(2));
    await settled();
    expect(events).to.deep.equal(['storing access-2']);
    expect(keeper.tokens().accessToken).to.equal('access-1');
    stored();
    await Promise.all(all);
    expect(events).to.deep.equal(['storing access-2', 'stored', 'access-2', 'access-2', 'access-2']);
  });

  it('that throws fails all waiting calls; the tokens are kept, and stored before they are used', async () => {
    const failures = [new Error('the database is down'), new Error('still down')];
    const stored: string[] = [];
    const { keeper, renewals } = scene({
      store: ({ accessToken }) => {
        const failure = failures.shift();
        if (failure !== undefined) throw failure;
        stored.push(accessToken);
      },
    });
    const all = [catchError(keeper.renew()), catchError(keeper.renew())];
    renewals[0]?.resolve(tokens(2));
    const [one, two] = await Promise.all(all);
    expect(one).to.equal(two).and.have.property('message', 'the database is down');
    // The old token is still valid: it is used while storing is tried again.
    expect(await access(keeper)).to.equal('access-1');
    await settled();
    expect(stored).to.deep.equal([]);
    expect((await keeper.renew()).accessToken).to.equal('access-2');
    expect(await access(keeper)).to.equal('access-2');
    expect(stored).to.deep.equal(['access-2']);
    expect(renewals).to.have.length(1);
  });

  it('that throws an error with a token in it shows no token', async () => {
    const { keeper, renewals } = scene({
      store: ({ refreshToken }) => {
        throw Object.assign(new Error(`cannot insert ${refreshToken}`), { parameters: [refreshToken] });
      },
    });
    const waiting = catchError(keeper.renew());
    renewals[0]?.resolve(tokens(2));
    expect(inspect(await waiting, { depth: null, showHidden: true })).to.not.include('refresh-2');
  });
});

describe('the end of an authorization', () => {
  it('refuses all further use, and happens once', async () => {
    const { keeper, renewals, revocations } = scene();
    const early = await keeper.lease();
    const end = keeper.revoke();
    await settled();
    revocations[0]?.resolve();
    await end;
    for (const use of [keeper.lease(), keeper.renew(), early.replace()]) {
      const error = await catchError(use);
      expect(error).to.be.instanceOf(OAuthError).with.property('error', 'invalid_grant');
      expect(error.message).to.match(/revoked/);
    }
    await keeper.revoke();
    expect(revocations).to.have.length(1);
    expect(renewals).to.deep.equal([]);
  });

  it('changes nothing when Roblox was not reached', async () => {
    const { keeper, revocations } = scene();
    const end = catchError(keeper.revoke());
    await settled();
    revocations[0]?.reject(new Error('down'));
    expect(await end).to.have.property('message', 'down');
    expect(await access(keeper)).to.equal('access-1');
  });
});

describe('what no error may show', () => {
  it('is every token, current or old', async () => {
    const { keeper, renewals } = scene({ first: { idToken: 'id-1' } });
    const waiting = keeper.renew();
    renewals[0]?.resolve(tokens(2, { idToken: 'id-2' }));
    await waiting;
    expect(keeper.secrets()).to.have.members(['access-1', 'refresh-1', 'id-1', 'access-2', 'refresh-2', 'id-2']);
  });

  it('does not grow during the life of a client', async () => {
    const { keeper, renewals } = scene();
    for (let number = 2; number < 50; number += 1) {
      const waiting = keeper.renew();
      renewals.at(-1)?.resolve(tokens(number));
      await waiting;
    }
    expect(keeper.secrets().length).to.be.lessThan(30);
  });
});
