import { inspect } from 'node:util';

import { ID_TOKEN_ALGORITHM, type Endpoints } from '../oauth/endpoints.ts';
import { readObject } from '../http/json.ts';
import { about, type Finding } from './finding.ts';

/** Where a provider publishes what it is. @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig */
export function discoveryURL({ issuer }: Endpoints): string {
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
  const listed: Readonly<Record<string, readonly string[]>> = {
    id_token_signing_alg_values_supported: [ID_TOKEN_ALGORITHM],
    response_types_supported: ['code'],
    scopes_supported: ['openid', 'profile'],
    ...(hasSecret ? { token_endpoint_auth_methods_supported: ['client_secret_post'] } : {}),
  };
  const wrong = [
    ...Object.entries(equal)
      .filter(([name, expected]) => document[name] !== expected)
      .map(([name, expected]) => differs(name, document[name], expected)),
    ...Object.entries(listed).flatMap(([name, values]) =>
      values
        .filter((value) => !isListed(document[name], value))
        .map((value) => `${name} is ${show(document[name])} and should list '${value}'`),
    ),
  ];
  if (wrong.length === 0) return [ok('the discovery document is what this package expects')];
  return wrong.map(problem);
}

function differs(name: string, found: unknown, expected: string): string {
  const seen = `${name} is ${show(found)} and should be '${expected}'`;
  return typeof found === 'string' && `${found}/` === expected ? `${seen}: its last slash is missing` : seen;
}

function isListed(list: unknown, value: string): boolean {
  return Array.isArray(list) && list.includes(value);
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
  if (keys.length === 0) return [problem('there are none in the answer: no ID token can be checked')];
  const faults = keys.map(faultOf);
  const usable = faults.filter((fault) => fault === undefined).length;
  const others = faults.flatMap((fault, index) => (fault === undefined ? [] : [`key ${index + 1} ${fault}`]));
  if (usable === 0) return others.map(problem);
  return [ok(`${usable} for ${ID_TOKEN_ALGORITHM}`), ...others.map((other) => note(`${other}, and is not used`))];
}

function faultOf(candidate: unknown): string | undefined {
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
