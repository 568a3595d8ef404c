import { expect } from 'chai';
import { createAttempts } from '../../lib/client/attempts.ts';
import { ConnectionError, OAuthError } from '../../lib/errors.ts';
import { createRenewal, createTokenKeeper } from '../../lib/client/token-keeper.ts';
import { catchError } from '../support/thrown.ts';
import { access, scene, settled, START, tokens } from './support.ts';

describe('tokens that are kept', () => {
  it('are renewed once for 200 calls at the same time', async () => {
    const { keeper, renewals, advance } = scene();
    advance(900_000);
    const all = Promise.all(Array.from({ length: 200 }, () => access(keeper)));
    await settled();
    expect(renewals).to.have.length(1);
    renewals[0]?.resolve(tokens(2));
    expect(new Set(await all)).to.deep.equal(new Set(['access-2']));
    expect(renewals).to.have.length(1);
  });
});

describe('an outage', () => {
  const gone = () => new ConnectionError('gone', { code: 'network', method: 'POST', url: 'http://x.test' });

  it('sees one attempt every few seconds, however many calls there are', async () => {
    let [now, attempts, failures] = [START + 850_000, 0, 0];
    const refresh = () => {
      attempts += 1;
      return Promise.reject(gone());
    };
    const clock = { now: () => now, random: () => 1 };
    const renewal = createRenewal({ oauth: { refresh, revoke: async () => {} }, ...clock });
    const keeper = createTokenKeeper({ tokens: tokens(1), renewal, now: clock.now });
    for (; now < START + 950_000; now += 100) {
      await access(keeper).catch((error: unknown) => {
        expect(error).to.be.instanceOf(ConnectionError);
        failures += 1;
      });
    }
    expect(attempts).to.be.within(8, 16);
    // Every call of the first 50 seconds got a token.
    expect(failures).to.equal(500);
  });

  it('waits as long as Roblox asks for, up to a minute', async () => {
    const { keeper, renewals, advance } = scene();
    advance(900_000);
    const waiting = catchError(access(keeper));
    renewals[0]?.reject(new OAuthError({ error: 'rate_limited', status: 429, retryAfter: 30 }));
    const error = await waiting;
    advance(29_999);
    expect(await catchError(access(keeper))).to.equal(error);
    expect(renewals).to.have.length(1);
    advance(1);
    void access(keeper);
    expect(renewals).to.have.length(2);
  });

  it('ends with the next success', async () => {
    const { keeper, renewals, advance } = scene();
    advance(900_000);
    const waiting = catchError(access(keeper));
    renewals[0]?.reject(gone());
    await waiting;
    const again = access(keeper);
    renewals[1]?.resolve(tokens(3));
    expect(await again).to.equal('access-3');
    advance(1_800_000);
    void access(keeper).catch(() => {});
    expect(renewals).to.have.length(3);
  });
});

describe('the end of an authorization', () => {
  it('waits for the renewal in flight, and revokes the latest tokens', async () => {
    const { keeper, renewals, revocations } = scene();
    const renewal = keeper.renew();
    const end = keeper.revoke();
    await settled();
    expect(revocations).to.deep.equal([]);
    renewals[0]?.resolve(tokens(2));
    await renewal;
    await settled();
    expect(revocations[0]?.token).to.equal('refresh-2');
    revocations[0]?.resolve();
    await end;
  });

  it('lets nobody renew while it goes on', async () => {
    const { keeper, renewals, revocations } = scene();
    const end = keeper.revoke();
    await settled();
    const renewal = catchError(keeper.renew());
    revocations[0]?.resolve();
    await end;
    expect(await renewal).to.be.instanceOf(OAuthError);
    expect(renewals).to.deep.equal([]);
  });
});

describe('attempts that fail', () => {
  /** Attempts that fail until the test says otherwise, and a clock. */
  function openAttempts() {
    let nowMs = START;
    let count = 0;
    const attempts = createAttempts<string>({ now: () => nowMs, random: () => 1 });
    const work = (error?: unknown) => async () => {
      count += 1;
      if (error === undefined) return 'done';
      throw error;
    };
    return {
      attempts,
      succeed: (ignorePause?: boolean) => attempts.run(work(), ignorePause),
      fail: (error: unknown = new Error('down')) => catchError(attempts.run(work(error), true)),
      advance: (ms: number) => void (nowMs += ms),
      count: () => count,
    };
  }

  it('pause after the second failure in a row, and longer after each further one, up to 10 seconds', async () => {
    const { attempts, fail, advance } = openAttempts();
    const pauses: number[] = [];
    for (let failures = 1; failures <= 7; failures += 1) {
      await fail();
      let pauseMs = 0;
      for (; attempts.isActive(); pauseMs += 100) advance(100);
      pauses.push(pauseMs);
    }
    expect(pauses).to.deep.equal([0, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('are not made during a pause: callers get the last error, unless they ask for an attempt', async () => {
    const { attempts, succeed, fail, count } = openAttempts();
    await fail();
    const last = await fail();
    expect(await catchError(succeed())).to.equal(last);
    expect(count()).to.equal(2);
    expect(await succeed(true)).to.equal('done');
    expect(attempts.failure()).to.equal(undefined);
    expect(attempts.isActive()).to.equal(false);
  });

  it('begin with short pauses again after a success', async () => {
    const { attempts, succeed, fail } = openAttempts();
    for (let failures = 0; failures < 5; failures += 1) await fail();
    await succeed(true);
    await fail();
    expect(attempts.isActive()).to.equal(false);
  });

  it('wait no longer than a minute, whatever the server asks for', async () => {
    const { attempts, fail, advance } = openAttempts();
    await fail(Object.assign(new Error('slow down'), { retryAfter: 3_600 }));
    advance(59_999);
    expect(attempts.isActive()).to.equal(true);
    advance(1);
    expect(attempts.isActive()).to.equal(false);
  });

  it('are no unhandled rejection when nobody waits for them', async () => {
    const { attempts } = openAttempts();
    void attempts.run(() => Promise.reject(new Error('nobody waits'))); // mocha's hook finds an unhandled one
    await settled();
    expect(attempts.failure()).to.have.nested.property('error.message', 'nobody waits');
  });

  it('do not pause for hours when the clock was set back', async () => {
    const { succeed, fail, advance } = openAttempts();
    await fail();
    await fail();
    advance(-3_600_000);
    expect(await succeed()).to.equal('done');
  });
});

describe('other work that runs alone', () => {
  const END = new Error('revoked');

  it('lets callers go on when it fails', async () => {
    const attempts = createAttempts<string>({ now: () => START });
    const alone = catchError(attempts.runAlone(() => Promise.reject(new Error('down')), END));
    const attempt = attempts.run(async () => 'done');
    expect(await alone).to.have.property('message', 'down');
    expect(await attempt).to.equal('done');
  });

  it('does not run beside other such work', async () => {
    const attempts = createAttempts<string>({ now: () => START });
    const events: string[] = [];
    const work = (name: string) => async () => {
      events.push(`${name} begins`);
      await settled();
      events.push(`${name} ends`);
    };
    await Promise.all([attempts.runAlone(work('one'), END), attempts.runAlone(work('two'), END)]);
    expect(events).to.deep.equal(['one begins', 'one ends', 'two begins', 'two ends']);
    expect(attempts.isActive()).to.equal(false);
  });
});
