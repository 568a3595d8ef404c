/**
 * The five calls of Discord's API that linked roles need.
 * @see https://discord.com/developers/docs/resources/application-role-connection-metadata
 * @see https://discord.com/developers/docs/topics/oauth2
 */

/** The site's app at Discord, as its Developer Portal shows it. */
export interface DiscordApp {
  readonly clientID: string;
  readonly clientSecret: string;
  /** From the page "Bot". Registers the metadata, and nothing else. */
  readonly botToken: string;
  /** `https://discord.com`, or the stand-in's address. */
  readonly baseURL: string;
}

/** A member's tokens. The access token lives 7 days; the refresh token works once. */
export interface DiscordTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What the admins of a Discord server can ask of a member: at most 5 records. */
export interface MetadataRecord {
  readonly type: number;
  /** `a-z`, `0-9` and `_`, at most 50 characters. */
  readonly key: string;
  readonly name: string;
  readonly description: string;
}

/** What a member has. Each value is a string, whatever its type. */
export interface RoleConnection {
  readonly platform_name: string;
  readonly platform_username: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Discord refused, or could not be asked. */
export class DiscordError extends Error {
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** The error code of the token endpoint, such as `invalid_grant`. */
  readonly code: string | undefined;
  /** How long to wait, where Discord said so. */
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
  /** While Discord's limit for the whole app is reached, no request is made: each one would count against us. */
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
    /** Tells Discord what its servers' admins can ask of members. Replaces what was registered before. */
    async register(records: readonly MetadataRecord[]): Promise<void> {
      const path = `/v10/applications/${clientID}/role-connections/metadata`;
      await call('PUT', path, { authorization: `Bot ${botToken}`, json: records });
    },

    /** Tells Discord what a member has; it gives and takes the roles. */
    async publish(tokens: DiscordTokens, content: RoleConnection, signal?: AbortSignal): Promise<void> {
      await call('PUT', connection, { authorization: user(tokens), json: content, signal });
    },

    /** Takes back all that Discord was told of a member, and with it every linked role. */
    async withdraw(tokens: DiscordTokens, signal?: AbortSignal): Promise<void> {
      try {
        await call('DELETE', connection, { authorization: user(tokens), signal });
      } catch (error) {
        // There was nothing to take back.
        if (!(error instanceof DiscordError && error.status === 404)) throw error;
      }
    },

    /**
     * Trades a refresh token for new tokens. It works once: store them before anything else.
     * @throws {DiscordError} `invalid_grant`: it was used before, or the member has removed the app; they have to sign in again
     */
    async refresh({ refreshToken }: DiscordTokens, signal?: AbortSignal): Promise<DiscordTokens> {
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
      return readTokens(await call('POST', '/oauth2/token', { authorization: app, form, signal }), now());
    },

    /** Ends a member's authorization: all of its tokens. One that has ended before is no error. */
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

/** The body's seconds have fractions, the header's have none. */
function readRetryAfterMs(response: Response, body: object): number | undefined {
  const { retry_after } = body as { retry_after?: unknown };
  const seconds = typeof retry_after === 'number' ? retry_after : Number(response.headers.get('retry-after') ?? NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds * 1000) : undefined;
}
