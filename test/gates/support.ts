import { RobloxClient } from '../../lib/index.ts';
import { startEmulator, type Emulator } from '../../lib/emulator/index.ts';

// Mango has ranks 50 and 80 in group 7001, owns group 7002 and has pass 777. Nell is in no group and has nothing.
export const MANGO = '4100000001';
export const NELL = '4100000002';
export const MEMBERSHIPS = '/cloud/v2/groups/7001/memberships';

/** Starts an emulator for the tests of a `describe`, and resets it before each of them. */
export function useEmulator(keep: (roblox: Emulator) => void): void {
  let roblox: Emulator;
  before(async () => {
    roblox = await startEmulator();
    keep(roblox);
  });
  after(() => roblox.close());
  beforeEach(() => {
    roblox.reset();
    roblox.faults.clear();
  });
}

/** A client with a new access token of a user. It repeats no request. */
export async function clientFor(roblox: Emulator, userId: string): Promise<RobloxClient> {
  const { access_token: accessToken } = await roblox.issueTokens({
    user: userId,
    scope: 'openid profile user.inventory-item:read',
  });
  return new RobloxClient({ accessToken, userId, baseURL: roblox.url, maxRetries: 0 });
}
