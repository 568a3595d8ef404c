import { hkdfSync } from 'node:crypto';

/** A string or bytes that nobody can guess. Keys are derived from it. */
export type Secret = string | Uint8Array;

/** 128 random bits cannot be found by trying. */
const MIN_SECRET_BYTES = 16;

/** A command that works in every shell, on Windows too. */
const MAKE_SECRET = `node -p "crypto.randomBytes(32).toString('base64')"`;

/** The first secret encrypts. All of them decrypt. */
export type Secrets = readonly [newest: Secret, ...older: Secret[]];

/** Encrypts values, and decrypts what was encrypted with one of its secrets. */
export type Sealer = ReturnType<typeof createSealer>;

/**
 * Checks secrets.
 * @param name the name of the option, for the message. The message never shows a value.
 * @throws {TypeError} no secret, one that is not a string or bytes, or one that is too short
 */
export function readSecrets(name: string, secrets: unknown): Secrets {
  const [newest, ...older] = (Array.isArray(secrets) ? secrets : []).map((each) => readSecret(`each of ${name}`, each));
  if (newest === undefined) throw new TypeError(`${name} must be an array with at least one secret, the newest first`);
  return [newest, ...older];
}

/** {@link readSecrets} for one secret. */
export function readSecret(name: string, secret: unknown): Secret {
  const isBytes = secret instanceof Uint8Array;
  const bytes = typeof secret === 'string' ? Buffer.byteLength(secret) : isBytes ? secret.byteLength : undefined;
  const wanted = `${name} must be ${MIN_SECRET_BYTES} bytes or more, as a string or as bytes`;
  const advice = `; make one with: ${MAKE_SECRET}`;
  if (bytes === undefined)
    throw new TypeError(`${wanted}, but is ${secret === undefined ? 'missing' : `a ${typeof secret}`}${advice}`);
  if (bytes < MIN_SECRET_BYTES) throw new TypeError(`${wanted}, but has ${bytes}${advice}`);
  // A copy: the caller may change the bytes later.
  return typeof secret === 'string' ? secret : Uint8Array.from(secret as Uint8Array); // checked above
}

/**
 * Makes a {@link Sealer}: AES-256-GCM in a JWE, with a separate key for each `boundTo`.
 * @param secrets to replace a secret, put the new one first and keep the old one, which still decrypts old values
 * @see RFC 7516 https://www.rfc-editor.org/rfc/rfc7516
 */
export function createSealer(secrets: Secrets) {
  return {
    /**
     * Encrypts a JSON value with the first secret.
     * @param boundTo what the value belongs to, such as a cookie's name or a user's ID. It cannot be decrypted with another `boundTo`.
     * @returns a compact JWE: letters, digits, `-`, `_` and dots
     */
    async seal(value: unknown, boundTo: string): Promise<string> {
      const { EncryptJWT } = await loadJose();
      const jwt = new EncryptJWT({ value }).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' });
      return jwt.encrypt(deriveKey(secrets[0], boundTo));
    },
    /** Decrypts a value. @returns undefined when no secret decrypts it: it is forged, damaged, cut or has another `boundTo` */
    async open(sealed: string, boundTo: string): Promise<unknown> {
      // Refuse white space, which jose would ignore: our sealed values have none.
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

/** Derives the key for one `boundTo`. @see RFC 5869 */
function deriveKey(secret: Secret, boundTo: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `passport-roblox-oauth2 ${boundTo}`, 32));
}

/** Loads jose when it is needed, so that the package loads faster. */
function loadJose(): Promise<typeof import('jose')> {
  return import('jose');
}
