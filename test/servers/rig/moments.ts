/** Where in a renewal a process may stop for good, to be killed there. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Fetch, TokenVaultOptions } from '../../../lib/index.ts';
import type { Backend } from './backends.ts';
import { makeMark, now, tell } from './serve.ts';

export const MOMENTS = [
  'under the lock',
  'between the intent and the end of the lock',
  'before the request',
  "between Roblox's answer and the store",
  'between the store and the end of the lock',
  'between the record of a loss and the telling',
] as const;
export type Moment = (typeof MOMENTS)[number];

/** When each refresh token was stored, by its mark: right where one renewal runs at a time. */
export const storedAt: Record<string, number> = {};

/** Storage, lock and fetch of a backend, followed through a renewal. @param stopAt where the process stops */
export function follow(
  { storage, lock }: Backend,
  stopAt: Moment | undefined,
): Pick<TokenVaultOptions, 'storage' | 'lock' | 'fetch'> {
  let issued = '';
  let isRefused = false;

  async function reach(moment: Moment): Promise<void> {
    if (moment !== stopAt) return;
    tell({ reached: moment });
    // For good: a timer keeps the process alive.
    for (;;) await pause(60_000);
  }

  const fetchAndFollow: Fetch = async (url, init) => {
    if (!url.endsWith('/oauth/v1/token')) return fetch(url, init);
    await reach('before the request');
    const response = await fetch(url, init);
    const text = await response.text();
    isRefused = !response.ok;
    if (response.ok) {
      await reach("between Roblox's answer and the store");
      issued = makeMark((JSON.parse(text) as { refresh_token: string }).refresh_token); // the emulator's answer
    }
    return new Response(text, response);
  };

  return {
    fetch: fetchAndFollow,
    storage: {
      ...storage,
      async set(key, value) {
        await storage.set(key, value);
        if (issued === '') return reach('between the intent and the end of the lock');
        storedAt[issued] = now();
        issued = '';
        await reach('between the store and the end of the lock');
      },
    },
    async lock(key, task) {
      const result = await lock(key, async () => {
        await reach('under the lock');
        return task();
      });
      if (isRefused) await reach('between the record of a loss and the telling');
      return result;
    },
  };
}
