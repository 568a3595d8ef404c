import { randomUUID } from 'node:crypto';

import type { OperationFault } from '../faults.ts';

type Fields = Readonly<Record<string, unknown>>;

interface StoredOperation {
  /** Who may poll it: the authorization of an upload, or the user of a thumbnail. */
  readonly owner: string;
  /** How many more responses say `done: false`. */
  left: number;
  /** Makes the response. Called once, when the operation is done. */
  readonly finish: () => Fields;
  readonly fault: OperationFault | undefined;
  /** How it ended. */
  result: { readonly response: Fields } | { readonly error: Fields } | undefined;
}

/** Long-running operations, which apps poll until they are done. Keeps the newest thousand. */
export class Operations {
  readonly #operations = new Map<string, StoredOperation>();

  /** @returns the operation's ID */
  start(about: { owner: string; polls: number; fault: OperationFault | undefined; finish: () => Fields }): string {
    const id = randomUUID();
    const { owner, polls, fault, finish } = about;
    this.#operations.set(id, { owner, left: polls, finish, fault, result: undefined });
    const [oldest] = this.#operations.keys();
    if (this.#operations.size > 1000 && oldest !== undefined) this.#operations.delete(oldest);
    return id;
  }

  /**
   * Polls an operation.
   * @returns `done`, and the `response` or `error`; undefined when there is no such operation
   */
  poll(id: string, owner: string): Fields | undefined {
    const operation = this.#operations.get(id);
    if (operation === undefined || operation.owner !== owner) return undefined;
    const { fault, finish } = operation;
    if (operation.result === undefined && fault?.kind !== 'never_ends') {
      operation.left -= 1;
      if (operation.left < 0) operation.result = fault === undefined ? { response: finish() } : { error: fault.error };
    }
    return { done: operation.result !== undefined, ...operation.result };
  }

  clear(): void {
    this.#operations.clear();
  }
}
