import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';

/** A JSON Web Key. Our own type, because @types/node 25 moved its type. */
type PublicJWK = Readonly<Record<string, unknown>>;

/** An ES256 key that signs ID tokens and access tokens. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** The key in `/oauth/v1/certs`. */
  readonly publicJwk: PublicJWK;
}

/** Makes a new key. */
export function createSigningKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = randomUUID();
  return { kid, privateKey, publicJwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'ES256' } };
}

/** The keys of `/oauth/v1/certs`. The newest key signs. */
export class KeyRing {
  #keys: readonly [SigningKey, ...SigningKey[]] = [createSigningKey()];

  get newest(): SigningKey {
    return this.#keys[0];
  }

  get certs(): { keys: PublicJWK[] } {
    return { keys: this.#keys.map((key) => key.publicJwk) };
  }

  /** Whether one of the published keys signed a JWT. */
  hasSigned(jwt: string): boolean {
    const [header = '', claims = '', signature = ''] = jwt.split('.');
    return this.#keys.some(({ privateKey }) =>
      verify(
        'sha256',
        Buffer.from(`${header}.${claims}`),
        { key: createPublicKey(privateKey), dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      ),
    );
  }

  /** Signs tokens with a new key from now on. The old keys stay published, unless `dropOld` is true. */
  rotate(dropOld: boolean): void {
    this.#keys = dropOld ? [createSigningKey()] : [createSigningKey(), ...this.#keys];
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Signs claims as a compact JWS: ES256 with a key, HS256 with a secret, or `none` without a signature. */
export function signJwt(
  claims: Readonly<Record<string, unknown>>,
  by: { alg: 'ES256'; key: SigningKey; kid?: string } | { alg: 'HS256'; secret: string; kid: string } | { alg: 'none' },
): string {
  const kid = by.alg === 'none' ? undefined : by.alg === 'HS256' ? by.kid : (by.kid ?? by.key.kid);
  const input = `${encode({ alg: by.alg, typ: 'JWT', kid })}.${encode(claims)}`;
  if (by.alg === 'none') return `${input}.`;
  const signature =
    by.alg === 'HS256'
      ? createHmac('sha256', by.secret).update(input).digest()
      : sign('sha256', Buffer.from(input), { key: by.key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

/** Reads the claims of a compact JWS without checking its signature. */
export function readClaims(jwt: string): Record<string, unknown> | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
    return typeof claims === 'object' && claims !== null ? { ...claims } : undefined;
  } catch {
    return undefined;
  }
}
