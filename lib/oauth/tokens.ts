import { dropUndefined, readEpochSeconds, readID, readObject, readString } from '../http/json.ts';

/** A user's tokens. Plain data: store it, and give it to `strategy.client(tokens)` later. */
export interface Tokens {
  /** Valid for 15 minutes. */
  readonly accessToken: string;
  /** Valid for 90 days and one use. Each renewal brings the next one: store it before you use the new access token. */
  readonly refreshToken: string | undefined;
  /** A JWT that names the user. */
  readonly idToken: string | undefined;
  /** `Bearer`. */
  readonly tokenType: string;
  /** The granted scopes, as in the response. (The claim in the access token differs.) */
  readonly scope: readonly string[];
  /** When the access token expires, by this machine's clock; undefined when the response did not say. */
  readonly expiresAt: Date | undefined;
}

/**
 * Reads a response of the token endpoint. An unusable `expires_in` is ignored.
 * @param json the parsed body
 * @param nowMs when the response came, in milliseconds since the epoch; `expires_in` counts from then
 * @returns undefined when there is no access token, or when it is not a Bearer token
 * @see RFC 6749, section 5.1 https://www.rfc-editor.org/rfc/rfc6749#section-5.1
 */
export function readTokens(json: unknown, nowMs: number): Tokens | undefined {
  const body = readObject(json);
  const accessToken = readToken(body?.['access_token']);
  const tokenType = body?.['token_type'] ?? 'Bearer';
  if (body === undefined || accessToken === undefined || !isBearer(tokenType)) return undefined;
  const lifetimeSeconds = readLifetimeSeconds(body['expires_in']);
  return {
    accessToken,
    refreshToken: readToken(body['refresh_token']),
    idToken: readToken(body['id_token']),
    tokenType,
    scope: splitScopes(readString(body['scope']) ?? ''),
    expiresAt: lifetimeSeconds === undefined ? undefined : new Date(nowMs + lifetimeSeconds * 1000),
  };
}

/** Lists the values that no error may show. */
export function listSecrets({ accessToken, refreshToken, idToken }: Tokens): string[] {
  return [accessToken, refreshToken, idToken].filter((token) => token !== undefined);
}

/** A token is sent in a header or a form, so it must be printable ASCII. RFC 6749, appendix A.12. */
function readToken(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value) ? value : undefined;
}

/** Upper and lower case are equal. RFC 6749, section 5.1. */
function isBearer(tokenType: unknown): tokenType is string {
  return typeof tokenType === 'string' && tokenType.toLowerCase() === 'bearer';
}

/** Reads a number of seconds, also as digits in a string; undefined above 30 years. */
function readLifetimeSeconds(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof seconds === 'number' && seconds >= 0 && seconds < 1e9 ? seconds : undefined;
}

/** Splits the space-separated string of RFC 6749, section 3.3. Accepts an array too. Removes duplicates. */
export function splitScopes(scope: string | readonly string[]): string[] {
  const text = typeof scope === 'string' ? scope : scope.join(' ');
  return [...new Set(text.split(' ').filter((name) => name !== ''))];
}

/** How a client authenticates at the OAuth endpoints; `none` is for a public client. RFC 6749, section 2.3.1. */
export type ClientAuthentication = 'client_secret_post' | 'client_secret_basic' | 'none';

/** The app's credentials. */
export interface ClientCredentials {
  readonly clientID: string;
  /** Undefined for a public client. */
  readonly clientSecret: string | undefined;
  readonly clientAuthentication: ClientAuthentication;
}

const SECRET_PARAMETERS = ['code', 'code_verifier', 'refresh_token', 'token', 'client_secret'];

/**
 * Builds a POST to an OAuth endpoint, with the client's credentials either in the body or in a Basic header.
 * Never in both: Roblox refuses that as ambiguous.
 * @returns the headers, the body, and the values that no error may show
 * @see RFC 6749, section 2.3.1 https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
 */
