import { once } from 'node:events';
import { Agent, request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as requestSecurely } from 'node:https';
import { text } from 'node:stream/consumers';

import { checkArgument, listPeople } from './check-options.ts';
import { CookieJar } from './cookie-jar.ts';

/** The options of {@link createVisitor}. */
export interface VisitorOptions {
  /** The app's address; paths are resolved against it. */
  readonly baseURL: string;
}

/** The page that a visitor has opened. */
export interface Visit {
  /** The URL after all redirects. */
  readonly url: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** All URLs of the redirects; this page's is the last. */
  readonly history: readonly string[];
  json(): unknown;
}

/** What to choose on the consent page. */
export interface Decision {
  /** User ID. Default: the first user on the page. */
  readonly user?: string;
  /** Default `allow`. */
  readonly action?: 'allow' | 'cancel';
  /** Ticked resources (`universe:1`, `creator:U`, `creator:G7`). Default: all that are offered. */
  readonly resources?: readonly string[];
}

const DECISION: readonly (keyof Decision)[] = ['user', 'action', 'resources'];

/** A browser for tests, without scripts. It keeps cookies, follows redirects, and can fill in the consent page. */
export interface Visitor {
  /** Opens a page. `redirect: false` does not follow redirects. */
  get(url: string, options?: VisitOptions): Promise<Visit>;
  /** Posts a form. Without `headers`, it sends the `Origin` of `from` or of the URL, like a browser. */
  post(url: string, form?: Readonly<Record<string, string>>, options?: VisitOptions): Promise<Visit>;
  /** Starts a login at the app. @returns the authorization URL that the app redirects to, not yet visited */
  start(path?: string): Promise<string>;
  /** Decides on the consent page. @returns the callback URL, not yet visited */
  authorize(authorizationURL: string, decision?: Decision): Promise<string>;
  /** Signs in, from the app's start route (default `/auth/roblox`) to the last page of the login. */
  signIn(options?: { readonly start?: string } & Decision): Promise<Visit>;
  /** Starts a login, and presses Cancel on the consent page. */
  cancel(options?: { readonly start?: string } & Pick<Decision, 'user'>): Promise<Visit>;
  /** Returns the cookies for a URL, by name. */
  cookies(url?: string): Readonly<Record<string, string>>;
  clearCookies(): void;
  /** Closes all connections. */
  close(): void;
}

