import type { Sleep } from '../http/abort.ts';
import { readObject, readString } from '../http/json.ts';
import { createConnectionError } from '../http/transport.ts';
import type { Call, CallLimits, MakeCall } from './call.ts';
import { readRaw, type Raw } from './read.ts';

/** Milliseconds before each poll; the last one for all further polls. They grow because Roblox's quotas are small. */
const POLL_DELAYS_MS = [500, 1000, 2000, 4000];

/**
 * Begins a long-running operation, and polls it until it is done or `limits` end.
 * @param begin the call that begins the operation
 * @param poll the call that polls it; its path template has a place for `operation_id`
 * @returns the response of the operation
 * @throws {RobloxAPIError} the operation failed
 * @see https://create.roblox.com/docs/cloud/reference/patterns#long-running-operations
 */
export async function runOperation(
  call: MakeCall,
  { begin, poll, limits, sleep }: { begin: Call; poll: Call; limits: CallLimits; sleep: Sleep },
): Promise<Raw> {
  let operation = readRaw(await call({ ...begin, limits, response: 'operation' }));
  for (let polls = 0; ; polls += 1) {
    const response = readObject(operation['response']);
    if (response !== undefined) return response;
    const id = /(?:^|\/)operations\/([\w.~-]{1,200})$/.exec(readString(operation['path']) ?? '')?.[1];
    if (id === undefined || operation['done'] === true) {
      throw createConnectionError('invalid_body', { method: begin.method, url: begin.path, secrets: [] });
    }
    await sleep(POLL_DELAYS_MS[Math.min(polls, POLL_DELAYS_MS.length - 1)]!, limits.signal); // the list is not empty
    const values = { ...poll.values, operation_id: id };
    operation = readRaw(await call({ ...poll, values, limits, response: 'operation' }));
  }
}