export function buildTokenForm(
  credentials: ClientCredentials,
  parameters: Readonly<Record<string, string | undefined>>,
) {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) form.set(name, value);
  const headers: Record<string, string> = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  };
  const { clientID, clientSecret, clientAuthentication } = credentials;
  const secrets = SECRET_PARAMETERS.flatMap((name) => form.get(name) ?? []);
  if (clientSecret !== undefined) secrets.push(clientSecret);
  if (clientAuthentication === 'client_secret_basic' && clientSecret !== undefined) {
    const basic = Buffer.from(`${formEncode(clientID)}:${formEncode(clientSecret)}`).toString('base64');
    headers['authorization'] = `Basic ${basic}`;
    secrets.push(basic);
  } else {
    form.set('client_id', clientID);
    if (clientAuthentication === 'client_secret_post' && clientSecret !== undefined) {
      form.set('client_secret', clientSecret);
    }
  }
  return { headers, body: form.toString(), secrets };
}

/** Encodes one value as `application/x-www-form-urlencoded`, as RFC 6749 requires in a Basic header. */
function formEncode(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1);
}

/** What the introspection endpoint knows about a token. @see RFC 7662, section 2.2 */
export interface Introspection {
  /** Whether the token has not expired. Not a check for revocation: a revoked token stays active until it expires. */
  readonly active: boolean;
  /** The user's ID in this app's domain. */
  readonly sub?: string;
  readonly clientId?: string;
  readonly scope: readonly string[];
  readonly issuedAt?: Date;
  readonly expiresAt?: Date;
  /** What Roblox sent. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** The experiences and accounts that the user chose on the consent page. Each app has its own user IDs. */
export interface Resources {
  /** Experiences (universes) with their owner. */
  readonly experiences: readonly {
    readonly id: string;
    readonly owner: { readonly type: 'User' | 'Group'; readonly id: string };
  }[];
  /** Accounts that the app may act for: the user's own account and groups. */
  readonly accounts: readonly { readonly type: 'User' | 'Group'; readonly id: string }[];
}

/**
 * Reads a response of the introspection endpoint.
 * @returns undefined when it has no `active`
 * @see RFC 7662, section 2.2 https://www.rfc-editor.org/rfc/rfc7662#section-2.2
 */
export function readIntrospection(json: unknown): Introspection | undefined {
  const raw = readObject(json);
  if (raw === undefined || typeof raw['active'] !== 'boolean') return undefined;
  return dropUndefined({
    active: raw['active'],
    sub: readID(raw['sub']),
    clientId: readString(raw['client_id']),
    scope: splitScopes(readString(raw['scope']) ?? ''),
    issuedAt: readEpochSeconds(raw['iat']),
    expiresAt: readEpochSeconds(raw['exp']),
    raw,
  });
}

/**
 * Reads a response of `/token/resources`. It has one entry for each owner: `universe` lists experiences, and `creator` lists accounts,
 * where `U` means the owner and `G7` means group 7. Each list may be missing, and the user may have chosen nothing. Leaves out invalid IDs.
 * @returns undefined when it has no `resource_infos`
 * @see https://create.roblox.com/docs/cloud/auth/oauth2-reference#post-v1tokenresources
 */
export function readResources(json: unknown): Resources | undefined {
  const infos = readObject(json)?.['resource_infos'];
  if (!Array.isArray(infos)) return undefined;
  const experiences: Resources['experiences'][number][] = [];
  const accounts: Resources['accounts'][number][] = [];
  for (const info of infos.map(readObject)) {
    const owner = readObject(info?.['owner']);
    const id = readID(owner?.['id']);
    const type = (['User', 'Group'] as const).find((known) => known === owner?.['type']);
    if (id === undefined || type === undefined) continue;
    const resources = readObject(info?.['resources']);
    for (const experience of readIDList(resources?.['universe']).map(readID)) {
      if (experience !== undefined) experiences.push({ id: experience, owner: { type, id } });
    }
    for (const creator of readIDList(resources?.['creator'])) {
      const account = creator === 'U' ? { type, id } : readAccount(creator);
      if (account !== undefined) accounts.push(account);
    }
  }
  return { experiences, accounts };
}

function readIDList(resource: unknown): readonly unknown[] {
  const ids = readObject(resource)?.['ids'];
  return Array.isArray(ids) ? ids : [];
}

/** Reads an account: `G7` is group 7, `U7` and `7` are user 7. */
function readAccount(creator: unknown): Resources['accounts'][number] | undefined {
  const [, letter, digits] = typeof creator === 'string' ? (/^([GU]?)(\d+)$/.exec(creator) ?? []) : ['', '', creator];
  const id = readID(digits);
  return id === undefined ? undefined : { type: letter === 'G' ? 'Group' : 'User', id };
}
