import { expect } from 'chai';
import { DEMO_CLIENT, startEmulator, type Emulator } from '../../lib/emulator/index.ts';
import { OAuthError, TokenVault } from '../../lib/index.ts';
import { BACKENDS, LOSS_DELAY, openBackend, TIMEOUT, type Backend, type BackendName } from './backends.ts';
import { MOMENTS, startWorker, type Moment, type Worker } from './workers.ts';

const USER = '4100000001';
let spaces = 0;

/** What a death leaves behind: tokens that work, or an end that is told. */
const LEFT: Readonly<Record<Moment, (backend: BackendName) => 'tokens' | 'a loss'>> = {
  'under the lock': () => 'tokens',
  'between the intent and the end of the lock': () => 'tokens',
  'before the request': () => 'tokens',
  "between Roblox's answer and the store": () => 'a loss',
  // Postgres stores when the transaction ends.
  'between the store and the end of the lock': (backend) => (backend === 'postgres' ? 'a loss' : 'tokens'),
};

for (const name of BACKENDS) {
  describe(`A vault that processes share by ${name}`, () => {
    let roblox: Emulator;
    let backend: Backend;
    let space: string;
    let vault: TokenVault;
    let lost: string[];
    let issued: { access_token?: unknown; refresh_token?: unknown }[];
    let workers: Worker[];

    beforeEach(async () => {
      space = `vault_test_${process.pid}_${name}_${++spaces}`;
      [roblox, backend] = await Promise.all([startEmulator({ port: 0 }), openBackend(name, space)]);
      lost = [];
      issued = [];
      workers = [];
      const { clientID, clientSecret } = DEMO_CLIENT;
      const onLost = (userId: string) => lost.push(userId);
      vault = new TokenVault({
        storage: backend.storage,
        lock: backend.lock,
        clientID,
        clientSecret,
        baseURL: roblox.url,
        timeout: TIMEOUT,
        lossDelay: LOSS_DELAY,
        onLost,
      });
      roblox.faults.rewrite(
        'POST /oauth/v1/token',
        (answer) => {
          issued.push(answer); // a token answer
          return answer;
        },
        { times: Infinity },
      );
    });
    afterEach(async () => {
      await Promise.all(workers.map((worker) => worker.kill()));
      await Promise.all([roblox.close(), backend.close()]);
    });

    async function start(pauseAt?: Moment): Promise<Worker> {
      const plan = { backend: name, space, baseURL: roblox.url, userId: USER };
      const worker = await startWorker(pauseAt === undefined ? plan : { ...plan, pauseAt });
      workers.push(worker);
      return worker;
    }

    async function saveTokens(expiresAt: Date): Promise<void> {
      const { access_token, refresh_token, scope } = await roblox.issueTokens({ user: USER, scope: 'openid profile' });
      const tokens = { accessToken: access_token, refreshToken: String(refresh_token), scope: scope ?? '', expiresAt };
      await vault.save(USER, tokens);
    }

    async function expectOneRenewal(): Promise<void> {
      const pair = await Promise.all([start(), start()]);
      for (const worker of pair) worker.order({ calls: 100 });
      for (const worker of pair) {
        expect(await worker.heard('failures')).to.deep.equal([]);
        expect(await worker.heard('names')).to.deep.equal(Array.from({ length: 100 }, () => 'MangoPilot'));
      }
      expect(roblox.count('/oauth/v1/token')).to.equal(1);
      const { tokens } = (await vault.client(USER)) ?? {};
      expect(tokens?.accessToken).to.equal(issued[0]?.access_token);
      expect(tokens?.refreshToken).to.equal(issued[0]?.refresh_token);
    }

    it('renews once for 200 calls at once of two processes on an expired token', async () => {
      await saveTokens(new Date(0));
      await expectOneRenewal();
    });

    it('renews once for 200 calls at once of two processes on a token that Roblox refuses', async () => {
      await saveTokens(new Date(Date.now() + 900_000));
      roblox.expireAccessTokens();
      await expectOneRenewal();
    });

    for (const moment of MOMENTS) {
      const left = LEFT[moment](name);
      it(`is left with ${left} when the process that renews is killed ${moment}`, async () => {
        await saveTokens(new Date(0));
        const worker = await start(moment);
        worker.order({ calls: 3 });
        expect(await worker.heard('reached')).to.equal(moment);
        // Who waits for the dead one's lock is served, too.
        const client = await vault.client(USER);
        const waiting = client?.userInfo().catch((error: unknown) => error);
        await worker.kill('SIGKILL');
        const outcome = await waiting;

        if (left === 'a loss') {
          expect(outcome).to.be.instanceOf(OAuthError).with.property('error', 'invalid_grant');
          // The dead process might have been standing still: it is told when it can bring no answer any more.
          while (lost.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
          expect(await vault.client(USER)).to.equal(undefined);
          expect(lost).to.deep.equal([USER]);
          return;
        }
        expect(outcome).to.include({ sub: USER });
        expect(lost).to.deep.equal([]);
        const kept = await vault.client(USER);
        expect(kept?.tokens.refreshToken).to.equal(issued.at(-1)?.refresh_token);
        await kept?.refresh();
      });
    }

    it('is free for another login after a loss', async () => {
      await saveTokens(new Date(0));
      const worker = await start("between Roblox's answer and the store");
      worker.order({ calls: 1 });
      await worker.heard('reached');
      await worker.kill('SIGKILL');
      await saveTokens(new Date(Date.now() + 900_000));
      expect(await (await vault.client(USER))?.userInfo()).to.include({ sub: USER });
      expect(lost).to.deep.equal([]);
    });

    it('tells one process alone of a loss, and ends the calls of all', async () => {
      await saveTokens(new Date(0));
      roblox.revokeAuthorizations(USER);
      const pair = await Promise.all([start(), start()]);
      for (const worker of pair) worker.order({ calls: 20 });
      for (const worker of pair) {
        const failures = await worker.heard('failures');
        expect(failures.filter((failure) => !failure.includes('invalid_grant'))).to.deep.equal([]);
      }
      const told = pair.flatMap(({ reports }) => reports.filter((report) => report.lost === USER));
      expect(told).to.have.length(1);
    });

    it('forgets what it revoked for all processes', async () => {
      await saveTokens(new Date(Date.now() + 900_000));
      await vault.revoke(USER);
      const worker = await start();
      worker.order({ calls: 1 });
      expect(await worker.heard('names')).to.deep.equal([null]);
      expect(roblox.count('/oauth/v1/token/revoke')).to.equal(1);
    });
  });
}
