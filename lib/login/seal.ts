import { hkdfSync } from 'node:crypto';

/** What a key is derived from: a string or bytes that nobody can guess. */
export type Secret = string | Uint8Array;

/** 128 random bits are too many to try them all. */
const MIN_SECRET_BYTES = 16;

/** Works in every shell, Windows' too. */
const MAKE_SECRET = `node -p "crypto.randomBytes(32).toString('base64')"`;

/** The first encrypts, all decrypt. */
export type Secrets = readonly [newest: Secret, ...older: Secret[]];

/** Encrypts values, and opens what it (or another with one of its secrets) has encrypted. */
export interface Sealer {
  /**
   * Encrypts a JSON value by the first secret.
   * @param boundTo what the value belongs to (a cookie's name, a user's ID): it opens for nothing else
   * @returns a compact JWE: letters, digits, `-`, `_` and dots
   */
  seal(value: unknown, boundTo: string): Promise<string>;
  /** @returns the value; undefined where no secret opens it: forged, damaged, cut or bound to something else */
  open(sealed: string, boundTo: string): Promise<unknown>;
}

/**
 * Checks secrets, once.
 * @param name the option's, for the message; what came is never shown
 * @throws {TypeError} none, or one that is no string or bytes, or too short to be unguessable
 */
export function readSecrets(name: string, secrets: unknown): Secrets {
  const [newest, ...older] = (Array.isArray(secrets) ? secrets : []).map((each) => readSecret(`each of ${name}`, each));
  if (newest === undefined) throw new TypeError(`${name} must be an array with at least one secret, the newest first`);
  return [newest, ...older];
}

/** {@link readSecrets} for one. */
export function readSecret(name: string, secret: unknown): Secret {
  const isBytes = secret instanceof Uint8Array;
  const bytes = typeof secret === 'string' ? Buffer.byteLength(secret) : isBytes ? secret.byteLength : undefined;
  const wanted = `${name} must be ${MIN_SECRET_BYTES} bytes or more, as a string or as bytes`;
  const advice = `; make one with: ${MAKE_SECRET}`;
  if (bytes === undefined)
    throw new TypeError(`${wanted}, but is ${secret === undefined ? 'missing' : `a ${typeof secret}`}${advice}`);
  if (bytes < MIN_SECRET_BYTES) throw new TypeError(`${wanted}, but has ${bytes}${advice}`);
  // A copy: what the caller does with the bytes later must not change the key.
  return typeof secret === 'string' ? secret : Uint8Array.from(secret as Uint8Array); // checked above
}

/**
 * Makes a {@link Sealer}: AES-256-GCM in a JWE, with a key of its own for each `boundTo`.
 * @param secrets the first encrypts, all decrypt: a secret can be replaced without losing what the old one has encrypted
 * @see RFC 7516 https://www.rfc-editor.org/rfc/rfc7516
 */
export function createSealer(secrets: Secrets): Sealer {
  return {
    async seal(value, boundTo) {
      const { EncryptJWT } = await loadJose();
      const jwt = new EncryptJWT({ value }).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' });
      return jwt.encrypt(deriveKey(secrets[0], boundTo));
    },
    async open(sealed, boundTo) {
      // jose ignores white space inside; what we have sealed has none.
      if (!/^[\w.-]+$/.test(sealed)) return undefined;
      const { jwtDecrypt } = await loadJose();
      for (const secret of secrets) {
        const opened = await jwtDecrypt(sealed, deriveKey(secret, boundTo), {
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        }).catch(() => undefined);
        if (opened !== undefined) return opened.payload['value'];
      }
      return undefined;
    },
  };
}

/** Derives a key per use: what is encrypted for one use does not open for another. @see RFC 5869 */
function deriveKey(secret: Secret, boundTo: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `passport-roblox-oauth2 ${boundTo}`, 32));
}

/** Loads jose when it is first needed: the package loads faster without it. */
function loadJose(): Promise<typeof import('jose')> {
  return import('jose');
}
