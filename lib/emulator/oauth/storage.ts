import type { EmulatorClock } from '../clock.ts';
import { readClaims } from './keys.ts';

type Payload = Record<string, unknown>;

/** A stored token of any kind, or another entry of oidc-provider. */
export interface StoredToken {
  /** oidc-provider's name, such as `AccessToken`. */
  readonly kind: string;
  readonly payload: Readonly<Payload>;
  /** Both in milliseconds, by the emulator's clock. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

interface Entry extends StoredToken {
  readonly payload: Payload;
  /** Of an access token: whether the user or the app revoked it. Introspection still reports it as active (see Roblox's note at v1/token/introspect). */
  revoked: boolean;
  /** The JWT that apps get for an access token of oidc-provider. */
  jwt?: string;
}

/** What the user chose on the consent page. */
export interface GrantedResources {
  readonly experienceIds: readonly string[];
  /** In Roblox's form: `U` for the user, `G7` for group 7. */
  readonly accounts: readonly string[];
}

/** One user's authorization of one app. */
export interface Authorization {
  readonly grantId: string;
  readonly userId: string;
  readonly clientId: string;
  readonly resources: GrantedResources;
}

/** What an access token gives access to. */
export interface Access extends Authorization {
  readonly scopes: ReadonlySet<string>;
}

/**
 * Stores codes, tokens and authorizations.
 * Removes used codes, used refresh tokens and expired entries. Keeps only the newest authorizations of each user and app.
 */
export class Storage {
  readonly #models = new Map<string, Map<string, Entry>>();
  /** All entries of a grant, as [model, id]. */
  readonly #byGrant = new Map<string, [string, string][]>();
  readonly #authorizations = new Map<string, Authorization>();
  /** Grant IDs by user and app, oldest first. */
  readonly #byOwner = new Map<string, string[]>();
  readonly #clock: EmulatorClock;
  readonly #kept: number;
  readonly #revokesOnReuse: () => boolean;

  constructor(about: { clock: EmulatorClock; authorizationsKept: number; revokesOnReuse: () => boolean }) {
    this.#clock = about.clock;
    this.#kept = about.authorizationsKept;
    this.#revokesOnReuse = about.revokesOnReuse;
  }

