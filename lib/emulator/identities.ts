import { createHash } from 'node:crypto';

import type { EmulatedUser, EmulatorOptions } from './options.ts';

/** The user IDs of one app. */
export interface AppIdentities {
  /** Returns the ID of a person in this app. */
  show(userId: string): string;
  /** Finds the person with this ID in this app. */
  find(id: string): string | undefined;
}

/**
 * Translates between the IDs in `users` and the user IDs that apps see. With `subjectType: 'public'` they are the same. With `'pairwise'`
 * each app has its own ID for each person, so the same number can mean different people in two apps.
 * @see https://create.roblox.com/docs/players/users "Domain-scoped user IDs"
 */
export class Identities {
  readonly #users: ReadonlyMap<string, EmulatedUser>;
  readonly #isPairwise: boolean;
  /** By client ID: the IDs by the ID in `users`. */
  readonly #apps = new Map<string, Map<string, string>>();

  constructor(users: ReadonlyMap<string, EmulatedUser>, subjectType: EmulatorOptions['subjectType']) {
    this.#users = users;
    this.#isPairwise = subjectType === 'pairwise';
  }

  forApp(clientId: string): AppIdentities {
    if (!this.#isPairwise) return { show: (userId) => userId, find: (id) => (this.#users.has(id) ? id : undefined) };
    return {
      show: (userId) => this.#assign(clientId, userId),
      find: (id) => [...this.#users.keys()].find((userId) => this.#assign(clientId, userId) === id),
    };
  }

  #assign(clientId: string, userId: string): string {
    const assigned = this.#apps.get(clientId) ?? new Map<string, string>();
    this.#apps.set(clientId, assigned);
    const wanted = this.#users.get(userId)?.appIds?.[clientId];
    const id = wanted ?? assigned.get(userId) ?? makeId(clientId, userId, new Set(assigned.values()));
    assigned.set(userId, id);
    return id;
  }
}

// The same in every run, so that an app can keep its database when the emulator restarts.
function makeId(clientId: string, userId: string, taken: ReadonlySet<string>): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([clientId, userId]))
    .digest();
  let id = 5_000_000_000 + hash.readUIntBE(0, 4);
  while (taken.has(String(id))) id += 1;
  return String(id);
}
