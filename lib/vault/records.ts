import { createHash } from 'node:crypto';
import { readGivenTokens, type KeptTokens } from '../client/options.ts';
import { TokenVaultError } from '../errors.ts';
import { parseJSON, readObject, readString } from '../http/json.ts';
import { redactError } from '../http/redact.ts';
import type { Sealer } from '../login/seal.ts';
import type { App } from '../oauth/app-options.ts';
import { ROBLOX_BASE_URL } from '../oauth/endpoints.ts';
import { listSecrets, type Tokens } from '../oauth/tokens.ts';
import { callStorage, type TokenStorage } from './storage.ts';

/**
 * A period of time that a process announces to the others. Each process measures it with its own clock, from the moment when it first
 * sees the mark, so clocks of different machines are never compared.
 */
export interface Mark {
  /** Unique. Begins with the ID of the vault that made it. */
  readonly id: string;
  readonly durationMs: number;
}

/** A user's authorization, as it is stored. */
export interface TokenRecord {
  /** The ID of the login that the tokens come from. A renewal does not change it. */
  readonly login: string;
  /** Each renewal adds 1. A new login has the stored generation plus 1. */
  readonly generation: number;
  /**
   * - `live`: in use
   * - `refused`: Roblox has refused the refresh token. Until `mark` is over, another process may still store a newer one.
   * - `lost`: the authorization has ended, and `onLost` must be called. The vault that made `mark` does so.
   * - `revoked`: until `mark` is over, tokens that a late response brings are revoked too
   */
  readonly state: 'live' | 'refused' | 'lost' | 'revoked';
  readonly mark: Mark | undefined;
  /** Who has asked Roblox for the next generation and may still get a response, or is revoking. The last one is asking now. */
  readonly holders: readonly Mark[];
  /** Undefined for `lost` and `revoked`, and while a process renews tokens that the storage has forgotten. */
  readonly tokens: Tokens | undefined;
  /** Milliseconds since the epoch, by the clock of the process that wrote it. Only for people who look into the storage. */
  readonly savedAt: number;
}

/** The part of a record that a client holds: tokens, and where they come from. */
export type HeldRecord = Pick<TokenRecord, 'login' | 'generation'> & { readonly tokens: Tokens };

/** Whether a record has tokens that are in use. */
export function isLive(record: TokenRecord | undefined): record is TokenRecord & HeldRecord {
  return record?.state === 'live' && record.tokens !== undefined;
}

/** Whether a record is newer than another one. A record of another login counts as newer. */
export function isNewer(record: HeldRecord, than: HeldRecord): boolean {
  return record.login !== than.login || record.generation > than.generation;
}

/** Reads and writes records. Its errors show no token. */
export type Records = ReturnType<typeof createRecords>;

/** The five parts of a sealed value. @see RFC 7516, section 7.1 */
const SEALED = /^[\w-]+(?:\.[\w-]*){4}$/;

/** Longer marks are shortened: no process may make others wait forever. */
const MAX_MARK_MS = 10 * 60_000;

/** The most holders in a record. There are this many only after as many renewals in a row without any response. */
const MAX_HOLDERS = 8;

/**
 * Keeps records in a storage of strings.
 * @param options.sealer encrypts the values. With it, plain values are refused: somebody who can write to the storage must not plant tokens.
 * @param options.app returns the app that all records belong to. A function, because a vault may learn its app late.
 */
