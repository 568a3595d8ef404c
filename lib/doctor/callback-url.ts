import { readCallbackURL } from '../strategy/options.ts';
import { slipOf } from './slips.ts';
import { about, type Finding } from './finding.ts';

const { ok, note, problem } = about('ROBLOX_CALLBACK_URL');

/**
 * Holds a callback URL to the rules by which Roblox registers redirect URLs.
 * @see https://create.roblox.com/docs/cloud/auth/oauth2-registration
 */
export function checkCallbackURL(callbackURL: string | undefined): Finding[] {
  if (callbackURL === undefined) {
    return [note("is not set. That is fine where your code says the strategy's callbackURL itself")];
  }
  const slip = slipOf(callbackURL);
  if (slip !== undefined) return [problem(slip)];
  try {
    readCallbackURL(callbackURL);
  } catch (error) {
    // With its protocol or without, the reader shows what came; a URL may hold credentials.
    const shown = error instanceof Error && !error.message.includes(callbackURL) ? error.message : undefined;
    return [problem(shown ?? "must be absolute with its protocol, such as 'https://example.com/auth/roblox/callback'")];
  }
  if (callbackURL.startsWith('/') && !callbackURL.startsWith('//')) {
    return [
      note(
        `is relative: at Roblox, register it with the app's own protocol and host before it. ` +
          'Behind a proxy the strategy needs proxy: true, or Express its trust proxy, to get them right',
      ),
    ];
  }
  if (!URL.canParse(callbackURL)) {
    return [problem("is neither an absolute URL ('https://…') nor a path ('/auth/roblox/callback')")];
  }
  return checkAbsolute(new URL(callbackURL), callbackURL);
}

function checkAbsolute(url: URL, callbackURL: string): Finding[] {
  const shown = `${url.protocol}//${url.host}${url.pathname}`;
  const wrong: string[] = [];
  if (url.username !== '' || url.password !== '') wrong.push('has a user name or password in it. Remove them');
  if (url.hostname.includes('*') || url.pathname.includes('*')) {
    wrong.push('has a *, and Roblox compares to the character. Register each URL (10 at the most)');
  }
  for (const name of ['code', 'state', 'error'] as const) {
    if (url.searchParams.has(name)) wrong.push(`has the parameter '${name}', which is Roblox's to add`);
  }
  wrong.push(...wrongPlace(url));
  if (wrong.length > 0) return wrong.map(problem);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return [note(`has a scheme of its own (${url.protocol}): good for an app on a device, but no web server gets it`)];
  }
  const findings = [ok(`${shown} can be registered, exactly as it is written`)];
  if (url.protocol === 'http:' && url.port === '') {
    findings.push(note('names no port, so it leads to port 80. Is that where the app listens?'));
  }
  if (!callbackURL.startsWith(url.origin)) {
    findings.push(
      note(`is written unlike browsers write it (${shown}). Register it in one of the forms, and use that`),
    );
  }
  return findings;
}

const SCHEMES_OF_BROWSERS = ['about:', 'blob:', 'data:', 'file:', 'ftp:', 'javascript:', 'ws:', 'wss:'];

/** `https:` anywhere, `http:` on localhost, or an app's own scheme. */
function wrongPlace({ protocol, hostname, port, pathname }: URL): string[] {
  if (SCHEMES_OF_BROWSERS.includes(protocol)) return [`begins with ${protocol}, where no app can receive anybody`];
  if (protocol !== 'http:' && protocol !== 'https:') return [];
  const localhost = `http://localhost${port === '' ? '' : `:${port}`}${pathname}`;
  if (isLoopbackAddress(hostname)) {
    return [`names ${hostname}, which Roblox does not list. Use ${localhost}, and open the app under that name too`];
  }
  if (protocol === 'http:' && hostname !== 'localhost') {
    return ['begins with http:, which Roblox takes for localhost only. Use https:'];
  }
  return [];
}

function isLoopbackAddress(hostname: string): boolean {
  return hostname === '[::1]' || hostname === '0.0.0.0' || /^127(\.\d+){3}$/.test(hostname);
}
