/** Encrypts what must not be read in a copy of the database: Discord's tokens. */
import { createHash } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';

export interface Seal {
  /** @param about whose it is: what was sealed for one person does not open for another */
  close(text: string, about: string): Promise<string>;
  /** @throws {Error} sealed by a secret that is not among ours, changed, or about somebody else */
  open(sealed: string, about: string): Promise<string>;
}

/** @param secrets the first one seals, all of them open: put a new one in front, and remove the old one 90 days later */
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
      throw new Error('The stored tokens do not open: TOKEN_SECRETS lacks the secret that sealed them');
    },
  };
}
