import { readGivenTokens, type KeptTokens } from '../client/options.ts';
import { redactError } from '../http/redact.ts';
import type { Sealer } from '../login/seal.ts';
import { parseJSON, readObject } from '../http/json.ts';
import type { Tokens } from '../oauth/tokens.ts';
import { TokenVaultError } from './error.ts';
import type { TokenStorage } from './storage.ts';

/** A user's tokens as they lie in a storage. */
export interface TokenRecord {
  readonly tokens: Tokens;
  /** Milliseconds since the epoch, and more than in any record of the user before it: the newer of two records has more. */
  readonly savedAt: number;
}

/** A storage of records. No error of it shows a token. */
export interface Records {
  /** @throws {TokenVaultError} `unreadable`; never undefined for a value that is there */
  read(userId: string): Promise<TokenRecord | undefined>;
  write(userId: string, record: TokenRecord): Promise<void>;
  remove(userId: string): Promise<void>;
}

/** The five parts of a sealed value. @see RFC 7516, section 7.1 */
const SEALED = /^[\w-]+(?:\.[\w-]*){4}$/;

/**
 * Keeps records in a storage of strings.
 * @param sealer seals what is written, and then nothing unsealed is read: who can write to the storage must not be able to plant tokens
 */
export function createRecords(storage: TokenStorage, sealer: Sealer | undefined): Records {
  async function open(userId: string, value: unknown): Promise<unknown> {
    if (typeof value !== 'string') throw unreadable(userId, `storage.get must hand back the string that was set`);
    if (sealer === undefined) {
      if (SEALED.test(value)) throw unreadable(userId, 'it is sealed, and the vault has no secrets');
      return parseJSON(value);
    }
    if (!SEALED.test(value)) throw unreadable(userId, 'it is not sealed, though the vault has secrets');
    const opened = await sealer.open(value, boundTo(userId));
    if (opened === undefined) {
      throw unreadable(userId, 'none of the secrets opens it: one is missing from `secrets`, or the value was changed');
    }
    return opened;
  }

  return {
    async read(userId) {
      const value: unknown = await storage.get(userId);
      if (value === undefined || value === null) return undefined;
      const record = readRecord(userId, await open(userId, value));
      if (record === undefined) throw unreadable(userId, "it is none of this user's records");
      return record;
    },
    async write(userId, { tokens, savedAt }) {
      const plain = { userId, savedAt, ...tokens };
      const value = sealer === undefined ? JSON.stringify(plain) : await sealer.seal(plain, boundTo(userId));
      try {
        await storage.set(userId, value);
      } catch (error) {
        // A database may show what it was to store.
        throw redactError(error, [value, ...secretsOf(tokens)]);
      }
    },
    async remove(userId) {
      await storage.delete(userId);
    },
  };
}

/** What no error may show of a user's tokens. */
export function secretsOf(...sets: readonly Tokens[]): string[] {
  return sets
    .flatMap(({ accessToken, refreshToken, idToken }) => [accessToken, refreshToken, idToken])
    .filter((token) => token !== undefined);
}

function readRecord(userId: string, value: unknown): TokenRecord | undefined {
  const record = readObject(value);
  const savedAt = record?.['savedAt'];
  // A value that was copied from another user must not be used as this one's.
  if (record?.['userId'] !== userId || typeof savedAt !== 'number') return undefined;
  try {
    return { tokens: readGivenTokens(record as unknown as KeptTokens), savedAt }; // it checks every field
  } catch {
    return undefined;
  }
}

/** What a sealed value belongs to: with it another user's cannot be opened. */
function boundTo(userId: string): string {
  return `tokens of user ${userId}`;
}

/** Without a cause: JSON.parse and its like quote what they were given. */
function unreadable(userId: string, why: string): TokenVaultError {
  return new TokenVaultError('unreadable', `The stored tokens of user ${userId} cannot be read: ${why}`);
}
