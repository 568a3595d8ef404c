import { inspect } from 'node:util';
import { RobloxClient } from '../client/client.ts';
import { readGivenTokens, type KeptTokens } from '../client/options.ts';
import { checkID } from '../cloud/check.ts';
import { describeValue, refuse, refuseUnknownOptions } from '../errors.ts';
import { createSealer, readSecrets, type Secret } from '../login/seal.ts';
import { APP_OPTION_NAMES, readApp, type AppOptions } from '../oauth/app-options.ts';
import type { App } from '../oauth/app-options.ts';
import { createAuthorizations, type Authorizations } from './authorizations.ts';
import { platformClock } from './marks.ts';
import { createRecords, type HeldRecord } from './records.ts';
import { createMemoryLock, guardLock, readMilliseconds, type TokenLock, type TokenStorage } from './storage.ts';

/** What a {@link TokenVault} can be told. Every option has a default. */
export interface TokenVaultOptions extends AppOptions {
  /**
   * Where one string per user is kept; memory by default, which ends with the process. `passport-roblox-oauth2/redis` and
   * `passport-roblox-oauth2/postgres` bring one, with its lock.
   */
  readonly storage?: TokenStorage | undefined;
  /** Lets one task of a user run at a time, in all processes that share the storage; a lock for one process by default. */
  readonly lock?: TokenLock | undefined;
  /**
   * Seals what is stored: the first secret seals, all open, so that a new one can be put in front and an old one removed 90 days later.
   * `node -p "crypto.randomBytes(32).toString('base64')"` makes one; 16 bytes is the least that is taken. Without `secrets` tokens are
   * stored as they are.
   */
  readonly secrets?: readonly Secret[] | undefined;
  /**
   * Is told, once in all processes, that an authorization has ended at Roblox (the user withdrew it, or 90 days are over) and that the
   * tokens were removed. When it throws or rejects, or its process dies, it is told again later. Calls wait for it, a second at the most;
   * what it throws until then becomes the `cause` of the {@link OAuthError} that they get.
   */
  readonly onLost?: ((userId: string) => unknown) | undefined;
  /**
   * How long an authorization whose refresh token was refused is in doubt, in milliseconds; 60000 by default. It is in doubt only where
   * another process may still bring Roblox's newest response: one that stood still while it renewed. Calls fail with `invalid_grant`
   * meanwhile, and `onLost` is told afterwards. Set it to more than any of your processes may stand still.
   */
  readonly lossDelay?: number | undefined;
  /** The app's client ID, and the options below it: only where no strategy is given this vault, in a worker for instance. */
  readonly clientID?: string | undefined;
  readonly clientSecret?: string | undefined;
  /** The clock, in milliseconds since the epoch: tells when access tokens end. */
  readonly now?: (() => number) | undefined;
}

/** The last two are no options: they come along where the whole of `postgresVault(…)` is spread. */
const OPTION_NAMES: Readonly<Record<keyof TokenVaultOptions | 'createTable' | 'purge', true>> = {
  ...APP_OPTION_NAMES,
  storage: true,
  lock: true,
  secrets: true,
  onLost: true,
  lossDelay: true,
  now: true,
  createTable: true,
  purge: true,
};

const SPREAD = 'write new TokenVault({ ...redisVault({ client }) }), or ...postgresVault({ pool })';
/** What people give in place of a storage and its lock. */
const OPTION_HINTS = { client: SPREAD, pool: SPREAD, redis: SPREAD, postgres: SPREAD } as const;

/**
 * Keeps every user's tokens after the login, on as many machines as you run.
 *
 * ```ts
 * const vault = new TokenVault({ storage, lock });
 * passport.use(new RobloxStrategy({ …, vault }));   // every login is saved, before verify is called
 * const client = await vault.client(userId);        // later, elsewhere
 * await vault.revoke(userId);
 * await vault.close();                              // before the process ends
 * ```
 *
 * Roblox's refresh tokens work once. Before a client renews it looks at what is stored: it uses tokens that another process has renewed,
 * waits for one that is renewing, or writes down that it renews itself, and asks Roblox. New tokens are stored before they are served. An
 * authorization is lost only when no living process has received Roblox's response.
 *
 * Its errors beside a client's own: {@link TokenVaultError} (storage or lock failed), and what your storage throws.
 * @see https://create.roblox.com/docs/cloud/auth/oauth2-reference
 */
export class TokenVault {
  readonly #authorizations: Authorizations;
  #app: App | undefined;

