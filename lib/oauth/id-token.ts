import { IDTokenError, type IDTokenErrorCode } from '../errors.ts';
import { isID } from '../http/json.ts';
import { copyError } from '../http/redact.ts';
import { ID_TOKEN_ALGORITHM } from './endpoints.ts';
import type { KeyCache, PublicKey } from './keys.ts';

/** Claims about a user. */
export interface SubjectClaims {
  /** The user's ID. It never changes and is never given to another user. */
  readonly sub: string;
  readonly [claim: string]: unknown;
}

/** What the claims of an ID token are compared with. */
export interface IDTokenExpectations {
  readonly issuer: string;
  readonly clientID: string;
  /** The nonce of the login. */
  readonly nonce: string;
  /** How far the clocks may differ, in seconds. */
  readonly clockToleranceSeconds: number;
}

const REQUIRED_CLAIMS = ['iss', 'aud', 'exp', 'iat', 'sub', 'nonce'];

/**
 * Imports only the parts of jose that check a signature: its main entry also loads everything that signs and encrypts.
 * Not imported with the package, because most processes check no signature.
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

/** Calls {@link importJose} once: to import a loaded module still takes time. */
function loadJose(): Promise<Jose> {
  joseLoaded ??= importJose().catch((error: unknown) => {
    joseLoaded = undefined;
    throw error;
  });
  return joseLoaded;
}

/** Loads jose ahead of time, so that {@link verifyIDToken} need not wait for it. */
export function prepareVerification(): void {
  loadJose().catch(() => {});
}

/**
 * Checks an ID token: its signature (ES256 only), `iss`, `aud`, `azp`, `exp`, `iat`, `nbf`, `nonce` and `sub`.
 * When no key has the token's `kid`, it fetches the keys again.
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
  const [jose, known] = await Promise.all([loadJose(), keys.get()]);
  const { JOSEError, JWKSNoMatchingKey } = jose.errors;

  async function verifyWith(set: readonly PublicKey[]): Promise<SubjectClaims> {
    try {
      const { payload } = await jose.jwtVerify(idToken, getKeySet(jose, set), {
        algorithms: [ID_TOKEN_ALGORITHM],
        issuer: expected.issuer,
        audience: expected.clientID,
        clockTolerance: expected.clockToleranceSeconds,
        currentDate: new Date(now()),
        requiredClaims: REQUIRED_CLAIMS,
      });
      return checkClaims(payload, expected, Math.floor(now() / 1000));
    } catch (error) {
      const newer = error instanceof JWKSNoMatchingKey ? await keys.getNewer(set) : undefined;
      if (newer !== undefined) return verifyWith(newer);
      throw error instanceof JOSEError ? explainJoseError(jose, error) : error;
    }
  }
  return verifyWith(known);
}

const keySets = new WeakMap<readonly PublicKey[], ReturnType<Jose['createLocalJWKSet']>>();

/** Makes one key set for each fetch of the keys: jose keeps the imported keys in it. */
function getKeySet(jose: Jose, keys: readonly PublicKey[]) {
  let set = keySets.get(keys);
  if (set === undefined) {
    set = jose.createLocalJWKSet({ keys: [...keys] });
    keySets.set(keys, set);
  }
  return set;
}

/** Checks what jose does not. */
function checkClaims(
  payload: Readonly<Record<string, unknown>>,
  expected: IDTokenExpectations,
  nowSeconds: number,
): SubjectClaims {
  const { sub, aud, azp, iat, nonce } = payload;
  const fail = (code: IDTokenErrorCode, claim: string, message: string) => new IDTokenError(code, message, { claim });
  if (!isID(sub)) throw fail('invalid_claim', 'sub', "The ID token's sub is not a Roblox user ID");
  if ((Array.isArray(aud) && aud.length > 1 && azp === undefined) || (azp !== undefined && azp !== expected.clientID)) {
    throw fail('invalid_audience', 'azp', "The ID token's azp is missing or names another app");
  }
  if (typeof iat !== 'number' || iat > nowSeconds + expected.clockToleranceSeconds) {
    throw fail('issued_in_future', 'iat', "The ID token's iat is in the future: check this machine's clock");
  }
  if (nonce !== expected.nonce) {
    throw fail('invalid_nonce', 'nonce', "The ID token's nonce is not the one of this login");
  }
  return { ...payload, sub };
}

function explainJoseError(jose: Jose, error: InstanceType<Jose['errors']['JOSEError']>): IDTokenError {
  const { errors } = jose;
  // A copy: jose's errors about claims carry the whole payload.
  const cause = copyError(error, []);
  const fail = (code: IDTokenErrorCode, message: string, claim?: string) =>
    new IDTokenError(code, message, { ...(claim === undefined ? {} : { claim }), cause });
  if (error instanceof errors.JWTExpired) {
    return fail('expired', "The ID token has expired: check this machine's clock", 'exp');
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    const { claim, reason } = error;
    if (reason === 'missing') return fail('missing_claim', `The ID token has no ${claim}`, claim);
    if (reason === 'invalid') return fail('invalid_claim', `The ID token's ${claim} has the wrong type`, claim);
    if (claim === 'iss') return fail('invalid_issuer', 'The ID token is from another issuer: check baseURL', claim);
    if (claim === 'aud') return fail('invalid_audience', 'The ID token is for another app: check clientID', claim);
    if (claim === 'nbf') {
      return fail('not_yet_valid', "The ID token is not valid yet: check this machine's clock", claim);
    }
    return fail('invalid_claim', `The ID token's ${claim} is not valid`, claim);
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return fail('invalid_algorithm', `The ID token is not signed with ${ID_TOKEN_ALGORITHM}`);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return fail('invalid_signature', "The ID token's signature does not match its key");
  }
  if ([errors.JWSInvalid, errors.JWTInvalid, errors.JOSENotSupported].some((type) => error instanceof type)) {
    return fail('malformed', 'The ID token is not a signed JWT');
  }
  return fail('unknown_key', "None of Roblox's keys can check the ID token");
}

/**
 * Checks that userinfo names the same user as the ID token.
 * @throws {IDTokenError} `subject_mismatch`
 * @see https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse
 */
export function checkSubject(claims: SubjectClaims, sub: unknown): void {
  if (sub !== claims.sub) {
    throw new IDTokenError('subject_mismatch', 'userinfo names another user than the ID token', { claim: 'sub' });
  }
}
