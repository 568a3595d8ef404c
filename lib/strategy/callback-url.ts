import type { IncomingMessage } from 'node:http';
import { describeValue, refuse } from '../errors.ts';
import { trimSpaces } from '../login/cookies.ts';
import { findSlip } from '../oauth/app-options.ts';
import { MAX_REDIRECT_URL_LENGTH } from '../oauth/endpoints.ts';
import { readPath, type FrameworkRequest } from './request.ts';

/**
 * Checks a callback URL.
 * @param value absolute, or relative to the request that starts the login
 * @throws {TypeError} the first of {@link listCallbackURLFaults}
 */
export function readCallbackURL(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') {
    refuse(
      'callbackURL',
      value,
      "the redirect URL that is registered for the app, for example '/auth/roblox/callback'",
    );
  }
  const [fault] = listCallbackURLFaults(value);
  if (fault !== undefined) throw new TypeError(`callbackURL ${fault} (it is ${describeValue(value)})`);
  return value;
}

/** Protocols of browsers that lead to no web server. */
const BROWSER_PROTOCOLS = ['about:', 'blob:', 'data:', 'file:', 'ftp:', 'javascript:', 'ws:', 'wss:'];

/**
 * Lists what is wrong with a callback URL. Each fault is the end of a sentence that begins with `callbackURL`.
 */
export function listCallbackURLFaults(callbackURL: string): string[] {
  const slip = findSlip(callbackURL);
  if (slip !== undefined) return [slip];
  // The URL parser removes or changes these characters: the URL would then differ from the registered one.
  // eslint-disable-next-line no-control-regex -- V8 takes 0.4 ms to parse \p{Cc}, whenever the package is imported
  if (/[\s\u0000-\u001f\u007f-\u009f\\]/.test(callbackURL))
    return ['must have no white space, line break or backslash in it'];
  const isHostAlone = /^\/\//.test(callbackURL) || /^[^/?#]*:(?!\/)/.test(callbackURL);
  const isPathLikeHost = /^[^/?#.:][^/?#:]*\.[^/?#:]*\//.test(callbackURL);
  if (isHostAlone || isPathLikeHost || !URL.canParse(callbackURL, 'https://localhost')) {
    return ["must be absolute with its protocol ('https://…') or a path ('/auth/roblox/callback')"];
  }
  const url = new URL(callbackURL, 'https://localhost');
  const faults: string[] = [];
  if (callbackURL.length > MAX_REDIRECT_URL_LENGTH) {
    faults.push(`has ${callbackURL.length} characters, but Roblox registers ${MAX_REDIRECT_URL_LENGTH} at most`);
  }
  if (callbackURL.includes('#')) faults.push('must have no fragment (#…): RFC 6749, section 3.1.2');
  if (url.username !== '' || url.password !== '') faults.push('has a user name or password in it. Remove them');
  if (url.hostname.includes('*') || url.pathname.includes('*')) {
    faults.push('has a *, but Roblox compares every character. Register each URL (10 at most)');
  }
  for (const name of ['code', 'state', 'error']) {
    if (url.searchParams.has(name)) faults.push(`has the parameter '${name}', which Roblox adds itself`);
  }
  if (BROWSER_PROTOCOLS.includes(url.protocol)) {
    faults.push(`begins with ${url.protocol}, which leads to no web server`);
  }
  return faults;
}

/**
 * Makes a relative callback URL absolute, with the host and path of the request.
 * @param trustProxy whether to trust X-Forwarded-Proto and X-Forwarded-Host. Express's `trust proxy` setting counts too.
 * @throws {TypeError} the request does not tell its host
 */
export function resolveCallbackURL(callbackURL: string, req: IncomingMessage, trustProxy: boolean): string {
  if (URL.canParse(callbackURL)) return callbackURL;
  const trusted = trustProxy || expressTrusts(req);
  const forwarded = (name: string) => (trusted ? readFirst(req.headers[name]) : undefined);
  // Some frameworks' requests have only `connection`, Fastify's only `socket`.
  const socket = (req.socket ?? req.connection) as { encrypted?: boolean } | undefined;
  const protocol = (forwarded('x-forwarded-proto') ?? (socket?.encrypted ? 'https' : 'http')).toLowerCase();
  // HTTP/2 has `:authority` instead of `host`.
  const host = forwarded('x-forwarded-host') ?? req.headers.host ?? readFirst(req.headers[':authority']);
  const base = `${protocol}://${host ?? ''}`;
  if ((protocol === 'https' || protocol === 'http') && host !== undefined && URL.canParse(base)) {
    const path = readPath(req);
    // Only the path: a request target may name another host (`//evil.example/`), which must not become ours.
    const here = new URL(base);
    if (URL.canParse(path, base)) here.pathname = new URL(path, base).pathname;
    if (URL.canParse(callbackURL, here.href)) return new URL(callbackURL, here).href;
  }
  throw new TypeError(
    'callbackURL is relative and the request does not tell which host it came to: give an absolute callbackURL',
  );
}

function readFirst(header: string | readonly string[] | undefined): string | undefined {
  const first = trimSpaces((typeof header === 'string' ? header : header?.[0])?.split(',')[0] ?? '');
  return first === '' ? undefined : first;
}

/** Whether Express's `trust proxy` setting (or Koa's `proxy`, through koa-passport) trusts the peer. */
function expressTrusts(req: FrameworkRequest): boolean {
  const { app } = req;
  if (typeof app?.get !== 'function') return false;
  const trusts = app.get('trust proxy fn');
  if (typeof trusts === 'function') return trusts(req.socket?.remoteAddress, 0) === true;
  return Boolean(app.get('trust proxy'));
}
