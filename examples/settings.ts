/** What every example beside the Express one starts with: settings from the environment, or an emulator of its own. */
import { randomBytes } from 'node:crypto';
import { DEMO_CLIENT, startEmulator } from 'passport-roblox-oauth2/emulator';

/** The blanks: fill them in from your environment. */
export interface Blanks {
  readonly clientID: string;
  readonly clientSecret?: string | undefined;
  readonly callbackURL: string;
  /** For the app's own cookies; 32 bytes or more, which is what @fastify/secure-session wants. */
  readonly cookieSecret: string;
  /** Where Roblox is, if it is not at Roblox: the emulator. */
  readonly baseURL?: string | undefined;
}

/** An app that listens. */
export interface Listening {
  readonly port: number;
  close(): Promise<unknown> | void;
}

/** Starts an example: at Roblox when ROBLOX_CLIENT_ID is set, else at an emulator of its own. */
export async function run(listen: (blanks: Blanks, port: number) => Promise<Listening>): Promise<void> {
  const { PORT = '3000', COOKIE_SECRET, ROBLOX_CLIENT_ID, ROBLOX_CLIENT_SECRET } = process.env;
  const { ROBLOX_CALLBACK_URL, ROBLOX_BASE_URL } = process.env;
  const cookieSecret = COOKIE_SECRET || randomBytes(32).toString('base64url');
  const callbackURL = ROBLOX_CALLBACK_URL || '/auth/roblox/callback';

  const emulator = ROBLOX_CLIENT_ID ? undefined : await startEmulator();
  if (emulator) console.log('ROBLOX_CLIENT_ID is not set: signing in at the embedded Roblox emulator.');
  const blanks: Blanks = emulator
    ? { ...DEMO_CLIENT, callbackURL, cookieSecret, baseURL: emulator.url }
    : {
        clientID: ROBLOX_CLIENT_ID ?? '',
        clientSecret: ROBLOX_CLIENT_SECRET,
        callbackURL,
        cookieSecret,
        baseURL: ROBLOX_BASE_URL || undefined,
      };

  const app = await listen(blanks, Number(PORT));
  console.log(`http://localhost:${app.port}`);

  const stop = async () => {
    await app.close();
    await emulator?.close();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
}
