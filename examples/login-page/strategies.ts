/** The strategies of the four providers. */
import type { Profile, Strategy } from 'passport';
import { Strategy as GitHubStrategy } from 'passport-github2';
import { Strategy as GoogleStrategy, type VerifyCallback } from 'passport-google-oauth20';
import { RobloxStrategy, SessionStore } from 'passport-roblox-oauth2';
import type { Identity } from './accounts.ts';
import { DiscordStrategy } from './providers/discord.ts';

/** An app at a provider. The URLs are for a local provider. */
export interface App {
  readonly clientID: string;
  readonly clientSecret: string;
  readonly authorizationURL?: string;
  readonly tokenURL?: string;
  readonly userProfileURL?: string;
}

export interface Apps {
  readonly roblox: { readonly clientID: string; readonly clientSecret?: string | undefined; readonly baseURL?: string };
  readonly google: App;
  readonly github: App;
  readonly discord: App;
}

/**
 * Makes Passport's classic verify, the same for all four.
 * It only identifies the user. The route decides whether to sign the user in or to link the identity.
 */
export function createVerify({ clientID }: { readonly clientID: string }) {
  return (_accessToken: string, _refreshToken: string, profile: Profile, done: VerifyCallback): void => {
    const { provider, id, displayName, username } = profile;
    const identity: Identity = { provider, clientID, subject: id, name: displayName || username || id };
    done(null, identity);
  };
}

/**
 * @param callbackBase the base URL of callbacks, such as `https://example.com`; empty for that of the request
 * @param now the clock for logins in flight
 */
export function useStrategies(
  passport: { use(strategy: Strategy): unknown },
  { roblox, google, github, discord }: Apps,
  callbackBase = '',
  now = () => Date.now(),
): void {
  const store = new SessionStore({ now });
  // RobloxStrategy does this by default. It gives the other strategies PKCE too, and logins in several tabs.
  // An `object`, because @types/passport-oauth2 does not declare stores for PKCE.
  const safely: object = { store, pkce: true };

  passport.use(
    new RobloxStrategy({ ...roblox, store, callbackURL: `${callbackBase}/auth/roblox/callback` }, createVerify(roblox)),
  );
  passport.use(
    new GoogleStrategy(
      { ...google, ...safely, callbackURL: `${callbackBase}/auth/google/callback`, scope: ['openid', 'profile'] },
      createVerify(google),
    ),
  );
  passport.use(
    new GitHubStrategy(
      { ...github, ...safely, callbackURL: `${callbackBase}/auth/github/callback` },
      createVerify(github),
    ),
  );
  passport.use(
    new DiscordStrategy(
      { ...discord, ...safely, callbackURL: `${callbackBase}/auth/discord/callback`, scope: ['identify'] },
      createVerify(discord),
    ),
  );
}
