import { inspect } from 'node:util';

import { ConnectionError } from '../errors.ts';
import { readObject, readString } from '../http/json.ts';
import { ID_TOKEN_ALGORITHM, type Endpoints } from '../oauth/endpoints.ts';
import { about, type Finding } from './report.ts';

/** Where a provider publishes what it is. @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig */
export function buildDiscoveryURL({ issuer }: Endpoints): string {
  return `${issuer}.well-known/openid-configuration`;
}

type Document = Readonly<Record<string, unknown>>;

/**
 * Compares the discovery document with what this package takes for granted. Every difference is a finding of its own.
 * It says nothing of PKCE and public clients, which Roblox supports without listing them.
 * @see https://create.roblox.com/docs/cloud/auth/oauth2-reference
 */
export function checkDiscovery(document: Document, endpoints: Endpoints, hasSecret: boolean): Finding[] {
  const { ok, problem } = about('discovery');
  const equal: Readonly<Record<string, string>> = {
    issuer: endpoints.issuer,
    authorization_endpoint: endpoints.authorization,
    token_endpoint: endpoints.token,
    revocation_endpoint: endpoints.revocation,
    introspection_endpoint: endpoints.introspection,
    resources_endpoint: endpoints.resources,
    userinfo_endpoint: endpoints.userinfo,
    jwks_uri: endpoints.certs,
  };
  const listed: readonly (readonly [name: string, value: string])[] = [
    ['id_token_signing_alg_values_supported', ID_TOKEN_ALGORITHM],
    ['response_types_supported', 'code'],
    ['scopes_supported', 'openid'],
    ['scopes_supported', 'profile'],
    ...(hasSecret ? ([['token_endpoint_auth_methods_supported', 'client_secret_post']] as const) : []),
  ];
  const wrong = [
    ...Object.entries(equal).flatMap(([name, expected]) =>
      document[name] === expected ? [] : describeDifference(name, document[name], expected),
    ),
    ...listed.flatMap(([name, value]) => {
      const found = document[name];
      const isListed = Array.isArray(found) && found.includes(value);
      return isListed ? [] : `${name} is ${show(found)} and should list '${value}'`;
    }),
  ];
  if (wrong.length === 0) return [ok('the discovery document is what this package expects')];
  return wrong.map(problem);
}

function describeDifference(name: string, found: unknown, expected: string): string {
  const seen = `${name} is ${show(found)} and should be '${expected}'`;
  return typeof found === 'string' && `${found}/` === expected ? `${seen}: its last slash is missing` : seen;
}

/** What came from outside, short and without control characters, so that it may stand on a terminal. */
function show(value: unknown): string {
  if (value === undefined) return 'missing';
  return inspect(value, { depth: 1, breakLength: Infinity, maxStringLength: 200, maxArrayLength: 10 });
}

/**
 * Looks for a key that ID tokens can be checked with.
 * @see RFC 7517, section 4, and RFC 7518, section 6.2.1 for the members of an EC key
 */
export function checkKeys(document: Document): Finding[] {
  const { ok, note, problem } = about('keys');
  const keys: readonly unknown[] = Array.isArray(document['keys']) ? document['keys'] : [];
  if (keys.length === 0) return [problem('there are none in the response: no ID token can be checked')];
  const faults = keys.map(findFault);
  const usable = faults.filter((fault) => fault === undefined).length;
  const others = faults.flatMap((fault, index) => (fault === undefined ? [] : [`key ${index + 1} ${fault}`]));
  if (usable === 0) return others.map(problem);
  return [ok(`${usable} for ${ID_TOKEN_ALGORITHM}`), ...others.map((other) => note(`${other}, and is not used`))];
}

function findFault(candidate: unknown): string | undefined {
  const key = readObject(candidate);
  if (key === undefined) return 'is no JSON object';
  const { kty, crv, alg, kid, use, x, y } = key;
  if (kty !== 'EC' || crv !== 'P-256') return `is of the type ${show(kty)} ${show(crv)} and should be 'EC' 'P-256'`;
  if (alg !== undefined && alg !== ID_TOKEN_ALGORITHM)
    return `is for ${show(alg)} and should be for ${ID_TOKEN_ALGORITHM}`;
  if (use !== undefined && use !== 'sig') return `is for the use ${show(use)} and should be for 'sig'`;
  if (typeof kid !== 'string' || kid === '') return 'has no kid, by which tokens name their key';
  if (typeof x !== 'string' || typeof y !== 'string') return 'lacks its coordinates x and y';
  return undefined;
}

