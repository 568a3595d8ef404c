import { randomUUID } from 'node:crypto';

import type { OperationFault } from '../faults.ts';

/** How a long-running operation ended. */
export interface OperationResult {
  readonly response?: Readonly<Record<string, unknown>>;
  readonly error?: Readonly<Record<string, unknown>>;
}

interface StoredOperation {
  /** Who may poll it: the authorization of an upload, or the user of a thumbnail. */
  readonly owner: string;
  /** How many more responses say `done: false`. */
  left: number;
  /** Makes the response. Called once, when the operation is done. */
  finish: (() => Readonly<Record<string, unknown>>) | undefined;
  readonly fault: OperationFault | undefined;
  result: OperationResult | undefined;
}

/** Long-running operations, which apps poll until they are done. Keeps the newest thousand. */
export class Operations {
  readonly #operations = new Map<string, StoredOperation>();

  /** @returns the operation's ID */
  start(about: {
    owner: string;
    polls: number;
    fault: OperationFault | undefined;
    finish: () => Readonly<Record<string, unknown>>;
  }): string {
    const id = randomUUID();
    const { owner, polls, fault, finish } = about;
    this.#operations.set(id, { owner, left: polls, finish, fault, result: undefined });
    const [oldest] = this.#operations.keys();
    if (this.#operations.size > 1000 && oldest !== undefined) this.#operations.delete(oldest);
    return id;
  }

  /**
   * Polls an operation.
   * @returns undefined when there is no such operation; without `result` when it is not done
   */
  poll(id: string, owner: string): { readonly result?: OperationResult } | undefined {
    const operation = this.#operations.get(id);
    if (operation === undefined || operation.owner !== owner) return undefined;
    if (operation.result !== undefined) return { result: operation.result };
    if (operation.fault?.kind === 'never_ends') return {};
    if (operation.left > 0) {
      operation.left -= 1;
      return {};
    }
    const error = operation.fault?.error;
    operation.result = error === undefined ? { response: operation.finish?.() ?? {} } : { error };
    operation.finish = undefined;
    return { result: operation.result };
  }

  clear(): void {
    this.#operations.clear();
  }
}
