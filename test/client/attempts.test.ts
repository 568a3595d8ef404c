import { expect } from 'chai';
import { ConnectionError, OAuthError } from '../../lib/errors.ts';
import { createRenewal, createTokenKeeper } from '../../lib/client/token-keeper.ts';
import { access, scene, settled, START, thrown, tokens } from './support.ts';

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
    const waiting = thrown(access(keeper));
    renewals[0]?.reject(new OAuthError({ error: 'rate_limited', status: 429, retryAfter: 30 }));
    const error = await waiting;
    advance(29_999);
    expect(await thrown(access(keeper))).to.equal(error);
    expect(renewals).to.have.length(1);
    advance(1);
    void access(keeper);
    expect(renewals).to.have.length(2);
  });

  it('ends with the next success', async () => {
    const { keeper, renewals, advance } = scene();
    advance(900_000);
    const waiting = thrown(access(keeper));
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
    const renewal = thrown(keeper.renew());
    revocations[0]?.resolve();
    await end;
    expect(await renewal).to.be.instanceOf(OAuthError);
    expect(renewals).to.deep.equal([]);
  });
});
