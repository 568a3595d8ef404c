import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { openAccounts, type Accounts } from '../../examples/login-page/accounts.ts';
import { createApp } from '../../examples/login-page/app.ts';
import type { ProviderID } from '../../examples/login-page/brands.ts';
import { startLocalProviders, type LocalProviders } from '../../examples/login-page/providers/local.ts';
import { createVisitor, type Visit, type Visitor } from '../../lib/emulator/index.ts';

/** The login page with its four providers and an empty database, all on this machine. */
export interface LoginPage {
  readonly url: string;
  readonly accounts: Accounts;
  readonly local: LocalProviders;
  /** Moves the clock of the logins in flight and the database forward. */
  advance(ms: number): void;
  /** A browser of its own; closed with the rest. */
  visitor(): Visitor;
  close(): Promise<void>;
}

export async function startLoginPage(): Promise<LoginPage> {
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const local = await startLocalProviders();
  const accounts = await openAccounts(':memory:', now);
  const app = createApp({ apps: local.apps, accounts, sessionSecret: 'test', now });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Cookies know no ports: by another name than the providers' the page's cookies are its own.
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const visitors: Visitor[] = [];
  return {
    url,
    accounts,
    local,
    advance(ms) {
      ahead += ms;
    },
    visitor() {
      const visitor = createVisitor({ baseURL: url });
      visitors.push(visitor);
      return visitor;
    },
    async close() {
      for (const visitor of visitors) visitor.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      accounts.close();
      await local.close();
    },
  };
}

export const PROVIDERS: readonly ProviderID[] = ['roblox', 'google', 'github', 'discord'];

/** The names of the first person on each provider's consent page. */
export const FIRST: Readonly<Record<ProviderID, string>> = {
  roblox: 'Mango',
  google: 'Sam Rivers',
  github: 'Sam Rivers',
  discord: 'sam.rivers',
};

/** The names of the second person. */
export const SECOND: Readonly<Record<ProviderID, string>> = {
  roblox: '4100000002',
  google: '104857600000000000002',
  github: '90000002',
  discord: '800000000000000002',
};

const OURS = { 'sec-fetch-site': 'same-origin' };

export function signIn(visitor: Visitor, provider: ProviderID, user?: string): Promise<Visit> {
  return visitor.signIn({ start: `/auth/${provider}`, ...(user === undefined ? {} : { user }) });
}

/** Presses a button of the page. */
export function press(visitor: Visitor, path: string): Promise<Visit> {
  return visitor.post(path, {}, { headers: OURS });
}

/** Presses "Link". @returns the authorization URL, not visited yet */
export async function startLink(visitor: Visitor, provider: ProviderID): Promise<string> {
  const { status, headers, body } = await visitor.post(
    `/auth/${provider}/link`,
    {},
    { headers: OURS, redirect: false },
  );
  if (headers.location === undefined) throw new Error(`Not redirected but ${status}: ${readText(body)}`);
  return headers.location;
}

/** Links a provider to the account of the signed-in person. */
export async function link(visitor: Visitor, provider: ProviderID, user?: string): Promise<Visit> {
  const decision = user === undefined ? {} : { user };
  return visitor.get(await visitor.authorize(await startLink(visitor, provider), decision));
}

/** What a person reads on a page. */
export function readText(body: string): string {
  return body
    .replace(/<head>.*?<\/head>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ')
    .trim();
}

/** What the page says of an attempt, if anything. */
export function readMessage(body: string): string | undefined {
  const message = /<p class="message [^>]*>(.*?)<\/p>/s.exec(body)?.[1];
  return message === undefined ? undefined : readText(message);
}

/** The name of the signed-in person. */
export function readName(body: string): string | undefined {
  return body.includes('action="/sign-out"') ? readText(/<h1>(.*?)<\/h1>/s.exec(body)?.[1] ?? '') : undefined;
}

/** The linked providers: those that the page can unlink, or calls the only one. */
export function listLinked(body: string): ProviderID[] {
  return PROVIDERS.filter((id) => !body.includes(`action="/auth/${id}/link"`));
}
