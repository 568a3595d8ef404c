/** The four ways to sign in. They differ in their names alone. */
import type { Profile, Strategy } from 'passport';
import { Strategy as GitHubStrategy } from 'passport-github2';
import { Strategy as GoogleStrategy, type VerifyCallback } from 'passport-google-oauth20';
import { RobloxStrategy, SessionStore } from 'passport-roblox-oauth2';
import type { Identity } from './accounts.ts';
import { DiscordStrategy } from './providers/discord.ts';

/** An app as its provider knows it. The URLs are for a provider that is not at its usual place: a local one. */
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
 * Makes Passport's classic verify: the same for all four.
 * It says who has come. Whether they sign in or link an account is for the route to decide, which knows what they set out to do.
 */
export function createVerify({ clientID }: { readonly clientID: string }) {
  return (_accessToken: string, _refreshToken: string, profile: Profile, done: VerifyCallback): void => {
    const { provider, id, displayName, username } = profile;
    const identity: Identity = { provider, clientID, subject: id, name: displayName || username || id };
    done(null, identity);
  };
}

/**
 * @param callbackBase where callbacks are: `https://example.com`, or nothing for wherever the request came to
 * @param now the clock for logins in flight
 */
export function useStrategies(
  passport: { use(strategy: Strategy): unknown },
  { roblox, google, github, discord }: Apps,
  callbackBase = '',
  now = () => Date.now(),
): void {
  const store = new SessionStore({ now });
  // For Roblox these are a matter of course; with them the others too have PKCE, and logins in several tabs.
  // An `object`, because @types/passport-oauth2 does not know the stores that passport-oauth2 uses for PKCE.
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
