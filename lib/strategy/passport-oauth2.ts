import type { Agent } from 'node:http';
import untyped from 'passport-oauth2';
import type { Profile } from '../oauth/profile.ts';
import type { PassportVerbs } from './outcome.ts';

// eslint-disable-next-line @typescript-eslint/ban-ts-comment -- there is an error for some users only
/** @ts-ignore: Express's request when its types are installed (@types/passport brings them), else `any`. */
export type Request = import('express').Request;

// eslint-disable-next-line @typescript-eslint/ban-ts-comment -- there is an error for some users only
/** @ts-ignore: passport-oauth2's strategy when its types are installed, else `any`. */
type TypedOAuth2Strategy = import('passport-oauth2').Strategy;

/** passport-oauth2's `_oauth2`, an object of the `oauth` package. Declares only what other packages use. */
export interface OAuth2Client {
  /** Sends all further requests through this agent. */
  setAgent(agent: Agent): void;
  /** Whether `get` sends the access token in a header. It always does here. */
  useAuthorizationHeaderforGET(use: boolean): void;
  /** Gets a protected resource. */
  get(url: string, accessToken: string, callback: (error: unknown, body?: string, response?: unknown) => void): void;
  /** Exchanges a code, or a refresh token with `grant_type: 'refresh_token'`. */
  getOAuthAccessToken(
    grant: string,
    parameters: Readonly<Record<string, unknown>>,
    callback: (error: unknown, accessToken: string, refreshToken: string, results: unknown) => void,
  ): void;
}

/**
 * What we use of passport-oauth2's strategy, and what a subclass may override. Declared here, so that users need no types of
 * passport-oauth2 to compile.
 * @see https://github.com/jaredhanson/passport-oauth2/blob/master/lib/strategy.js
 */
export interface OAuth2StrategyBase extends PassportVerbs {
  pass(): void;
  name: string;
  _oauth2: OAuth2Client;
  authenticate(req: Request, options?: object): void;
  userProfile(accessToken: string, done: (error?: unknown, profile?: Profile) => void): void;
  authorizationParams(options: object): object;
  tokenParams(options: object): object;
  parseErrorResponse(body: string, status: number): Error | null;
}

// eslint-disable-next-line @typescript-eslint/ban-ts-comment -- there is an error for some users only
/** @ts-ignore: extends passport-oauth2's type, so that each can be used for the other. Without its types only ours is left. */
export interface OAuth2StrategyInstance extends TypedOAuth2Strategy, OAuth2StrategyBase {}

/** passport-oauth2's class, with our types. */
export const OAuth2Strategy = untyped as unknown as (new (
  options: object,
  verify: () => void,
) => OAuth2StrategyInstance) & { readonly prototype: OAuth2StrategyInstance }; // the interfaces above declare what we use
