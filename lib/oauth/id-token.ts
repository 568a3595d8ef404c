import { IDTokenError } from '../errors.ts';
import { ID_TOKEN_ALGORITHM } from './endpoints.ts';
import { isID } from '../http/json.ts';
import type { KeyCache, PublicKey } from './keys.ts';

/** Claims about a user. */
export interface SubjectClaims {
  /** The user's ID, never re-used and never changed: the key to know a user by. */
  readonly sub: string;
  readonly [claim: string]: unknown;
}

/** What an ID token must say to be valid. */
export interface IDTokenExpectations {
  readonly issuer: string;
  readonly clientID: string;
  /** The nonce of the login that the token was asked for. */
  readonly nonce: string;
  /** How far the clocks may differ, in seconds. */
  readonly clockToleranceSeconds: number;
}

const REQUIRED_CLAIMS = ['iss', 'aud', 'exp', 'iat', 'sub', 'nonce'];

/**
 * Loads jose when the first login starts, not with the package: most processes check no signature. Only the parts that check a
 * signature: jose's main entry also loads everything that signs and encrypts.
 */
async function importJose() {
  const [{ jwtVerify }, { createLocalJWKSet }, errors] = await Promise.all([
    import('jose/jwt/verify'),
    import('jose/jwks/local'),
    import('jose/errors'),
  ]);
  return { jwtVerify, createLocalJWKSet, errors };
}
type Jose = Awaited<ReturnType<typeof importJose>>;
let joseLoaded: Promise<Jose> | undefined;

/** {@link importJose}, once: importing a loaded module still takes time, and every login would do it. */
function loadJose(): Promise<Jose> {
  joseLoaded ??= importJose().catch((error: unknown) => {
    joseLoaded = undefined;
    throw error;
  });
  return joseLoaded;
}

/** Loads what {@link verifyIDToken} needs, so that a callback doesn't wait for it. */
export function prepareVerification(): void {
  loadJose().catch(() => {});
}

/**
 * Checks an ID token: signature (ES256 alone, by a key of `keys`), `iss`, `aud`, `azp`, `exp`, `iat`, `nbf`, `nonce`, `sub`. A token that names an unknown key has the keys fetched once more.
 * @throws {IDTokenError} the token is not valid; `code` names the check
 * @throws {ConnectionError} the keys could not be fetched
 * @see https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
 */
export async function verifyIDToken(
  idToken: string,
  keys: KeyCache,
  expected: IDTokenExpectations,
  now: () => number,
): Promise<SubjectClaims> {
  const [jose, known] = await Promise.all([loadJose(), keys.current()]);
  const verify = (set: readonly PublicKey[]) =>
    jose.jwtVerify(idToken, keySetOf(jose, set), {
      algorithms: [ID_TOKEN_ALGORITHM],
      issuer: expected.issuer,
      audience: expected.clientID,
      clockTolerance: expected.clockToleranceSeconds,
      currentDate: new Date(now()),
      requiredClaims: REQUIRED_CLAIMS,
    });
  try {
    const verifyBy = async (set: readonly PublicKey[]): ReturnType<typeof verify> =>
      verify(set).catch(async (error: unknown) => {
        const newer = error instanceof jose.errors.JWKSNoMatchingKey ? await keys.after(set) : undefined;
        if (newer === undefined) throw error;
        return verifyBy(newer);
      });
    const { payload } = await verifyBy(known);
    return checkClaims(payload, expected, Math.floor(now() / 1000));
  } catch (error) {
    throw error instanceof jose.errors.JOSEError ? explain(jose, error) : error;
  }
}

const keySets = new WeakMap<readonly PublicKey[], ReturnType<Jose['createLocalJWKSet']>>();

/** One key set per fetch, since jose keeps the imported keys with it. */
function keySetOf(jose: Jose, keys: readonly PublicKey[]) {
  let set = keySets.get(keys);
  if (set === undefined) {
    set = jose.createLocalJWKSet({ keys: [...keys] });
    keySets.set(keys, set);
  }
  return set;
}

