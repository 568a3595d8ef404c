import { createHash } from 'node:crypto';

import type { EmulatedUser, EmulatorOptions } from './options.ts';

/** The user IDs of one app. */
export interface AppIdentities {
  /** Returns the ID of a person in this app. */
  show(userId: string): string;
  /** Finds the person with this ID in this app. */
  find(id: string): string | undefined;
}

interface AssignedIds {
  readonly byUser: Map<string, string>;
  readonly byId: Map<string, string>;
}

/**
 * Translates between the IDs in `users` and the user IDs that apps see. With `subjectType: 'public'` they are the same. With `'pairwise'`
 * each app has its own ID for each person, so the same number can mean different people in two apps.
 * @see https://create.roblox.com/docs/players/users "Domain-scoped user IDs"
 */
export class Identities {
  readonly #users: ReadonlyMap<string, EmulatedUser>;
  readonly #isPairwise: boolean;
  /** By client ID. */
  readonly #apps = new Map<string, AssignedIds>();

  constructor(users: ReadonlyMap<string, EmulatedUser>, subjectType: EmulatorOptions['subjectType']) {
    this.#users = users;
    this.#isPairwise = subjectType === 'pairwise';
  }

  forApp(clientId: string): AppIdentities {
    if (!this.#isPairwise) return { show: (userId) => userId, find: (id) => (this.#users.has(id) ? id : undefined) };
    return {
      show: (userId) => this.#assign(clientId, userId),
      find: (id) => {
        for (const userId of this.#users.keys()) this.#assign(clientId, userId);
        const userId = this.#apps.get(clientId)?.byId.get(id);
        return userId !== undefined && this.#users.has(userId) ? userId : undefined;
      },
    };
  }

  #assign(clientId: string, userId: string): string {
    const assigned: AssignedIds = this.#apps.get(clientId) ?? { byUser: new Map(), byId: new Map() };
    this.#apps.set(clientId, assigned);
    const { byUser, byId } = assigned;
    const wanted = this.#users.get(userId)?.appIds?.[clientId];
    const known = byUser.get(userId);
    if (known !== undefined && (wanted === undefined || wanted === known)) return known;
    let id = wanted ?? makeId(clientId, userId);
    while (wanted === undefined && byId.has(id)) id = String(BigInt(id) + 1n);
    byUser.set(userId, id);
    byId.set(id, userId);
    return id;
  }
}

// The same in every run, so that an app can keep its database when the emulator restarts.
function makeId(clientId: string, userId: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([clientId, userId]))
    .digest();
  return String(5_000_000_000 + hash.readUIntBE(0, 4));
}
