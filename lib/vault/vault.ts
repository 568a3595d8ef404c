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

/** The options of a {@link TokenVault}. Every option has a default. */
export interface TokenVaultOptions extends AppOptions {
  /**
   * Keeps one string per user. By default it is memory, which ends with the process. `passport-roblox-oauth2/redis` and
   * `passport-roblox-oauth2/postgres` make a storage with its lock.
   */
  readonly storage?: TokenStorage | undefined;
  /** Runs one task at a time for each user, in all processes that share the storage. By default it is a lock for one process. */
  readonly lock?: TokenLock | undefined;
  /**
   * Encrypts what is stored. The first secret encrypts, all decrypt: to replace a secret, put the new one first, and remove the old one 90
   * days later. `node -p "crypto.randomBytes(32).toString('base64')"` makes one; 16 bytes or more. Without `secrets`, tokens are stored as
   * plain text.
   */
  readonly secrets?: readonly Secret[] | undefined;
  /**
   * Is called when an authorization has ended at Roblox (the user withdrew it, or 90 days are over) and its tokens were removed, by one
   * process. When it throws or rejects, takes over 15 seconds, or its process dies, it may be called again: make it safe to repeat. The client's call waits for it, for a second at
   * most. What it throws within this second becomes the `cause` of that call's {@link OAuthError}.
   */
  readonly onLost?: ((userId: string) => unknown) | undefined;
  /**
   * How long to wait, after a refusal, for another process that may still store a newer refresh token: one that was paused while it renewed.
   * In milliseconds; 60000 by default. Meanwhile calls fail with `invalid_grant`; `onLost` is called afterwards. Set it to more than the
   * longest pause of your processes.
   */
  readonly lossDelay?: number | undefined;
  /** The app's client ID. Give it (and the options below) only when no strategy gets this vault, for example in a worker. */
  readonly clientID?: string | undefined;
  readonly clientSecret?: string | undefined;
  /** The clock of the vault's own decisions, in milliseconds since the epoch: whether stored access tokens can still be used. */
  readonly now?: (() => number) | undefined;
}

/** The last two are not options, but parts of `postgresVault(…)`, which apps spread into the options. */
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
/** Names that people use by mistake for `storage` and `lock`. */
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
 * Roblox's refresh tokens work once. Before a client renews, it reads the storage. It uses the tokens that another process has renewed, waits
 * for a process that is renewing, or writes down that it renews itself, and asks Roblox. New tokens are stored before they are used. An
 * authorization is lost only when no living process has received Roblox's response.
 *
 * In addition to a client's errors, it throws {@link TokenVaultError} (storage or lock failed), and what your storage throws.
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
   * Makes a client for a user who has signed in, in this process or another. Make one for each piece of work: once a client has found that
   * the authorization has ended, it does not notice a new login.
   * @param userId the user's Roblox ID: `profile.id`
   * @returns undefined when nothing is stored: the user never signed in, or the authorization was lost or revoked
   * @throws {TokenVaultError} `unreadable`: no secret decrypts the stored value, or the vault did not write it
   * @throws {TypeError} not an ID, or the vault knows no app
   */
  async client(userId: string | number): Promise<RobloxClient | undefined> {
    const id = checkID('userId', userId);
    const app = this.#needApp();
    const record = await this.#authorizations.read(id);
    return record === undefined ? undefined : this.#makeClient(app, id, record);
  }

  /**
   * Stores a user's tokens, in place of all older ones. The strategy does so at every login. Call it to import tokens that you kept
   * elsewhere.
   * @returns the user's client
   * @throws {TypeError} tokens of the wrong shape; nothing was stored
   */
  async save(userId: string | number, tokens: KeptTokens): Promise<RobloxClient> {
    const id = checkID('userId', userId);
    const app = this.#needApp();
    return this.#makeClient(app, id, await this.#authorizations.save(id, readGivenTokens(tokens)));
  }

  /**
   * Ends a user's authorization at Roblox, then removes it. Does nothing when nothing is stored. (`client.revoke()` of the vault's
   * clients does the same, and also ends the tokens that the client holds when nothing is stored.) Waits for a renewal in flight, in another process too.
   * @throws {ConnectionError} Roblox was not reached; nothing was removed: try again
   * @throws {OAuthError} Roblox refused, for example with `invalid_client`. A token that has already ended is no error.
   * @see RFC 7009 https://www.rfc-editor.org/rfc/rfc7009
   */
  async revoke(userId: string | number): Promise<void> {
    const id = checkID('userId', userId);
    this.#needApp();
    await this.#authorizations.end(id);
  }

  /**
   * Waits for renewals and stores in flight. When it resolves, every response that this process got from Roblox is stored.
   */
  async idle({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    await this.#authorizations.idle(signal);
  }

  /**
   * Starts no more renewals, and waits like {@link idle}. Call it on SIGTERM, before you close Redis or Postgres. After it, a call whose
   * access token has ended fails with a {@link TokenVaultError} `closed`.
   * @param options.signal ends the wait
   */
  async close(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    this.#authorizations.close();
    await this.idle(options);
  }

  /**
   * Sets the vault's app. Several strategies may share a vault if they are the same app.
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
    // Roblox refuses the refresh token of another app, which would count as a loss.
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

  /** Shows only the app. */
  [inspect.custom](): string {
    return `TokenVault { clientID: ${inspect(this.#app?.credentials.clientID)} }`;
  }
}

function readOwnApp(options: TokenVaultOptions): App | undefined {
  const { clientID } = options;
  if (clientID !== undefined) return readApp({ ...options, clientID });
  const [alone] = Object.keys(APP_OPTION_NAMES).filter((name) => options[name as keyof AppOptions] !== undefined); // names of AppOptions
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