  /**
   * Makes the adapter for one of oidc-provider's models.
   * @param createUsedError makes the error for the second of two requests that use a code or refresh token at the same time
   */
  createAdapter(name: string, createUsedError: () => Error) {
    const entries = this.#getEntries(name);
    return {
      upsert: async (id: string, payload: Payload, expiresInSeconds: number) => {
        this.#sweep(entries);
        const issuedAt = this.#clock.now();
        entries.set(id, {
          kind: name,
          payload,
          issuedAt,
          expiresAt: issuedAt + expiresInSeconds * 1000,
          revoked: false,
        });
        if (typeof payload['grantId'] === 'string') this.#link(payload['grantId'], name, id);
      },
      find: async (id: string) => this.#findLive(name, id)?.payload,
      findByUid: async () => undefined,
      findByUserCode: async () => undefined,
      consume: async (id: string) => {
        const payload = entries.get(id)?.payload;
        if (payload === undefined || payload['consumed'] !== undefined) throw createUsedError();
        // When a token that is marked as consumed comes again, oidc-provider ends its grant. A deleted one is simply unknown.
        if (this.#revokesOnReuse()) payload['consumed'] = true;
        else entries.delete(id);
      },
      destroy: async (id: string) => this.#end(name, id),
      revokeByGrantId: async (grantId: string) => this.endAuthorization(grantId),
    };
  }

  /** Adds an authorization. Removes the oldest ones of the same user and app when there are too many. */
  addAuthorization(authorization: Authorization): void {
    this.#authorizations.set(authorization.grantId, authorization);
    const owner = `${authorization.userId} ${authorization.clientId}`;
    const grants = this.#byOwner.get(owner) ?? [];
    grants.push(authorization.grantId);
    this.#byOwner.set(owner, grants);
    while (grants.length > this.#kept) this.#forget(grants.shift() ?? '');
  }

  /**
   * Returns the JWT that apps get for an access token of oidc-provider. Signs it the first time.
   * @param sign makes the JWT from the stored token; its `jti` must be the given `id`
   */
  showAccessToken(token: string, sign: (id: string, stored: StoredToken) => string): string {
    const entry = this.#getEntries('AccessToken').get(token);
    if (entry === undefined) return token;
    entry.jwt ??= sign(`AT.${token}`, entry);
    return entry.jwt;
  }

  /** Returns oidc-provider's token for the JWT of an access token. Returns any other token unchanged. */
  resolveToken(token: string): string {
    const jti = readClaims(token)?.['jti'];
    const id = typeof jti === 'string' ? jti.replace(/^AT\./, '') : '';
    const entry = this.#getEntries('AccessToken').get(id);
    if (entry?.jwt === token) return id;
    // Refuse oidc-provider's own form of an access token: no app ever gets it.
    return this.#getEntries('AccessToken').has(token) ? '' : token;
  }

  /** Finds what an access token gives access to; undefined when it is unknown, expired or revoked. */
  findAccess(token: string): Access | undefined {
    const payload = this.#findLive('AccessToken', this.resolveToken(token))?.payload;
    const authorization = this.#authorizations.get(String(payload?.['grantId']));
    if (payload === undefined || authorization === undefined) return undefined;
    return { ...authorization, scopes: new Set(String(payload['scope'] ?? '').split(' ')) };
  }

  /** Finds a token that introspection reports as active: an access token until it expires, even if revoked, or a working refresh token. */
  findToken(shown: string): StoredToken | undefined {
    const value = this.resolveToken(shown);
    for (const kind of ['AccessToken', 'RefreshToken']) {
      const entry = this.#getEntries(kind).get(value);
      if (entry === undefined || this.#isExpired(entry)) continue;
      if (kind === 'RefreshToken' && entry.payload['consumed'] !== undefined) continue;
      return entry;
    }
    return undefined;
  }

  /** Finds the redirect URI of a code that was not used yet. */
  findRedirectURI(code: string): string | undefined {
    const uri = this.#findLive('AuthorizationCode', code)?.payload['redirectUri'];
    return typeof uri === 'string' ? uri : undefined;
  }

  /** Ends an authorization: its tokens are refused from now on. */
  endAuthorization(grantId: string): void {
    for (const [model, id] of this.#byGrant.get(grantId) ?? []) this.#end(model, id);
    this.#getEntries('Grant').delete(grantId);
  }

  /** Ends every authorization that a user gave. */
  endUserAuthorizations(userId: string): void {
    for (const { grantId, ...about } of this.#authorizations.values()) {
      if (about.userId === userId) this.endAuthorization(grantId);
    }
  }

  /** Refuses all current access tokens from now on, as if they had expired. */
  expireAccessTokens(): void {
    this.#getEntries('AccessToken').clear();
  }

  #getEntries(model: string): Map<string, Entry> {
    const entries = this.#models.get(model) ?? new Map<string, Entry>();
    this.#models.set(model, entries);
    return entries;
  }

  #isExpired(entry: Entry): boolean {
    return entry.expiresAt <= this.#clock.now();
  }

  #findLive(model: string, id: string): Entry | undefined {
    const entry = this.#getEntries(model).get(id);
    return entry === undefined || entry.revoked || this.#isExpired(entry) ? undefined : entry;
  }

  #link(grantId: string, model: string, id: string): void {
    const links = (this.#byGrant.get(grantId) ?? []).filter(([kind, key]) => this.#getEntries(kind).has(key));
    links.push([model, id]);
    this.#byGrant.set(grantId, links);
  }

  #end(model: string, id: string): void {
    const entries = this.#getEntries(model);
    const entry = entries.get(id);
    if (model === 'AccessToken' && entry !== undefined) entry.revoked = true;
    else entries.delete(id);
  }

  #forget(grantId: string): void {
    for (const [model, id] of this.#byGrant.get(grantId) ?? []) this.#getEntries(model).delete(id);
    this.#byGrant.delete(grantId);
    this.#getEntries('Grant').delete(grantId);
    this.#authorizations.delete(grantId);
  }

  // Removes expired entries. They come first, because all entries of a model have the same lifetime. Two are enough for each new entry.
  #sweep(entries: Map<string, Entry>): void {
    let removed = 0;
    for (const [id, entry] of entries) {
      if (!this.#isExpired(entry) || removed === 2) return;
      entries.delete(id);
      removed += 1;
    }
  }
}
