import type { Transport } from '../http/transport.ts';
import type { Endpoints } from './endpoints.ts';
import { createOAuthClient, type OAuthClient } from './oauth-client.ts';
import type { ClientCredentials } from './token-messages.ts';

/** An app at Roblox, and the way there: what a strategy, its clients and its token vault share. */
export interface App {
  readonly endpoints: Endpoints;
  readonly credentials: ClientCredentials;
  /** One attempt, with its deadline. */
  readonly transport: Transport;
  /** Milliseconds for one attempt: how long an answer may be on its way. */
  readonly timeoutMs: number;
  readonly oauth: OAuthClient;
}

/** Puts an app together. */
export function createApp(parts: Omit<App, 'oauth'>): App {
  return { ...parts, oauth: createOAuthClient(parts) };
}