/** What jose leaves to us. */
function checkClaims(
  payload: Readonly<Record<string, unknown>>,
  expected: IDTokenExpectations,
  nowSeconds: number,
): SubjectClaims {
  const { aud, azp, iat, nonce } = payload;
  const { sub } = payload;
  if (!isID(sub)) throw new IDTokenError('invalid_claim', "The ID token's sub is no Roblox user ID", { claim: 'sub' });
  if ((Array.isArray(aud) && aud.length > 1 && azp === undefined) || (azp !== undefined && azp !== expected.clientID)) {
    throw new IDTokenError('invalid_audience', 'The ID token is for several apps, and azp does not name this one', {
      claim: 'azp',
    });
  }
  if (typeof iat !== 'number' || iat > nowSeconds + expected.clockToleranceSeconds) {
    throw new IDTokenError('issued_in_future', "The ID token's iat is in the future: check this machine's clock", {
      claim: 'iat',
    });
  }
  if (nonce !== expected.nonce) {
    throw new IDTokenError('invalid_nonce', "The ID token's nonce is not the one of this login", { claim: 'nonce' });
  }
  return { ...payload, sub };
}

/** jose's error in our words. */
function explain(jose: Jose, error: InstanceType<Jose['errors']['JOSEError']>): IDTokenError {
  const { errors } = jose;
  if (error instanceof errors.JWTExpired) {
    return new IDTokenError('expired', "The ID token has expired: check this machine's clock", {
      claim: 'exp',
      cause: clean(error),
    });
  }
  if (error instanceof errors.JWTClaimValidationFailed) return explainClaim(error.claim, error.reason, clean(error));
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return new IDTokenError('invalid_algorithm', `The ID token is not signed with ${ID_TOKEN_ALGORITHM}`, {
      cause: clean(error),
    });
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return new IDTokenError('invalid_signature', "The ID token's signature does not match its key", {
      cause: clean(error),
    });
  }
  if ([errors.JWSInvalid, errors.JWTInvalid, errors.JOSENotSupported].some((type) => error instanceof type)) {
    return new IDTokenError('malformed', 'The ID token is no signed JWT', { cause: clean(error) });
  }
  return new IDTokenError('unknown_key', "No key of Roblox's can check the ID token", { cause: clean(error) });
}

function explainClaim(claim: string, reason: string, cause: unknown): IDTokenError {
  if (reason === 'missing') return new IDTokenError('missing_claim', `The ID token has no ${claim}`, { claim, cause });
  if (reason === 'invalid')
    return new IDTokenError('invalid_claim', `The ID token's ${claim} is of the wrong type`, { claim, cause });
  switch (claim) {
    case 'iss':
      return new IDTokenError('invalid_issuer', 'The ID token is from another issuer: check baseURL', { claim, cause });
    case 'aud':
      return new IDTokenError('invalid_audience', 'The ID token is for another app: check clientID', { claim, cause });
    case 'nbf':
      return new IDTokenError('not_yet_valid', "The ID token is not valid yet: check this machine's clock", {
        claim,
        cause,
      });
    default:
      return new IDTokenError('invalid_claim', `The ID token's ${claim} is not right`, { claim, cause });
  }
}

/** jose's claim errors carry the whole payload; a cause shows its name and message alone. */
function clean(error: Error & { readonly code?: unknown }): Error {
  return Object.assign(new Error(error.message), { name: error.name, code: error.code });
}

/**
 * Checks that userinfo speaks of the user whom the ID token names.
 * @throws {IDTokenError} `subject_mismatch`
 * @see https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse
 */
export function checkSubject(claims: SubjectClaims, sub: unknown): void {
  if (sub !== claims.sub) {
    throw new IDTokenError('subject_mismatch', 'userinfo speaks of another user than the ID token', { claim: 'sub' });
  }
}