/** How a page is opened. */
export interface VisitOptions {
  readonly redirect?: boolean;
  /**
   * The page with the link or form that leads here. SameSite cookies depend on its site. Default: none, as if the URL had been typed.
   * An `origin` header has no effect on cookies, so that tests can imitate a browser without SameSite.
   */
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Makes a visitor for an app under test. Close it at the end, because it keeps connections alive. */
export function createVisitor({ baseURL, ...others }: VisitorOptions): Visitor {
  checkArgument('createVisitor', others, ['baseURL']);
  const agents = { 'http:': new Agent({ keepAlive: true }), 'https:': new SecureAgent({ keepAlive: true }) };
  const jar = new CookieJar();
  /** The callback URLs after the consent page. They count as cross-site: the real Roblox is another site than the app. */
  const callbacks = new Set<string>();

  async function send(
    { url, method, isCrossSite }: { url: URL; method: string; isCrossSite: boolean },
    body: string | undefined,
    headers: Readonly<Record<string, string>>,
  ) {
    const cookies = jar.select({ url, method, isCrossSite });
    const isSecure = url.protocol === 'https:';
    const outgoing = (isSecure ? requestSecurely : request)(url, {
      agent: agents[isSecure ? 'https:' : 'http:'],
      method,
      headers: {
        accept: 'text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8',
        ...(cookies.length === 0 ? {} : { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') }),
        ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        ...headers,
      },
    });
    // After the response has begun, reading it fails too.
    outgoing.on('error', () => undefined).end(body);
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    for (const header of response.headers['set-cookie'] ?? []) jar.store(url, header);
    return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
  }

  async function visit(
    address: string,
    method: string,
    form: string | undefined,
    { redirect = true, headers = {}, from, ...others }: VisitOptions = {},
  ): Promise<Visit> {
    checkArgument('A visit', others, ['redirect', 'headers', 'from']);
    const history: string[] = [];
    let url = new URL(address, baseURL);
    // As in browsers, redirects do not count: only the page where the visitor came from.
    const isCrossSite = callbacks.has(url.href) || (from !== undefined && readSite(from) !== readSite(url.href));
    let body = form;
    let verb = method;
    for (;;) {
      history.push(url.href);
      const response = await send({ url, method: verb, isCrossSite }, body, headers);
      const { location } = response.headers;
      if (!redirect || location === undefined || response.status < 300 || response.status > 399) {
        return { ...response, url: url.href, history, json: () => JSON.parse(response.body) as unknown };
      }
      if (history.length > 20) throw new Error(`More than 20 redirects: ${history.join(' -> ')}`);
      url = new URL(location, url);
      if (response.status !== 307 && response.status !== 308) [verb, body] = ['GET', undefined];
    }
  }

  async function start(path = '/auth/roblox'): Promise<string> {
    const response = await visit(path, 'GET', undefined, { redirect: false });
    const { location } = response.headers;
    if (location === undefined) {
      throw new Error(`${path} did not redirect but answered ${response.status}: ${response.body.slice(0, 500)}`);
    }
    return new URL(location, response.url).href;
  }

  async function authorize(authorizationURL: string, decision: Decision = {}): Promise<string> {
    checkArgument('authorize', decision, DECISION);
    const page = await visit(authorizationURL, 'GET', undefined, { redirect: false });
    const leave = (location: string) => {
      const callback = new URL(location, page.url).href;
      callbacks.add(callback);
      const [oldest] = callbacks;
      if (callbacks.size > 100 && oldest !== undefined) callbacks.delete(oldest);
      return callback;
    };
    // Some requests are refused without asking the user.
    if (page.headers.location !== undefined) return leave(page.headers.location);
    if (page.status !== 200) throw new Error(`No consent page but ${page.status}: ${readText(page.body)}`);
    const { action, form } = fillIn(page.body, decision);
    const response = await visit(new URL(action, page.url).href, 'POST', form.toString(), { redirect: false });
    if (response.headers.location === undefined) {
      throw new Error(`The consent form was refused with ${response.status}: ${readText(response.body)}`);
    }
    return leave(response.headers.location);
  }

  return {
    get: (url, options) => visit(url, 'GET', undefined, options),
    post(url, form = {}, options) {
      const headers = options?.headers ?? { origin: new URL(options?.from ?? url, baseURL).origin };
      return visit(url, 'POST', new URLSearchParams(form).toString(), { ...options, headers });
    },
    start,
    authorize,
    async signIn({ start: path, ...decision } = {}) {
      checkArgument('signIn', decision, ['start', ...DECISION]);
      return visit(await authorize(await start(path), decision), 'GET', undefined);
    },
    async cancel({ start: path, ...decision } = {}) {
      checkArgument('cancel', decision, ['start', 'user']);
      return visit(await authorize(await start(path), { ...decision, action: 'cancel' }), 'GET', undefined);
    },
    cookies(url = baseURL) {
      const navigation = { url: new URL(url, baseURL), method: 'GET', isCrossSite: false };
      return Object.fromEntries(jar.select(navigation).map(({ name, value }) => [name, value]));
    },
    clearCookies() {
      jar.clear();
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** Reads the site of a URL: roughly the registrable domain (the last two labels), or the IP address. */
function readSite(address: string): string {
  if (!URL.canParse(address)) return 'null';
  const { protocol, hostname } = new URL(address);
  const isAddress = /^\[|^[\d.]+$/.test(hostname);
  return `${protocol}//${isAddress ? hostname : hostname.split('.').slice(-2).join('.')}`;
}

function fillIn(html: string, decision: Decision): { action: string; form: URLSearchParams } {
  const action = decodeHtml(/<form[^>]* action="([^"]*)"/.exec(html)?.[1] ?? '');
  const people = [...html.matchAll(/name="user" value="([^"]*)"[^]*?<span>([^<]*) </g)].map(
    ([, id = '', displayName = '']) => ({ id: decodeHtml(id), displayName: decodeHtml(displayName) }),
  );
  const { user = people[0]?.id ?? '' } = decision;
  if (!people.some(({ id }) => id === user)) {
    throw new TypeError(`There is no user '${user}' on the consent page; there are ${listPeople(people)}`);
  }
  const form = new URLSearchParams({ resources: 'shown', user, action: decision.action ?? 'allow' });
  const offered = [...html.matchAll(/type="checkbox" name="([^"]*)" value="([^"]*)"/g)];
  for (const [, name = '', value = ''] of offered) {
    if (decodeHtml(name) !== `resource-${user}`) continue;
    if (decision.resources?.includes(decodeHtml(value)) ?? true) form.append(name, decodeHtml(value));
  }
  return { action, form };
}

function decodeHtml(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

function readText(html: string): string {
  return decodeHtml(html.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
}