  /** @throws {TypeError} an option that cannot work, by its name */
  constructor(options: TokenVaultOptions = {}) {
    if (typeof options !== 'object' || options === null) refuse('options', options, 'an object');
    refuseUnknownOptions(options, OPTION_NAMES, OPTION_HINTS);
    const { storage = new Map<string, string>(), lock = createMemoryLock(), secrets, onLost, now } = options;
    checkStorage(storage);
    if (typeof lock !== 'function') refuse('lock', lock, 'a function (key, task) => result');
    if (onLost !== undefined && typeof onLost !== 'function') {
      refuse('onLost', onLost, 'a function that takes the user ID');
    }
    if (now !== undefined && typeof now !== 'function') {
      refuse('now', now, 'a function that gives milliseconds since the epoch');
    }
    this.#app = readOwnApp(options);
    const app = () => this.#needApp();
    const sealer = secrets === undefined ? undefined : createSealer(readSecrets('secrets', secrets));
    this.#authorizations = createAuthorizations({
      records: createRecords({ storage, sealer, app }),
      lock: guardLock(lock),
      app,
      onLost,
      lossDelayMs: readMilliseconds('lossDelay', options.lossDelay, 60_000),
      clock: now === undefined ? platformClock : { ...platformClock, now },
    });
  }

  /**
   * A client for a user who signed in, here or elsewhere. Ask for one per piece of work: a client that has found its authorization ended
   * stays so, although the user may have signed in again.
   * @param userId the user's Roblox ID: `profile.id`
   * @returns undefined when nothing is stored: the user never signed in, or the authorization was lost or revoked
   * @throws {TokenVaultError} `unreadable`: what is stored cannot be opened by any of `secrets`, or is not the vault's
   * @throws {TypeError} not an ID; a vault that knows no app
   */
  async client(userId: string | number): Promise<RobloxClient | undefined> {
    const id = checkID('userId', userId);
    const app = this.#needApp();
    const record = await this.#authorizations.read(id);
    return record === undefined ? undefined : this.#makeClient(app, id, record);
  }

  /**
   * Stores a user's tokens in place of all before: the strategy does so with every login. Call it yourself to bring in tokens that you
   * kept elsewhere until now.
   * @returns the user's client
   * @throws {TypeError} tokens of the wrong shape; nothing is stored
   */
  async save(userId: string | number, tokens: KeptTokens): Promise<RobloxClient> {
    const id = checkID('userId', userId);
    const app = this.#needApp();
    return this.#makeClient(app, id, await this.#authorizations.save(id, readGivenTokens(tokens)));
  }

  /**
   * Ends a user's authorization at Roblox, then forgets it; `client.revoke()` of the vault's clients does the same. Does nothing when
   * nothing is stored. Waits for a renewal under way, in another process too. When Roblox cannot be asked nothing is forgotten: try again.
   * @throws {ConnectionError} Roblox was not reached
   * @throws {OAuthError} Roblox refused, `invalid_client` for instance. A token that has ended before is no error
   * @see RFC 7009 https://www.rfc-editor.org/rfc/rfc7009
   */
  async revoke(userId: string | number): Promise<void> {
    const id = checkID('userId', userId);
    this.#needApp();
    await this.#authorizations.end(id);
  }

  /**
   * Waits for renewals and stores under way: when it resolves, every response that Roblox gave to this process is stored.
   */
  async idle({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    await this.#authorizations.idle(signal);
  }

  /**
   * Starts no more renewals, and waits as {@link idle} does. Call it on SIGTERM, before you close Redis or Postgres. A call whose access
   * token has ended then fails with a {@link TokenVaultError} `closed`.
   * @param options.signal ends the wait
   */
  async close(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    this.#authorizations.close();
    await this.idle(options);
  }

  /**
   * Tells the vault its app. Several strategies may share a vault when they are the same app.
   * @internal
   */
  join(app: App): void {
    const own = this.#app;
    if (own === undefined) {
      this.#app = app;
      return;
    }
    const isSame =
      own.credentials.clientID === app.credentials.clientID && own.endpoints.baseURL === app.endpoints.baseURL;
    // A refresh token is refused when another app brings it, and would count as lost.
    if (!isSame) {
      throw new TypeError('vault belongs to another app (clientID, baseURL): each app needs a vault of its own');
    }
  }

  #makeClient(app: App, userId: string, record: HeldRecord): RobloxClient {
    const renewal = this.#authorizations.renewalFor(userId, record);
    return new RobloxClient({ ...record.tokens, userId }, { app, renewal });
  }

  #needApp(): App {
    if (this.#app === undefined) {
      throw new TypeError(
        'The vault knows no app: give it to a RobloxStrategy as `vault`, or give it clientID and clientSecret',
      );
    }
    return this.#app;
  }

  /** Shows the app and nothing of what is stored. */
  [inspect.custom](): string {
    return `TokenVault { clientID: ${inspect(this.#app?.credentials.clientID)} }`;
  }
}

function readOwnApp(options: TokenVaultOptions): App | undefined {
  const { clientID } = options;
  if (clientID !== undefined) return readApp({ ...options, clientID });
  const [alone] = Object.keys(APP_OPTION_NAMES).filter((name) => options[name as keyof AppOptions] !== undefined); // its own keys
  if (alone === undefined) return undefined;
  throw new TypeError(`${alone} goes with a clientID: give both, or leave both to the strategy that gets this vault`);
}

function checkStorage(storage: Partial<TokenStorage>): void {
  const isStorage =
    typeof storage === 'object' &&
    storage !== null &&
    [storage.get, storage.set, storage.delete].every((method) => typeof method === 'function');
  if (isStorage) return;
  throw new TypeError(
    `storage must be an object with get(key), set(key, value) and delete(key), but is ${describeValue(storage)}. ` +
      `For Redis or Postgres ${SPREAD}`,
  );
}
