interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly host: string;
  /** Sent to subdomains too. */
  readonly isDomainWide: boolean;
  readonly path: string;
  readonly isSecure: boolean;
  readonly sameSite: 'strict' | 'lax' | 'none';
  readonly expiresAt: number;
}

/** The largest name and value together, and the largest attribute. In bytes: Node decodes headers as latin1, one character for each. */
const LARGEST_PAIR = 4096;
const LARGEST_ATTRIBUTE = 1024;

/**
 * Keeps cookies by the rules of browsers: Domain, Path, Secure, SameSite (Lax when it is missing), the prefixes `__Host-` and
 * `__Secure-`, and the limit of 4,096 bytes. Ports make no difference. Silently drops what a browser would drop.
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis
 */
export class CookieJar {
  #cookies: Cookie[] = [];

  /**
   * Selects the cookies that a browser would send. Those with the longest path come first.
   * @param to.isCrossSite whether a link, a form or a redirect of another site led here
   */
  select(to: { url: URL; method: string; isCrossSite: boolean }): readonly Pick<Cookie, 'name' | 'value'>[] {
    const { url, method, isCrossSite } = to;
    this.#cookies = this.#cookies.filter(({ expiresAt }) => expiresAt > Date.now());
    return this.#cookies
      .filter((cookie) => {
        if (cookie.isSecure && !isTrustworthy(url)) return false;
        if (isCrossSite && cookie.sameSite === 'strict') return false;
        if (isCrossSite && cookie.sameSite === 'lax' && !['GET', 'HEAD'].includes(method)) return false;
        return isUnderHost(url.hostname, cookie) && isUnderPath(url.pathname, cookie.path);
      })
      .sort((a, b) => b.path.length - a.path.length);
  }

  /** Reads a Set-Cookie header. */
  store(url: URL, header: string): void {
    const cookie = readCookie(url, header);
    if (cookie === undefined) return;
    const isSame = (old: Cookie) => old.name === cookie.name && old.host === cookie.host && old.path === cookie.path;
    this.#cookies = [...this.#cookies.filter((old) => !isSame(old)), cookie];
  }

  clear(): void {
    this.#cookies = [];
  }
}

/** Browsers treat loopback hosts like https. */
function isTrustworthy({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || /^(?:.*\.)?localhost$|^127\.|^\[::1\]$/.test(hostname);
}

function isUnderHost(hostname: string, { host, isDomainWide }: Cookie): boolean {
  return hostname === host || (isDomainWide && hostname.endsWith(`.${host}`));
}

function isUnderPath(path: string, parent: string): boolean {
  return path === parent || path.startsWith(parent.endsWith('/') ? parent : `${parent}/`);
}

function readCookie(url: URL, header: string): Cookie | undefined {
  const [pair = '', ...rest] = header.split(';').map((part) => part.replace(/^[ \t]+|[ \t]+$/g, ''));
  const equals = pair.indexOf('=');
  if (equals < 1) return undefined;
  const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
  if (name.length + value.length > LARGEST_PAIR) return undefined;
  const attributes = new Map(
    rest.map((attribute) => {
      const [key = '', text = ''] = attribute.split(/=(.*)/s);
      return [key.toLowerCase(), text.length > LARGEST_ATTRIBUTE ? '' : text];
    }),
  );
  const isSecure = attributes.has('secure');
  const wantedPath = attributes.get('path') ?? '';
  const path = wantedPath.startsWith('/') ? wantedPath : readDefaultPath(url);
  const domain = (attributes.get('domain') ?? '').replace(/^\./, '').toLowerCase();
  const isForeign = domain !== '' && url.hostname !== domain && !url.hostname.endsWith(`.${domain}`);
  const wantedSameSite = (attributes.get('samesite') ?? '').toLowerCase();
  const sameSite = wantedSameSite === 'strict' || wantedSameSite === 'none' ? wantedSameSite : 'lax';
  // A domain without a dot ("com") belongs to no single site.
  if (isForeign || (domain !== '' && !domain.includes('.') && url.hostname !== domain)) return undefined;
  if (isSecure && !isTrustworthy(url)) return undefined;
  if (sameSite === 'none' && !isSecure) return undefined;
  if (/^__secure-/i.test(name) && !isSecure) return undefined;
  if (/^__host-/i.test(name) && (!isSecure || domain !== '' || wantedPath !== '/')) return undefined;
  return {
    name,
    value,
    path,
    isSecure,
    sameSite,
    host: domain === '' ? url.hostname : domain,
    isDomainWide: domain !== '',
    expiresAt: readExpiry(attributes),
  };
}

function readExpiry(attributes: ReadonlyMap<string, string>): number {
  const maxAge = attributes.get('max-age') ?? '';
  if (/^-?\d+$/.test(maxAge)) return Date.now() + Number(maxAge) * 1000;
  const expires = Date.parse(attributes.get('expires') ?? '');
  return Number.isNaN(expires) ? Infinity : expires;
}

function readDefaultPath({ pathname }: URL): string {
  return pathname.slice(0, Math.max(1, pathname.lastIndexOf('/')));
}