/** One response, and this machine's time around it. */
export interface ClockSample {
  /** Milliseconds since 1970, by this machine, before the request left and after the response came. */
  readonly sentMs: number;
  readonly receivedMs: number;
  /** The response's `Date` header. @see RFC 9110, section 6.6.1 */
  readonly date: string | null;
  /** Its `Age` header: how many seconds ago a cache got it. @see RFC 9111, section 5.1 */
  readonly age: string | null;
}

/** The strategy's own `clockTolerance`, where the app sets none. */
const TOLERANCE_SECONDS = 60;

/**
 * Compares this machine's clock with Roblox's. The response was made somewhere between sending and receiving, and its header counts whole
 * seconds: only what is too far by every reading is a problem.
 */
export function checkClock(samples: readonly ClockSample[]): Finding {
  const { ok, note, problem } = about('clock');
  const ranges = samples.map(measureLead).filter((range) => range !== undefined);
  // The quickest response says most.
  const range = ranges.sort((a, b) => a.mostMs - a.leastMs - (b.mostMs - b.leastMs))[0];
  if (range === undefined) return note('could not be compared: no response told its time');
  const tooFar = range.leastMs > TOLERANCE_SECONDS * 1000 || range.mostMs < -TOLERANCE_SECONDS * 1000;
  const middleSeconds = Math.round((range.leastMs + range.mostMs) / 2000);
  if (!tooFar) return ok(`within ${Math.max(1, Math.abs(middleSeconds))} s of the service's`);
  const way = middleSeconds > 0 ? 'ahead' : 'behind';
  return problem(
    `this machine is about ${inWords(Math.abs(middleSeconds))} ${way}. Sign-ins can fail from ${TOLERANCE_SECONDS} s on. ` +
      'Let the machine set its clock by NTP (timedatectl set-ntp true)',
  );
}

/** How far we are ahead, at the least and at the most; negative: behind. */
function measureLead({ sentMs, receivedMs, date, age }: ClockSample): { leastMs: number; mostMs: number } | undefined {
  const dateMs = Date.parse(date ?? '');
  if (Number.isNaN(dateMs)) return undefined;
  const isAged = age !== null && /^\d{1,9}$/.test(age);
  const earliestMs = dateMs + (isAged ? Number(age) * 1000 : 0);
  const latestMs = earliestMs + (isAged ? 2000 : 1000);
  return { leastMs: sentMs - latestMs, mostMs: receivedMs - earliestMs };
}

function inWords(seconds: number): string {
  if (seconds < 180) return `${seconds} seconds`;
  if (seconds < 3 * 3600) return `${Math.round(seconds / 60)} minutes`;
  if (seconds < 3 * 86400) return `${Math.round(seconds / 3600)} hours`;
  return `${Math.round(seconds / 86400)} days`;
}

/** Says in plain words why an exchange failed, and what to look at first. */
export function explainFailure(error: unknown): string {
  if (!(error instanceof ConnectionError)) throw error;
  switch (error.code) {
    case 'timeout':
      return `${error.url} did not answer in time. A firewall that swallows packets is the usual cause`;
    case 'network': {
      const code = findSystemCode(error.cause);
      return `${error.url} cannot be reached${code === undefined ? '' : ` (${code})`}. ${chooseAdvice(code)}`;
    }
    case 'redirect':
      return `${error.url} answers with a redirect. Look at ROBLOX_BASE_URL, and for a portal or proxy in between`;
    case 'body_too_large':
    case 'invalid_body':
      return `${error.url} answers with something that is not JSON, or too large. Look at ROBLOX_BASE_URL, and for a proxy in between`;
    case 'server_error':
      return `${error.url} answers with HTTP ${error.status}. See https://status.roblox.com, and try again later`;
    case 'unexpected_status':
      return `${error.url} answers with HTTP ${error.status}. Look at ROBLOX_BASE_URL, and for a proxy in between`;
  }
}

/** The code of the system's error, however deep a `fetch` has wrapped it. */
function findSystemCode(cause: unknown, depth = 0): string | undefined {
  if (!(cause instanceof Error) || depth > 4) return undefined;
  const code = 'code' in cause ? readString(cause.code) : undefined;
  return code ?? findSystemCode(cause.cause, depth + 1);
}

function chooseAdvice(code: string | undefined): string {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'Its name cannot be looked up: check the spelling, the DNS and the network';
    case 'ECONNREFUSED':
      return 'Nothing listens there: check the host and port, or start the emulator';
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return "Its certificate is not valid at this machine's time: check the clock";
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return 'A proxy that opens TLS is in between: give Node its certificate with NODE_EXTRA_CA_CERTS';
    default:
      return 'Check the network; where it needs a proxy, give the strategy a fetch that uses it';
  }
}
