import { expect } from 'chai';

import { defaultKnobs } from '../../lib/emulator/options.ts';
import { withEmulator } from './support.ts';

describe('The knobs of an emulator', () => {
  it('are Roblox’s behaviour by default, also for an option that is undefined', async () => {
    await withEmulator({ rateLimits: undefined as never }, async ({ roblox }) => {
      const { thumbnailPolls, assetPolls, accessTokenTTL, codeTTL, refreshTokenTTL, idTokenTTL, ...rare } =
        roblox.knobs;
      expect([thumbnailPolls, assetPolls]).to.deep.equal([1, 1]);
      expect([codeTTL, accessTokenTTL, idTokenTTL, refreshTokenTTL]).to.deep.equal([60, 900, 36_000, 7_776_000]);
      expect(Object.values(rare)).to.deep.equal(Object.values(rare).map(() => false));
    });
  });

  it('can be given as options, and changed in one emulator alone', async () => {
    await withEmulator({ codeTTL: 5 }, async ({ roblox }) => {
      expect(roblox.knobs).to.deep.equal({ ...defaultKnobs, codeTTL: 5 });
      roblox.knobs.cors = true;
      expect(defaultKnobs.cors).to.equal(false);
    });
  });
});
