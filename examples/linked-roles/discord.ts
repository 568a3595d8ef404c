/**
 * The five calls of Discord's API that linked roles need.
 * @see https://discord.com/developers/docs/resources/application-role-connection-metadata
 * @see https://discord.com/developers/docs/topics/oauth2
 */

/** The site's app at Discord, from Discord's Developer Portal. */
export interface DiscordApp {
  readonly clientID: string;
  readonly clientSecret: string;
  /** From the page "Bot". Used only to register the metadata. */
  readonly botToken: string;
  /** `https://discord.com`, or the URL of the stand-in. */
  readonly baseURL: string;
}

/** A member's tokens. The access token is valid for 7 days. The refresh token works once. */
export interface DiscordTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** A condition that the admins of a Discord server can use. An app has at most 5. */
export interface MetadataRecord {
  readonly type: number;
  /** `a-z`, `0-9` and `_`, at most 50 characters. */
  readonly key: string;
  readonly name: string;
  readonly description: string;
}

/** A member's values for the conditions. All values are strings. */
export interface RoleConnection {
  readonly platform_name: string;
  readonly platform_username: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Discord refused a request, or was not reached. */
export class DiscordError extends Error {
  /** The HTTP status; 0 without a response. */
  readonly status: number;
  /** The error code of the token endpoint, such as `invalid_grant`. */
  readonly code: string | undefined;
  /** How long to wait, if Discord said so. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, about: { status: number; code?: string; retryAfterMs?: number; cause?: unknown }) {
    super(message, { cause: about.cause });
    this.name = 'DiscordError';
    this.status = about.status;
    this.code = about.code;
    this.retryAfterMs = about.retryAfterMs;
  }
}

export type Discord = ReturnType<typeof createDiscord>;

const REQUEST_TIMEOUT_MS = 10_000;

export function createDiscord({ clientID, clientSecret, botToken, baseURL }: DiscordApp, now: () => number) {
  /** Until then no request is made: Discord's limit for the whole app is reached, and more requests would make it worse. */
  let blockedUntil = 0;

  async function call(method: string, path: string, options: Options): Promise<unknown> {
    const what = `${method} ${path}`;
    if (blockedUntil > now()) {
      throw new DiscordError('Discord asked this app to wait', { status: 429, retryAfterMs: blockedUntil - now() });
    }
    const { authorization, json, form, signal = new AbortController().signal } = options;
    const headers: Record<string, string> = { authorization, accept: 'application/json' };
    if (json !== undefined) headers['content-type'] = 'application/json';
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${baseURL}/api${path}`, {
        method,
        headers,
        body: form === undefined ? (json === undefined ? null : JSON.stringify(json)) : new URLSearchParams(form),
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
      });
      text = await response.text();
    } catch (cause) {
      throw new DiscordError(`Discord did not answer ${what}`, { status: 0, cause });
    }
    const body = readJSON(text);
    if (response.ok) return body;
    const { error, message = error } = body as { error?: string; message?: string };
    const retryAfterMs = readRetryAfterMs(response, body);
    if (response.headers.has('x-ratelimit-global')) blockedUntil = now() + (retryAfterMs ?? 1000);
    throw new DiscordError(`Discord answered ${what} with ${response.status}: ${String(message).slice(0, 200)}`, {
      status: response.status,
      ...(typeof error === 'string' && { code: error }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }

  const app = `Basic ${Buffer.from(`${clientID}:${clientSecret}`).toString('base64')}`;
  const connection = `/v10/users/@me/applications/${clientID}/role-connection`;
  const user = (tokens: DiscordTokens) => `Bearer ${tokens.accessToken}`;

  return {
    /** Registers the conditions that admins can use. Replaces those registered before. */
    async register(records: readonly MetadataRecord[]): Promise<void> {
      const path = `/v10/applications/${clientID}/role-connections/metadata`;
      await call('PUT', path, { authorization: `Bot ${botToken}`, json: records });
    },

    /** Tells Discord a member's values. Discord then gives and removes roles. */
    async publish(tokens: DiscordTokens, content: RoleConnection, signal?: AbortSignal): Promise<void> {
      await call('PUT', connection, { authorization: user(tokens), json: content, signal });
    },

    /** Deletes a member's values at Discord, and so removes all linked roles. */
    async withdraw(tokens: DiscordTokens, signal?: AbortSignal): Promise<void> {
      try {
        await call('DELETE', connection, { authorization: user(tokens), signal });
      } catch (error) {
        // Discord had no values of this member.
        if (!(error instanceof DiscordError && error.status === 404)) throw error;
      }
    },

    /**
     * Exchanges a refresh token for new tokens. It works once, so store the new tokens at once.
     * @throws {DiscordError} `invalid_grant`: it was used before, or the member has removed the app. They must sign in again.
     */
    async refresh({ refreshToken }: DiscordTokens, signal?: AbortSignal): Promise<DiscordTokens> {
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
      return readTokens(await call('POST', '/oauth2/token', { authorization: app, form, signal }), now());
    },

    /** Ends a member's authorization with all its tokens. Does nothing when it has ended before. */
    async revoke({ refreshToken }: DiscordTokens, signal?: AbortSignal): Promise<void> {
      const form = { token: refreshToken, token_type_hint: 'refresh_token' };
      await call('POST', '/oauth2/token/revoke', { authorization: app, form, signal });
    },
  };
}

interface Options {
  readonly authorization: string;
  readonly json?: unknown;
  readonly form?: Record<string, string>;
  readonly signal?: AbortSignal | undefined;
}

function readTokens(body: unknown, nowMs: number): DiscordTokens {
  const { access_token, refresh_token, expires_in } = body as Record<string, unknown>;
  if (typeof access_token !== 'string' || typeof refresh_token !== 'string' || typeof expires_in !== 'number') {
    throw new DiscordError('Discord answered a refresh without tokens', { status: 200 });
  }
  return { accessToken: access_token, refreshToken: refresh_token, expiresAt: nowMs + expires_in * 1000 };
}

function readJSON(text: string): object {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}

/** Reads the wait from the body, whose seconds have fractions, or else from the header. */
function readRetryAfterMs(response: Response, body: object): number | undefined {
  const { retry_after } = body as { retry_after?: unknown };
  const seconds = typeof retry_after === 'number' ? retry_after : Number(response.headers.get('retry-after') ?? NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds * 1000) : undefined;
}
