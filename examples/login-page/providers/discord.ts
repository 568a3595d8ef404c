import { Strategy } from 'passport-discord-auth';

type Options = ConstructorParameters<typeof Strategy>[0];

/**
 * passport-discord-auth's strategy with the option names of the other three, and with one more: where profiles are.
 * Mind that package's licence (CC BY-NC-SA 4.0) before you use it for a business; any other Discord strategy fits here as well.
 */
export class DiscordStrategy extends Strategy {
  constructor(
    options: {
      readonly clientID: string;
      readonly clientSecret: string;
      readonly callbackURL: string;
      readonly scope: Options['scope'];
      readonly authorizationURL?: string;
      readonly tokenURL?: string;
      readonly userProfileURL?: string;
    },
    verify: ConstructorParameters<typeof Strategy>[1],
  ) {
    const {
      clientID: clientId,
      callbackURL: callbackUrl,
      authorizationURL,
      tokenURL,
      userProfileURL,
      ...rest
    } = options;
    super({ ...rest, clientId, callbackUrl, authorizationUrl: authorizationURL, tokenUrl: tokenURL }, verify);
    if (userProfileURL === undefined) return;
    const { _oauth2: oauth2 } = this;
    // The package knows no other address for profiles than Discord's own.
    const get = oauth2.get.bind(oauth2);
    oauth2.get = (url, token, callback) =>
      get(url.replace('https://discord.com/api/users/@me', userProfileURL), token, callback);
  }
}
