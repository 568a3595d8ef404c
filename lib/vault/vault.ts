import { inspect } from 'node:util';
import { readApp, type AppOptions } from '../oauth/app-options.ts';
import { readGivenTokens, type KeptTokens } from '../client/options.ts';
import { clientOf, type RobloxClient } from '../client/client.ts';
import { checkID } from '../cloud/ids.ts';
import { describeValue } from '../errors.ts';
import { createSealer, readSecrets, type Secret } from '../login/seal.ts';
import type { App } from '../oauth/app.ts';
import { createAuthorizations, type Authorizations } from './authorizations.ts';
import { inProcessLock } from './lock.ts';
import { createRecords, type Records, type TokenRecord } from './records.ts';
import type { TokenLock, TokenStorage } from './storage.ts';

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
   * `openssl rand -base64 32` makes one; 16 bytes is the least that is taken. Without `secrets` tokens are stored as they are.
   */
  readonly secrets?: readonly Secret[] | undefined;
  /**
   * Is told, once, when Roblox no longer honours a user's refresh token (it was withdrawn, or has expired after 90 days) and the tokens
   * were removed. Awaited; what it throws becomes the `cause` of the {@link OAuthError} that the waiting calls get.
   */
  readonly onLost?: ((userId: string) => unknown) | undefined;
  /** The app's client ID, and the options below it: only where no strategy is given this vault, in a worker perhaps. */
  readonly clientID?: string | undefined;
  readonly clientSecret?: string | undefined;
  /** The clock, in milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
}

/**
 * Keeps every user's tokens from the login on, on as many machines as you run.
 *
 * ```ts
 * const vault = new TokenVault({ storage, lock });
 * passport.use(new RobloxStrategy({ …, vault }));   // every login is saved, before verify is called
 * const client = await vault.client(userId);        // later, elsewhere
 * await vault.revoke(userId);
 * ```
 *
 * Roblox's refresh tokens work once. Before a client renews it takes the user's lock and reads the stored tokens again: it uses them if
 * another process has renewed meanwhile, else it refreshes, and stores before it serves. A process that dies in between leaves either
 * working tokens or, where Roblox had answered already, an end that `onLost` is told of.
 *
 * Its errors beside a client's own: {@link TokenVaultError} (storage or lock failed), and what your storage throws.
 * @see https://create.roblox.com/docs/cloud/auth/oauth2-reference
 */
export class TokenVault {
  readonly #records: Records;
  readonly #authorizations: Authorizations;
  #app: App | undefined;

  /** @throws {TypeError} an option that cannot work, by its name */
  constructor(options: TokenVaultOptions = {}) {
    if (typeof options !== 'object' || options === null) {
      throw new TypeError(`options must be an object, but is ${describeValue(options)}`);
    }
    const {
      storage = new Map<string, string>(),
      lock = inProcessLock(),
      secrets,
      onLost,
      now = () => Date.now(),
    } = options;
    checkStorage(storage);
    checkFunction('lock', lock, 'a function (userId, task) => result');
    if (onLost !== undefined) checkFunction('onLost', onLost, 'a function that takes the user ID');
    checkFunction('now', now, 'a function that gives milliseconds since the epoch');
    this.#app = readOwnApp(options);
    this.#records = createRecords(
      storage,
      secrets === undefined ? undefined : createSealer(readSecrets('secrets', secrets)),
    );
    this.#authorizations = createAuthorizations({
      records: this.#records,
      lock: async (userId, task) => lock(userId, task),
      oauth: () => this.#needApp().oauth,
      onLost,
      now,
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
    const record = await this.#records.read(id);
    return record === undefined ? undefined : this.#clientOf(app, id, record);
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
    if (typeof tokens !== 'object' || tokens === null) {
      throw new TypeError('tokens must be an object with an accessToken, as verify got it');
    }
    return this.#clientOf(app, id, await this.#authorizations.save(id, readGivenTokens(tokens)));
  }

  /**
   * Ends a user's authorization at Roblox, then forgets it; `client.revoke()` of the vault's clients does the same. Does nothing when
   * nothing is stored. When Roblox cannot be asked nothing is forgotten: try again.
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
    if (!isSame)
      throw new TypeError('vault belongs to another app (clientID, baseURL): each app needs a vault of its own');
  }

  #clientOf(app: App, userId: string, record: TokenRecord): RobloxClient {
    let held = record;
    const renew = async () => {
      held = await this.#authorizations.newer(userId, held);
      return held.tokens;
    };
    const revoke = () => this.#authorizations.end(userId);
    return clientOf({ ...app, oauth: { ...app.oauth, revoke } }, { tokens: record.tokens, userId, renew });
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
  for (const name of ['clientSecret', 'clientAuthentication', 'baseURL', 'fetch', 'timeout'] as const) {
    if (options[name] !== undefined) {
      throw new TypeError(
        `${name} goes with a clientID: give both, or leave both to the strategy that gets this vault`,
      );
    }
  }
  return undefined;
}

function checkStorage(storage: Partial<TokenStorage>): void {
  const isStorage =
    typeof storage === 'object' &&
    storage !== null &&
    [storage.get, storage.set, storage.delete].every((method) => typeof method === 'function');
  if (!isStorage) {
    throw new TypeError(
      `storage must be an object with get(userId), set(userId, value) and delete(userId), but is ${describeValue(storage)}`,
    );
  }
}

function checkFunction(name: string, value: unknown, expected: string): void {
  if (typeof value !== 'function') throw new TypeError(`${name} must be ${expected}, but is ${describeValue(value)}`);
}
