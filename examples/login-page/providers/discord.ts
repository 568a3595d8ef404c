import Strategy from 'passport-discord';
import type { VerifyCallback } from 'passport-oauth2';

/** passport-discord's strategy, with one more option: the URL of profiles. */
export class DiscordStrategy extends Strategy {
  constructor(
    { userProfileURL, ...options }: Strategy.StrategyOptions & { readonly userProfileURL?: string },
    verify: (accessToken: string, refreshToken: string, profile: Strategy.Profile, done: VerifyCallback) => void,
  ) {
    super(options, verify);
    if (userProfileURL === undefined) return;
    const { _oauth2: oauth2 } = this;
    // The package always asks Discord's own URL for profiles.
    const get = oauth2.get.bind(oauth2);
    oauth2.get = (url, token, callback) =>
      get(url.replace('https://discord.com/api/users/@me', userProfileURL), token, callback);
  }
}
