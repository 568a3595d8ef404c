/** What the provider and the contenders must agree on. */
export const CLIENT_ID = '816547628409595165403873012';
export const CLIENT_SECRET = 'RBX-bench-secret';
export const CALLBACK_URL = 'https://app.test/auth/roblox/callback';
export const SUBJECT = '1516563360';
/** How many items the inventory has, and how many a page. */
export const ITEMS = 10_000;
export const PAGE_SIZE = 100;
/** How many logins are in flight at once. */
export const IN_FLIGHT = 32;
