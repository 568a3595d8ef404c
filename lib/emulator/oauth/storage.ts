import type { EmulatorClock } from '../clock.ts';
import { readClaims } from './keys.ts';

type Payload = Record<string, unknown>;

interface Entry {
  readonly payload: Payload;
  /** By the emulator's clock, in milliseconds, as the next. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Ended by the user or the app; introspection alone still knows it (see Roblox's note at v1/token/introspect). */
  revoked: boolean;
  /** The JWT that stands for an access token outside of oidc-provider. */
  jwt?: string;
}

/** What the user chose on the consent page. */
export interface GrantedResources {
  readonly experienceIds: readonly string[];
  /** `U` for the user, `G7` for group 7, as Roblox writes them. */
  readonly accounts: readonly string[];
}

/** One user's authorization of one app. */
export interface Authorization {
  readonly grantId: string;
  readonly userId: string;
  readonly clientId: string;
  readonly resources: GrantedResources;
}

/** What a bearer token opens. */
export interface Access extends Authorization {
  readonly scopes: ReadonlySet<string>;
}

/** A stored token of any kind, with what introspection tells. */
export interface StoredToken {
  readonly kind: string;
  readonly payload: Readonly<Payload>;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** The part of oidc-provider's adapter interface that its models in use call. */
export interface ModelStorage {
  upsert(id: string, payload: Payload, expiresInSeconds: number): Promise<undefined>;
  find(id: string): Promise<Payload | undefined>;
  findByUid(): Promise<undefined>;
  findByUserCode(): Promise<undefined>;
  consume(id: string): Promise<undefined>;
  destroy(id: string): Promise<undefined>;
  revokeByGrantId(grantId: string): Promise<undefined>;
}

/**
 * All that the emulator remembers: codes, tokens and authorizations.
 * Nothing is kept longer than it can matter: what is spent or expired goes, and of one user's authorizations of one app
 * only the newest stay.
 */
export class Storage {
  readonly #models = new Map<string, Map<string, Entry>>();
  /** Keys of all entries of a grant, as [model, id]. */
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
   * The adapter for one of oidc-provider's models.
   * @param alreadySpent what to throw when two requests spend the same thing at once: only one of them may
   */
  model(name: string, alreadySpent: () => Error): ModelStorage {
    const entries = this.#entries(name);
    return {
      upsert: async (id, payload, expiresInSeconds) => {
        this.#sweep(entries);
        const issuedAt = this.#clock.now();
        entries.set(id, { payload, issuedAt, expiresAt: issuedAt + expiresInSeconds * 1000, revoked: false });
        if (typeof payload['grantId'] === 'string') this.#link(payload['grantId'], name, id);
        return undefined;
      },
      find: async (id) => this.#live(name, id)?.payload,
      findByUid: async () => undefined,
      findByUserCode: async () => undefined,
      consume: async (id) => {
        const payload = entries.get(id)?.payload;
        if (payload === undefined || payload['consumed'] !== undefined) throw alreadySpent();
        // A spent token that is gone is refused like an unknown one; a marked one takes its family along.
        if (this.#revokesOnReuse()) payload['consumed'] = true;
        else entries.delete(id);
        return undefined;
      },
      destroy: async (id) => {
        this.#end(name, id);
        return undefined;
      },
      revokeByGrantId: async (grantId) => {
        this.endAuthorization(grantId);
        return undefined;
      },
    };
  }

  /** Remembers what a user has just allowed; the oldest authorization of the same pair may have to go for it. */
  addAuthorization(authorization: Authorization): void {
    this.#authorizations.set(authorization.grantId, authorization);
    const owner = `${authorization.userId} ${authorization.clientId}`;
    const grants = this.#byOwner.get(owner) ?? [];
    grants.push(authorization.grantId);
    this.#byOwner.set(owner, grants);
    while (grants.length > this.#kept) this.#forget(grants.shift() ?? '');
  }

  authorization(grantId: string): Authorization | undefined {
    return this.#authorizations.get(grantId);
  }

  /**
   * Makes the JWT of an access token that oidc-provider has just issued.
   * @param sign makes it from what is stored; its `jti` must be the `id` that it is given
   */
  showAccessToken(token: string, sign: (id: string, stored: StoredToken) => string): string {
    const entry = this.#entries('AccessToken').get(token);
    if (entry === undefined) return token;
    entry.jwt ??= sign(`AT.${token}`, { kind: 'AccessToken', ...entry });
    return entry.jwt;
  }

  /** The token that oidc-provider knows: what stands behind the JWT of an access token, or the same. */
  resolveToken(token: string): string {
    const jti = readClaims(token)?.['jti'];
    const id = typeof jti === 'string' ? jti.replace(/^AT\./, '') : '';
    const entry = this.#entries('AccessToken').get(id);
    if (entry?.jwt === token) return id;
    // What an access token is to oidc-provider is never shown, so nobody can send it.
    return this.#entries('AccessToken').has(token) ? '' : token;
  }

  /** What a bearer token opens; undefined when it is unknown, expired or revoked. */
  access(token: string): Access | undefined {
    const payload = this.#live('AccessToken', this.resolveToken(token))?.payload;
    const authorization = this.#authorizations.get(String(payload?.['grantId']));
    if (payload === undefined || authorization === undefined) return undefined;
    return { ...authorization, scopes: new Set(String(payload['scope'] ?? '').split(' ')) };
  }

  /** A token of any kind that has not expired, revoked access tokens included, refresh tokens only while they work. */
  token(shown: string): StoredToken | undefined {
    const value = this.resolveToken(shown);
    for (const kind of ['AccessToken', 'RefreshToken']) {
      const entry = this.#entries(kind).get(value);
      if (entry === undefined || this.#expired(entry)) continue;
      if (kind === 'RefreshToken' && (entry.revoked || entry.payload['consumed'] !== undefined)) continue;
      const { payload, issuedAt, expiresAt } = entry;
      return { kind, payload, issuedAt, expiresAt };
    }
    return undefined;
  }

  /** The redirect URI that an unspent code was issued for. */
  findRedirectURI(code: string): string | undefined {
    const uri = this.#live('AuthorizationCode', code)?.payload['redirectUri'];
    return typeof uri === 'string' ? uri : undefined;
  }

  /** Ends an authorization: its tokens are refused from now on. */
  endAuthorization(grantId: string): void {
    for (const [model, id] of this.#byGrant.get(grantId) ?? []) this.#end(model, id);
    this.#entries('Grant').delete(grantId);
  }

  /** Ends every authorization that a user gave. */
  endUserAuthorizations(userId: string): void {
    for (const { grantId, ...about } of this.#authorizations.values()) {
      if (about.userId === userId) this.endAuthorization(grantId);
    }
  }

  /** Lets every access token be refused from now on, as if its time were over. */
  expireAccessTokens(): void {
    this.#entries('AccessToken').clear();
  }

  #entries(model: string): Map<string, Entry> {
    const entries = this.#models.get(model) ?? new Map<string, Entry>();
    this.#models.set(model, entries);
    return entries;
  }

  #expired(entry: Entry): boolean {
    return entry.expiresAt <= this.#clock.now();
  }

  #live(model: string, id: string): Entry | undefined {
    const entry = this.#entries(model).get(id);
    return entry === undefined || entry.revoked || this.#expired(entry) ? undefined : entry;
  }

  #link(grantId: string, model: string, id: string): void {
    const links = (this.#byGrant.get(grantId) ?? []).filter(([of, key]) => this.#entries(of).has(key));
    links.push([model, id]);
    this.#byGrant.set(grantId, links);
  }

  #end(model: string, id: string): void {
    const entries = this.#entries(model);
    const entry = entries.get(id);
    if (model === 'AccessToken' && entry !== undefined) entry.revoked = true;
    else entries.delete(id);
  }

  #forget(grantId: string): void {
    for (const [model, id] of this.#byGrant.get(grantId) ?? []) this.#entries(model).delete(id);
    this.#byGrant.delete(grantId);
    this.#entries('Grant').delete(grantId);
    this.#authorizations.delete(grantId);
  }

  // Entries of one model live equally long, so the expired ones are at the front; two at a time keep up with one coming.
  #sweep(entries: Map<string, Entry>): void {
    let looked = 0;
    for (const [id, entry] of entries) {
      if (!this.#expired(entry) || looked === 2) return;
      entries.delete(id);
      looked += 1;
    }
  }
}
