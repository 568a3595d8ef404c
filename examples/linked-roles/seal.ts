/** Encrypts Discord's tokens, so that a copy of the database does not reveal them. */
import { createHash } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';

export interface Seal {
  /** Encrypts a text. @param about whose text it is: it cannot be decrypted for another person */
  close(text: string, about: string): Promise<string>;
  /** Decrypts a text. @throws {Error} its secret is missing, it was changed, or it is about another person */
  open(sealed: string, about: string): Promise<string>;
}

/** @param secrets the first encrypts, all decrypt. To replace a secret, put the new one first, and remove the old one 90 days later. */
export function createSeal(secrets: readonly string[]): Seal {
  const keys = secrets.map((secret) => createHash('sha256').update(`linked-roles:${secret}`).digest());
  const [newest] = keys;
  if (newest === undefined) throw new TypeError('secrets must have at least one secret');
  return {
    async close(text, about) {
      const content = new TextEncoder().encode(JSON.stringify({ about, text }));
      return new CompactEncrypt(content).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(newest);
    },
    async open(sealed, about) {
      for (const key of keys) {
        const content = await compactDecrypt(sealed, key).then(
          ({ plaintext }) => JSON.parse(new TextDecoder().decode(plaintext)) as { about: string; text: string }, // `close` wrote it
          () => undefined,
        );
        if (content?.about === about) return content.text;
      }
      throw new Error('The stored tokens cannot be decrypted: their secret is missing from TOKEN_SECRETS');
    },
  };
}
