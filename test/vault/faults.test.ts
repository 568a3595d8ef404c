import { expect } from 'chai';
import { TokenVaultError, type TokenLock, type TokenStorage, type TokenVault } from '../../lib/index.ts';
import { catchError } from '../support/thrown.ts';
import { ANOTHER, expectNoTokens, LONG_AGO, openBench, OLDER_SECRET, SECRET, USER } from './support.ts';
import type { Bench } from './support.ts';

describe('A vault whose storage or lock fails', () => {
  let bench: Bench;
  beforeEach(async () => (bench = await openBench()));
  afterEach(() => bench.close());

  const DOWN = new Error('the database is down');
  /** A storage of which one method fails so many times. */
  function failing(method: keyof TokenStorage, times = Infinity, error: (value?: string) => Error = () => DOWN) {
    let left = times;
    const pass = (name: keyof TokenStorage, value?: string) => {
      if (name === method && left-- > 0) throw error(value);
    };
    const storage: TokenStorage = {
      get: (userId) => (pass('get'), bench.stored.get(userId)),
      set: async (userId, value) => (pass('set', value), bench.stored.set(userId, value)),
      delete: (userId) => (pass('delete'), bench.stored.delete(userId)),
    };
    return storage;
  }
  const expired = async () => bench.vault().save(USER, await bench.tokens({ expiresAt: LONG_AGO }));

  it('hands on what get throws', async () => {
    const vault = bench.vault({ storage: failing('get') });
    expect(await catchError(vault.client(USER))).to.equal(DOWN);
    expect(await catchError(vault.revoke(USER))).to.equal(DOWN);
    expect(await catchError(vault.save(USER, await bench.tokens()))).to.equal(DOWN);
  });

  it('renews with the next call when get fails once', async () => {
    await expired();
    let isDown = false;
    const storage: TokenStorage = {
      get(userId) {
        if (isDown) throw DOWN;
        return bench.stored.get(userId);
      },
      set: (userId, value) => bench.stored.set(userId, value),
      delete: (userId) => bench.stored.delete(userId),
    };
    const client = await bench.vault({ storage }).client(USER);
    isDown = true;
    expect(await catchError(client!.userInfo())).to.equal(DOWN); // something is stored
    isDown = false;
    expect(await client?.userInfo()).to.include({ sub: USER });
  });

  it('renews by a second try when set fails once', async () => {
    await expired();
    const client = await bench.vault({ storage: failing('set', 1) }).client(USER);
    expect(await client?.userInfo()).to.include({ sub: USER });
    expect(bench.tokenRequests).to.equal(1);
    expect((await bench.vault().client(USER))?.tokens.accessToken).to.equal(client?.tokens.accessToken);
  });

  const BROKEN = new TokenVaultError('lock_lost', 'the lock ended before its task');
  const WRITES: Record<string, (vault: TokenVault, bench: Bench) => Promise<unknown>> = {
    'stores a login': async (vault, { tokens }) => vault.save(USER, await tokens()),
    'revokes an authorization': (vault) => vault.revoke(USER),
    'renews tokens': async (vault) => (await vault.client(USER))?.userInfo(),
  };
  for (const [what, write] of Object.entries(WRITES)) {
    it(`${what} by a second try when its lock was lost once, and says so when it was lost twice`, async () => {
      await expired();
      await write(bench.vault({ storage: failing('set', 1, () => BROKEN) }), bench);
      await expired();
      expect(await catchError(write(bench.vault({ storage: failing('set', 2, () => BROKEN) }), bench))).to.equal(
        BROKEN,
      );
    });
  }

  const NO_ANSWER = [
    { what: 'the connection breaks once', about: { cause: DOWN }, tries: 2 },
    { what: 'the server has let it wait for as long as it may', about: {}, tries: 1 },
  ];
  for (const { what, about, tries } of NO_ANSWER) {
    it(`tries ${tries === 1 ? 'once' : 'twice'} to write down its intent when ${what}`, async () => {
      await expired();
      const error = new TokenVaultError('timeout', 'Redis does not answer', about);
      const storage = failing('set', 1, () => error);
      const client = (await bench.vault({ storage }).client(USER))!; // something is stored
      if (tries === 1) expect(await catchError(client.userInfo())).to.equal(error);
      else expect(await client.userInfo()).to.include({ sub: USER });
      expect(bench.tokenRequests).to.equal(tries - 1);
    });
  }

  it('does not ask Roblox when it cannot say that it does', async () => {
    await expired();
    const client = await bench.vault({ storage: failing('set') }).client(USER);
    expect(await catchError(client!.userInfo())).to.equal(DOWN); // something is stored
    expect(bench.tokenRequests).to.equal(0);
    expect(await (await bench.vault().client(USER))?.userInfo()).to.include({ sub: USER });
  });

  /** A vault whose storage takes nothing after Roblox has responded, until `mend` is called. */
  function failingAfterAnswer() {
    let isDown = false;
    const storage: TokenStorage = {
      ...failing('get', 0),
      set(key, value) {
        if (isDown) throw new Error(`cannot store ${value}`);
        bench.stored.set(key, value);
      },
    };
    const fetchAndBreak = async (url: string, init: object) => {
      const response = await fetch(url, init);
      if (url.endsWith('/token')) isDown = true;
      return response;
    };
    return { vault: bench.vault({ storage, fetch: fetchAndBreak }), mend: () => (isDown = false) };
  }

  it('serves no new tokens that are not stored, keeps them, and asks Roblox for no others', async () => {
    await expired();
    const { vault, mend } = failingAfterAnswer();
    const clients = await Promise.all([vault.client(USER), vault.client(USER)]);
    const errors = await Promise.all(clients.map((client) => catchError(client!.userInfo()))); // something is stored
    for (const error of errors) {
      expect(error.message).to.include('cannot store');
      expectNoTokens(error, bench);
    }
    mend();
    const later = await vault.client(USER);
    expect(await later?.userInfo()).to.include({ sub: USER });
    expect(bench.tokenRequests).to.equal(1);
    expect((await bench.vault().client(USER))?.tokens.accessToken).to.equal(later?.tokens.accessToken);
    expect(bench.lost).to.deep.equal([]);
  });

  it('stores them by itself when the storage works again, and idle waits for that', async () => {
    await expired();
    const { vault, mend } = failingAfterAnswer();
    await catchError((await vault.client(USER))!.userInfo()); // something is stored
    const idle = vault.close();
    mend();
    await idle;
    expect(bench.issued).to.include(bench.record()['refreshToken']);
    expect(bench.record()).to.include({ generation: 2, state: 'live' });
    await vault.idle();
  });

  it('drops new tokens that could not be stored when the user has signed in again meanwhile', async () => {
    await expired();
    const { vault, mend } = failingAfterAnswer();
    const client = (await vault.client(USER))!; // something is stored
    await catchError(client.userInfo());
    const login = await bench.tokens();
    await bench.vault().save(USER, login);
    mend();
    await vault.idle();
    await client.userInfo();
    expect(client.tokens.accessToken).to.equal(login.accessToken);
  });

  it('revokes new tokens that could not be stored', async () => {
    await expired();
    const { vault, mend } = failingAfterAnswer();
    await catchError((await vault.client(USER))!.userInfo()); // something is stored
    mend();
    await vault.revoke(USER);
    await vault.idle();
    const { form } = bench.roblox.requests.find(({ path }) => path === '/oauth/v1/token/revoke') ?? {};
    expect(bench.issued.indexOf(String(form?.['token']))).to.be.greaterThan(2);
    expect(bench.stored.size).to.equal(0);
  });

  it('hands on what the lock throws, and does nothing without it', async () => {
    await expired();
    for (const lock of [
      () => Promise.reject(DOWN),
      () => {
        throw DOWN;
      },
    ] as TokenLock[]) {
      // prettier-ignore
      const vault = bench.vault({ lock });
      const client = (await vault.client(USER))!; // something is stored
      expect(await catchError(client.userInfo())).to.equal(DOWN);
      expect(await catchError(vault.revoke(USER))).to.equal(DOWN);
      expect(await catchError(vault.save(USER, await bench.tokens()))).to.equal(DOWN);
    }
    expect(bench.roblox.count('/oauth/v1/token')).to.equal(0);
    expect(bench.roblox.count('/oauth/v1/token/revoke')).to.equal(0);
  });

  // Values that a framework may take for "no error", or for another route.
  for (const value of [undefined, null, 0, '', 'route', false]) {
    it(`makes an Error of ${JSON.stringify(value)}, whatever throws it`, async () => {
      await expired();
      const reject = () => Promise.reject(value);
      const throwIt = () => {
        throw value;
      };
      const storages = (['get', 'set', 'delete'] as const).flatMap((method) =>
        [reject, throwIt].map((fail) => ({ storage: { ...failing('get', 0), [method]: fail } })),
      );
      bench.roblox.revokeAuthorizations(USER);
      for (const options of [...storages, { lock: reject as TokenLock }, { lock: throwIt as TokenLock }]) {
        const vault = bench.vault({ ...options, onLost: undefined });
        const tokens = await bench.tokens();
        const errors: unknown[] = [];
        for (const call of [() => vault.client(USER), () => vault.revoke(USER), () => vault.save(USER, tokens)]) {
          await call().catch((error: unknown) => errors.push(error));
        }
        for (const error of errors) {
          expect(error).to.be.instanceOf(TokenVaultError).with.property('code', 'storage_failed');
          expect(error).to.have.property('cause', value);
        }
        expect(errors).to.not.deep.equal([]);
      }
    });
  }

  const NO_LOCKS: Record<string, TokenLock> = {
    'returns nothing': (async (_key: string, task: () => Promise<unknown>) => void (await task())) as TokenLock,
    'does not wait for its task': (async (_key: string, task: () => Promise<unknown>) => void task()) as TokenLock,
    'never runs its task': (async () => {}) as unknown as TokenLock,
    'returns something else': (async (_key: string, task: () => Promise<unknown>) => ({
      ...((await task()) as object),
    })) as unknown as TokenLock,
  };
  for (const [what, lock] of Object.entries(NO_LOCKS)) {
    it(`refuses a lock that ${what}, and says what would work`, async () => {
      await expired();
      const vault = bench.vault({ lock });
      const client = (await vault.client(USER))!; // something is stored
      for (const call of [client.userInfo(), vault.revoke(USER), vault.save(USER, await bench.tokens())]) {
        expect(await catchError(call))
          .to.be.instanceOf(TypeError)
          .with.property('message')
          .that.includes('return await task()');
      }
      expect(bench.roblox.requests).to.deep.equal([]);
    });
  }

  it('hands on what the task threw, whatever the lock does about it', async () => {
    const swallow = (async (_key: string, task: () => Promise<unknown>) => task().catch(() => {})) as TokenLock;
    const vault = bench.vault({ lock: swallow, storage: failing('set') });
    expect(await catchError(vault.save(USER, await bench.tokens()))).to.equal(DOWN);
  });

  it('keeps new tokens when the lock fails after its task, as a transaction may', async () => {
    await expired();
    let fails = 2;
    const lock: TokenLock = async (userId, task) => {
      const before = bench.stored.get(userId) ?? '';
      const result = await task();
      if (fails-- <= 0) return result;
      bench.stored.set(userId, before);
      throw new Error('no COMMIT');
    };
    const client = (await bench.vault({ lock }).client(USER))!; // something is stored
    expect(await catchError(client.userInfo())).to.have.property('message', 'no COMMIT');
    expect(await client.userInfo()).to.include({ sub: USER });
    expect(bench.tokenRequests).to.equal(1);
  });
});

