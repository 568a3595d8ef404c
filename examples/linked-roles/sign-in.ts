/** The two sign-ins: with Discord, which identifies the member, and with Roblox, which connects an account. */
import type { Strategy } from 'passport';
import { RobloxStrategy, SessionStore, type Fetch, type TokenVault } from 'passport-roblox-oauth2';
import { DiscordStrategy } from '../login-page/providers/discord.ts';
import { chooseScopes, type Community } from './checks.ts';
import type { DiscordApp, DiscordTokens } from './discord.ts';
import type { RobloxPerson } from './people.ts';

export interface RobloxApp {
  readonly clientID: string;
  readonly clientSecret?: string | undefined;
  /** The emulator's address, if you use it. */
  readonly baseURL?: string | undefined;
  /** A `fetch` for proxies, tracing and measurements. */
  readonly fetch?: Fetch | undefined;
}

/** A person who has signed in with Discord. */
export interface DiscordLogin {
  readonly id: string;
  readonly name: string;
  readonly tokens: DiscordTokens;
  /** Whether the site may send the person's values to Discord. */
  readonly mayPublish: boolean;
}

/** @param publicURL the base URL of callbacks, such as `https://example.com`; undefined for that of the request */
export function useStrategies(
  passport: { use(strategy: Strategy): unknown },
  options: {
    readonly robloxApp: RobloxApp;
    readonly discordApp: DiscordApp;
    readonly community: Community;
    readonly vault: TokenVault;
    readonly publicURL: string | undefined;
    readonly now: () => number;
  },
): void {
  const { robloxApp, discordApp, community, vault, publicURL = '', now } = options;
  const store = new SessionStore({ now });

  passport.use(
    new RobloxStrategy({
      ...robloxApp,
      callbackURL: `${publicURL}/auth/roblox/callback`,
      scope: chooseScopes(community),
      store,
      vault,
      verify: ({ profile }): RobloxPerson => {
        const { id, username = id, displayName = username, photos, createdAt } = profile;
        return { id, username, displayName, picture: photos[0]?.value, createdAt: createdAt?.getTime() };
      },
    }),
  );

  const { baseURL, clientID, clientSecret } = discordApp;
  const urls = {
    authorizationURL: `${baseURL}/oauth2/authorize`,
    tokenURL: `${baseURL}/api/oauth2/token`,
    userProfileURL: `${baseURL}/api/users/@me`,
  };
  // This store gives PKCE, and logins in several tabs. @types/passport-discord declares neither option.
  const safely: object = { store, pkce: true };
  passport.use(
    new DiscordStrategy(
      {
        ...urls,
        ...safely,
        ...{ clientID, clientSecret, callbackURL: `${publicURL}/auth/discord/callback` },
        scope: ['identify', 'role_connections.write'],
      },
      // passport-oauth2 passes the token response to a verify with five parameters. The types declare four.
      verifyDiscord(now) as unknown as ConstructorParameters<typeof DiscordStrategy>[1],
    ),
  );
}

type Answer = { readonly expires_in?: unknown; readonly scope?: unknown };

function verifyDiscord(now: () => number) {
  return (
    accessToken: string,
    refreshToken: string,
    { expires_in, scope }: Answer,
    profile: { readonly id: string; readonly username: string; readonly global_name?: string | null },
    done: (error: unknown, login: DiscordLogin) => void,
  ): void => {
    const expiresAt = now() + (typeof expires_in === 'number' ? expires_in * 1000 : 0);
    done(null, {
      id: profile.id,
      name: profile.global_name || profile.username,
      tokens: { accessToken, refreshToken, expiresAt },
      mayPublish: String(scope).split(' ').includes('role_connections.write'),
    });
  };
}
