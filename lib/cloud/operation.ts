import type { Sleep } from '../http/abort.ts';
import { readObject, readString } from '../http/json.ts';
import { createConnectionError } from '../http/transport.ts';
import type { Call, CallLimits, MakeCall } from './call.ts';
import { readRaw, type Raw } from './read.ts';

/** Milliseconds before each look at an operation, the last for all further ones. They grow because Roblox's quotas are small. */
const LOOK_DELAYS_MS = [500, 1000, 2000, 4000];

/**
 * Begins a long-running operation, looks at it after growing waits until `limits` end, and gives its response.
 * @param begin the call that begins it
 * @param look the call that looks at it; its template has a place for `operation_id`
 * @throws {RobloxAPIError} the operation failed
 * @see https://create.roblox.com/docs/cloud/reference/patterns#long-running-operations
 */
export async function runOperation(
  call: MakeCall,
  { begin, look, limits, sleep }: { begin: Call; look: Call; limits: CallLimits; sleep: Sleep },
): Promise<Raw> {
  let answer = readRaw(await call({ ...begin, limits, answer: 'operation' }));
  for (let looks = 0; ; looks += 1) {
    const response = readObject(answer['response']);
    if (response !== undefined) return response;
    const id = /(?:^|\/)operations\/([\w.~-]{1,200})$/.exec(readString(answer['path']) ?? '')?.[1];
    if (id === undefined || answer['done'] === true) {
      throw createConnectionError('invalid_body', { method: begin.method, url: begin.path, secrets: [] });
    }
    await sleep(LOOK_DELAYS_MS[Math.min(looks, LOOK_DELAYS_MS.length - 1)]!, limits.signal); // the list is not empty
    const values = { ...look.values, operation_id: id };
    answer = readRaw(await call({ ...look, values, limits, answer: 'operation' }));
  }
}
