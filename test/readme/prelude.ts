/** What the README's snippets take for granted: the app around them. Its text is put before each snippet that is compiled. */
export const PRELUDE = `
import type { Express as ExpressApp, RequestHandler } from 'express';
import type { RobloxClient as Client_, RobloxStrategy as Strategy_, TokenVault as Vault_, Tokens as Tokens_, Verify as Verify_, VerifiedLogin as VerifiedLogin_ } from 'passport-roblox-oauth2';
import type Passport_ from 'passport';
import type { RobloxStrategy as RobloxStrategyClass_ } from 'passport-roblox-oauth2';

declare global {
  namespace Express {
    interface User {
      readonly robloxId: string;
    }
  }
  type VerifiedLogin = VerifiedLogin_;
  const app: ExpressApp;
  const session: typeof import('express-session');
  const passport: typeof Passport_;
  const RobloxStrategy: typeof RobloxStrategyClass_;
  const strategy: Strategy_;
  const vault: Vault_;
  const client: Client_;
  const verify: Verify_;
  const userId: string;
  const clientID: string;
  const clientSecret: string;
  const callbackURL: string;
  const requireLogin: RequestHandler;
  function findOrCreateUser(provider: string, id: string, name: string | undefined): Promise<{ id: number }>;
  function loadTokens(userId: string): Promise<Tokens_>;
  function saveTokens(userId: string, tokens: Tokens_): Promise<void>;
  function askToSignInAgain(userId: string): Promise<void>;
}
export {};
`;
