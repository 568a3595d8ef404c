import { setTimeout as sleep } from 'node:timers/promises';
import fetch from 'node-fetch';
import { ITEMS, PAGE_SIZE, SUBJECT } from './setting.ts';

/** A slow consumer waits this long, this many times a page. */
const PAUSE_MS = 2;
const PAUSES_PER_PAGE = 5;

/** What one does with each item: nothing, or now and then something that takes a while. */
async function consume(index: number, slow: boolean): Promise<void> {
  if (slow && index % (PAGE_SIZE / PAUSES_PER_PAGE) === 0) await sleep(PAUSE_MS);
}

/** Ten thousand items by `client.inventory.list()`. */
export async function walkOurs(baseURL: string, slow: boolean): Promise<void> {
  const { RobloxClient } = await import('passport-roblox-oauth2');
  const client = new RobloxClient({ accessToken: 'bench', userId: SUBJECT, baseURL });
  let count = 0;
  for await (const item of client.inventory.list()) {
    if (item.id === '') throw new Error('an item without an ID');
    count += 1;
    if (slow) await consume(count, slow);
  }
  if (count !== ITEMS) throw new Error(`${count} items`);
}

/** The same with node-fetch, which the client uses, and nothing around it. */
export async function walkBare(baseURL: string, slow: boolean): Promise<void> {
  let count = 0;
  let token: string | undefined = '';
  while (token !== undefined) {
    const url: string = `${baseURL}/cloud/v2/users/${SUBJECT}/inventory-items?maxPageSize=${PAGE_SIZE}${token && `&pageToken=${token}`}`;
    const response = await fetch(url, { headers: { authorization: 'Bearer bench' } });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const page = (await response.json()) as { inventoryItems: { path: string }[]; nextPageToken?: string };
    for (const item of page.inventoryItems) {
      if (item.path === '') throw new Error('an item without a path');
      count += 1;
      if (slow) await consume(count, slow);
    }
    token = page.nextPageToken || undefined;
  }
  if (count !== ITEMS) throw new Error(`${count} items`);
}