export function createRecords(options: {
  readonly storage: TokenStorage;
  readonly sealer: Sealer | undefined;
  readonly app: () => App;
}) {
  const { storage, sealer, app } = options;
  /** The key of a user, for storage and lock. */
  const buildKey = (userId: string) => buildRecordKey(app(), userId);

  /** What an encrypted value is bound to: the value of another app or user cannot be decrypted. */
  const boundTo = (userId: string) => `tokens ${JSON.stringify(listOwner(app(), userId))}`;

  async function open(userId: string, value: unknown): Promise<unknown> {
    if (typeof value !== 'string')
      throw createUnreadableError(userId, 'storage.get must return the string that was stored');
    const isSealed = SEALED.test(value);
    if (sealer === undefined) {
      if (isSealed) throw createUnreadableError(userId, 'it is encrypted, and the vault has no secrets');
      return parseJSON(value);
    }
    if (!isSealed) throw createUnreadableError(userId, 'it is not encrypted, but the vault has secrets');
    const opened = await sealer.open(value, boundTo(userId));
    if (opened === undefined) {
      throw createUnreadableError(
        userId,
        'no secret decrypts it: one is missing from `secrets`, or the value was changed',
      );
    }
    return opened;
  }

  return {
    buildKey,
    /** @throws {TokenVaultError} `unreadable`: there is a value, but it is no record of this user */
    async read(userId: string): Promise<TokenRecord | undefined> {
      const value: unknown = await callStorage('storage.get', () => storage.get(buildKey(userId)));
      if (value === undefined || value === null) return undefined;
      const record = readRecord(listOwner(app(), userId), await open(userId, value));
      if (record === undefined) throw createUnreadableError(userId, 'it is not a record of this user in this app');
      return record;
    },
    async write(userId: string, { tokens, ...rest }: TokenRecord): Promise<void> {
      const [clientID, baseURL] = listOwner(app(), userId);
      const plain = { clientID, baseURL, userId, ...rest, ...tokens };
      const value = sealer === undefined ? JSON.stringify(plain) : await sealer.seal(plain, boundTo(userId));
      try {
        await callStorage('storage.set', () => storage.set(buildKey(userId), value));
      } catch (error) {
        // The error of a database may contain the statement with its values.
        throw redactError(error, [value, ...(tokens === undefined ? [] : listSecrets(tokens))]);
      }
    },
    async remove(userId: string): Promise<void> {
      await callStorage('storage.delete', () => storage.delete(buildKey(userId)));
    },
    /** @see TokenStorage.mayForget */
    async mayForget(): Promise<boolean> {
      return callStorage('storage.mayForget', async () => (await storage.mayForget?.()) ?? false);
    },
  };
}

/** A client ID that is used in a key without a hash. It cannot begin with `-`, the sign of a hashed one. */
const PLAIN_CLIENT_ID = /^\w[\w.-]{0,63}$/;

/**
 * Builds the key of a user's record: `CLIENT_ID:USER_ID` at the real Roblox, `CLIENT_ID:HASH:USER_ID` with a hash of any other `baseURL`.
 * A client ID with other characters than letters, digits, `_`, `.` and `-` is hashed too.
 */
export function buildRecordKey(app: Pick<App, 'credentials' | 'endpoints'>, userId: string): string {
  const [clientID, baseURL] = listOwner(app, userId);
  const name = PLAIN_CLIENT_ID.test(clientID) ? clientID : `-${shortHash(clientID)}`;
  return [name, ...(baseURL === ROBLOX_BASE_URL ? [] : [shortHash(baseURL)]), userId].join(':');
}

/** 96 bits: enough that two apps do not get the same key by chance. */
function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

type Owner = readonly [clientID: string, baseURL: string, userId: string];

function listOwner(app: Pick<App, 'credentials' | 'endpoints'>, userId: string): Owner {
  return [app.credentials.clientID, app.endpoints.baseURL, userId];
}

const STATES = ['live', 'refused', 'lost', 'revoked'] as const;

function readRecord(owner: Owner, value: unknown): TokenRecord | undefined {
  const record = readObject(value);
  if (record === undefined) return undefined;
  // Refuse a value that was copied from another user or app.
  if (['clientID', 'baseURL', 'userId'].some((name, index) => record[name] !== owner[index])) return undefined;
  const login = readString(record['login']);
  const state = STATES.find((name) => name === record['state']);
  const { generation, savedAt, holders } = record;
  if (login === undefined || state === undefined || typeof savedAt !== 'number' || !Array.isArray(holders)) {
    return undefined;
  }
  if (!Number.isSafeInteger(generation)) return undefined;
  try {
    return {
      login,
      generation: generation as number, // checked above
      state,
      mark: readMark(record['mark']),
      holders: holders.map(readMark).filter((mark) => mark !== undefined),
      tokens: record['accessToken'] === undefined ? undefined : readGivenTokens(record as unknown as KeptTokens), // it checks every field
      savedAt,
    };
  } catch {
    return undefined;
  }
}

function readMark(value: unknown): Mark | undefined {
  const mark = readObject(value);
  const id = readString(mark?.['id']);
  const durationMs = Number(mark?.['durationMs']);
  if (id === undefined || !(durationMs >= 0)) return undefined;
  return { id, durationMs: Math.min(durationMs, MAX_MARK_MS) };
}

/** Adds a holder, who is asking Roblox from now on. Removes those that are `gone`. */
export function addHolder(record: TokenRecord, holder: Mark, gone: (mark: Mark) => boolean): TokenRecord {
  const others = record.holders.filter((mark) => !gone(mark));
  return { ...record, holders: [...others.slice(1 - MAX_HOLDERS), holder] };
}

/** Without a cause: errors of `JSON.parse` and others quote their input. */
function createUnreadableError(userId: string, why: string): TokenVaultError {
  return new TokenVaultError('unreadable', `The stored tokens of user ${userId} cannot be read: ${why}`);
}