describe('What a vault finds stored', () => {
  let bench: Bench;
  beforeEach(async () => (bench = await openBench()));
  afterEach(() => bench.close());

  const save = async (secrets?: string[], user = USER) =>
    bench.vault({ secrets }).save(user, await bench.tokens({ user }));
  const value = (user = USER) => bench.stored.get(bench.key(user)) ?? '';

  it('is sealed by the first secret, and shows nothing', async () => {
    await save([SECRET, OLDER_SECRET]);
    expect(value()).to.match(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
    expectNoTokens(value(), bench, USER);
    const client = await bench.vault({ secrets: [SECRET] }).client(USER);
    expect(await client?.userInfo()).to.include({ sub: USER });
  });

  it('is opened by an older secret, and sealed by the newest when it is next written', async () => {
    await save([OLDER_SECRET]);
    const client = await bench.vault({ secrets: [SECRET, OLDER_SECRET] }).client(USER);
    await client?.refresh();
    const later = await bench.vault({ secrets: [SECRET] }).client(USER);
    expect(later?.tokens).to.deep.equal(client?.tokens);
  });

  interface Unreadable {
    readonly plant: () => Promise<unknown>;
    readonly secrets?: string[];
    readonly says?: RegExp;
  }
  const planted = (text: string) => async () => bench.stored.set(bench.key(), text);
  const UNREADABLE: Record<string, Unreadable> = {
    'sealed by a secret that was removed': { plant: () => save([OLDER_SECRET]), secrets: [SECRET], says: /`secrets`/ },
    'sealed, where the vault has no secrets': { plant: () => save([SECRET]), says: /no secrets/ },
    'not sealed, where the vault has secrets': { plant: () => save(), secrets: [SECRET], says: /not encrypted/ },
    'changed after it was sealed': {
      plant: async () => {
        await save([SECRET]);
        const parts = value().split('.');
        parts[3] = `${parts[3]?.startsWith('A') ? 'B' : 'A'}${parts[3]?.slice(1)}`;
        bench.stored.set(bench.key(), parts.join('.'));
      },
      secrets: [SECRET],
      says: /`secrets`.*changed/,
    },
    'sealed for another user': {
      plant: async () => {
        await save([SECRET], ANOTHER);
        bench.stored.set(bench.key(), value(ANOTHER));
      },
      secrets: [SECRET],
      says: /`secrets`/,
    },
    "another user's": {
      plant: async () => {
        await save(undefined, ANOTHER);
        bench.stored.set(bench.key(), value(ANOTHER));
      },
      says: /not a record of this user/,
    },
    'half of the JSON': { plant: async () => bench.stored.set(bench.key(), (await save(), value().slice(0, 200))) },
    'no JSON': { plant: planted('access-token-perhaps') },
    'an empty text': { plant: planted('') },
    'a JSON null': { plant: planted('null') },
    'a JSON array': { plant: planted('[]') },
    'a record without tokens': { plant: planted(JSON.stringify({ userId: USER, savedAt: 1 })) },
    'a record without its time': { plant: planted(JSON.stringify({ userId: USER, accessToken: 'abc' })) },
    'a record with a strange expiry': {
      plant: planted(JSON.stringify({ userId: USER, savedAt: 1, accessToken: 'abc', expiresAt: 'soon' })),
    },
    'no string at all': {
      plant: async () => bench.stored.set(bench.key(), { accessToken: 'abc' } as unknown as string),
    },
  };
  for (const [what, { plant, secrets, says = /cannot be read/ }] of Object.entries(UNREADABLE)) {
    it(`is an error and never taken for nothing when it is ${what}; a login mends it`, async () => {
      await plant();
      const vault = bench.vault({ secrets });
      for (const error of [await catchError(vault.client(USER)), await catchError(vault.revoke(USER))]) {
        expect(error).to.be.instanceOf(TokenVaultError).with.property('code', 'unreadable');
        expect(error.message).to.match(says).and.include(`user ${USER}`).and.not.include('access-token-perhaps');
        expectNoTokens(error, { ...bench, issued: [...bench.issued, 'access-token-perhaps'] });
      }
      expect(bench.stored.has(bench.key())).to.equal(true);
      await vault.save(USER, await bench.tokens());
      expect(await (await vault.client(USER))?.userInfo()).to.include({ sub: USER });
    });
  }

  it('is nothing where the storage says null', async () => {
    const storage: TokenStorage = { get: () => null, set() {}, delete() {} };
    expect(await bench.vault({ storage }).client(USER)).to.equal(undefined);
  });
});
